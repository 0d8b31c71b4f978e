"""Everything that a report on a line-up shows, as exact data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from cmf.analysis.census import Comparison
from cmf.analysis.commonality.basis import NotEvaluable, Weight
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.configure import Build, Decided, Outcome
from cmf.analysis.overview.history import Year, history
from cmf.analysis.overview.kpis import Kpi, kpis
from cmf.analysis.overview.pareto import Pareto, pareto
from cmf.analysis.overview.similarity import Clustering, cluster
from cmf.analysis.overview.usage import Member, SlotUse, members, slot_uses
from cmf.analysis.sharing import Ground, Sharing, grounds, sharing
from cmf.analysis.targets import Assessment, Point
from cmf.model.catalog import Catalog, Scope
from cmf.model.lineup import Lineup

PARETO_WEIGHTS = (Weight.SPEND, Weight.INVESTMENT)
"""What unique parts are ordered by."""


@frozen(eq=False)
class Overview:
    """A built line-up with all its figures.

    Attributes
    ----------
    scopes
        What was looked at. Charts show the first one, tables of key figures all.
    k
        A part is common when so many vehicles (brands, companies) use it.
    outcomes
        Every vehicle of the line-up, built or not.
    fleet
        The built vehicles, brand by brand.
    assessment
        The targets; `None` when the line-up has none.
    points
        The targets that are measured, year by year; empty without targets or without time.
    census
        What any two valid variants of two brands share; empty when it was not asked for.
    """

    catalog: Catalog = field(repr=False)
    lineup: Lineup = field(repr=False)
    scopes: tuple[Scope, ...]
    k: int
    outcomes: tuple[Outcome, ...] = field(repr=False)
    fleet: tuple[Member, ...] = field(repr=False)
    slots: tuple[SlotUse, ...] = field(repr=False)
    sharings: tuple[Sharing, ...] = field(repr=False)
    kpis: tuple[Kpi, ...] = field(repr=False)
    clustering: Clustering | NotEvaluable = field(repr=False)
    paretos: Mapping[Weight, Pareto | NotEvaluable] = field(repr=False)
    years: tuple[Year, ...] = field(repr=False)
    grounds: tuple[Ground, ...]
    assessment: Assessment | None = field(repr=False)
    points: tuple[Point, ...] = field(repr=False)
    census: tuple[Comparison, ...] = field(default=(), repr=False)

    @property
    def sharing(self) -> Sharing:
        """The shares in the scope that charts show."""
        return self.sharings[0]

    @property
    def scope(self) -> Scope:
        """The scope that charts show."""
        return self.scopes[0]

    def completed(self, build: Build) -> tuple[str, ...]:
        """The options of a vehicle that neither its brief nor a rule decides."""
        return tuple(
            f"{axis.name} {axis.names[option]}"
            for axis, option, decided in zip(
                self.catalog.axes, build.variant, build.decided, strict=True
            )
            if decided is Decided.COMPLETED
        )


def overview(
    catalog: Catalog,
    lineup: Lineup,
    outcomes: Sequence[Outcome],
    incidence: Incidence,
    scopes: Sequence[str],
    k: int,
    assessment: Assessment | None = None,
    points: Sequence[Point] = (),
) -> Overview:
    """Count everything that a report shows.

    Parameters
    ----------
    incidence
        The parts of the built vehicles.
    scopes
        Names of scopes of the catalogue, at least one.
    """
    builds = [outcome for outcome in outcomes if isinstance(outcome, Build)]
    fleet = members(catalog, builds)
    sharings = tuple(sharing(catalog, incidence, scope) for scope in scopes)
    inside = sharings[0].incidence
    return Overview(
        catalog,
        lineup,
        tuple(catalog.scopes[name] for name in scopes),
        k,
        tuple(outcomes),
        fleet,
        slot_uses(catalog, builds, fleet),
        sharings,
        tuple(kpis(catalog, builds, sharings, k)),
        cluster(inside, Weight.PART_NUMBER),
        {weight: pareto(inside, weight, k, catalog.parts) for weight in PARETO_WEIGHTS},
        history(catalog, builds, sharings[0], k),
        grounds(catalog, incidence, builds),
        assessment,
        tuple(points),
    )
