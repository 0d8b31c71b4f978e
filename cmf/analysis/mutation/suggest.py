"""A test that would kill a mutant that survived."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from cmf.analysis.mutation.mutant import Mutant, Survived
from cmf.analysis.rule_tests import nearest
from cmf.engines.outcome import solved
from cmf.engines.sat import SatSpace
from cmf.problem.formula import Formula, Member, Not, scope
from cmf.problem.problem import Variant


@frozen
class Suggestion:
    """A test that passes as the rules are, and fails under the mutant.

    Attributes
    ----------
    possible
        Whether it claims that a variant is possible, or that it is impossible.
    variant
        A variant that tells the rule from the mutant, near the reference.
    pins
        What the test names: options by variable, as few as suffice.
    """

    possible: bool
    variant: Variant
    pins: tuple[tuple[int, int], ...]


def suggestion(
    space: SatSpace, mutant: Mutant, survived: Survived, reference: Variant
) -> Suggestion:
    """The test that names fewest options of a variant near `reference`.

    Of the options that rule and mutant speak of, one after the other is left out as long as the
    test still fails under the mutant and passes without it.

    Parameters
    ----------
    space
        The catalogue without the rule.

    Raises
    ------
    LimitReached
        When there is no answer within the limits of the space.
    """
    rule = mutant.rule.formula
    possible = survived.gained is None
    holder, other = (rule, mutant.formula) if possible else (mutant.formula, rule)
    variant = solved(nearest(space, (holder, Not(other)), reference), None)
    if variant is None:
        raise RuntimeError("a variant was found, and then none: a defect of this program")
    named = sorted({*scope(rule), *scope(mutant.formula)})
    pins = [(number, variant[number]) for number in named]
    for pin in list(pins):
        fewer = [each for each in pins if each != pin]
        if _none(space, (other, *_formulas(fewer))):
            pins = fewer
    return Suggestion(possible, variant, tuple(pins))


def kills(space: SatSpace, suggested: Suggestion, mutant: Mutant) -> bool:
    """Whether a suggested test fails under another mutant of the same rule, too."""
    none = _none(space, (mutant.formula, *_formulas(suggested.pins)))
    return none == suggested.possible


def _formulas(pins: Sequence[tuple[int, int]]) -> list[Formula]:
    return [Member(variable, frozenset({option})) for variable, option in pins]


def _none(space: SatSpace, formulas: Sequence[Formula]) -> bool:
    return solved(space.where(*formulas).find(), None) is None
