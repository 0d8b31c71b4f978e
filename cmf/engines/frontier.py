"""Pareto fronts by one optimum after the other, for engines that optimise single sums."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from attrs import evolve

from cmf.engines.protocols import Aim, Bounds, Efficient, Ranked, Space
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import And, CostTable, Or, Sum
from cmf.problem.problem import Quantity

POINTS = 10_000
"""Points of a front after which this way is given up."""


def frontier(
    space: Space, aims: Sequence[Aim], limits: Limits
) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
    """The Pareto front of `space`, which must be an attrs class with a field `problem`.

    The least sum of all aims lies on the front. What it betters or equals is then excluded, and
    the next least sum lies on it as well, until nothing is left (Sylva and Crema, 2004).

    Parameters
    ----------
    limits
        The time is for the whole front.
    """
    started = time.monotonic()
    quantities = [space.problem.quantities[aim.quantity] for aim in aims]
    total = Quantity(
        "",
        tuple(t for q, a in zip(quantities, aims, strict=True) for t in _signed(q, a)),
        defined=And(tuple(quantity.defined for quantity in quantities)),
    )
    left = asking(space, total)
    found: list[Efficient] = []
    while True:
        if limits.seconds is not None and time.monotonic() - started > limits.seconds:
            return Unknown(f"{limits.seconds:g} s")
        best = left.best(total.name)
        if isinstance(best, Unknown):
            return best
        if isinstance(best, Infeasible):
            break
        if len(found) == POINTS:
            return Unknown(f"{POINTS:,} points of a Pareto front")
        parts = [
            sum(term.value(best.value[0].variant) for term in quantity.terms)
            for quantity in quantities
        ]
        alike = left.where(*(Sum(q.terms, v, v) for q, v in zip(quantities, parts, strict=True)))
        first = alike.best(total.name)
        if not isinstance(first, Solved):
            return first
        values = tuple(q.offset + v for q, v in zip(quantities, parts, strict=True))
        found.append(Efficient(values, first.value[0].variant))
        better = [
            Sum(q.terms, v + 1, None) if aim.greatest else Sum(q.terms, None, v - 1)
            for q, v, aim in zip(quantities, parts, aims, strict=True)
        ]
        left = left.where(Or(tuple(better)))
    return Solved(in_order(found, aims)) if found else Infeasible()


def in_order(front: Sequence[Efficient], aims: Sequence[Aim]) -> tuple[Efficient, ...]:
    """Sorted by the first aim, the best first, then the second, and so on."""
    signs = [-1 if aim.greatest else 1 for aim in aims]
    key = [tuple(s * v for s, v in zip(signs, each.values, strict=True)) for each in front]
    return tuple(front[i] for i in sorted(range(len(front)), key=key.__getitem__))


def asking(space: Space, quantity: Quantity) -> Space:
    """The same space, of which one more quantity may be asked."""
    quantities = {**space.problem.quantities, quantity.name: quantity}
    problem = evolve(space.problem, quantities=quantities)
    # The space of every engine is an attrs class that looks quantities up in its problem.
    return cast(Space, evolve(cast(Any, space), problem=problem))


def bounds_by_best(space: Space, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
    """The least and the greatest value, by two optima."""
    least = space.best(quantity)
    if not isinstance(least, Solved):
        return least
    greatest = space.best(quantity, greatest=True)
    if not isinstance(greatest, Solved):
        return greatest
    ends: tuple[Ranked, Ranked] = least.value[0], greatest.value[0]
    return Solved(Bounds(ends[0].value, ends[1].value))


def _signed(quantity: Quantity, aim: Aim) -> tuple[CostTable, ...]:
    if not aim.greatest:
        return quantity.terms
    return tuple(
        CostTable(term.scope, term.rows, np.negative(term.costs), -term.default)
        for term in quantity.terms
    )
