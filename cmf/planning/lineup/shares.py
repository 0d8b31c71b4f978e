"""Targets on shares as constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from cmf.analysis.targets.fleet import ABSENT
from cmf.model.catalog import AxisKind
from cmf.planning.constraints import (
    AtMost,
    Common,
    Constraint,
    Counting,
    Followed,
    Share,
    Spread,
    UsedBy,
)
from cmf.planning.lineup.ground import investment_of
from cmf.planning.lineup.view import NotExpressible, View
from cmf.problem.formula import Member, Not
from cmf.problem.grid import Ints

VEHICLE = "vehicle"

_COUNTING: Mapping[str, Counting] = MappingProxyType(
    {
        "part_number": Counting.ONCE,
        "list_cost": Counting.ONCE,
        "investment": Counting.ONCE,
        "instance": Counting.PIECE,
        "mass": Counting.PIECE,
        "spend": Counting.PIECE,
    }
)


def scoped_items(view: View) -> Mapping[str, int]:
    """The parts (modules) that a target counts, by name, as items."""
    target, ground = view.target, view.ground
    if target.level == "part":
        return ground.scope(target.scope)
    catalog = ground.assembly.catalog
    slots = catalog.scopes[target.scope].slots if target.scope else [s.name for s in catalog.slots]
    return {
        f"{axis.name} {axis.options[option].name}": item
        for (number, option), item in ground.modules.items()
        if (axis := catalog.axes[number]).name in slots
    }


def _weights(view: View) -> Mapping[int, int]:
    target, catalog = view.target, view.ground.assembly.catalog
    items = scoped_items(view)
    if target.weight in ("part_number", "instance"):
        return dict.fromkeys(items.values(), 1)
    if target.level == "module":
        if target.weight != "investment":
            raise NotExpressible(f"modules have no {target.weight}")
        chosen = {f"{a.name} {o.name}": investment_of(o) for a in catalog.slots for o in a.options}
        return {item: chosen[name] for name, item in items.items()}
    figure = {"mass": "mass", "investment": "investment"}.get(target.weight, "unit_cost")
    return {item: getattr(catalog.parts[part], figure) for part, item in items.items()}


def _population(view: View) -> str:
    """The population of a target, which the plan must not change."""
    ground, name = view.ground, view.target.population
    if name != VEHICLE:
        axis = ground.assembly.lowered.problem.index(name)
        if axis in ground.assembly.axes:
            kind = ground.assembly.catalog.axes[axis].kind
            what = "a slot" if kind is AxisKind.SLOT else "open"
            raise NotExpressible(f"its population `{name}` is {what}, so the plan changes it")
    return name


def _labels(view: View, population: str) -> list[str]:
    """The group of every vehicle."""
    assembly = view.ground.assembly
    if population == VEHICLE:
        return [build.brief.vehicle.id for build in assembly.builds]
    axis = assembly.lowered.problem.index(population)
    names = assembly.lowered.problem.variables[axis].options
    return [names[build.variant[axis]] for build in assembly.builds]


def _share(view: View, common: Common, seen_from: str = "") -> Iterator[Constraint]:
    """A share of the weight on common items; with `seen_from` of the weight of one group."""
    target, volumes = view.target, view.ground.volumes
    if target.bounds.high is not None or target.bounds.low is None:
        raise NotExpressible("only a lower bound on a share can be planned for")
    population = _population(view)
    looked_at = view.vehicles()
    counting = _COUNTING[target.weight]
    labels = _labels(view, population)
    counted = {i for i in looked_at if not seen_from or labels[i] == seen_from}
    if seen_from and counting is Counting.ONCE:
        if len(counted) != 1:
            raise NotExpressible(f"{seen_from} counts a {target.level} once for several vehicles")
        counting = Counting.VEHICLE
    each = volumes if target.weight == "spend" else (1,) * len(volumes)
    everywhere = len(counted) == len(volumes)
    plain = counting is Counting.ONCE or (everywhere and target.weight != "spend")
    yield Share(
        target.id,
        _weights(view),
        target.bounds.low,
        counting,
        () if plain else tuple(v if i in counted else 0 for i, v in enumerate(each)),
        population,
        common,
        frozenset() if len(looked_at) == len(volumes) else looked_at,
    )


def _family(view: View) -> Iterator[Constraint]:
    seen_from = view.target.direction[0] if view.target.direction else ""
    yield from _share(view, Spread(view.target.k), seen_from)


def _carry_over(view: View) -> Iterator[Constraint]:
    taker, giver = view.target.direction
    yield from _share(view, UsedBy(giver), taker)


def _leader_follower(view: View) -> Iterator[Constraint]:
    catalog = view.ground.assembly.catalog
    leads = {part.number: part.lead for part in catalog.parts.values()}
    for axis in catalog.slots:
        leads |= {f"{axis.name} {option.name}": option.lead for option in axis.options}
    items = scoped_items(view)
    yield from _share(view, Followed({n: leads[name] for name, n in items.items() if leads[name]}))


def _ci97(view: View) -> Iterator[Constraint]:
    """With fixed numbers of items a vehicle, a bound on the number of distinct ones."""
    target, ground = view.target, view.ground
    if len(view.vehicles()) < len(ground.volumes):
        raise NotExpressible("it does not look at all vehicles")
    if target.bounds.high is not None or target.bounds.low is None:
        raise NotExpressible("only a lower bound can be planned for")
    items = scoped_items(view)
    spans = ground.assembly.spans
    counts = _items_in_use(view)
    each = []
    for i, (first, last) in enumerate(pairwise(spans)):
        if len(set(counts[first:last].tolist())) > 1:
            name = ground.assembly.builds[i].brief.vehicle.id
            raise NotExpressible(f"the number of {target.level}s of {name} depends on the plan")
        each += counts[first : first + 1].tolist()
    if len(each) < 2 or sum(each) == max(each):
        raise NotExpressible("there is only one vehicle with parts")
    most = sum(each) - target.bounds.low * (sum(each) - max(each))
    yield AtMost(target.id, dict.fromkeys(items.values(), 1), most.numerator // most.denominator)


def _items_in_use(view: View) -> Ints:
    """For every row the number of distinct items in the scope of a target."""
    target, ground = view.target, view.ground
    assembly = ground.assembly
    counts = np.zeros(len(view.where), dtype=np.int64)
    declared = assembly.catalog.scopes.get(target.scope)
    if target.level == "module":
        for axis in assembly.axes:
            slot = assembly.catalog.axes[axis]
            if slot.kind is AxisKind.SLOT and (declared is None or slot.name in declared.slots):
                empty = [o for o, name in enumerate(slot.names) if name == ABSENT]
                counts += assembly.truth(Not(Member(axis, frozenset(empty))))
        return counts
    for part in ground.scope(target.scope):
        used = np.zeros(len(counts), dtype=np.bool_)
        for line, formula in ground.lines[part]:
            inside = declared is None or (
                declared.vehicle_level if line.slot is None else line.slot in declared.slots
            )
            if inside:
                used |= assembly.truth(formula)
        counts += used
    return counts


SHARES: Mapping[str, Callable[[View], Iterator[Constraint]]] = MappingProxyType(
    {
        "share": _family,
        "carry_over": _carry_over,
        "leader_follower": _leader_follower,
        "ci97": _ci97,
    }
)
