"""A few valid variants that differ from each other as much as possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from attrs import evolve, frozen

from cmf.engines.outcome import solved
from cmf.engines.protocols import Ranked, Space
from cmf.problem.formula import CostTable
from cmf.problem.problem import Quantity, Variant

ROUNDS = 24
"""Weightings that are tried for one variant before the best one so far is taken."""
FIRMNESS = 2
"""Weight of every variant at first; a round adds 1 to that of the nearest ones."""


@frozen
class Distinct:
    """A variant among those chosen before it.

    Attributes
    ----------
    distance
        Least number of variables in which it differs from a variant chosen before it; `None` for
        the first.
    bound
        No valid variant is farther than this from all chosen before it; `None` for the first.
        Where it equals `distance`, the choice is proven to be the farthest.
    """

    variant: Variant
    distance: int | None = None
    bound: int | None = None


def diverse(space: Space, size: int) -> tuple[Distinct, ...]:
    """Up to `size` valid variants, each as far as possible from those before it.

    The distance of two variants is the number of variables in which they differ. The first variant
    is ``space.find()``. For each further one the least distance to the variants before it is to be
    greatest. The least distance is no sum over the options, but every weighted mean of the
    distances is one, and its greatest value, rounded down, bounds the least distance of every
    variant. Weights move towards the nearest variants round by round, until a variant reaches the
    bound or `ROUNDS` are over. Of equally far variants the one found first is taken; a round finds
    the first in declared order among those of the greatest mean.

    Guaranteed: all variants are valid and pairwise different; there are fewer than `size` only if
    there are no more at all; the same space gives the same variants; every `bound` is exact. Any
    set of as many variants has two that are at most twice the last bound apart (Gonzalez, 1985), so
    that where all steps are proven the least distance is at least half of the greatest possible.

    Raises
    ------
    LimitReached
        When the engine gives no answer within its limits.
    """
    first = solved(space.find(), None)
    if first is None or size < 1:
        return ()
    chosen = [Distinct(first)]
    while len(chosen) < size:
        farthest = _farthest(space, [each.variant for each in chosen])
        if farthest is None:
            break
        chosen.append(farthest)
    return tuple(chosen)


def ranked(
    space: Space, terms: Sequence[CostTable], *, greatest: bool = False, top: int = 1
) -> tuple[Ranked, ...]:
    """The best variants by a sum that the problem does not name; empty when there is none.

    Raises
    ------
    LimitReached
        When the engine gives no answer within its limits.
    """
    asked = Quantity("", tuple(terms))
    problem = evolve(space.problem, quantities={asked.name: asked})
    # The space of every engine is an attrs class that looks quantities up in its problem.
    within = cast(Space, evolve(cast(Any, space), problem=problem))
    return solved(within.best(asked.name, greatest=greatest, top=top), ())


def _farthest(space: Space, chosen: Sequence[Variant]) -> Distinct | None:
    """The variant of greatest least distance that the rounds find; `None` when none is left."""
    bound = len(space.problem.variables)
    weights = [FIRMNESS] * len(chosen)
    best: tuple[int, Variant] = (0, chosen[0])
    for _ in range(ROUNDS):
        (first,) = ranked(space, _distances(space, chosen, weights), greatest=True)
        bound = min(bound, first.value // sum(weights))
        distances = [_distance(first.variant, other) for other in chosen]
        nearest = min(distances)
        if nearest > best[0]:
            best = nearest, first.variant
        if best[0] >= bound:
            break
        weights = [
            weight + (distance == nearest)
            for weight, distance in zip(weights, distances, strict=True)
        ]
    if best[0] == 0:
        return _another(space, chosen, bound)
    return Distinct(best[1], best[0], bound)


def _another(space: Space, chosen: Sequence[Variant], bound: int) -> Distinct | None:
    """Some variant that is not chosen yet: among one more than are chosen there is one."""
    terms = _distances(space, chosen, [1] * len(chosen))
    for each in ranked(space, terms, greatest=True, top=len(chosen) + 1):
        if each.variant not in chosen:
            distance = min(_distance(each.variant, other) for other in chosen)
            return Distinct(each.variant, distance, bound)
    return None


def _distances(
    space: Space, chosen: Sequence[Variant], weights: Sequence[int]
) -> tuple[CostTable, ...]:
    """The weighted sum of the distances to the chosen variants."""
    terms = []
    for number, variable in enumerate(space.problem.variables):
        costs = [sum(weights)] * len(variable.options)
        for variant, weight in zip(chosen, weights, strict=True):
            costs[variant[number]] -= weight
        terms.append(CostTable.unary(number, costs))
    return tuple(terms)


def _distance(one: Variant, other: Variant) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
