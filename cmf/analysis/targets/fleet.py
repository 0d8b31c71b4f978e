"""The built vehicles of a line-up, as targets look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import evolve, field, frozen

from cmf.analysis.commonality.build import incidence_from_arrays
from cmf.analysis.commonality.incidence import Incidence, Parts, Products
from cmf.analysis.configure import Build, Decided
from cmf.model.catalog import AxisKind, Basis, Option
from cmf.model.targets import Target
from cmf.problem.formula import Formula, holds, scope
from cmf.problem.lower import LoweredCatalog
from cmf.rules.resolve import resolve_condition
from cmf.source import Text

ABSENT = "none"
"""Option of an optional slot that stays empty."""

INVESTMENT = "investment"
"""Attribute of a module that holds its tooling and engineering."""


@frozen(slots=False, eq=False)
class Fleet:
    """Built vehicles with their parts and volumes.

    Attributes
    ----------
    parts
        Which vehicle uses which part.
    volumes
        Least and greatest yearly volume of each vehicle; `None` where it is not known.
    """

    lowered: LoweredCatalog = field(repr=False)
    builds: tuple[Build, ...] = field(repr=False)
    parts: Incidence = field(repr=False)
    volumes: tuple[tuple[int, int] | None, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the vehicles."""
        return self.parts.products.names

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

    def meeting(self, text: Text | None, among: Sequence[int] | None = None) -> list[int]:
        """Numbers of the vehicles that meet a condition, of all or of some."""
        numbers = range(len(self.builds)) if among is None else among
        if text is None:
            return list(numbers)
        formula = self.formula(text)
        return [i for i in numbers if holds(formula, self.builds[i].variant)]

    def incidence(self, target: Target, volumes: Sequence[int | None]) -> Incidence:
        """The uses that a target looks at: its level, scope and vehicles, at given volumes."""
        whole = self.parts if target.level == "part" else self.modules
        whole = evolve(whole, products=evolve(whole.products, volumes=tuple(volumes)))
        if target.scope:
            whole = whole.restrict(self.lowered.resolved.catalog.scopes[target.scope])
        if target.where is None:
            return whole
        return whole.select([self.names[i] for i in self.meeting(target.where)])

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
        return sum(self.builds[i].brief.vehicle.volume_basis is Basis.ILLUSTRATIVE for i in among)


def fleet_of(
    lowered: LoweredCatalog,
    builds: Sequence[Build],
    parts: Incidence,
    volumes: Mapping[str, tuple[int, int]],
) -> Fleet:
    """The built vehicles; `volumes` stand in the place of the line-up's figures."""
    products = parts.products
    known = tuple(
        volumes.get(name, None if volume is None else (volume, volume))
        for name, volume in zip(products.names, products.volumes, strict=True)
    )
    return Fleet(lowered, tuple(builds), parts, known)


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
