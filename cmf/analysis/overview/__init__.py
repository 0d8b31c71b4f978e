"""Everything that a report on a line-up shows, as exact data apart from how it is drawn."""

from cmf.analysis.overview.history import Year
from cmf.analysis.overview.kpis import Kpi
from cmf.analysis.overview.overview import Overview, overview
from cmf.analysis.overview.pareto import Pareto, UniquePart
from cmf.analysis.overview.similarity import Clustering, Merge
from cmf.analysis.overview.usage import UNIQUE, Member, ModuleUse, SlotUse

__all__ = [
    "UNIQUE",
    "Clustering",
    "Kpi",
    "Member",
    "Merge",
    "ModuleUse",
    "Overview",
    "Pareto",
    "SlotUse",
    "UniquePart",
    "Year",
    "overview",
]
