"""All variants as arrays in declared order.

A variant is a few machine words: every variable that is still open has its bits, the first
declared one the highest. The variants below a node are combined from those of its children, and
sorting the words sorts the variants.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import Mask, alive, used
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import TRUE

Words = npt.NDArray[np.uint64]
Matrix = npt.NDArray[np.unsignedinteger]

_WORD = 64


@frozen(eq=False)
class _Field:
    """Where the bits of a variable are, and which option each value stands for.

    A field of 8 bits or less lies within one byte, which makes it quick to read.
    """

    variable: int
    word: int
    shift: int
    width: int
    options: Ints

    def read(self, keys: Words, octets: list[npt.NDArray[np.uint8]], kind: type) -> Numbers:
        """Option of the variable for every key."""
        if self.width > 8:
            values: Numbers = (keys[self.word] >> np.uint64(self.shift)) & np.uint64(
                (1 << self.width) - 1
            )
        else:
            values = octets[self.word][self.shift // 8] >> np.uint8(self.shift % 8)
            values &= np.uint8((1 << self.width) - 1)
        values = values.astype(kind, copy=False)
        start, last = int(self.options[0]), int(self.options[-1])
        if last == len(self.options) - 1:
            return values
        if len(self.options) == 2:
            values = values * kind(last - start) + kind(start)
        else:
            values = self.options.astype(kind).take(values)
        return values


def _fields(compiled: Compiled, possible: Mask) -> tuple[list[_Field], int]:
    fields: list[_Field] = []
    word, room = 0, _WORD
    for variable, mask in enumerate(compiled.split(possible)):
        options = np.flatnonzero(mask)
        width = (len(options) - 1).bit_length()
        if not width:
            continue
        if room % 8 < width <= 8:
            room -= room % 8
        if width > room:
            word, room = word + 1, _WORD
        room -= width
        fields.append(_Field(variable, word, room, width, options))
    return fields, word + 1


def _slot_words(
    compiled: Compiled, fields: list[_Field], words: int, possible: Mask
) -> dict[int, Words]:
    """For every slot of an open variable the words of its possible options."""
    found: dict[int, Words] = {}
    for item in fields:
        bits = np.zeros((words, len(item.options)), dtype=np.uint64)
        bits[item.word] = np.arange(len(item.options), dtype=np.uint64) << np.uint64(item.shift)
        slots = compiled.slots[compiled.first[item.variable] + item.options]
        for slot in np.unique(slots).tolist():
            found[slot] = bits[:, slots == slot]
    return found


def _combine(left: Words, right: Words) -> Words:
    if left.shape[1] == 1 or right.shape[1] == 1:
        return left | right
    if left.shape[1] > right.shape[1]:
        left, right = right, left
    # The longer one in the last axis keeps the inner loop long; the order does not matter yet.
    return (left[:, :, None] | right[:, None, :]).reshape(len(left), -1)


def _top_words(compiled: Compiled, live: Mask, slots: dict[int, Words], words: int) -> Words:
    """The words of all variants, unsorted."""
    diagram = compiled.diagram
    nothing = np.zeros((words, 1), dtype=np.uint64)
    tables: dict[int, Words] = {TRUE: nothing}
    chosen = np.flatnonzero(live)
    owners = np.repeat(np.arange(len(diagram.node_arcs) - 1), np.diff(diagram.node_arcs))[chosen]
    below: dict[int, list[Words]] = {}
    for node, slot, left, right in zip(
        owners.tolist(),
        diagram.arc_slot[chosen].tolist(),
        diagram.left[chosen].tolist(),
        diagram.right[chosen].tolist(),
        strict=True,
    ):
        for child in (left, right):
            if child not in tables:
                parts = below.pop(child)
                tables[child] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        table = tables[left]
        if tables[right] is not nothing:
            table = _combine(table, tables[right]) if table is not nothing else tables[right]
        if slot in slots:
            table = _combine(slots[slot], table) if table is not nothing else slots[slot]
        below.setdefault(node, []).append(table)
    return np.concatenate(below[diagram.top], axis=1)


def expand(compiled: Compiled, allowed: Mask) -> Matrix:
    """Every variant of a restricted space that is not empty, in declared order.

    Returns
    -------
    shape (variants, variables of the problem), stored column by column
    """
    diagram = compiled.diagram
    slots = compiled.weights(allowed) > 0
    live = used(diagram, slots, alive(diagram, slots))
    possible = options_used(compiled, allowed, live)
    fields, words = _fields(compiled, possible)
    keys = _top_words(compiled, live, _slot_words(compiled, fields, words, possible), words)
    keys = np.sort(keys, axis=1) if words == 1 else keys[:, np.lexsort(keys[::-1])]
    largest = int(np.diff(compiled.first).max(initial=1))
    kind = np.min_scalar_type(largest - 1).type
    columns = np.empty((len(compiled.first) - 1, keys.shape[1]), dtype=kind)
    for variable, mask in enumerate(compiled.split(possible)):
        if np.count_nonzero(mask) == 1:
            columns[variable] = mask.argmax()
    octets = [
        np.ascontiguousarray(word.astype("<u8").view(np.uint8).reshape(-1, 8).T) for word in keys
    ]
    for item in fields:
        columns[item.variable] = item.read(keys, octets, kind)
    return columns.T


def options_used(compiled: Compiled, allowed: Mask, live: Mask | Ints) -> Mask:
    """Which allowed options the arcs in use stand for."""
    slots = np.zeros(len(compiled.hidden), dtype=np.bool_)
    slots[compiled.diagram.arc_slot[live]] = True
    slots[-1] = False
    possible: Mask = slots[compiled.slots] & allowed
    return possible
