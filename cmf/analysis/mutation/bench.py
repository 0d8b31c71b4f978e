"""Mutants of one rule against all tests, with everything but the rule compiled once.

Call R the other rules, r the rule and m its mutant. The variants that m adds lie in R, m and not r,
those that it takes away in R, r and not m. Where both are empty the spaces are equal. A test that
passes asks for some variant, or forbids some. What it forbids can only appear among the added ones,
what it asks for can only go with those taken away; so each needs one solve, and mostly none: a
variant that was seen before settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from attrs import define, evolve, field, frozen

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
from cmf.analysis.rule_tests import Passed, Result, Trial
from cmf.engines.protocols import Space
from cmf.engines.sat import SatSpace
from cmf.errors import LimitReached
from cmf.model.rule_tests import Claim
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import FALSE, And, Formula, Not, Or, holds
from cmf.problem.problem import Problem, Variant

Opener = Callable[[Problem], Space]
"""Opens a problem in an engine that counts and ranks; raises `LimitReached`."""


@frozen
class _Passing:
    """A test that passes, with a variant that shows what it asks for."""

    trial: Trial
    witness: Variant | None


@define(slots=False)
class Bench:
    """Judges the mutants of one rule.

    Attributes
    ----------
    space
        The catalogue without the rule, in the engine that proves.
    rule
        What the rule says.
    results
        Results of all tests on the catalogue as it is; all have passed.
    counting
        Opens a problem in the engine that counts.
    """

    space: SatSpace = field(repr=False)
    rule: Formula = field(repr=False)
    results: Sequence[Result] = field(repr=False)
    counting: Opener = field(repr=False)
    _seen: list[Variant] = field(factory=list, init=False, repr=False)
    _broken: dict[int, Variant | None] = field(factory=dict, init=False, repr=False)

    def judge(self, mutants: Sequence[Mutant]) -> Iterator[Judged]:
        """The verdict on every mutant."""
        judged = [self._judged(mutant) for mutant in mutants]
        equal = [each.mutant.formula for each in judged if isinstance(each.verdict, Equal)]
        confirmed = bool(equal) and self._confirmed(equal)
        for each in judged:
            same = isinstance(each.verdict, Equal)
            yield evolve(each, verdict=Equal(confirmed)) if same else each

    def _judged(self, mutant: Mutant) -> Judged:
        try:
            gained = self._find(mutant.formula, Not(self.rule))
            lost = self._find(self.rule, Not(mutant.formula))
        except LimitReached as limit:
            return Judged(mutant, Undecidable(str(limit)), None)
        if gained is None and lost is None:
            return Judged(mutant, Equal(), Effect.NONE)
        one_way = Effect.WEAKER if lost is None else Effect.STRONGER
        effect = Effect.OTHER if gained and lost else one_way
        return Judged(mutant, self._verdict(mutant.formula, gained, lost), effect)

    def _verdict(self, mutant: Formula, gained: Variant | None, lost: Variant | None) -> Verdict:
        undecided = ""
        for number, passing in enumerate(self._passing):
            try:
                if self._kills(number, passing, mutant, gained is not None, lost is not None):
                    return Killed(passing.trial.test.id)
            except LimitReached as limit:
                undecided = str(limit)
        return Undecidable(undecided) if undecided else Survived(gained, lost)

    @cached_property
    def _passing(self) -> list[_Passing]:
        return [
            _Passing(result.trial, result.outcome.witness)
            for result in self.results
            if isinstance(result.outcome, Passed)
        ]

    def _kills(
        self, number: int, passing: _Passing, mutant: Formula, gains: bool, loses: bool
    ) -> bool:
        """Whether a test fails once the rule is the mutant."""
        trial = passing.trial
        if trial.test.claim is Claim.COUNT:
            return self._counts_differ(trial, mutant, gains, loses)
        if gains and trial.never is not None and self._appears(number, trial.never, mutant):
            return True
        if loses and trial.some is not None and self._goes(passing, trial.some, mutant):
            return True
        return trial.best is not None and self._optimum_differs(trial, mutant, gains, loses)

    def _appears(self, number: int, never: Sequence[Formula], mutant: Formula) -> bool:
        """Whether the mutant lets a variant pass that a test forbids."""
        if number not in self._broken:
            self._broken[number] = self._find(Not(self.rule), *never)
        found = self._broken[number]
        if found is None:
            return False
        return holds(mutant, found) or self._find(mutant, *never) is not None

    def _goes(self, passing: _Passing, some: Sequence[Formula], mutant: Formula) -> bool:
        """Whether the mutant takes away every variant that a test asks for."""
        if passing.witness is not None and holds(mutant, passing.witness):
            return False
        return self._find(mutant, *some) is None

    def _counts_differ(self, trial: Trial, mutant: Formula, gains: bool, loses: bool) -> bool:
        selected = trial.selection
        gained = gains and self._find(mutant, Not(self.rule), *selected) is not None
        lost = loses and self._find(self.rule, Not(mutant), *selected) is not None
        if gained != lost:
            return True
        return gained and _count(self._compiled(mutant, *selected)) != trial.test.count

    def _optimum_differs(self, trial: Trial, mutant: Formula, gains: bool, loses: bool) -> bool:
        best = trial.best
        selected = trial.selection
        gained = gains and self._find(mutant, Not(self.rule), *selected) is not None
        lost = loses and self._find(self.rule, Not(mutant), *selected) is not None
        if best is None or not (gained or lost):
            return False
        space = self._compiled(mutant, *selected)
        found = _optimum(space, best.quantity, best.greatest)
        if found is None or (best.value is not None and found != best.value):
            return True
        if best.variant is None:
            return False
        others = space.where(Not(best.variant))
        return _optimum(others, best.quantity, best.greatest) == found

    def _confirmed(self, equal: Sequence[Formula]) -> bool:
        """Whether a diagram of all variants that the mutants add or take away is empty.

        Raises
        ------
        RuntimeError
            It is not, although the SAT solver has proven that there is none.
        """
        apart = [
            formula
            for mutant in equal
            for formula in (And((self.rule, Not(mutant))), And((mutant, Not(self.rule))))
        ]
        try:
            number = _count(self._compiled(Or(tuple(apart))))
        except LimitReached:
            return False
        if number:
            raise RuntimeError("two engines disagree about a mutant: a defect of this program")
        return True

    def _compiled(self, *formulas: Formula) -> Space:
        return self.counting(self.space.where(*formulas).problem)

    def _find(self, *formulas: Formula) -> Variant | None:
        """A variant of the other rules that satisfies the formulas."""
        if any(formula == FALSE for formula in formulas):
            return None
        for variant in self._seen:
            if all(holds(formula, variant) for formula in formulas):
                return variant
        match self.space.where(*formulas).find():
            case Solved(variant):
                self._seen.append(variant)
                return variant
            case Unknown(limit):
                raise LimitReached(limit)
            case _:
                return None


def _count(space: Space) -> int:
    match space.count():
        case Solved(number):
            return number
        case Unknown(limit):
            raise LimitReached(limit)


def _optimum(space: Space, quantity: str, greatest: bool) -> int | None:
    match space.best(quantity, greatest=greatest):
        case Solved(value=(first, *_)):
            return first.value
        case Unknown(limit):
            raise LimitReached(limit)
        case _:
            return None
