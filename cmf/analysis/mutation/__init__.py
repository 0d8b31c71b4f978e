"""Mutation score of rule tests: which small changes of a rule no test would notice."""

from cmf.analysis.mutation.bench import Bench
from cmf.analysis.mutation.mutant import (
    Effect,
    Equal,
    Judged,
    Killed,
    Mutant,
    Survived,
    Undecidable,
    Verdict,
)
from cmf.analysis.mutation.score import RuleScore, Survivor
from cmf.analysis.mutation.suggest import Suggestion, kills, suggestion

__all__ = [
    "Bench",
    "Effect",
    "Equal",
    "Judged",
    "Killed",
    "Mutant",
    "RuleScore",
    "Suggestion",
    "Survived",
    "Survivor",
    "Undecidable",
    "Verdict",
    "kills",
    "suggestion",
]
