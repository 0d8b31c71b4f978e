"""The part-sharing ratios of a built line-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen

from cmf.analysis.bom import explode
from cmf.analysis.commonality.basis import VEHICLE, NotEvaluable, Result, Weight
from cmf.analysis.commonality.build import incidence_from_arrays
from cmf.analysis.commonality.incidence import VEHICLE_LEVEL, Incidence, Parts, Products
from cmf.analysis.commonality.pairs import Measure, PairMatrix, pair_matrix
from cmf.analysis.commonality.shares import share, share_by_group
from cmf.analysis.configure import Build
from cmf.model.catalog import Basis, Catalog
from cmf.model.lineup import Vehicle
from cmf.problem.lower import LoweredCatalog

WEIGHTS = (Weight.PART_NUMBER, Weight.INSTANCE, Weight.SPEND, Weight.MASS, Weight.INVESTMENT)
"""The weights that a line-up is reported with."""

NOT_STATED = "not stated"


@frozen
class Sharing:
    """Sharing ratios of a line-up in one scope.

    Attributes
    ----------
    incidence
        The parts of the built vehicles, restricted to the scope.
    populations
        What parts may be shared between: vehicles, and ``brand`` and ``company`` where the
        catalogue has these features.
    """

    incidence: Incidence
    populations: tuple[str, ...]

    def family(self, k: int = 2) -> tuple[Result, ...]:
        """The share on parts that at least `k` vehicles (brands, companies) use, by weight."""
        return tuple(
            share(self.incidence, weight=weight, k=k, population=population)
            for population in self.populations
            for weight in WEIGHTS
        )

    def of(self, by: str, population: str, k: int = 2) -> Mapping[str, Sequence[Result]]:
        """For every group of `by` the shares of its own parts used by `k` of `population`.

        One result for each of `WEIGHTS`.
        """
        columns = [
            share_by_group(self.incidence, weight=weight, k=k, population=population, by=by)
            for weight in WEIGHTS
        ]
        return {name: [column[name] for column in columns] for name in columns[0]}

    def matrix(self, population: str, weight: Weight) -> PairMatrix | NotEvaluable:
        """How much of each group's own weight is on parts of each other group."""
        return pair_matrix(self.incidence, Measure.CARRY_OVER, weight=weight, population=population)


def incidence_of_builds(lowered: LoweredCatalog, builds: Sequence[Build]) -> Incidence:
    """The parts of built vehicles; every feature of the catalogue is a population."""
    catalog = lowered.resolved.catalog
    parts = Parts.of(catalog.parts.values())
    number = {part: j for j, part in enumerate(parts.numbers)}
    slots = [axis.name for axis in catalog.slots]
    place: dict[str | None, int] = {None: VEHICLE_LEVEL, **{s: i for i, s in enumerate(slots)}}
    uses = explode(lowered, [each.variant for each in builds])
    columns = (
        np.array([use.product for use in uses], dtype=np.int64),
        np.array([number[use.part] for use in uses], dtype=np.int64),
        np.array([place[use.slot] for use in uses], dtype=np.int64),
        np.array([use.quantity for use in uses], dtype=np.int64),
    )
    return incidence_from_arrays(_products(catalog, builds), parts, slots, columns)


def sharing(catalog: Catalog, incidence: Incidence, scope: str) -> Sharing:
    """The sharing ratios in the named scope of the catalogue."""
    features = {axis.name for axis in catalog.features}
    populations = (VEHICLE, *(name for name in ("brand", "company") if name in features))
    return Sharing(incidence.restrict(catalog.scopes[scope]), populations)


def yearly_volume(vehicle: Vehicle) -> int | None:
    """Vehicles a year in the last year that is given; `None` when no year is."""
    return vehicle.volumes[max(vehicle.volumes)] if vehicle.volumes else None


def _products(catalog: Catalog, builds: Sequence[Build]) -> Products:
    groups = {
        axis.name: tuple(axis.names[each.variant[number]] for each in builds)
        for number, axis in enumerate(catalog.axes)
    }
    return Products(
        tuple(each.brief.vehicle.id for each in builds),
        tuple(yearly_volume(each.brief.vehicle) for each in builds),
        groups,
    )


@frozen
class Ground:
    """How much of a figure rests on one basis.

    Attributes
    ----------
    figure
        ``part numbers`` or ``vehicles a year``.
    basis
        ``public``, ``estimate``, ``illustrative``, or ``not stated``.
    amount, total
        How much of it, of how much.
    """

    figure: str
    basis: str
    amount: int
    total: int


def grounds(catalog: Catalog, incidence: Incidence, builds: Sequence[Build]) -> tuple[Ground, ...]:
    """What the shares of built vehicles rest on: data of parts, and volumes."""
    used = {incidence.parts.numbers[j] for j in incidence.uses.part.tolist()}
    parts = Counter(_basis(catalog.parts[number].basis) for number in sorted(used))
    volumes: Counter[str] = Counter()
    for each in builds:
        vehicle = each.brief.vehicle
        volumes[_basis(vehicle.volume_basis)] += yearly_volume(vehicle) or 0
    return tuple(
        Ground(figure, basis, counts[basis], counts.total())
        for figure, counts in (("part numbers", parts), ("vehicles a year", volumes))
        for basis in (*(basis.value for basis in Basis), NOT_STATED)
        if counts[basis]
    )


def _basis(basis: Basis | None) -> str:
    return NOT_STATED if basis is None else basis.value
