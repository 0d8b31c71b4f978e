"""Vehicles of a line-up that the rules leave no variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.configure import Brief
from cmf.analysis.health.finding import listed, warning
from cmf.engines.sat import Dualisation, SatSpace
from cmf.errors import Diagnostic


def vehicle_findings(space: SatSpace, briefs: Sequence[Brief]) -> Iterator[Diagnostic]:
    """Vehicles without a variant, unless the line-up says that they must be refused.

    One solver holds the conditions of all vehicles, each of which can be asked alone.
    """
    wanted = [brief for brief in briefs if not brief.vehicle.refused_by]
    within = space.where(*(formula for brief in wanted for formula in brief.formulas))
    explainer = within.explainer()
    rules, first = range(len(space.problem.constraints)), len(space.problem.constraints)
    for brief in wanted:
        choices = range(first, first + len(brief.choices))
        first = choices.stop
        if explainer.consistent([*rules, *choices]):
            continue
        conflict = next(Dualisation(explainer, [*choices, *rules], []).conflicts())
        told = [brief.choices[c - choices.start] for c in conflict if c in choices]
        told += [space.problem.constraints[c] for c in conflict if c in rules]
        yield warning(
            "vehicle-lost",
            f"no variant is left for {brief.vehicle.name} ({brief.vehicle.id}): "
            f"{listed([each.origin.name for each in told])} exclude each other",
            brief.vehicle.span,
            "relax a rule, correct the vehicle, or say `refused_by` when this is meant",
        )
