"""The tuples of an XCSP 2.1 relation as rows of option numbers.

Relations of integers are read as arrays, others as words. Only when that fails is the text read
again, tuple by tuple, to say where the first fault is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

import numpy as np

from cmf.errors import fail
from cmf.interchange.domain import Domain
from cmf.interchange.elements import Element
from cmf.interchange.files import MOST_BYTES
from cmf.interchange.tuple_faults import COST, first_fault, is_cost
from cmf.problem.formula import Costs, Rows

MOST_TUPLE_TEXT = 2 * MOST_BYTES
"""Characters of tuples that are read; a relation counts for every kind of scope that it serves."""

MOST_TUPLES = 5_000_000
MOST_COSTS = 1_000_000

# A piece of text that is split at once: the words of a piece need about twenty times its memory.
_PIECE = 2**20
# Below this length arrays cost more than they save.
_SHORT = 1000
_COST = re.compile(rf"(?<![^\s|:]){COST.pattern}")
_WORD = re.compile(r"\S+")
_BAR = 10**9
"""Stands for a bar among integers; no integer of a `Domain` is as great."""


class Room:
    """How much of tuples is still read: a relation may serve any number of constraints."""

    def __init__(self) -> None:
        self._characters = MOST_TUPLE_TEXT
        self._tuples = MOST_TUPLES
        self._costs = MOST_COSTS

    def take(self, relation: Element) -> None:
        """Raise `InputError` when reading `relation` (again) is too much."""
        self._characters -= len(relation.text)
        self._tuples -= relation.text.count("|") + 1
        self._costs -= relation.text.count(":")
        if min(self._characters, self._tuples, self._costs) < 0:
            message = (
                f"more than {MOST_TUPLES:,} tuples, {MOST_COSTS:,} costs "
                f"or {MOST_TUPLE_TEXT:,} characters of them to read"
            )
            raise fail("too-large", message, relation.span)


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
        raise first_fault(relation, scope, domains, place.start) from None


def read_costs(
    relation: Element, scope: Sequence[str], domains: Sequence[Domain]
) -> tuple[Rows, Costs]:
    """The tuples of a soft relation, each with its cost.

    A cost is written ``cost:`` before a tuple and holds for all that follow up to the next cost; a
    cost that no tuple follows says nothing. Parameters and errors are those of `read_rows`.
    """
    try:
        return _priced(relation.text, domains)
    except _Unreadable as place:
        raise first_fault(relation, scope, domains, place.start) from None


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


class _Unreadable(Exception):
    """There is a fault in the tuples at or behind `start`, an offset in the text."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def _priced(text: str, domains: Sequence[Domain]) -> tuple[Rows, Costs]:
    """The tuples of a soft relation, each with its cost; raises `_Unreadable`."""
    firsts, costs = [], []
    number = end = 0
    for mark in _COST.finditer(text):
        same_tuple = text[end : mark.start()].rpartition("|")[2]
        if same_tuple.strip():
            raise _Unreadable(end)
        if not is_cost(mark[1]):
            raise _Unreadable(mark.start())
        number += text.count("|", end, mark.start())
        firsts.append(number)
        costs.append(int(mark[1]))
        end = mark.end()
    # Blanks in place of costs, so that every tuple stays where it is.
    tuples = _COST.sub(lambda mark: " " * len(mark[0]), text)
    if not tuples[end:].strip():
        tuples = tuples.rstrip().removesuffix("|")
    rows = _rows(tuples, 0, len(tuples), domains)
    if not len(rows):
        return rows, np.empty(0, dtype=np.int64)
    if not firsts or firsts[0] > 0:
        raise _Unreadable(0)
    last = np.searchsorted(np.array(firsts), np.arange(len(rows)), side="right") - 1
    return rows, np.array(costs, dtype=np.int64)[last]


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
