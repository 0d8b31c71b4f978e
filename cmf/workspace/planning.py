"""A line-up, planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cmf.analysis.configure import Refusal
from cmf.analysis.sharing import yearly_volume
from cmf.errors import did_you_mean, fail
from cmf.model.planning import Planning
from cmf.model.targets import Target
from cmf.planning.answer import OnProgress, PlanLimits, Planned
from cmf.planning.constraints import Share
from cmf.planning.decision.conflict import Conflict, conflict
from cmf.planning.decision.decide import Decision, decide
from cmf.planning.decision.front import MostSharing, Point, Search, most_sharing, pareto
from cmf.planning.decision.greatest import Greatest, cheapest, greatest
from cmf.planning.decision.prices import Price, prices
from cmf.planning.decision.solver import Solve
from cmf.planning.lineup.pose import Posed, pose, share_named
from cmf.problem.answer import Infeasible, Limits, Unknown
from cmf.source import Source, Span, Text
from cmf.workspace.programme import Built, Programme, load_lineup
from cmf.workspace.space import VariantSpace

if TYPE_CHECKING:
    from cmf.model.targets import Targets

ALL = "all"
"""Stands for every target that a plan can be held to."""

EXPLAIN_SECONDS = 90.0
"""What the search for a conflict may take."""


FEW_VARIANTS = 3_000
"""Variants that a vehicle may have when rules are left out to find a conflict."""


@frozen(eq=False)
class Asked:
    """A line-up with what a plan is held to.

    Attributes
    ----------
    targets
        Targets that were asked for.
    cannot
        Of these the ones that a plan cannot be held to, with the reason.
    intervals
        Volumes of the targets file.
    share
        The first target on a share, as the plan sees it; `None` when there is none.
    """

    built: Built = field(repr=False)
    posed: Posed
    targets: tuple[Target, ...]
    cannot: Mapping[str, str]
    intervals: Mapping[str, tuple[int, int]] = field(repr=False)
    share: Share | None = field(repr=False)

    def solve(
        self, limits: PlanLimits = PlanLimits(), on_progress: OnProgress | None = None
    ) -> Planned | Infeasible | Unknown:
        """The plan of least cost.

        The bounds on shares are looked at first, by themselves: what they rule out is ruled out
        in seconds, and a plan that meets them is at hand when no cheaper one is found.
        """
        return cheapest(self.posed.problem, method(), limits, on_progress)

    def reach(
        self, seconds: float, on_progress: OnProgress | None = None
    ) -> Greatest | Infeasible | Unknown | None:
        """The greatest share of the first target on one; `None` without such a target."""
        if self.share is None:
            return None
        return greatest(self.posed.problem, self.share, seconds, on_progress)

    def most_sharing(
        self, limits: PlanLimits = PlanLimits(), on_progress: OnProgress | None = None
    ) -> MostSharing | Planned | Infeasible | Unknown:
        """The plan of greatest share of the first target on one, of least cost among those.

        Raises
        ------
        InputError
            When no target on a share was asked for.
        """
        return most_sharing(self._search(limits, on_progress))

    def pareto(
        self,
        points: int,
        limits: PlanLimits = PlanLimits(),
        on_progress: OnProgress | None = None,
    ) -> tuple[Point, ...]:
        """Cost against the share of the first target on one; see `cmf.planning.decision.front`.

        Raises
        ------
        InputError
            When no target on a share was asked for.
        """
        return tuple(pareto(self._search(limits, on_progress), points))

    def _search(self, limits: PlanLimits, on_progress: OnProgress | None) -> Search:
        if self.share is None:
            remedy = "name a target on a share with --target"
            raise fail("no-share", "it is not said which share is meant", None, remedy)
        return Search.of(self.posed.problem, self.share, method(), limits, on_progress)

    def decide(self, planned: Planned) -> Decision:
        """All that is told about a plan."""
        others = [refusal.brief.vehicle for refusal in self.built.refusals]
        return decide(
            self.posed, planned, method(), self.targets, others, self.intervals, self.share
        )

    def prices(
        self, planned: Planned, limits: PlanLimits, on_progress: OnProgress | None = None
    ) -> tuple[Price, ...]:
        """What each target costs."""
        return tuple(prices(self.posed, planned, method(), limits, on_progress))

    def conflict(self, seconds: float = EXPLAIN_SECONDS) -> Conflict:
        """Why there is no plan."""
        return conflict(self.posed, method(), seconds, self.without)

    def without(self, rules: frozenset[str]) -> Posed:
        """The same question without some rules, with the vehicles as they are built today."""
        from cmf.problem.lower import lower
        from cmf.workspace.engine import AUTO, open_space

        resolved = self.posed.lowered.resolved
        fewer = lower(
            evolve(resolved, rules=tuple(each for each in resolved.rules if each.id not in rules))
        )
        _, space = open_space(fewer.problem, AUTO, Limits())
        refused = [refusal.brief.vehicle.id for refusal in self.built.refusals]
        posed, _ = pose(
            fewer,
            space,
            self.posed.builds,
            self.posed.volumes,
            self.posed.planning,
            self.targets,
            refused,
            FEW_VARIANTS,
        )
        return posed


def method() -> Solve:
    """The method that plans."""
    from cmf.planning.solve import solve

    return solve


def ask(
    programme: Programme,
    space: VariantSpace,
    targets: Sequence[str] = (),
    *,
    keep: Sequence[str] = (),
    changes: int | None = None,
) -> Asked | tuple[Refusal, ...]:
    """What a plan of a line-up is held to; or the vehicles that have no valid variant.

    Parameters
    ----------
    targets
        Ids of targets, each perhaps with a threshold in the place of its own: ``T02 >= 75 %``.
        ``all`` stands for every one that a plan can be held to.
    keep
        Ids of vehicles that stay as they are, beside those of ``planning.yaml``.
    changes
        Greatest number of modules that change, in the place of what ``planning.yaml`` says.

    Raises
    ------
    InputError
        When a file or an argument is wrong, a volume is missing, or a plan cannot be held to a
        target.
    """
    from cmf.load import read_planning

    built = programme.build(space)
    unexpected = tuple(r for r in built.refusals if not r.brief.vehicle.refused_by)
    if unexpected:
        return unexpected
    declared = _targets(programme)
    known = {} if declared is None else {target.id: target for target in declared.targets}
    planning = read_planning(programme.lineup, programme.model.catalog, known)
    known |= {target.id: target for target in planning.targets}
    planning = _changed(planning, built, keep, changes)
    wanted = [_wanted(programme, known, text) for text in targets if text != ALL]
    chosen = {target.id: target for target in wanted}
    if ALL in targets:
        chosen = {**known, **chosen}
    intervals = {} if declared is None else declared.volumes
    posed, cannot = pose(
        programme.model.lowered,
        space.space,
        built.builds,
        _volumes(built, intervals),
        planning,
        tuple(chosen.values()),
        [refusal.brief.vehicle.id for refusal in built.refusals],
    )
    for target in wanted:
        if target.id in cannot:
            message = f"no plan can be held to {target.id}: {cannot[target.id]}"
            remedy = "leave it out, or state it as a share, a number of vehicles or a volume"
            raise fail("not-plannable", message, target.span, remedy)
    shares = (share_named(posed, name) for name in chosen)
    share = next((each for each in shares if each is not None), None)
    return Asked(built, posed, tuple(chosen.values()), cannot, intervals, share)


def plan(
    lineup: str | Path,
    targets: Sequence[str] = (),
    *,
    gap: Fraction = Fraction(0),
    seconds: float | None = None,
    keep: Sequence[str] = (),
    changes: int | None = None,
    on_progress: OnProgress | None = None,
) -> Decision | Conflict | tuple[Refusal, ...] | Unknown:
    """The plan of least cost for a line-up: which module for which vehicle.

    Parameters
    ----------
    lineup
        A ``lineup.yaml`` or its folder.
    targets, keep, changes
        As in `ask`.
    gap
        A plan proven within this part of its cost is good enough.
    seconds
        Wall time; `None` is unlimited.

    Returns
    -------
    the plan with all that is told about it; or why there is none: targets and vehicles that cannot
    go together, vehicles without a valid variant, or the limit that was reached first

    Raises
    ------
    InputError
        With every fault of the input.
    """
    programme = load_lineup(lineup)
    asked = ask(programme, programme.model.compile(), targets, keep=keep, changes=changes)
    if not isinstance(asked, Asked):
        return asked
    answer = asked.solve(PlanLimits(seconds=seconds, gap=gap), on_progress)
    match answer:
        case Planned():
            return asked.decide(answer)
        case Infeasible():
            return asked.conflict()
        case _:
            return answer


def _targets(programme: Programme) -> Targets | None:
    """The targets beside a line-up; `None` when there is no such file."""
    from cmf.load import TARGETS_FILE, read_targets

    if not (programme.lineup.folder / TARGETS_FILE).exists():
        return None
    return read_targets(programme.lineup, programme.model.catalog)


def _wanted(programme: Programme, known: Mapping[str, Target], text: str) -> Target:
    """A target by its id, perhaps with another threshold."""
    from cmf.load import with_threshold

    name, _, threshold = text.strip().partition(" ")
    if name not in known:
        remedy = did_you_mean(name, [*known, ALL], what="target")
        raise fail("unknown-target", f"there is no target `{name}`", None, remedy)
    target = known[name]
    if not threshold.strip():
        return target
    source = Source("--target", text)
    start = len(text) - len(text.lstrip()) + len(name) + 2
    written = Text(threshold.strip(), Span(source, 1, start, 1, len(text) + 1))
    return with_threshold(target, written, programme.model.catalog, programme.lineup)


def _changed(
    planning: Planning, built: Built, keep: Sequence[str], changes: int | None
) -> Planning:
    ids = [build.brief.vehicle.id for build in built.builds]
    for name in keep:
        if name not in ids:
            remedy = did_you_mean(name, ids, what="vehicle")
            raise fail("unknown-vehicle", f"there is no vehicle `{name}` to keep", None, remedy)
    return evolve(
        planning,
        keep=tuple(dict.fromkeys((*planning.keep, *keep))),
        changes=planning.changes if changes is None else changes,
    )


def _volumes(built: Built, intervals: Mapping[str, tuple[int, int]]) -> list[int]:
    """Cars a year of every vehicle.

    Raises
    ------
    InputError
        Naming the vehicles whose volume is not known: the cost of a plan is then not evaluable.
    """
    found = []
    missing = []
    for build in built.builds:
        vehicle = build.brief.vehicle
        stated = yearly_volume(vehicle)
        low, high = intervals.get(vehicle.id, (stated, stated))
        if low is None or low != high:
            missing.append(vehicle.id)
        else:
            found.append(low)
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        message = f"no exact volume of {', '.join(missing[:3])}{more}: no plan has a cost then"
        remedy = "give every vehicle a `volume` in the table of the line-up, 0 if it is not built"
        raise fail("no-volume", message, None, remedy)
    return found
