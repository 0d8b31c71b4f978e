"""Targets of a line-up: exact values, verdicts, what closes a gap, and the comparison of runs."""

from cmf.analysis.targets.evaluate import Assessment, assess
from cmf.analysis.targets.fleet import Fleet, fleet_of
from cmf.analysis.targets.gaps import Gap, Step, gap
from cmf.analysis.targets.gate import Earlier, Fall, compare
from cmf.analysis.targets.outcome import Outcome, Verdict
from cmf.analysis.targets.years import Point, trend

__all__ = [
    "Assessment",
    "Earlier",
    "Fall",
    "Fleet",
    "Gap",
    "Outcome",
    "Point",
    "Step",
    "Verdict",
    "assess",
    "compare",
    "fleet_of",
    "gap",
    "trend",
]
