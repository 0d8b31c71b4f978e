"""Vehicles of a line-up that the rules leave no variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.configure import Brief
from cmf.analysis.explain import minimal_conflict
from cmf.analysis.health.finding import listed, warning
from cmf.engines.protocols import Space
from cmf.engines.sat import SatSpace
from cmf.errors import Diagnostic
from cmf.problem.answer import Infeasible


def vehicle_findings(space: Space, sat: SatSpace, briefs: Sequence[Brief]) -> Iterator[Diagnostic]:
    """Vehicles without a variant, unless the line-up says that they must be refused."""
    for brief in briefs:
        if brief.vehicle.refused_by:
            continue
        if not isinstance(space.where(*brief.formulas).find(), Infeasible):
            continue
        conflict = minimal_conflict(sat, brief.choices)
        names = [each.origin.name for each in conflict] if isinstance(conflict, tuple) else []
        told = f": {listed(names)} exclude each other" if names else ""
        yield warning(
            "vehicle-lost",
            f"no variant is left for {brief.vehicle.name} ({brief.vehicle.id}){told}",
            brief.vehicle.span,
            "relax a rule, correct the vehicle, or say `refused_by` when this is meant",
        )
