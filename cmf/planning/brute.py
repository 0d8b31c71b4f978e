"""Every plan of a small problem, one by one: what the solver is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod

from attrs import frozen

from cmf.planning.constraints import Share
from cmf.planning.data import Diagram, Plan, PlanningProblem
from cmf.planning.evaluate import Evaluation, evaluate, share_of


@frozen
class Point:
    """A plan that no other one beats in both cost and share."""

    plan: Plan
    cost: int
    share: Fraction


def variants(diagram: Diagram) -> Iterator[tuple[int, ...]]:
    """The paths of a diagram, in the order of its arcs."""

    def extend(layer: int, node: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if layer == len(diagram.layers):
            yield chosen
            return
        for tail, choice, head in diagram.layers[layer]:
            if tail == node:
                yield from extend(layer + 1, head, (*chosen, choice))

    if not diagram.empty:
        yield from extend(0, 0, ())


def plans(problem: PlanningProblem) -> Iterator[tuple[Plan, Evaluation]]:
    """Every plan that meets all constraints.

    Raises
    ------
    ValueError
        There are over a million combinations.
    """
    if prod(vehicle.diagram.count() for vehicle in problem.vehicles) > 1_000_000:
        raise ValueError("too many plans to try one by one")
    for chosen in product(*(tuple(variants(v.diagram)) for v in problem.vehicles)):
        plan = Plan(chosen)
        found = evaluate(problem, plan)
        if found.meets_all:
            yield plan, found


def cheapest(problem: PlanningProblem) -> tuple[Plan, Evaluation] | None:
    """A plan of least cost; `None` when no plan meets all constraints."""
    return min(plans(problem), key=lambda pair: pair[1].cost.total, default=None)


def front(problem: PlanningProblem, share: Share) -> list[Point]:
    """The plans of least cost for every level of a share, cheapest first.

    Plans without a share do not take part.
    """
    best: dict[Fraction, Point] = {}
    for plan, found in plans(problem):
        shared, whole = share_of(problem, found.users, share)
        if whole:
            value = Fraction(shared, whole)
            point = Point(plan, found.cost.total, value)
            if value not in best or point.cost < best[value].cost:
                best[value] = point
    kept: list[Point] = []
    for point in sorted(best.values(), key=lambda p: (p.cost, -p.share)):
        if not kept or point.share > kept[-1].share:
            kept.append(point)
    return kept
