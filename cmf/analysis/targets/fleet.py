"""The built vehicles of a line-up, as targets look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import evolve, field, frozen

from cmf.analysis.commonality.build import incidence_from_arrays
from cmf.analysis.commonality.incidence import Incidence, Parts, Products
from cmf.analysis.configure import Build, Decided
from cmf.analysis.sharing import yearly_volume
from cmf.model.catalog import AxisKind, Basis, Option
from cmf.model.lineup import Vehicle
from cmf.model.targets import Target
from cmf.problem.formula import And, Formula, Member, Not, Or, holds, scope
from cmf.problem.lower import LoweredCatalog
from cmf.rules.resolve import resolve_condition
from cmf.source import Text

ABSENT = "none"
"""Option of an optional slot that stays empty."""

INVESTMENT = "investment"
"""Attribute of a module that holds its tooling and engineering."""


Volumes = Sequence[int | None]


@frozen(slots=False, eq=False)
class Fleet:
    """The vehicles of a line-up: the built ones first, with their parts, then the others.

    Attributes
    ----------
    others
        The vehicles that are not built: only what their briefs pin is known of them.
    parts
        Which built vehicle uses which part.
    volumes
        Least and greatest yearly volume of each vehicle; `None` where it is not known.
    """

    lowered: LoweredCatalog = field(repr=False)
    builds: tuple[Build, ...] = field(repr=False)
    others: tuple[Vehicle, ...] = field(repr=False)
    parts: Incidence = field(repr=False)
    volumes: tuple[tuple[int, int] | None, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the vehicles."""
        return (*self.parts.products.names, *(vehicle.id for vehicle in self.others))

    @cached_property
    def known(self) -> tuple[tuple[int | None, ...], ...]:
        """For each vehicle the option number of every axis; `None` where it is not known."""
        axes = self.lowered.problem.variables
        pinned = [
            tuple(
                axis.options.index(vehicle.pins[axis.name]) if axis.name in vehicle.pins else None
                for axis in axes
            )
            for vehicle in self.others
        ]
        return (*(build.variant for build in self.builds), *pinned)

    @cached_property
    def modules(self) -> Incidence:
        """Which vehicle uses which module; of a module only the investment is known."""
        return _modules(self.lowered, self.builds, self.parts.products)

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """Part or module to the company that leads it; empty where none is declared."""
        catalog = self.lowered.resolved.catalog
        found = {part.number: part.lead for part in catalog.parts.values()}
        for axis in catalog.slots:
            for option in axis.options:
                found[f"{axis.name} {option.name}"] = option.lead
        return found

    def formula(self, text: Text) -> Formula:
        """A condition of a target; raises `InputError` at its place."""
        return self.lowered.condition(resolve_condition(self.lowered.resolved, text))

    def only(self, numbers: Sequence[int]) -> Fleet:
        """Some of the vehicles, in ascending order of their numbers."""
        built = [i for i in numbers if i < len(self.builds)]
        return Fleet(
            self.lowered,
            tuple(self.builds[i] for i in built),
            tuple(self.others[i - len(self.builds)] for i in numbers if i >= len(self.builds)),
            self.parts.select([self.names[i] for i in built]),
            tuple(self.volumes[i] for i in numbers),
        )

    def looked_at(self, target: Target) -> list[int]:
        """Numbers of the vehicles that a target looks at."""
        number = len(self.names) if target.vehicles == "all" else len(self.builds)
        return self.meeting(target.where, range(number))

    def meeting(self, text: Text | None, among: Sequence[int]) -> list[int]:
        """Those of some vehicles that are known to meet a condition."""
        if text is None:
            return list(among)
        formula = self.formula(text)
        return [i for i in among if surely(formula, self.known[i])]

    def undecided(self, target: Target) -> str:
        """Why it cannot be told which vehicles count; empty when it can."""
        if target.vehicles != "all":
            return ""
        conditions = [text for text in (target.where, target.meets) if text is not None]
        for i in range(len(self.builds), len(self.names)):
            for text in conditions:
                meets = surely(self.formula(text), self.known[i])
                if meets is None:
                    words = " ".join(text.value.split())
                    return f"{self.names[i]} is not built, and its brief leaves open: {words}"
                if not meets:
                    break
        return ""

    def products(self, target: Target, volumes: Volumes) -> Products:
        """The vehicles that a target looks at, with the option of every feature."""
        chosen = self.looked_at(target)
        groups = {}
        for number, axis in enumerate(self.lowered.problem.variables):
            labels = [self._label(i, number) for i in chosen]
            groups[axis.name] = tuple(labels)
        return Products(
            tuple(self.names[i] for i in chosen), tuple(volumes[i] for i in chosen), groups
        )

    def _label(self, vehicle: int, axis: int) -> str | None:
        """An option of a vehicle; of one that is not built what is pinned, or what an attribute of
        the same name says of a pinned option (the company of a brand)."""
        chosen = self.known[vehicle]
        option = chosen[axis]
        variables = self.lowered.problem.variables
        if option is not None:
            return variables[axis].options[option]
        name = variables[axis].name
        for number, other in enumerate(self.lowered.resolved.catalog.axes):
            pinned = chosen[number]
            said = None if pinned is None else other.options[pinned].values.get(name)
            if isinstance(said, str):
                return said
        return None

    def incidence(self, target: Target, volumes: Volumes) -> Incidence:
        """The uses that a target looks at: its level, scope and vehicles, at given volumes."""
        whole = self.parts if target.level == "part" else self.modules
        known = tuple(volumes[: len(self.builds)])
        whole = evolve(whole, products=evolve(whole.products, volumes=known))
        if target.scope:
            whole = whole.restrict(self.lowered.resolved.catalog.scopes[target.scope])
        if target.where is None:
            return whole
        return whole.select([self.names[i] for i in self.looked_at(target)])

    def completed(self, text: Text) -> tuple[str, int]:
        """Axes of a condition that were completed at least cost, and in how many vehicles."""
        axes = scope(self.formula(text))
        touched = [
            [axis for axis in axes if build.decided[axis] is Decided.COMPLETED]
            for build in self.builds
        ]
        names = self.lowered.problem.variables
        found = dict.fromkeys(names[axis].name for each in touched for axis in each)
        return ", ".join(found), sum(1 for each in touched if each)

    def illustrative(self, among: Sequence[int]) -> int:
        """How many of some vehicles have an illustrative volume."""
        vehicles = (*(build.brief.vehicle for build in self.builds), *self.others)
        return sum(vehicles[i].volume_basis is Basis.ILLUSTRATIVE for i in among)


def fleet_of(
    lowered: LoweredCatalog,
    builds: Sequence[Build],
    others: Sequence[Vehicle],
    parts: Incidence,
    volumes: Mapping[str, tuple[int, int]],
) -> Fleet:
    """The vehicles of a line-up; `volumes` stand in the place of the line-up's figures."""
    vehicles = (*(build.brief.vehicle for build in builds), *others)
    stated = [yearly_volume(vehicle) for vehicle in vehicles]
    known = tuple(
        volumes.get(vehicle.id, None if volume is None else (volume, volume))
        for vehicle, volume in zip(vehicles, stated, strict=True)
    )
    return Fleet(lowered, tuple(builds), tuple(others), parts, known)


def surely(formula: Formula, known: Sequence[int | None]) -> bool | None:
    """Whether a condition holds on every variant with the known options; `None` when these do not
    tell. (It may also be `None` where a closer look at all variants would tell.)"""
    match formula:
        case Member(variable, options):
            option = known[variable]
            return None if option is None else option in options
        case Not(operand):
            found = surely(operand, known)
            return None if found is None else not found
        case And(terms) | Or(terms):
            decisive = isinstance(formula, Or)
            parts = [surely(term, known) for term in terms]
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case _:
            variant = [known[v] for v in scope(formula)]
            if None in variant:
                return None
            return holds(formula, [option or 0 for option in known])


def _modules(lowered: LoweredCatalog, builds: Sequence[Build], products: Products) -> Incidence:
    catalog = lowered.resolved.catalog
    slots = [axis for axis in catalog.axes if axis.kind is AxisKind.SLOT]
    numbers: dict[str, int] = {}
    costs: list[int | None] = []
    rows: list[tuple[int, int, int]] = []
    for product, build in enumerate(builds):
        for place, axis in enumerate(slots):
            option = axis.options[build.variant[lowered.problem.index(axis.name)]]
            if option.name == ABSENT:
                continue
            name = f"{axis.name} {option.name}"
            if name not in numbers:
                numbers[name] = len(numbers)
                costs.append(_investment(option))
            rows.append((product, numbers[name], place))
    unknown = (None,) * len(numbers)
    parts = Parts(tuple(numbers), unknown, unknown, tuple(costs), ("",) * len(numbers))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    ones = np.ones(len(rows), dtype=np.int64)
    places = [axis.name for axis in slots]
    found = incidence_from_arrays(
        products, parts, places, (columns[:, 0], columns[:, 1], columns[:, 2], ones)
    )
    return evolve(found, level="module")


def _investment(option: Option) -> int | None:
    value = option.values.get(INVESTMENT)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
