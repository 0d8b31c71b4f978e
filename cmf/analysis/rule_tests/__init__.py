"""Rule tests: what they claim in formulas, whether it holds, and why not."""

from cmf.analysis.rule_tests.evaluate import Evaluator
from cmf.analysis.rule_tests.nearest import Neighbour, Reference, nearest, neighbours
from cmf.analysis.rule_tests.outcome import (
    Counterexample,
    Failed,
    NoVariant,
    Passed,
    Result,
    Undecided,
    WrongBest,
    WrongCount,
)
from cmf.analysis.rule_tests.trial import Best, Trial

__all__ = [
    "Best",
    "Counterexample",
    "Evaluator",
    "Failed",
    "Neighbour",
    "NoVariant",
    "Passed",
    "Reference",
    "Result",
    "Trial",
    "Undecided",
    "WrongBest",
    "WrongCount",
    "nearest",
    "neighbours",
]
