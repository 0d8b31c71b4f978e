"""What comes out of a rule test, as values."""

from __future__ import annotations

from attrs import frozen

from cmf.analysis.rule_tests.nearest import Neighbour, Reference
from cmf.analysis.rule_tests.trial import Trial
from cmf.problem.problem import Constraint, Variant


@frozen
class Counterexample:
    """A valid variant that a test forbids.

    Attributes
    ----------
    variant
        The one with fewest differences from `reference`; the first of several in declared order.
    differences
        Numbers of the variables in which it differs from the reference.
    neighbours
        Rules that speak of what is wrong, and why they let it pass.
    """

    variant: Variant
    reference: Reference
    differences: tuple[int, ...]
    neighbours: tuple[Neighbour, ...]


@frozen
class NoVariant:
    """There is no variant that the test needs.

    Attributes
    ----------
    selected
        Whether already the condition ``where`` leaves none, so that there is nothing to test.
    conflict
        A minimal set of what the test asks for and rules that cannot hold together.
    """

    selected: bool
    conflict: tuple[Constraint, ...]


@frozen
class WrongCount:
    """Another number of variants than expected."""

    found: int


@frozen
class WrongBest:
    """Another optimum than expected.

    Attributes
    ----------
    found
        The optimum in base units; `None` when the quantity is undefined on every variant.
    variant
        An optimal variant: where the value is right, one that is not what the test says.
    """

    found: int | None
    variant: Variant | None


Fault = Counterexample | NoVariant | WrongCount | WrongBest


@frozen
class Passed:
    """The claim holds.

    Attributes
    ----------
    witness
        A variant that the test looks at; `None` where it looks at none.
    """

    witness: Variant | None = None


@frozen
class Failed:
    """The claim does not hold."""

    fault: Fault


@frozen
class Undecided:
    """A limit was reached first: neither yes nor no (semantics S6)."""

    limit: str


Outcome = Passed | Failed | Undecided


@frozen
class Result:
    """A test with its outcome."""

    trial: Trial
    outcome: Outcome
