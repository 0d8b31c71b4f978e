"""Reasons: minimal conflicts as chains of causes, and minimal repairs."""

from cmf.analysis.why.ask import (
    Conflict,
    Implied,
    Impossible,
    Possible,
    Question,
    ask,
    conflict_of,
    supposition,
)
from cmf.analysis.why.chain import Chain, Fact, Step
from cmf.analysis.why.fragment import Fragment
from cmf.analysis.why.narrow import Narrowing
from cmf.analysis.why.repair import Repair, Replacement

__all__ = [
    "Chain",
    "Conflict",
    "Fact",
    "Fragment",
    "Implied",
    "Impossible",
    "Narrowing",
    "Possible",
    "Question",
    "Repair",
    "Replacement",
    "Step",
    "ask",
    "conflict_of",
    "supposition",
]
