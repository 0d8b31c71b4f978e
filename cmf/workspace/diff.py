"""Two states of a catalogue, compared to the last variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

from attrs import evolve, field, frozen

from cmf.analysis.change import (
    Comparison,
    Fate,
    MetricShift,
    VehicleChange,
    causes,
    edits,
    effect_of,
    metric_shifts,
    onto,
    option_shifts,
    rebuilt,
    renamed,
    vehicle_changes,
)
from cmf.analysis.change.vehicles import Settled, Side
from cmf.analysis.commonality.basis import Result
from cmf.analysis.configure import Outcome, build
from cmf.analysis.difference import Difference, difference
from cmf.engines.outcome import number_of
from cmf.engines.protocols import CountingSpace
from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Unknown
from cmf.problem.problem import Constraint, Problem
from cmf.workspace.engine import AUTO, open_space
from cmf.workspace.model import Model, load
from cmf.workspace.programme import Built, Programme, load_lineup

CONFLICT_SECONDS = 5.0
"""What the reason for one lost vehicle may take."""

CUBES = 6
"""Conditions that describe what is gained, and as many for what is lost."""


@frozen
class State:
    """A catalogue, with its line-up where it has one.

    Attributes
    ----------
    label
        What the user calls it: a folder or a revision.
    """

    label: str
    model: Model = field(repr=False)
    programme: Programme | None = field(repr=False)


def read_state(path: Path, label: str | None = None, *, lineup: bool = True) -> State:
    """A catalogue folder, or a foreign model file, with the line-up in it.

    Raises
    ------
    InputError
        With every fault found.
    """
    if lineup and (path / "lineup.yaml").is_file():
        programme = load_lineup(path)
        return State(label or str(path), programme.model, programme)
    return State(label or str(path), load(path), None)


@contextmanager
def revisions(folder: Path, *names: str) -> Iterator[list[Path]]:
    """The catalogue in `folder` as git revisions have it: a temporary folder for each.

    Raises
    ------
    InputError
        When there is no repository, no such revision, or no such folder in it.
    """
    from cmf.load.revision import Repository

    repository = Repository.around(folder)
    with ExitStack() as stack:
        yield [stack.enter_context(repository.files(name)) for name in names]


def compare(old: State, new: State, engine: str = AUTO) -> Comparison:
    """What changes from `old` to `new`, exact.

    Raises
    ------
    LimitReached
        When a space does not compile, or the two cannot be compared within bounds.
    """
    changed = edits(old.model.catalog, new.model.catalog)
    before = _opened(renamed(old.model.problem, changed.renamed), engine)
    after = _opened(new.model.problem, engine)
    known = {variable.name for variable in after.problem.variables}
    common = tuple(v.name for v in before.problem.variables if v.name in known)
    narrowed = _narrowed(before, common, engine), _narrowed(after, common, engine)
    found = difference(*narrowed, CUBES)
    same_files = _digests(old) == _digests(new)
    effect, size = effect_of(found, changed, same_files)
    vehicles, metrics = _lineups(old, new, before, after, found)
    programme = new.programme if old.programme is not None else None
    minimise = programme.lineup.minimise if programme else None
    quantity = new.model.problem.quantities.get(minimise or "")
    return Comparison(
        labels=(old.label, new.label),
        catalogs=(old.model.catalog, new.model.catalog),
        edits=changed,
        effect=effect,
        size=size,
        counts=(number_of(before), number_of(after)),
        common=common,
        narrowed=narrowed != (before, after),
        difference=found,
        causes=causes(*narrowed, found.both),
        options=option_shifts(before, after),
        vehicles=vehicles,
        metrics=metrics,
        minimise=minimise,
        unit=quantity.unit if quantity else None,
    )


def _opened(problem: Problem, engine: str) -> CountingSpace:
    name, space = open_space(problem, engine, Limits())
    if not hasattr(space, "option_counts"):
        raise LimitReached(f"engine {name} does not count: {problem.name} is too large to compare")
    return cast(CountingSpace, space)


def _narrowed(space: CountingSpace, common: Sequence[str], engine: str) -> CountingSpace:
    if len(common) == len(space.problem.variables):
        return space
    return _opened(onto(space.problem, common), engine)


def _lineups(
    old: State, new: State, before: CountingSpace, after: CountingSpace, found: Difference
) -> tuple[tuple[VehicleChange, ...] | None, tuple[MetricShift, ...]]:
    if old.programme is None or new.programme is None:
        return None, ()
    same_axes = before.problem.variables == after.problem.variables
    programmes = (old.programme, new.programme)
    # What is best of the greater space carries over to the smaller one.
    backwards = same_axes and found.lost.count == 0
    first, second = (1, 0) if backwards else (0, 1)
    spaces = (before, after)
    known = _side(spaces[first], programmes[first], None)
    nested = same_axes and (backwards or found.gained.count == 0)
    other = _side(spaces[second], programmes[second], known if nested else None)
    was, is_ = (other, known) if backwards else (known, other)
    vehicles = tuple(
        evolve(each, conflict=_conflict(new.programme, is_, each))
        if each.fate is Fate.LOST
        else each
        for each in vehicle_changes(was, is_)
    )
    metrics = metric_shifts(_metrics(old.programme, was), _metrics(new.programme, is_))
    return vehicles, tuple(metrics)


def _side(space: CountingSpace, programme: Programme, known: Side | None) -> Side:
    minimise = programme.lineup.minimise
    outcomes: Sequence[Outcome]
    if known is None:
        outcomes = [build(space, brief, minimise) for brief in programme.briefs]
    else:
        outcomes = list(rebuilt(space, programme.briefs, minimise, known))
    settled: list[Settled] = []
    for outcome in outcomes:
        if isinstance(outcome, Unknown):
            raise LimitReached(f"a vehicle gets no answer within {outcome.limit}")
        settled.append(outcome)
    return Side(space.problem, settled, minimise)


def _conflict(programme: Programme, side: Side, lost: VehicleChange) -> tuple[Constraint, ...]:
    """Choices and rules that keep a vehicle from being built; empty when it takes too long."""
    from cmf.analysis.explain import minimal_conflict
    from cmf.engines.sat import SatEngine

    brief = next(b for b in programme.briefs if b.vehicle.id == lost.vehicle.id)
    space = SatEngine().open(side.problem, Limits(seconds=CONFLICT_SECONDS))
    if isinstance(space, Unknown):
        return ()
    found = minimal_conflict(space, brief.choices)
    return found if isinstance(found, tuple) else ()


def _metrics(programme: Programme, side: Side) -> list[Result]:
    built = Built(programme, tuple(side.outcomes))
    return [result for scope in built.scopes() for result in built.share(scope).family()]


def _digests(state: State) -> tuple[str, str]:
    lineup = state.programme.lineup.digest if state.programme else ""
    return state.model.catalog.digest, lineup
