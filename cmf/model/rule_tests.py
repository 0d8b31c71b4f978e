"""Rule tests: what a catalogue must be able to build, and what never."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from cmf.source import Span, Text


class Claim(Enum):
    """What a rule test claims about the valid variants that it looks at."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    ALWAYS = "always"
    EXACTLY_ONE = "exactly-one"
    COUNT = "count"
    BEST = "best"


@frozen
class BestText:
    """The optimum that a test expects, as written.

    Attributes
    ----------
    greatest
        Whether the greatest value is asked for, or the least.
    value
        The value of the optimum; `None` when the test does not say it.
    variant
        A statement that every optimal variant satisfies; `None` when the test says none.
    """

    quantity: Text
    greatest: bool
    value: Text | None
    variant: Text | None


@frozen
class RuleTest:
    """A rule test, as written.

    Attributes
    ----------
    where
        The variants that the test looks at; `None` for all valid ones.
    statements
        One statement, or several for ``exactly-one``; none for ``count`` and ``best``.
    count
        Number of variants that a ``count`` expects.
    because, source
        Why it must be so, and where that comes from.
    """

    id: str
    claim: Claim
    where: Text | None
    statements: tuple[Text, ...]
    count: int | None
    best: BestText | None
    title: str
    because: str
    source: str
    span: Span = field(eq=False, repr=False)
