"""Commonality over whole variant spaces: every pair of valid variants, none of them listed."""

from cmf.analysis.census.compare import Comparer, Comparison, Witnessed
from cmf.analysis.census.population import Group, Population, populations

__all__ = [
    "Comparer",
    "Comparison",
    "Group",
    "Population",
    "Witnessed",
    "populations",
]
