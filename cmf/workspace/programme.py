"""A line-up, loaded together with its catalogue: vehicles built, parts shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cmf.analysis.configure import Brief, Build, Outcome, Refusal, build, pins
from cmf.errors import Diagnostic, InputError, did_you_mean, fail
from cmf.model.lineup import Lineup, Vehicle
from cmf.problem.answer import Unknown
from cmf.problem.problem import Constraint
from cmf.workspace.model import Model, model_of
from cmf.workspace.space import VariantSpace

if TYPE_CHECKING:
    import polars as pl

    from cmf.analysis.commonality.incidence import Incidence
    from cmf.analysis.overview import Overview
    from cmf.analysis.sharing import Ground, Sharing
    from cmf.analysis.targets import Assessment
    from cmf.analysis.why import Question
    from cmf.analysis.why.joining import Joining


@frozen
class Programme:
    """A line-up with its catalogue.

    Attributes
    ----------
    briefs
        The vehicles with their conditions, in the order of the line-up.
    """

    model: Model
    lineup: Lineup
    briefs: tuple[Brief, ...] = field(repr=False)

    def build(self, space: VariantSpace | None = None) -> Built:
        """A valid variant for every vehicle: what the brief leaves open, at least cost.

        Parameters
        ----------
        space
            The compiled space of the catalogue, when it is at hand.

        Raises
        ------
        InputError
            When the quantity to minimise cannot be ranked.
        """
        compiled = self.model.compile() if space is None else space
        compiled.additive(self.lineup.minimise)
        outcomes = [build(compiled.space, brief, self.lineup.minimise) for brief in self.briefs]
        return Built(self, tuple(self._explained(outcomes)))

    def _explained(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """The outcomes, refusals with their reason."""
        from cmf.analysis.explain import minimal_conflict
        from cmf.engines.sat import SatEngine

        space = None
        for outcome in outcomes:
            if not isinstance(outcome, Refusal):
                yield outcome
                continue
            space = SatEngine().open(self.model.problem) if space is None else space
            conflict = (
                space
                if isinstance(space, Unknown)
                else minimal_conflict(space, outcome.brief.choices)
            )
            yield evolve(outcome, conflict=conflict) if isinstance(conflict, tuple) else outcome


@frozen(slots=False)
class Built:
    """A line-up in which every vehicle has a variant, or a reason why it has none."""

    programme: Programme
    outcomes: tuple[Outcome, ...] = field(repr=False)

    @property
    def builds(self) -> tuple[Build, ...]:
        """The vehicles that were built."""
        return tuple(o for o in self.outcomes if isinstance(o, Build))

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The vehicles that cannot be built."""
        return tuple(o for o in self.outcomes if isinstance(o, Refusal))

    @property
    def surprises(self) -> tuple[str, ...]:
        """Sentences on vehicles that are refused against, or built against, the line-up's word."""
        words = []
        for outcome in self.outcomes:
            if isinstance(outcome, Build) and outcome.brief.vehicle.refused_by:
                words.append(f"{_name(outcome.brief.vehicle)} must be refused, but can be built")
            elif isinstance(outcome, Refusal):
                expected = set(outcome.brief.vehicle.refused_by)
                if not expected:
                    words.append(f"{_name(outcome.brief.vehicle)} cannot be built")
                elif not expected & {c.origin.name for c in outcome.conflict}:
                    rules = ", ".join(sorted(expected))
                    words.append(f"{_name(outcome.brief.vehicle)} is refused, but not by {rules}")
        return tuple(words)

    def frame(self) -> pl.DataFrame:
        """The built vehicles as a table: id, name, every axis, every quantity."""
        import polars as pl

        builds = self.builds
        space = self.programme.model
        from cmf.workspace.frames import variant_frame

        named = pl.DataFrame(
            {
                "id": [each.brief.vehicle.id for each in builds],
                "vehicle": [each.brief.vehicle.name for each in builds],
            },
            schema={"id": pl.String, "vehicle": pl.String},
        )
        table = variant_frame(space.problem, [each.variant for each in builds])
        return pl.concat([named, table], how="horizontal")

    @cached_property
    def incidence(self) -> Incidence:
        """Which built vehicle uses which part."""
        from cmf.analysis.sharing import incidence_of_builds

        return incidence_of_builds(self.programme.model.lowered, self.builds)

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """What the shares rest on: how much of the data is public, estimated, illustrative."""
        from cmf.analysis.sharing import grounds

        return grounds(self.programme.model.catalog, self.incidence, self.builds)

    def share(self, scope: str) -> Sharing:
        """The part-sharing ratios of the built vehicles in a scope of the catalogue.

        Raises
        ------
        InputError
            When there is no such scope.
        """
        from cmf.analysis.sharing import sharing

        self._known_scope(scope)
        return sharing(self.programme.model.catalog, self.incidence, scope)

    def joining(
        self, space: VariantSpace, question: Question, *, scope: str = "", instead: str = ""
    ) -> Joining:
        """Measures what vehicles that answer a question would do to the sharing of the line-up.

        Parameters
        ----------
        space
            The compiled space of the catalogue without restrictions.
        question
            What was asked, and repairs are for.
        scope
            Of the catalogue; by default the first that the line-up reports.
        instead
            Id of the vehicle whose place such a vehicle takes; by default it is one more.

        Raises
        ------
        InputError
            When there is no such scope or vehicle.
        """
        from cmf.analysis.why.joining import Joining
        from cmf.analysis.why.least import Least

        within = scope or next(iter(self.scopes()), "")
        self._known_scope(within)
        ids = self.incidence.products.names
        if instead and instead not in ids:
            remedy = did_you_mean(instead, ids, what="built vehicle")
            raise fail("unknown-vehicle", f"no vehicle `{instead}` is built", None, remedy)
        model = self.programme.model
        cheapest = Least(space.space, question, self.programme.lineup.minimise)
        scopes = model.catalog.scopes
        return Joining(model.lowered, cheapest, self.incidence, scopes[within], instead)

    def targets(self) -> Assessment:
        """The targets of ``targets.yaml`` beside the line-up: values, verdicts, gaps.

        Raises
        ------
        InputError
            When there is no such file, and with every fault of it.
        """
        from cmf.analysis.targets import assess, fleet_of
        from cmf.load import read_targets

        model = self.programme.model
        targets = read_targets(self.programme.lineup, model.catalog)
        built = {build.brief.vehicle.id for build in self.builds}
        others = [v for v in self.programme.lineup.vehicles if v.id not in built]
        fleet = fleet_of(model.lowered, self.builds, others, self.incidence, targets.volumes)
        return assess(targets, fleet)

    def overview(self, scopes: Sequence[str] = (), k: int = 2) -> Overview:
        """Everything that a report shows: shares, modules, unique parts, targets, years.

        Parameters
        ----------
        scopes
            Scopes of the catalogue, the one that charts show first; by default the line-up's.
        k
            A part is common when so many vehicles (brands, companies) use it.

        Raises
        ------
        InputError
            When there is no such scope, and with every fault of the targets.
        """
        from cmf.analysis.overview import overview
        from cmf.analysis.targets import trend
        from cmf.load.targets_file import TARGETS_FILE

        catalog, lineup = self.programme.model.catalog, self.programme.lineup
        names = scopes or self.scopes()
        for name in names:
            self._known_scope(name)
        assessed = self.targets() if (lineup.folder / TARGETS_FILE).exists() else None
        points = (
            tuple(trend(assessed.fleet, [each.target for each in assessed.outcomes]))
            if assessed is not None and catalog.time is not None
            else ()
        )
        return overview(catalog, lineup, self.outcomes, self.incidence, names, k, assessed, points)

    def _known_scope(self, scope: str) -> None:
        known = self.programme.model.catalog.scopes
        if scope not in known:
            remedy = did_you_mean(scope, known, what="scope")
            raise fail("unknown-scope", f"there is no scope `{scope}`", None, remedy)

    def scopes(self) -> Sequence[str]:
        """The scopes that the line-up reports, in its order; by default all of the catalogue."""
        return self.programme.lineup.scopes or tuple(self.programme.model.catalog.scopes)


def load_lineup(path: str | Path) -> Programme:
    """Load a line-up (``lineup.yaml`` or its folder) with its catalogue.

    Raises
    ------
    InputError
        With every fault of the line-up, or of its catalogue.
    """
    from cmf.load import read_lineup_and_catalog

    lineup, catalog = read_lineup_and_catalog(path)
    return _programme(model_of(lineup.catalog, catalog), lineup)


def programme_of(model: Model, path: str | Path) -> Programme:
    """A line-up of a catalogue that is loaded already; raises `InputError`."""
    from cmf.load import read_lineup

    return _programme(model, read_lineup(path, model.catalog))


def _programme(model: Model, lineup: Lineup) -> Programme:
    briefs = []
    faults: list[Diagnostic] = []
    for vehicle in lineup.vehicles:
        try:
            briefs.append(Brief(vehicle, _choices(model, vehicle)))
        except InputError as error:
            faults += error.diagnostics
    if faults:
        raise InputError(faults)
    return Programme(model, lineup, tuple(briefs))


def _choices(model: Model, vehicle: Vehicle) -> tuple[Constraint, ...]:
    named: Mapping[str, str] = vehicle.pins
    extra = () if vehicle.require is None else model.conditions(vehicle.require)
    return (*pins(model.problem, named, vehicle), *extra)


def _name(vehicle: Vehicle) -> str:
    return f"{vehicle.id} {vehicle.name}"
