"""What has become of every option of a space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import cast

from attrs import frozen

from cmf.engines.outcome import solved
from cmf.engines.protocols import CountingSpace, OptionCounts, Space
from cmf.problem.answer import Infeasible, Solved
from cmf.problem.formula import Member
from cmf.problem.problem import Constraint


@frozen
class OptionState:
    """An option under the conditions of a space.

    Attributes
    ----------
    status
        ``chosen`` (a condition names it alone), ``implied`` (every variant takes it), ``free``, or
        ``excluded`` (none does).
    count
        Variants that take it; `None` when the engine does not count.
    share
        Part of the variants that take it.
    """

    axis: str
    option: str
    status: str
    count: int | None
    share: Fraction | None


def option_states(space: Space, choices: Iterable[Constraint]) -> list[OptionState]:
    """Every option in declared order, with its share of the variants where the engine counts."""
    counts = _option_counts(space)
    if counts is None:
        possible = solved(space.possible(), None)
        table: Iterable[Sequence[int | None]] = [
            [None if possible and o in possible[v] else 0 for o in range(len(var.options))]
            for v, var in enumerate(space.problem.variables)
        ]
        total = None
    else:
        table, total = counts.counts, counts.total
    chosen = _chosen(choices)
    return [
        _state(axis.name, option, number, row, total, chosen.get(v))
        for v, (axis, row) in enumerate(zip(space.problem.variables, table, strict=True))
        for number, option in enumerate(axis.options)
    ]


def _option_counts(space: Space) -> OptionCounts | None:
    if not hasattr(space, "option_counts"):
        return None
    answer = cast(CountingSpace, space).option_counts()
    if isinstance(answer, Infeasible):
        return OptionCounts(0, tuple((0,) * len(v.options) for v in space.problem.variables))
    return answer.value if isinstance(answer, Solved) else None


def _chosen(choices: Iterable[Constraint]) -> dict[int, int]:
    """Options that a condition names alone."""
    return {
        choice.formula.variable: next(iter(choice.formula.options))
        for choice in choices
        if isinstance(choice.formula, Member) and len(choice.formula.options) == 1
    }


def _state(
    axis: str,
    option: str,
    number: int,
    row: Sequence[int | None],
    total: int | None,
    chosen: int | None,
) -> OptionState:
    count = row[number]
    alone = sum(1 for c in row if c != 0) == 1
    if count == 0:
        status = "excluded"
    elif chosen == number:
        status = "chosen"
    else:
        status = "implied" if alone else "free"
    share = Fraction(count, total) if total and count is not None else None
    return OptionState(axis, option, status, count if total is not None else None, share)
