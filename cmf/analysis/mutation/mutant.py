"""Changed rules, and what became of them."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from cmf.problem.formula import Formula
from cmf.problem.problem import Constraint, Variant


@frozen
class Mutant:
    """A rule with one small change.

    Attributes
    ----------
    rule
        The rule as it is.
    operator
        Kind of the change.
    before, after
        The place that changed, as text; `after` is empty where something was dropped.
    formula
        What the rule says after the change.
    """

    rule: Constraint
    operator: str
    before: str
    after: str
    formula: Formula = field(repr=False)


@frozen
class Killed:
    """A test notices the change.

    Attributes
    ----------
    test
        Id of the first test that fails under it.
    """

    test: str


@frozen
class Equal:
    """The change leaves the variant space as it is: no test could notice it.

    Attributes
    ----------
    confirmed
        Whether a decision diagram of all variants that the change adds or takes away is empty too.
        Without it the proof is that of the SAT solver alone.
    """

    confirmed: bool = False


@frozen
class Survived:
    """The change alters the variant space, and no test notices.

    Attributes
    ----------
    gained, lost
        A variant that is valid only after the change, and one that is valid only before; `None`
        where there is none.
    """

    gained: Variant | None
    lost: Variant | None


@frozen
class Undecidable:
    """A limit was reached first."""

    limit: str


Verdict = Killed | Equal | Survived | Undecidable


class Effect(Enum):
    """What a change does to the variant space, exactly."""

    NONE = "none"
    WEAKER = "weaker"
    STRONGER = "stronger"
    OTHER = "other"


@frozen
class Judged:
    """A mutant with its verdict.

    Attributes
    ----------
    effect
        Whether the change only adds variants, only takes some away, or does both; `None` when a
        limit was reached first.
    """

    mutant: Mutant
    verdict: Verdict
    effect: Effect | None
