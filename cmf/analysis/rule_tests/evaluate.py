"""Whether the claim of a rule test holds over every valid variant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from attrs import define, field

from cmf.analysis.explain import minimal_conflict
from cmf.analysis.rule_tests.nearest import Reference, nearest, neighbours
from cmf.analysis.rule_tests.outcome import (
    Counterexample,
    Failed,
    NoVariant,
    Outcome,
    Passed,
    Result,
    Undecided,
    WrongBest,
    WrongCount,
)
from cmf.analysis.rule_tests.trial import Best, Trial
from cmf.engines.protocols import Ranked, Space
from cmf.engines.sat import SatSpace
from cmf.errors import LimitReached
from cmf.model.rule_tests import Claim
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import Formula, Not, scope
from cmf.problem.problem import Variant

T = TypeVar("T")

_Answer = Solved[T] | Infeasible | Unknown


@define
class Evaluator:
    """Evaluates trials against one catalogue.

    Whether some variant exists is settled by incremental SAT, which either shows one or proves that
    there is none. Counts and optima come from another space.

    Attributes
    ----------
    space
        The catalogue in the engine that proves.
    counting
        Opens, on first use, the catalogue in the engine that counts and ranks.
    conditions
        Conditions of the rules, by id; see `neighbours`.
    reference
        The reference for the variants that satisfy some formulas.
    """

    space: SatSpace = field(repr=False)
    counting: Callable[[], Space] = field(repr=False)
    conditions: Mapping[str, Formula] = field(repr=False)
    reference: Callable[[Sequence[Formula]], Reference] = field(repr=False)

    def evaluate(self, trial: Trial) -> Result:
        """The outcome of one trial; a limit that is reached makes it undecided."""
        try:
            return Result(trial, self._outcome(trial))
        except LimitReached as limit:
            return Result(trial, Undecided(str(limit)))

    def _outcome(self, trial: Trial) -> Outcome:
        if trial.test.claim is Claim.COUNT:
            return self._counted(trial)
        some, never = trial.some, trial.never
        witness = None if some is None else self._find(some)
        if some is not None and witness is None:
            return self._missing(trial)
        if never is not None and self._find(never) is not None:
            return Failed(self._counterexample(trial, never))
        if trial.best is not None:
            return self._ranked(trial, trial.best, witness)
        return Passed(witness)

    def _counted(self, trial: Trial) -> Outcome:
        found = _solved(self._where(trial.selection).count())
        if found != trial.test.count:
            return Failed(WrongCount(found or 0))
        return Passed(None if trial.some is None else self._find(trial.some))

    def _ranked(self, trial: Trial, best: Best, witness: Variant | None) -> Outcome:
        space = self._where(trial.selection)
        found = _first(space.best(best.quantity, greatest=best.greatest))
        if found is None:
            return Failed(WrongBest(None, None))
        if best.value is not None and found.value != best.value:
            return Failed(WrongBest(found.value, found.variant))
        if best.variant is not None:
            others = space.where(Not(best.variant))
            other = _first(others.best(best.quantity, greatest=best.greatest))
            if other is not None and other.value == found.value:
                return Failed(WrongBest(found.value, other.variant))
        return Passed(witness)

    def _where(self, formulas: Sequence[Formula]) -> Space:
        space = self.counting()
        return space.where(*formulas) if formulas else space

    def _find(self, formulas: Sequence[Formula]) -> Variant | None:
        return _solved(self.space.where(*formulas).find())

    def _missing(self, trial: Trial) -> Failed:
        wanted = (*trial.where, *(trial.statements if trial.test.claim is Claim.POSSIBLE else ()))
        selected = bool(trial.where) and self._find(trial.selection) is None
        choices = trial.where if selected else wanted
        conflict = minimal_conflict(self.space, choices)
        if isinstance(conflict, Unknown):
            conflict = ()
        return Failed(NoVariant(selected or trial.test.claim is not Claim.POSSIBLE, conflict or ()))

    def _counterexample(self, trial: Trial, never: Sequence[Formula]) -> Counterexample:
        reference = self.reference(trial.selection)
        variant = _solved(nearest(self.space, never, reference.variant))
        if variant is None:
            raise RuntimeError("a variant was found, and then none: a defect of this program")
        differences = tuple(
            number
            for number, (one, other) in enumerate(zip(variant, reference.variant, strict=True))
            if one != other
        )
        about = {v for said in (*trial.statements, *trial.where) for v in scope(said.formula)}
        near = neighbours(self.space.problem, self.conditions, variant, about)
        return Counterexample(variant, reference, differences, near)


def _first(answer: _Answer[tuple[Ranked, ...]]) -> Ranked | None:
    ranked = _solved(answer)
    return ranked[0] if ranked else None


def _solved(answer: _Answer[T]) -> T | None:
    match answer:
        case Solved(value):
            return value
        case Unknown(limit):
            raise LimitReached(limit)
        case _:
            return None
