"""Wide sums and wide tables as chains of hidden states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram.relation import Ints, equal_sets, group, pack
from cmf.engines.diagram.tabulate import Classes, cost_cells, table_cells
from cmf.errors import LimitReached
from cmf.problem.formula import CostTable, Sum, Table

SUFFIXES = 1 << 16
"""Partial sums are merged exactly while the sums still to come have at most so many values."""


@frozen(eq=False)
class Step:
    """One link: state before and some variables decide the state after.

    Attributes
    ----------
    scope
        Variables read here.
    columns
        State before (none in the first link), values of `scope`, state after.
    states
        Number of states after.
    """

    scope: tuple[int, ...]
    columns: tuple[Ints, ...] = field(repr=False)
    states: int


def sum_chain(formula: Sum, classes: Classes, most: int) -> Iterator[Step]:
    """Dynamic programming over partial sums; sums that decide alike share a state.

    The last state is 1 where the sum lies within its bounds and 0 elsewhere.

    Raises
    ------
    LimitReached
        When a link needs more than `most` rows.
    """
    groups, offset = _grouped(formula.terms, classes)
    suffixes = _suffixes([costs for _, costs in groups])
    low = None if formula.low is None else formula.low - offset
    high = None if formula.high is None else formula.high - offset
    sums = np.zeros(1, dtype=np.int64)
    before = np.zeros(1, dtype=np.int64)
    for number, (scope, costs) in enumerate(groups):
        flat = costs.reshape(-1)
        if len(sums) * len(flat) > most:
            raise LimitReached(f"{most:,} rows in a sum of {len(formula.terms)} terms")
        after = (sums[:, None] + flat[None, :]).reshape(-1)
        if number == len(groups) - 1:
            keys, states = _inside(after, low, high), 2
        else:
            keys, states = _alike(after, suffixes[number], low, high)
        cells = np.indices(costs.shape).reshape(costs.ndim, -1)
        columns = [np.repeat(before, len(flat))] if number else []
        columns += [np.tile(axis, len(sums)) for axis in cells]
        yield Step(scope, (*columns, keys), states)
        first = np.zeros(states, dtype=np.int64)
        first[keys] = after
        sums, before = first, np.arange(states)


def _grouped(
    terms: Sequence[CostTable], classes: Classes
) -> tuple[list[tuple[tuple[int, ...], Ints]], int]:
    """Cost tables with one scope added up; and the sum of those without any."""
    found: dict[tuple[int, ...], Ints] = {}
    offset, reach = 0, 0
    for term in terms:
        costs = cost_cells(term, classes)
        reach += max(abs(int(costs.max(initial=0))), abs(int(costs.min(initial=0))))
        if reach >= 1 << 62:
            raise LimitReached("numbers of 62 bits in a sum")
        if not term.scope:
            offset += int(costs)
            continue
        order = tuple(sorted(range(len(term.scope)), key=lambda i: term.scope[i]))
        scope = tuple(term.scope[i] for i in order)
        costs = costs.transpose(order)
        found[scope] = found[scope] + costs if scope in found else costs
    return list(found.items()), offset


@frozen(eq=False)
class _Later:
    """What the links to come can add: all values, or just the extremes when they are too many."""

    values: Ints
    exact: bool

    def then(self, table: Ints) -> _Later:
        """With one more link before them."""
        more = np.unique(table)
        if self.exact and len(self.values) * len(more) <= SUFFIXES:
            return _Later(np.unique(self.values[:, None] + more[None, :]), True)
        ends = [self.values[0] + more[0], self.values[-1] + more[-1]]
        return _Later(np.array(ends, dtype=np.int64), False)


def _suffixes(costs: Sequence[Ints]) -> list[_Later]:
    """For each link what the later links can add."""
    result = [_Later(np.zeros(1, dtype=np.int64), True)]
    for table in reversed(costs[1:]):
        result.append(result[-1].then(table))
    return result[::-1]


def _inside(sums: Ints, low: int | None, high: int | None) -> Ints:
    truth = np.ones(len(sums), dtype=np.bool_)
    if low is not None:
        truth &= sums >= low
    if high is not None:
        truth &= sums <= high
    return truth.astype(np.int64)


def _alike(sums: Ints, later: _Later, low: int | None, high: int | None) -> tuple[Ints, int]:
    """Number partial sums so that two with one number decide alike whatever follows."""
    values = later.values
    # Which of the later values keep the sum above `low`, and which below `high`.
    begin = np.zeros(len(sums), dtype=np.int64)
    end = np.full(len(sums), len(values), dtype=np.int64)
    if low is not None:
        begin = np.searchsorted(values, low - sums, "left").astype(np.int64)
    if high is not None:
        end = np.searchsorted(values, high - sums, "right").astype(np.int64)
    if later.exact:
        never = begin >= end
        begin[never] = end[never] = 0
        return _dense(begin * (len(values) + 1) + end)
    # Only the extremes are known: all of them fit, none does, or the sum itself is the state.
    always = (begin == 0) & (end == len(values))
    never = (begin == len(values)) | (end == 0)
    keys = np.unique(sums, return_inverse=True)[1].astype(np.int64) + 2
    keys[always], keys[never] = 1, 0
    return _dense(keys)


def _dense(keys: Ints) -> tuple[Ints, int]:
    distinct, numbers = np.unique(keys, return_inverse=True)
    return numbers.astype(np.int64), len(distinct)


@frozen(eq=False)
class Automaton:
    """Reads the values of some variables one after the other.

    Attributes
    ----------
    start
        State before the first value.
    moves
        For each variable, shape (states, values): the state after. In all but the last, state 0
        is that of prefixes without any row; after the last, states are results.
    """

    start: int
    moves: tuple[Ints, ...] = field(repr=False)


def automaton(columns: Sequence[Ints], sizes: Sequence[int], results: Ints) -> Automaton:
    """The minimal automaton that gives the result of a row, and 0 without a row.

    Parameters
    ----------
    columns
        Values, a column for each variable; no row twice.
    results
        Result of every row; at least 1.
    """
    prefixes = [np.zeros(len(results), dtype=np.int64)]
    for column, size in zip(columns[:-1], sizes, strict=False):
        count = int(prefixes[-1].max(initial=0)) + 1
        keys, space = pack([prefixes[-1], column], [count, size], len(column))
        prefixes.append(group(keys, space)[0])
    moves = []
    after, states = results, int(results.max(initial=0)) + 1
    for prefix, column, size in zip(prefixes[::-1], columns[::-1], sizes[::-1], strict=True):
        owners = int(prefix.max(initial=0)) + 1
        step, space = pack([prefix, column, after], [owners, size, states], len(column))
        one = group(step, space)[1]
        elements = column[one] * states + after[one]
        numbers, _ = equal_sets(prefix[one], owners, elements, size * states)
        before = numbers[prefix] + 1
        move = np.zeros((int(numbers.max(initial=-1)) + 2, size), dtype=np.int64)
        move[before, column] = after
        moves.append(move)
        after, states = before, len(move)
    return Automaton(int(after[0]) if len(after) else 0, tuple(reversed(moves)))


def table_chain(table: Table, classes: Classes) -> Iterator[Step]:
    """The rows of a table as an automaton that reads one column after the other.

    The last state is 1 for a row of the table and 0 elsewhere.
    """
    cells = table_cells(table.rows, table.scope, classes)[0]
    sizes = [classes.size(v) for v in table.scope]
    machine = automaton(cells, sizes, np.ones(len(cells[0]), dtype=np.int64))
    ends = [len(moves) for moves in machine.moves[1:]] + [2]
    for number, (variable, moves, end) in enumerate(
        zip(table.scope, machine.moves, ends, strict=True)
    ):
        if number == 0:
            yield Step((variable,), (np.arange(moves.shape[1]), moves[machine.start]), end)
        else:
            state, value = np.indices(moves.shape).reshape(2, -1)
            yield Step((variable,), (state, value, moves.reshape(-1)), end)
