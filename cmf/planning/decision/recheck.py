"""A plan checked again, from the catalogue alone.

Nothing here looks at the planning problem or knows a solver: rules are read by their semantics,
parts come from the bill of materials, and shares from the analysis of targets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from cmf.analysis.bom import explode
from cmf.analysis.configure import Build
from cmf.analysis.targets.fleet import ABSENT
from cmf.model.catalog import AxisKind, Severity
from cmf.model.planning import Planning
from cmf.planning.evaluate import Cost
from cmf.planning.lineup.briefs import Freedom
from cmf.planning.lineup.ground import investment_of, prices, whole
from cmf.problem.formula import holds
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant
from cmf.rules.resolve import resolve_condition
from cmf.rules.semantics import World
from cmf.rules.semantics import holds as means


@frozen
class Recheck:
    """What was checked again.

    Attributes
    ----------
    rules
        Number of rules that each vehicle was held to.
    faults
        Whole sentences on what does not hold; empty for a plan that stands.
    cost
        The cost, computed again.
    """

    rules: int
    faults: tuple[str, ...]
    cost: Cost


def recheck(
    lowered: LoweredCatalog,
    planning: Planning,
    today: Sequence[Build],
    volumes: Sequence[int],
    variants: Sequence[Variant],
    claimed: Cost,
) -> Recheck:
    """Check the variant of every vehicle, and the cost of all together.

    Parameters
    ----------
    today
        The vehicles as they are built today.
    volumes
        Cars a year of each.
    variants
        What the plan gives to each.
    claimed
        The cost that the plan is said to have.
    """
    faults: list[str] = []
    for build, variant in zip(today, variants, strict=True):
        name = build.brief.vehicle.id
        faults += [f"{name}: {what}" for what in _broken(lowered, planning, build, variant)]
    cost = _cost(lowered, planning, today, volumes, variants)
    if cost != claimed:
        faults.append(f"the cost is {cost.total}, and not {claimed.total}")
    hard = [rule for rule in lowered.resolved.rules if rule.severity is Severity.HARD]
    return Recheck(len(hard), tuple(faults), cost)


def _broken(
    lowered: LoweredCatalog, planning: Planning, today: Build, variant: Variant
) -> Iterator[str]:
    """What a variant does not keep: rules, years of its options, the bounds of the planner."""
    resolved = lowered.resolved
    world = World(resolved, lowered.problem.names(variant))
    for rule in resolved.rules:
        if rule.severity is Severity.HARD and not means(rule.statement, world):
            yield f"rule {rule.id} is broken"
    time = resolved.catalog.time
    for axis in resolved.catalog.axes if time else ():
        effective = world.option(axis.name).effective
        if not effective.covers(int(world.options[time or ""])):
            yield f"{axis.name} {world.options[axis.name]} is not effective in its year"
    vehicle = today.brief.vehicle
    brief = None if planning.open else vehicle.require
    if brief is not None and not means(resolve_condition(resolved, brief), world):
        yield "its brief is not met"
    if not all(holds(f, variant) for f in Freedom.of(lowered, planning).conditions(today)):
        yield "something changes that is not open"
    for name, (low, high) in planning.within.items():
        quantity = lowered.problem.quantities[name]
        before, now = quantity.value(today.variant), quantity.value(variant)
        if before is not None and (now is None or not low <= now - before <= high):
            yield f"{name} changes by more than it may"


def _cost(
    lowered: LoweredCatalog,
    planning: Planning,
    today: Sequence[Build],
    volumes: Sequence[int],
    variants: Sequence[Variant],
) -> Cost:
    """The cost of variants, from the bill of materials and the modules."""
    catalog = lowered.resolved.catalog
    pieces: Counter[str] = Counter()
    users: defaultdict[str, set[int]] = defaultdict(set)
    for use in explode(lowered, variants):
        pieces[use.part] += use.quantity * volumes[use.product] * planning.years
        users[use.part].add(use.product)
    parts = [(catalog.parts[part].investment, len(vehicles)) for part, vehicles in users.items()]
    costs = [*parts, *_modules(lowered, variants)]
    return Cost(
        sum(amount for amount, _ in costs) + _changeover(lowered, planning, today, variants),
        sum(whole(planning.premium * amount) for amount, n in costs if n > 1),
        sum(whole(planning.integration * amount) * (n - 1) for amount, n in costs),
        sum(_paid(planning, catalog.parts[part].unit_cost, n) for part, n in pieces.items()),
    )


def _modules(lowered: LoweredCatalog, variants: Sequence[Variant]) -> list[tuple[int, int]]:
    """Investment and number of users of every module in use."""
    used: Counter[tuple[int, int]] = Counter()
    for variant in variants:
        used.update(enumerate(variant))
    axes = lowered.resolved.catalog.axes
    return [
        (investment_of(axes[axis].options[option]), n)
        for (axis, option), n in used.items()
        if axes[axis].kind is AxisKind.SLOT and axes[axis].options[option].name != ABSENT
    ]


def _changeover(
    lowered: LoweredCatalog,
    planning: Planning,
    today: Sequence[Build],
    variants: Sequence[Variant],
) -> int:
    """What plants pay for modules that they do not build today."""
    if not planning.changeover:
        return 0
    plant = lowered.problem.index("plant")
    axes = lowered.resolved.catalog.axes
    slots = [number for number, axis in enumerate(axes) if axis.kind is AxisKind.SLOT]

    def built(every: Sequence[Variant]) -> set[tuple[int, int, int]]:
        return {
            (each[plant], slot, each[slot])
            for each in every
            for slot in slots
            if axes[slot].options[each[slot]].name != ABSENT
        }

    new = built(variants) - built([build.variant for build in today])
    return planning.changeover * len(new)


def _paid(planning: Planning, unit_cost: int, pieces: int) -> int:
    """Price of pieces: those beyond a tier cost its price, the others what they cost before."""
    total, price, left = 0, unit_cost, pieces
    reached = 0
    for tier in prices(planning, unit_cost):
        below = min(left, tier.above - reached)
        total += below * price
        left -= below
        price, reached = tier.price, tier.above
    return total + left * price


def changed(
    lowered: LoweredCatalog, before: Sequence[Variant], after: Sequence[Variant]
) -> Mapping[int, tuple[tuple[str, str, str], ...]]:
    """For every vehicle that changes: slot, option before, option after."""
    variables = lowered.problem.variables
    found = {}
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        moved = tuple(
            (axis.name, axis.options[a], axis.options[b])
            for axis, a, b in zip(variables, old, new, strict=True)
            if a != b
        )
        if moved:
            found[i] = moved
    return found
