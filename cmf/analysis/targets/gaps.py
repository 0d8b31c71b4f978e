"""What closes the gap of a share: unique parts and modules by what unifying them adds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from cmf.analysis.commonality.basis import VEHICLE, Weight
from cmf.analysis.commonality.incidence import VEHICLE_LEVEL, Incidence
from cmf.analysis.commonality.weigh import Lack, total, weigh
from cmf.analysis.targets.fleet import Fleet
from cmf.analysis.targets.outcome import Outcome
from cmf.model.targets import Target


@frozen
class Step:
    """One part or module that becomes common.

    Attributes
    ----------
    adds
        What that adds to the share, exact.
    reaches
        The share when this and all steps before are done.
    """

    name: str
    adds: Fraction
    reaches: Fraction


@frozen
class Gap:
    """The way of a share to its target, greatest steps first.

    Attributes
    ----------
    start
        The share today.
    parts, modules
        Steps until the target is reached; each list is a way of its own. Modules alone may not
        reach it. For a target on the level of modules the first list holds modules and the second
        is empty.
    unique
        Number of parts (modules) that are not common.
    """

    target: Target
    start: Fraction
    parts: tuple[Step, ...]
    modules: tuple[Step, ...]
    unique: int


@frozen
class Contributions:
    """A share, taken apart: what each part gives to it when it is common.

    Attributes
    ----------
    of
        Part number (index) to its contribution; together they make 1.
    common
        Parts that are common today: their contributions make the share.
    """

    of: Mapping[int, Fraction]
    common: frozenset[int]


def gap(outcome: Outcome, fleet: Fleet) -> Gap | None:
    """What closes the gap of a missed share; `None` for what is no share of parts.

    A part becomes common when k groups use it and everything else stays: it then adds its weight
    over the whole weight. A module becomes common with all parts that only it brings.
    """
    target, start = outcome.target, outcome.low
    goal = target.bounds.low
    if start is None or start != outcome.high or goal is None or start >= goal:
        return None
    if target.metric not in ("share", "share_lineup", "share_lineup_unweighted", "carry_over"):
        return None
    volumes = [None if ends is None else ends[0] for ends in fleet.volumes]
    incidence = fleet.incidence(target, volumes)
    found = contributions(target, incidence)
    if found is None:
        return None
    unique = {j: c for j, c in found.of.items() if j not in found.common and c}
    numbers = incidence.parts.numbers
    single = {numbers[j]: c for j, c in sorted(unique.items())}
    modules: dict[str, Fraction] = {}
    if target.level == "part":
        homes = _homes(incidence, fleet)
        for j, c in sorted(unique.items()):
            home = homes[j]
            if home is not None:
                modules[home] = modules.get(home, Fraction(0)) + c
    return Gap(target, start, _way(single, start, goal), _way(modules, start, goal), len(unique))


def contributions(target: Target, incidence: Incidence) -> Contributions | None:
    """What each part gives to the share of a target; `None` when there is nothing to weigh."""
    weight = Weight(target.weight)
    if target.metric == "carry_over":
        return _from_group(incidence, weight, target.population, *target.direction)
    counted = weigh(incidence, weight, target.population)
    if isinstance(counted, Lack):
        return None
    common = frozenset((counted.spread() >= target.k).nonzero()[0].tolist())
    if target.direction:
        row = counted.labels.index(target.direction[0])
        keep = counted.row == row
        of = _parts(counted.part[keep].tolist(), counted.value[keep].tolist())
        return Contributions(of, common)
    if target.metric == "share":
        weights = counted.by_part()
        whole = total(weights)
        used = (counted.spread() > 0).nonzero()[0].tolist()
        return Contributions({j: Fraction(int(weights[j]), whole) for j in used}, common)
    return _mean(target, incidence, weight, common)


def _mean(
    target: Target, incidence: Incidence, weight: Weight, common: frozenset[int]
) -> Contributions | None:
    own = weigh(incidence, weight, VEHICLE)
    if isinstance(own, Lack):
        return None
    flat = target.metric == "share_lineup_unweighted"
    factors = [1 if flat else volume or 0 for volume in incidence.products.volumes]
    whole = sum(factors)
    rows = [int(weight_of_row) for weight_of_row in own.by_row()]
    found: dict[int, Fraction] = {}
    columns = (own.row.tolist(), own.part.tolist(), own.value.tolist())
    for row, part, value in zip(*columns, strict=True):
        if factors[row]:
            share = Fraction(factors[row] * value, whole * rows[row])
            found[part] = found.get(part, Fraction(0)) + share
    return Contributions(found, common)


def _from_group(
    incidence: Incidence, weight: Weight, population: str, a: str, b: str
) -> Contributions | None:
    weighed = weigh(incidence, weight, population)
    if isinstance(weighed, Lack):
        return None
    mine = weighed.row == weighed.labels.index(a)
    theirs = weighed.row == weighed.labels.index(b)
    of = _parts(weighed.part[mine].tolist(), weighed.value[mine].tolist())
    return Contributions(of, frozenset(weighed.part[theirs].tolist()))


def _parts(parts: list[int], values: list[int]) -> dict[int, Fraction]:
    whole = sum(values)
    return {j: Fraction(value, whole) for j, value in zip(parts, values, strict=True)}


def _homes(incidence: Incidence, fleet: Fleet) -> list[str | None]:
    """For each part the module that brings it; `None` where it is not exactly one."""
    problem = fleet.lowered.problem
    numbers = {name: i for i, name in enumerate(fleet.names)}
    builds = [fleet.builds[numbers[name]] for name in incidence.products.names]
    axes = [problem.index(slot) for slot in incidence.slots]
    found: list[set[str | None]] = [set() for _ in incidence.parts.numbers]
    lines = incidence.lines
    columns = (lines.product.tolist(), lines.part.tolist(), lines.slot.tolist())
    for product, part, slot in zip(*columns, strict=True):
        if slot == VEHICLE_LEVEL:
            found[part].add(None)
            continue
        axis = problem.variables[axes[slot]]
        found[part].add(f"{axis.name} {axis.options[builds[product].variant[axes[slot]]]}")
    return [homes.pop() if len(homes) == 1 else None for homes in found]


def _way(adds: Mapping[str, Fraction], start: Fraction, goal: Fraction) -> tuple[Step, ...]:
    """Greatest first, equal ones in declared order, until the goal is reached."""
    steps = []
    reached = start
    for name, step in sorted(adds.items(), key=lambda item: -item[1]):
        if reached >= goal:
            break
        reached += step
        steps.append(Step(name, step, reached))
    return tuple(steps)
