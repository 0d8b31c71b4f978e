"""The tuples of an XCSP 2.1 relation as rows of option numbers.

The fast path splits the text once and maps whole columns; only when that fails is the text read
again, tuple by tuple, to say where the first fault is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice, zip_longest
from math import prod

import numpy as np
from attrs import frozen

from cmf.errors import InputError, fail
from cmf.interchange.elements import Element
from cmf.interchange.files import nearest
from cmf.model.units import LIMIT
from cmf.problem.formula import Costs, Rows
from cmf.source import Span

# A piece of text that is split at once: the words of a piece need about twenty times its memory.
_PIECE = 2**20
# Below this length arrays cost more than they save.
_SHORT = 1000
_COST = re.compile(r"([^\s|:]+)\s*:")
_WORD = re.compile(r"\S+")
_BAR = 10**9
"""Stands for a bar among integers; no integer of a `Domain` is as great."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,8}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")


@frozen(eq=False)
class Domain:
    """The values of a variable.

    Attributes
    ----------
    numbers
        Option number of every value.
    low
        The least value, when all values are integers that lie close together.
    dense
        Then the option numbers of `low` and of every integer that follows, -1 where there is none;
        otherwise `None`.
    lengths
        Then how many characters each of them has.
    """

    numbers: Mapping[str, int]
    low: int = 0
    dense: Rows | None = None
    lengths: Rows | None = None

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Domain:
        """The domain of the values in `numbers`."""
        integers = [int(value) for value in numbers if _INTEGER.fullmatch(value)]
        if not integers or len(integers) < len(numbers):
            return cls(numbers)
        low, high = min(integers), max(integers)
        if high - low > 4 * len(integers) + 1000:
            return cls(numbers)
        dense = np.full(high - low + 1, -1, dtype=np.int32)
        lengths = np.zeros_like(dense)
        dense[np.array(integers) - low] = list(numbers.values())
        lengths[np.array(integers) - low] = list(map(len, numbers))
        return cls(numbers, low, dense, lengths)


def read_rows(relation: Element, scope: Sequence[str], domains: Sequence[Domain]) -> Rows:
    """The tuples of a relation.

    Parameters
    ----------
    relation
        Holds tuples separated by bars, values separated by blanks.
    scope
        Names of the variables, for messages.
    domains
        Values of every variable.

    Returns
    -------
    array
        Shape (tuples, variables), in the order of the file; a tuple that is written twice comes
        twice.

    Raises
    ------
    InputError
        A tuple has the wrong width or a value that its variable does not take.
    """
    try:
        return _rows(relation.text, 0, len(relation.text), domains)
    except _Unreadable as place:
        raise _first_fault(relation, scope, domains, place.start) from None


def read_costs(
    relation: Element, scope: Sequence[str], domains: Sequence[Domain]
) -> tuple[Rows, Costs]:
    """The tuples of a soft relation, each with its cost.

    A cost is written ``cost:`` before a tuple and holds for all that follow up to the next cost; a
    cost that no tuple follows says nothing. Parameters and errors are those of `read_rows`.
    """
    try:
        return _blocks(relation.text, domains)
    except _Unreadable as place:
        raise _first_fault(relation, scope, domains, place.start) from None


def keys(rows: Rows, sizes: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A number for every row, equal for equal rows.

    Parameters
    ----------
    rows
        Shape (rows, variables).
    sizes
        Number of options of every variable.
    """
    if prod(sizes) < 2**62:
        result = np.zeros(len(rows), dtype=np.int64)
        for column, size in zip(rows.T, sizes, strict=True):
            result *= size
            result += column
        return result
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def distinct(rows: Rows, sizes: Sequence[int]) -> Rows:
    """The rows without repetitions, in the order of their first appearance."""
    numbers = keys(rows, sizes)
    if (numbers[1:] > numbers[:-1]).all():
        return rows
    first = np.unique(numbers, return_index=True)[1]
    return rows if len(first) == len(rows) else rows[np.sort(first)]


def _is_cost(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None and abs(int(text)) <= LIMIT


class _Unreadable(Exception):
    """There is a fault in the tuples at or behind `start`, an offset in the text."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def _blocks(text: str, domains: Sequence[Domain]) -> tuple[Rows, Costs]:
    """Tuples with their costs."""
    marks = list(_COST.finditer(text))
    if text[: marks[0].start() if marks else len(text)].strip():
        raise _Unreadable(0)
    blocks = [np.empty((0, len(domains)), dtype=np.int32)]
    costs = [np.empty(0, dtype=np.int64)]
    for mark, following in zip_longest(marks, marks[1:]):
        end = following.start() if following else len(text)
        content = text[mark.end() : end].rstrip()
        if following and content:
            if not content.endswith("|"):
                raise _Unreadable(mark.start())
            end = mark.end() + len(content) - 1
        if not _is_cost(mark[1]):
            raise _Unreadable(mark.start())
        rows = _rows(text, mark.end(), end, domains)
        blocks.append(rows)
        costs.append(np.full(len(rows), int(mark[1]), dtype=np.int64))
    return np.concatenate(blocks), np.concatenate(costs)


def _rows(text: str, start: int, end: int, domains: Sequence[Domain]) -> Rows:
    """The tuples of a stretch of the text; raises `_Unreadable`."""
    parts = []
    if _WORD.search(text, start, end) is None:
        return np.empty((0, len(domains)), dtype=np.int32)
    while start <= end:
        cut = text.find("|", start + _PIECE, end) if end - start > _PIECE else -1
        cut = end if cut < 0 else cut
        rows = _piece(text[start:cut], domains)
        if rows is None:
            raise _Unreadable(start)
        parts.append(rows)
        start = cut + 1
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _piece(text: str, domains: Sequence[Domain]) -> Rows | None:
    if len(text) > 2 * _PIECE:  # a single tuple of more than a million characters
        return None
    rows = _integers(text, domains)
    return _words(text, domains) if rows is None else rows


def _integers(text: str, domains: Sequence[Domain]) -> Rows | None:
    """The tuples of `text` where all values are integers, or `None` when in doubt."""
    if len(text) < _SHORT or not text.isascii() or any(domain.dense is None for domain in domains):
        return None
    arity = len(domains)
    try:
        numbers = np.fromstring(text.replace("|", f" {_BAR} "), dtype=np.int64, sep=" ")
    except (ValueError, DeprecationWarning):  # what NumPy makes of other words
        return None
    bars = numbers[arity :: arity + 1]
    count = len(bars) + 1
    if len(numbers) != count * (arity + 1) - 1 or (bars != _BAR).any():
        return None
    rows = np.empty((count, arity), dtype=np.int32)
    characters = len(bars)
    for column, domain in enumerate(domains):
        if domain.dense is None or domain.lengths is None:
            return None
        places = numbers[column :: arity + 1] - domain.low
        if places.min() < 0 or places.max() >= len(domain.dense):
            return None
        rows[:, column] = domain.dense[places]
        characters += int(domain.lengths[places].sum())
    # A number may be written otherwise (007, +7), or be no value of the domain (length 0).
    written = np.count_nonzero(np.frombuffer(text.encode(), dtype=np.uint8) > ord(" "))
    return rows if written == characters else None


def _words(text: str, domains: Sequence[Domain]) -> Rows | None:
    """The tuples of `text`, or `None` when there is a fault."""
    words = text.replace("|", " | ").split()
    arity = len(domains)
    width = arity + 1
    count = (len(words) + 1) // width
    bars = words[arity::width]
    if len(words) != count * width - 1 or bars.count("|") != len(bars):
        return None
    rows = np.empty((count, arity), dtype=np.int32)
    try:
        # A bar in a wrong place is no value either, so no domain has it.
        for column, domain in enumerate(domains):
            values = map(domain.numbers.__getitem__, words[column::width])
            rows[:, column] = np.fromiter(values, dtype=np.int32, count=count)
    except KeyError:
        return None
    return rows


def _first_fault(
    relation: Element, scope: Sequence[str], domains: Sequence[Domain], offset: int
) -> InputError:
    """The first fault of the tuples at or behind an offset of the relation's text."""
    body = relation.body()
    text = relation.text if body is None else relation.source.text
    start, last = (0, len(text)) if body is None else body
    start += offset
    soft = relation.attributes.get("semantics") == "soft"
    priced = not soft or offset > 0
    while start <= last:
        end = text.find("|", start, last)
        end = last if end < 0 else end
        while soft and (cost := _COST.match(text, _skip(text, start, end), end)):
            if not _is_cost(cost[1]):
                place = _place(relation, body, *cost.span(1))
                message = f"the cost `{cost[1][:40]}` is not a whole number of at most 15 digits"
                return fail("bad-cost", message, place)
            start, priced = cost.end(), True
        words = list(islice(_WORD.finditer(text, start, end), len(scope) + 1))
        if words and not priced:
            message = "a tuple stands before the first cost"
            return fail("bad-cost", message, _place(relation, body, *words[0].span()))
        # A cost without a tuple at the end of a relation is harmless, and price files have it.
        if len(words) != len(scope) and (words or not soft or end < last):
            begin = words[0].start() if words else start
            return _wrong_width(_place(relation, body, begin, end), len(words), len(scope))
        for word, name, domain in zip(words, scope, domains, strict=False):
            if word[0] not in domain.numbers:
                message = f"the value `{word[0][:40]}` is not in the domain of `{name}`"
                place = _place(relation, body, *word.span())
                return fail(
                    "unknown-value", message, place, nearest(word[0], domain.numbers, "value")
                )
        start = end + 1
    return fail("bad-tuple", "the tuples of this relation cannot be read", relation.span)


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _place(relation: Element, body: tuple[int, int] | None, start: int, end: int) -> Span:
    return relation.span if body is None else relation.source.span(start, end)


def _wrong_width(place: Span, found: int, arity: int) -> InputError:
    number = str(found) if found <= arity else f"more than {arity}"
    message = f"a tuple has {number} values, but the relation has arity {arity}"
    return fail("wrong-width", message, place)
