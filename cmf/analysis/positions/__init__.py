"""Positions of the 150 % BOM: proven over every valid variant, or refuted with a reason."""

from cmf.analysis.positions.findings import position_findings
from cmf.analysis.positions.lines import AppliedLine, Term, applied_lines, together
from cmf.analysis.positions.prove import (
    Counterexample,
    Filling,
    Position,
    Proven,
    Verdict,
    positions,
    prove,
    violation,
)
from cmf.analysis.positions.reason import Near, Reason, reason_of

__all__ = [
    "AppliedLine",
    "Counterexample",
    "Filling",
    "Near",
    "Position",
    "Proven",
    "Reason",
    "Term",
    "Verdict",
    "applied_lines",
    "position_findings",
    "positions",
    "prove",
    "reason_of",
    "together",
    "violation",
]
