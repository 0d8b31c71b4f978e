"""The tuples of an XCSP 2.1 relation as rows of option numbers.

The fast path splits the text once and maps whole columns; only when that fails is the text read
again, tuple by tuple, to say where the first fault is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import prod

import numpy as np

from cmf.errors import InputError, fail
from cmf.interchange.elements import Element
from cmf.interchange.files import nearest
from cmf.model.units import LIMIT
from cmf.problem.formula import Costs, Rows
from cmf.source import Span

Lookup = Mapping[str, int]
"""Option number of every value that a variable takes."""

# A piece of text that is split at once: the words of a piece need about twenty times its memory.
_PIECE = 2**20
_COST = re.compile(r"([^\s|:]+)\s*:")
_WORD = re.compile(r"\S+")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")


def read_rows(relation: Element, scope: Sequence[str], lookups: Sequence[Lookup]) -> Rows:
    """The tuples of a relation.

    Parameters
    ----------
    relation
        Holds tuples separated by bars, values separated by blanks.
    scope
        Names of the variables, for messages.
    lookups
        For every variable the option number of each of its values.

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
    rows = _rows(relation.text, lookups)
    if rows is None:
        raise _first_fault(relation, scope, lookups)
    return rows


def read_costs(
    relation: Element, scope: Sequence[str], lookups: Sequence[Lookup]
) -> tuple[Rows, Costs]:
    """The tuples of a soft relation, each with its cost.

    A cost is written ``cost:`` before a tuple and holds for all that follow up to the next cost; a
    cost that no tuple follows says nothing. Parameters and errors are those of `read_rows`.
    """
    first, *rest = _COST.split(relation.text)
    blocks = []
    costs = []
    last = len(rest) - 2
    for number in range(0, len(rest), 2):
        text = rest[number + 1].rstrip()
        if number != last and text:
            if not text.endswith("|"):
                raise _first_fault(relation, scope, lookups)
            text = text[:-1]
        rows = _rows(text, lookups)
        if rows is None or not _is_cost(rest[number]):
            raise _first_fault(relation, scope, lookups)
        blocks.append(rows)
        costs.append(np.full(len(rows), int(rest[number]), dtype=np.int64))
    if first.strip():
        raise _first_fault(relation, scope, lookups)
    if not blocks:
        return np.empty((0, len(lookups)), dtype=np.int32), np.empty(0, dtype=np.int64)
    return np.concatenate(blocks), np.concatenate(costs)


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


def _rows(text: str, lookups: Sequence[Lookup]) -> Rows | None:
    """The tuples of `text`, or `None` when there is a fault."""
    if not text or text.isspace():
        return np.empty((0, len(lookups)), dtype=np.int32)
    parts = []
    for piece in _pieces(text):
        rows = _piece(piece, lookups)
        if rows is None:
            return None
        parts.append(rows)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _pieces(text: str) -> Iterator[str]:
    """`text`, cut at bars into pieces of about the same length."""
    start = 0
    while len(text) - start > _PIECE and (end := text.find("|", start + _PIECE)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _piece(text: str, lookups: Sequence[Lookup]) -> Rows | None:
    if len(text) > 2 * _PIECE:  # a single tuple of more than a million characters
        return None
    words = text.replace("|", " | ").split()
    arity = len(lookups)
    width = arity + 1
    count = (len(words) + 1) // width
    bars = words[arity::width]
    if len(words) != count * width - 1 or bars.count("|") != len(bars):
        return None
    rows = np.empty((count, arity), dtype=np.int32)
    try:
        # A bar in a wrong place is no value either, so the lookup finds it.
        for column, lookup in enumerate(lookups):
            values = map(lookup.__getitem__, words[column::width])
            rows[:, column] = np.fromiter(values, dtype=np.int32, count=count)
    except KeyError:
        return None
    return rows


def _first_fault(relation: Element, scope: Sequence[str], lookups: Sequence[Lookup]) -> InputError:
    """The first fault of a relation that could not be read."""
    body = relation.body()
    text = relation.text if body is None else relation.source.text
    start, last = (0, len(text)) if body is None else body
    soft = relation.attributes.get("semantics") == "soft"
    priced = not soft
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
        for word, name, lookup in zip(words, scope, lookups, strict=False):
            if word[0] not in lookup:
                message = f"the value `{word[0][:40]}` is not in the domain of `{name}`"
                place = _place(relation, body, *word.span())
                return fail("unknown-value", message, place, nearest(word[0], lookup, "value"))
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
