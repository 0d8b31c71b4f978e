"""What a plan costs and meets, in exact integers: the meaning of the planning model.

Imports no solver. Every plan that is given out has passed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import field, frozen

from cmf.planning.constraints import (
    AtMost,
    Changes,
    Constraint,
    Counting,
    Followed,
    Leads,
    Share,
    Spread,
    Total,
)
from cmf.planning.data import Diagram, Plan, PlanningProblem


@frozen
class Cost:
    """The cost of a plan, split; all in minor units of the currency.

    Attributes
    ----------
    investment, premium, integration
        Entry cost of the items in use.
    pieces
        Price of all pieces, volume prices included.
    charges
        Plant change-over and other charges of vehicles.
    """

    investment: int = 0
    premium: int = 0
    integration: int = 0
    pieces: int = 0
    charges: int = 0

    @property
    def total(self) -> int:
        """The sum."""
        return self.investment + self.premium + self.integration + self.pieces + self.charges


@frozen
class Measured:
    """How a plan stands to a constraint.

    Attributes
    ----------
    numerator, denominator
        The value as counted; the denominator is 1 for what is no share, and 0 for a share that is
        not evaluable.
    met
        Whether the constraint holds.
    """

    constraint: Constraint = field(repr=False)
    numerator: int
    denominator: int
    met: bool

    @property
    def value(self) -> Fraction | None:
        """The value; `None` when it is not evaluable."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@frozen
class Evaluation:
    """All that is known of a plan.

    Attributes
    ----------
    invalid
        Vehicles whose choices are no valid variant, or that should stay as they are and do not.
    users
        For each item the vehicles that use it, with the pieces of one car.
    measured
        One for each constraint, in order.
    """

    cost: Cost
    invalid: tuple[int, ...]
    users: tuple[dict[int, int], ...] = field(repr=False)
    measured: tuple[Measured, ...]

    @property
    def meets_all(self) -> bool:
        """Whether the plan is valid and meets every constraint."""
        return not self.invalid and all(each.met for each in self.measured)


def evaluate(problem: PlanningProblem, plan: Plan) -> Evaluation:
    """Cost, validity and every constraint of a plan."""
    users = usage(problem, plan)
    measured = tuple(measure(problem, plan, users, each) for each in problem.constraints)
    invalid = tuple(
        i
        for i, (vehicle, chosen) in enumerate(zip(problem.vehicles, plan.choices, strict=True))
        if not accepts(vehicle.diagram, chosen) or (vehicle.keep and chosen != vehicle.today)
    )
    return Evaluation(cost(problem, plan, users), invalid, users, measured)


def accepts(diagram: Diagram, chosen: tuple[int, ...]) -> bool:
    """Whether choices are a path of a diagram."""
    node = 0
    if len(chosen) != len(diagram.layers):
        return False
    for layer, choice in zip(diagram.layers, chosen, strict=True):
        found = [head for tail, other, head in layer if tail == node and other == choice]
        if not found:
            return False
        node = found[0]
    return True


def usage(problem: PlanningProblem, plan: Plan) -> tuple[dict[int, int], ...]:
    """For each item the vehicles that use it, with the pieces of one car."""
    users: tuple[dict[int, int], ...] = tuple({} for _ in problem.items)
    for i, chosen in enumerate(plan.choices):
        for choice in chosen:
            for use in problem.uses(i, choice):
                users[use.item][i] = users[use.item].get(i, 0) + use.quantity
    return users


def cost(problem: PlanningProblem, plan: Plan, users: tuple[dict[int, int], ...]) -> Cost:
    """The cost of a plan, split."""
    investment = premium = integration = pieces = 0
    for item, by in zip(problem.items, users, strict=True):
        if by:
            investment += item.investment
            premium += item.premium if len(by) > 1 else 0
            integration += item.integration * (len(by) - 1)
            pieces += item.price(sum(n * problem.vehicles[i].volume for i, n in by.items()))
    charges = sum(
        vehicle.charges.get(choice, 0)
        for vehicle, chosen in zip(problem.vehicles, plan.choices, strict=True)
        for choice in chosen
    )
    return Cost(investment, premium, integration, pieces, charges)


def measure(
    problem: PlanningProblem, plan: Plan, users: tuple[dict[int, int], ...], constraint: Constraint
) -> Measured:
    """How a plan stands to one constraint."""
    match constraint:
        case Share():
            shared, whole = share_of(problem, users, constraint)
            met = whole > 0 and shared >= constraint.bound * whole
            return Measured(constraint, shared, whole, met)
        case Total(_, terms, low, high):
            value = sum(
                terms.get((i, choice), 0)
                for i, chosen in enumerate(plan.choices)
                for choice in chosen
            )
            met = (low is None or value >= low) and (high is None or value <= high)
            return Measured(constraint, value, 1, met)
        case AtMost(_, weights, most):
            value = sum(weight for item, weight in weights.items() if users[item])
            return Measured(constraint, value, 1, value <= most)
        case Changes(_, most, by_slot):
            value = changes(problem, plan, by_slot)
            return Measured(constraint, value, 1, value <= most)
        case Leads(_, leads, population):
            labels = [vehicle.group(population) for vehicle in problem.vehicles]
            value = sum(
                1
                for item, lead in leads.items()
                if users[item] and lead not in {labels[i] for i in users[item]}
            )
            return Measured(constraint, value, 1, value == 0)


def changes(problem: PlanningProblem, plan: Plan, by_slot: bool) -> int:
    """Number of slots (or vehicles) that differ from today's plan."""
    number = 0
    for vehicle, chosen in zip(problem.vehicles, plan.choices, strict=True):
        if vehicle.today is not None:
            changed = sum(a != b for a, b in zip(chosen, vehicle.today, strict=True))
            number += changed if by_slot else min(changed, 1)
    return number


def share_of(
    problem: PlanningProblem, users: tuple[dict[int, int], ...], share: Share
) -> tuple[int, int]:
    """Weight on common items, and weight on all items in use."""
    labels = [vehicle.group(share.population) for vehicle in problem.vehicles]
    shared = whole = 0
    for item, weight in share.weights.items():
        by = {i: n for i, n in users[item].items() if not share.among or i in share.among}
        match share.counting:
            case Counting.ONCE:
                value = weight if by else 0
            case Counting.VEHICLE:
                value = weight * sum(_factor(share, i) for i in users[item])
            case Counting.PIECE:
                value = weight * sum(_factor(share, i) * n for i, n in users[item].items())
        whole += value
        if is_common(share, item, {labels[i] for i in by}):
            shared += value
    return shared, whole


def is_common(share: Share, item: int, groups: Iterable[str]) -> bool:
    """Whether an item is common when vehicles of these groups use it."""
    groups = set(groups)
    match share.common:
        case Spread(k):
            return len(groups) >= k
        case Followed(leads):
            return item in leads and bool(groups - {leads[item]})
    return share.common.group in groups


def _factor(share: Share, vehicle: int) -> int:
    return share.factors[vehicle] if share.factors else 1
