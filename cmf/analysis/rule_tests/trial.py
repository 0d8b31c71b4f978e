"""A rule test whose statements are formulas."""

from __future__ import annotations

from itertools import combinations

from attrs import field, frozen

from cmf.model.rule_tests import Claim, RuleTest
from cmf.problem.formula import And, Formula, Not, Or
from cmf.problem.problem import Constraint


@frozen
class Best:
    """The optimum that a test expects.

    Attributes
    ----------
    value
        In base units; `None` when the test does not say it.
    variant
        What every optimal variant satisfies; `None` when the test says nothing.
    """

    quantity: str
    greatest: bool
    value: int | None
    variant: Formula | None


@frozen
class Trial:
    """A rule test in formulas.

    Attributes
    ----------
    where
        The condition of the test, none or one; its origin has the words and the place.
    statements
        One, several (``exactly-one``) or none (``count``, ``best``).
    """

    test: RuleTest
    where: tuple[Constraint, ...] = field(repr=False)
    statements: tuple[Constraint, ...] = field(repr=False)
    best: Best | None = None

    @property
    def selection(self) -> tuple[Formula, ...]:
        """What the variants satisfy that the test looks at."""
        return tuple(constraint.formula for constraint in self.where)

    @property
    def some(self) -> tuple[Formula, ...] | None:
        """Some variant must satisfy these; `None` when the test asks for none.

        A test that looks at no variant would pass whatever the rules say, so all but counts ask for
        one.
        """
        if self.test.claim is Claim.COUNT:
            return self.selection if self.test.count else None
        if self.test.claim is Claim.POSSIBLE:
            return (*self.selection, self.statements[0].formula)
        return self.selection

    @property
    def never(self) -> tuple[Formula, ...] | None:
        """No variant may satisfy these; `None` when the test forbids none."""
        formulas = [statement.formula for statement in self.statements]
        match self.test.claim:
            case Claim.IMPOSSIBLE:
                return (*self.selection, formulas[0])
            case Claim.ALWAYS:
                return (*self.selection, Not(formulas[0]))
            case Claim.EXACTLY_ONE:
                return (*self.selection, _not_exactly_one(formulas))
            case Claim.COUNT if not self.test.count:
                return self.selection
            case _:
                return None


def _not_exactly_one(formulas: list[Formula]) -> Formula:
    none = And(tuple(Not(formula) for formula in formulas))
    return Or((none, *(And(pair) for pair in combinations(formulas, 2))))
