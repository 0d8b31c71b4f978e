"""What a repaired vehicle does to the sharing of a line-up."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.change.shifts import MetricShift
from cmf.analysis.commonality.basis import Result
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.shares import share
from cmf.analysis.configure import Brief, Build
from cmf.analysis.sharing import incidence_of_builds
from cmf.analysis.why.least import Least
from cmf.analysis.why.repair import Repair, Replacement
from cmf.model.catalog import Scope
from cmf.model.lineup import Vehicle
from cmf.problem.lower import LoweredCatalog

_REPAIRED = Vehicle("(repaired)", "repaired vehicle", {})


@frozen(eq=False)
class Joining:
    """Measures the sharing of a line-up with a repaired vehicle against the line-up as it is.

    The vehicle is what the question leaves after a repair, completed at least cost as the line-up
    completes its own vehicles. The metric is the share of the line-up on parts used in two or more
    vehicles, by part numbers: the first figure of ``cmf share``.

    Attributes
    ----------
    cheapest
        Completes the vehicle.
    lineup
        The parts of all vehicles.
    scope
        Where parts are counted.
    instead
        Id of the vehicle whose place the repaired one takes; empty when it is one more.
    """

    catalog: LoweredCatalog = field(repr=False)
    cheapest: Least = field(repr=False)
    lineup: Incidence = field(repr=False)
    scope: Scope
    instead: str = ""

    @property
    def before(self) -> Result:
        """The share of the line-up as it is."""
        return share(self.lineup.restrict(self.scope))

    def of(self, repair: Repair, replacement: Replacement | None) -> MetricShift | None:
        """The share before and after; `None` where the repair gives up rules or has no best.

        Raises
        ------
        LimitReached
            When the engine reaches a limit.
        """
        best = self.cheapest.best(repair, replacement)
        if best is None:
            return None
        stay = [name for name in self.lineup.products.names if name != self.instead]
        built = Build(Brief(_REPAIRED, ()), best.variant, ())
        after = self.lineup.select(stay).beside(incidence_of_builds(self.catalog, [built]))
        found = share(after.restrict(self.scope))
        return MetricShift(found.basis, self.before, found)
