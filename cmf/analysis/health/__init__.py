"""What is wrong with a catalogue although it loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from cmf.analysis.configure import Brief
from cmf.analysis.health.absent import absent_findings
from cmf.analysis.health.bom import bom_findings
from cmf.analysis.health.duplicates import near_duplicates
from cmf.analysis.health.effectivity import effectivity_findings
from cmf.analysis.health.mentions import mention_findings
from cmf.analysis.health.options import option_findings, void
from cmf.analysis.health.rules import idle_rules, redundant_rules
from cmf.analysis.health.vehicles import vehicle_findings
from cmf.analysis.positions import position_findings
from cmf.engines.protocols import Space
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import Diagnostic, Level, LimitReached
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.lower import LoweredCatalog

__all__ = ["check", "faults"]


def check(
    lowered: LoweredCatalog,
    space: Space,
    briefs: Sequence[Brief] = (),
    limits: Limits = Limits(),
) -> tuple[Diagnostic, ...]:
    """Findings, in the order: space, options, rules, reasons, modules, BOM, vehicles.

    Parameters
    ----------
    space
        The unrestricted variant space of the catalogue.
    briefs
        Vehicles of a line-up that must be buildable.
    limits
        What one proof may cost.

    Returns
    -------
    tuple
        Diagnostics of level warning (faults) or remark (worth a look); empty when all is well.
    """
    sat = SatEngine().open(lowered.problem, limits)
    if isinstance(sat, Unknown):
        raise LimitReached(f"no proof within {sat.limit}")
    return tuple(_Examination(lowered, space, sat, tuple(briefs)).findings())


def faults(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that are more than a remark."""
    return tuple(finding for finding in findings if finding.level is not Level.REMARK)


@frozen
class _Examination:
    """A catalogue with the spaces that decide about it: `sat` finds reasons."""

    lowered: LoweredCatalog
    space: Space = field(repr=False)
    sat: SatSpace = field(repr=False)
    briefs: tuple[Brief, ...]

    def findings(self) -> Iterator[Diagnostic]:
        possible = self.space.possible()
        if isinstance(possible, Infeasible):
            yield from void(self.lowered, self.sat)
            return
        catalog = self.lowered.resolved.catalog
        if isinstance(possible, Solved):
            yield from option_findings(catalog, possible.value, self.sat)
        idle = dict(idle_rules(self.lowered, self.sat.limits))
        yield from idle.values()
        yield from redundant_rules(self.lowered, self.sat, frozenset(idle))
        yield from absent_findings(self.lowered.resolved)
        yield from effectivity_findings(catalog)
        yield from mention_findings(catalog)
        yield from near_duplicates(self.lowered)
        yield from bom_findings(self.lowered, self.space)
        yield from position_findings(self.lowered, self.sat)
        yield from vehicle_findings(self.sat, self.briefs)
