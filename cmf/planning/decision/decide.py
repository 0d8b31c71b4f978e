"""From a plan to what a committee decides on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import evolve, field, frozen

from cmf.analysis.configure import Build, Decided
from cmf.analysis.sharing import incidence_of_builds
from cmf.analysis.targets import Outcome, fleet_of
from cmf.analysis.targets.evaluate import evaluate as judge
from cmf.model.lineup import Vehicle
from cmf.model.targets import Target
from cmf.planning.answer import Planned
from cmf.planning.constraints import Share
from cmf.planning.decision.baseline import Baseline, entry, learned, stand_alone
from cmf.planning.decision.recheck import Recheck, recheck
from cmf.planning.decision.solver import Solve
from cmf.planning.decision.way import Step, way
from cmf.planning.evaluate import Cost, Evaluation, evaluate
from cmf.planning.lineup.pose import Posed

PUBLISHED = (
    ("entry cost a model", Fraction(-40, 100), Fraction(-30, 100)),
    ("parts cost", Fraction(-30, 100), Fraction(-20, 100)),
)
"""What the Alliance announced for the Common Module Family (19 June 2013): least and greatest."""


@frozen
class Judged:
    """A target, under today's plan and under the plan.

    Attributes
    ----------
    planned_for
        Whether the plan was held to it.
    """

    target: Target
    before: Outcome
    after: Outcome
    planned_for: bool


@frozen(eq=False)
class Decision:
    """A plan with all that speaks for and against it.

    Attributes
    ----------
    today
        Evaluation of today's plan.
    baseline
        What the vehicles would cost each alone.
    judged
        Every target that was asked for.
    steps
        The way from today's plan to the plan.
    share
        The share that the way looks at; `None` for none.
    rechecked
        The plan checked again from the catalogue alone.
    builds
        The vehicles as planned.
    """

    posed: Posed = field(repr=False)
    planned: Planned
    today: Evaluation = field(repr=False)
    baseline: Baseline = field(repr=False)
    judged: tuple[Judged, ...]
    steps: tuple[Step, ...]
    share: Share | None = field(repr=False)
    rechecked: Recheck
    builds: tuple[Build, ...] = field(repr=False)

    @property
    def cost(self) -> Cost:
        """Cost of the plan, split."""
        return self.planned.evaluation.cost

    @property
    def changed(self) -> int:
        """Number of vehicles that change."""
        return sum(
            a.variant != b.variant for a, b in zip(self.builds, self.posed.builds, strict=True)
        )

    def change(self, part: str, against: str) -> Fraction | None:
        """Change of a part of the cost against another plan; `None` when that costs nothing.

        Parameters
        ----------
        part
            ``entry``, ``parts`` or ``total``.
        against
            ``today`` or ``alone``.
        """
        before = self.today.cost if against == "today" else self.baseline.cost
        amounts = [_part(cost, part) for cost in (before, self.cost)]
        return Fraction(amounts[1] - amounts[0], amounts[0]) if amounts[0] else None

    def learned(self) -> Fraction | None:
        """Change of the parts cost against stand-alone vehicles with the stated learning curve.

        A middle of two fractions that agree in about 40 digits; `None` when no curve is stated.
        """
        rate, alone = self.posed.planning.learning, self.baseline.cost.pieces
        if rate is None or not alone:
            return None
        found = learned(self.posed.problem, self.planned.evaluation, rate)
        return (found.low + found.high) / 2 / alone - 1


def _part(cost: Cost, part: str) -> int:
    match part:
        case "entry":
            return entry(cost)
        case "parts":
            return cost.pieces
        case _:
            return cost.total


def decide(
    posed: Posed,
    planned: Planned,
    solve: Solve,
    targets: Sequence[Target] = (),
    others: Sequence[Vehicle] = (),
    intervals: Mapping[str, tuple[int, int]] = {},
    share: Share | None = None,
) -> Decision:
    """Everything that is told about a plan.

    Parameters
    ----------
    targets
        What is judged, whether a plan can be held to it or not.
    others
        Vehicles of the line-up that cannot be built.
    intervals
        Volumes of the targets file.
    share
        What the way from today's plan looks at.
    """
    variants = posed.variants(planned.plan)
    builds = tuple(
        evolve(build, variant=variant, decided=(Decided.COMPLETED,) * len(variant))
        for build, variant in zip(posed.builds, variants, strict=True)
    )
    held = {each.words for each in posed.assumed}
    fleets = [
        fleet_of(posed.lowered, each, others, incidence_of_builds(posed.lowered, each), intervals)
        for each in (posed.builds, builds)
    ]
    judged = tuple(
        Judged(target, judge(target, fleets[0]), judge(target, fleets[1]), target.id in held)
        for target in targets
    )
    return Decision(
        posed,
        planned,
        evaluate(posed.problem, posed.today),
        stand_alone(posed.problem, solve),
        judged,
        way(posed.problem, posed.today, planned.plan, share),
        share,
        recheck(
            posed.lowered,
            posed.planning,
            posed.builds,
            posed.volumes,
            variants,
            planned.evaluation.cost,
        ),
        builds,
    )
