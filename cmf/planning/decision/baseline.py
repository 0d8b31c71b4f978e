"""The stand-alone baseline: every vehicle by itself, nothing shared."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

from attrs import evolve, frozen

from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.curves import learning_factor
from cmf.planning.answer import PlanLimits, Planned
from cmf.planning.brute import variants
from cmf.planning.data import Plan, PlanningProblem
from cmf.planning.decision.solver import Solve
from cmf.planning.evaluate import Cost, Evaluation, cost, usage

FEW = 2_000
"""Variants of one vehicle up to which its cheapest is found by trying all."""


@frozen
class Baseline:
    """What the vehicles would cost if each were developed and built alone, at its own least cost.

    Attributes
    ----------
    vehicles
        Cost of each vehicle.
    """

    vehicles: tuple[Cost, ...]

    @property
    def cost(self) -> Cost:
        """All together."""
        return added(self.vehicles)

    @property
    def entry(self) -> int:
        """Entry cost: what is paid once."""
        return entry(self.cost)


def added(costs: tuple[Cost, ...]) -> Cost:
    """The sum of costs, by kind."""
    return Cost(
        sum(each.investment for each in costs),
        sum(each.premium for each in costs),
        sum(each.integration for each in costs),
        sum(each.pieces for each in costs),
        sum(each.charges for each in costs),
    )


def entry(cost: Cost) -> int:
    """What is paid once: investment, premium, integration, change-over."""
    return cost.investment + cost.premium + cost.integration + cost.charges


def stand_alone(problem: PlanningProblem, solve: Solve) -> Baseline:
    """The baseline of a problem; plant change-over is left out.

    Every vehicle pays the whole investment of what it uses, and prices at its own volume.
    """
    alike: dict[object, Cost] = {}
    found = []
    items = tuple(
        evolve(item, investment=0) if item.kind == "change-over" else item for item in problem.items
    )
    for vehicle in problem.vehicles:
        own = evolve(problem, vehicles=(evolve(vehicle, keep=False),), constraints=(), items=items)
        key = (vehicle.diagram, vehicle.volume, tuple(sorted(vehicle.extras.items())))
        if key not in alike:
            alike[key] = _least(own, solve)
        found.append(alike[key])
    return Baseline(tuple(found))


def _least(alone: PlanningProblem, solve: Solve) -> Cost:
    (vehicle,) = alone.vehicles
    if vehicle.diagram.count() > FEW:
        answer = solve(alone, PlanLimits(), None)
        if isinstance(answer, Planned):
            return answer.evaluation.cost
    plans = (Plan((chosen,)) for chosen in islice(variants(vehicle.diagram), FEW))
    return min((cost(alone, p, usage(alone, p)) for p in plans), key=lambda each: each.total)


def learned(problem: PlanningProblem, evaluation: Evaluation, learning: Fraction) -> Bounds:
    """Price of all pieces when pooled volume lowers the unit cost by a learning curve.

    ``sum_ij c_j Q_ij (Q_j / Q_ij)^(log2 LR)`` over the parts j of the vehicles i, where vehicle i
    buys ``Q_ij`` pieces and all together buy ``Q_j``. The unit cost of the catalogue is the
    stand-alone cost, as in the parts cost reduction of the targets.
    """
    by_ratio: dict[Fraction, int] = {}
    for item, users in zip(problem.items, evaluation.users, strict=True):
        if not item.unit_cost:
            continue
        own = _volumes(problem, users)
        pooled = sum(own.values())
        for volume in own.values():
            if volume:
                ratio = Fraction(pooled, volume)
                by_ratio[ratio] = by_ratio.get(ratio, 0) + item.unit_cost * volume
    total = Bounds.exactly(0)
    for ratio, spend in by_ratio.items():
        total += learning_factor(learning, ratio).times(Fraction(spend))
    return total


def _volumes(problem: PlanningProblem, users: Mapping[int, int]) -> dict[int, int]:
    return {i: n * problem.vehicles[i].volume for i, n in users.items()}
