"""The mutants of a rule, judged."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.mutation.mutant import Judged
from cmf.analysis.mutation.suggest import Suggestion
from cmf.model.catalog import RuleText


@frozen
class Survivor:
    """A mutant that no test kills, with a test that would.

    Attributes
    ----------
    suggestion
        `None` when a limit was reached before there was one.
    number
        Number of the suggestion, from 1; survivors that one test kills share it.
    """

    judged: Judged
    suggestion: Suggestion | None
    number: int


@frozen
class RuleScore:
    """The mutants of one rule.

    Attributes
    ----------
    judged
        Every mutant, in the order of the text of the rule.
    survivors
        Those that no test kills.
    """

    rule: RuleText
    judged: tuple[Judged, ...] = field(repr=False)
    survivors: tuple[Survivor, ...] = field(repr=False)
