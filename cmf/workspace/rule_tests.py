"""The rule tests of a catalogue, ready to be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cmf.analysis.rule_tests import Best, Evaluator, Reference, Result, Trial
from cmf.errors import Diagnostic, InputError, LimitReached, did_you_mean, fail
from cmf.model.rule_tests import BestText, RuleTest
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.formula import Formula, holds
from cmf.rules import typed as t
from cmf.source import Text

if TYPE_CHECKING:
    from cmf.engines.protocols import Space
    from cmf.engines.sat import SatSpace
    from cmf.workspace.model import Model

SECONDS = 60.0
"""What one answer may take by default."""


@frozen(slots=False)
class RuleTests:
    """Rule tests with their catalogue.

    Attributes
    ----------
    trials
        The tests in formulas, in the order of the files.
    limits
        What one answer may cost.
    """

    model: Model
    trials: tuple[Trial, ...] = field(repr=False)
    limits: Limits = field(factory=lambda: Limits(seconds=SECONDS))

    def run(self) -> Iterator[Result]:
        """Every test with its outcome, one after the other."""
        return map(self.evaluator.evaluate, self.trials)

    def only(self, words: Sequence[str]) -> RuleTests:
        """The tests whose id or title contains one of `words`, in any case; all without words."""
        folded = [word.casefold() for word in words]
        kept = [
            trial
            for trial in self.trials
            if not folded
            or any(w in f"{trial.test.id} {trial.test.title}".casefold() for w in folded)
        ]
        return evolve(self, trials=tuple(kept))

    @cached_property
    def evaluator(self) -> Evaluator:
        """What evaluates the tests; engines open on first use."""
        return Evaluator(self._proving, lambda: self._counting, self._conditions, self._reference)

    @cached_property
    def _proving(self) -> SatSpace:
        from cmf.engines.sat import SatEngine

        space = SatEngine().open(self.model.problem, self.limits)
        if isinstance(space, Unknown):
            raise LimitReached(f"{self.model.name} exceeds {space.limit}")
        return space

    @cached_property
    def _counting(self) -> Space:
        return self.model.compile().space

    @cached_property
    def _conditions(self) -> dict[str, Formula]:
        lowered = self.model.lowered
        return {
            rule.id: lowered.condition(rule.statement.left)
            for rule in lowered.resolved.rules
            if isinstance(rule.statement, t.Implies)
        }

    def _reference(self, selection: Sequence[Formula]) -> Reference:
        """The first vehicle of the line-up that is selected, or the first one at all.

        Without a line-up in the folder of the catalogue, the first variant that is selected.
        """
        for reference in self._built:
            if all(holds(formula, reference.variant) for formula in selection):
                return reference
        if self._built:
            return self._built[0]
        found = self._proving.where(*selection).find()
        if not isinstance(found, Solved):
            raise LimitReached("no reference variant found")
        return Reference("the first valid variant", found.value)

    @cached_property
    def _built(self) -> tuple[Reference, ...]:
        from cmf.workspace.reference import references

        return references(self.model, self._proving)


def rule_tests(
    model: Model, files: Iterable[str] | None = None, limits: Limits = Limits(seconds=SECONDS)
) -> RuleTests:
    """The rule tests of a catalogue.

    Parameters
    ----------
    files
        Which files, relative to the folder of the catalogue; all in ``tests`` by default.

    Raises
    ------
    InputError
        With every fault of the files and of the statements in them.
    """
    from cmf.load import read_rule_tests

    trials: list[Trial] = []
    faults: list[Diagnostic] = []
    for test in read_rule_tests(model.catalog.folder, files):
        try:
            trials.append(_trial(model, test))
        except InputError as error:
            faults += error.diagnostics
    if faults:
        raise InputError(faults)
    return RuleTests(model, tuple(trials), limits)


def load_rule_tests(path: str | Path) -> RuleTests:
    """The rule tests of the catalogue in a folder; raises `InputError`."""
    from cmf.workspace.model import load

    return rule_tests(load(path))


def _trial(model: Model, test: RuleTest) -> Trial:
    texts = [] if test.where is None else [test.where]
    best = test.best
    extra = [] if best is None or best.variant is None else [best.variant]
    found = model.conditions(*texts, *test.statements, *extra)
    where, statements = found[: len(texts)], found[len(texts) : len(found) - len(extra)]
    if best is None:
        return Trial(test, where, statements)
    return Trial(test, where, statements, _best(model, best, found[-1].formula if extra else None))


def _best(model: Model, best: BestText, variant: Formula | None) -> Best:
    name, problem = best.quantity.value, model.problem
    if name not in problem.quantities:
        reason = model.lowered.not_additive.get(name)
        if reason:
            message = f"`{name}` cannot be ranked: {reason}"
            raise fail("quantity-not-additive", message, best.quantity.span)
        remedy = did_you_mean(name, problem.quantities, what="quantity")
        message = f"there is no quantity `{name}`"
        raise fail("unknown-quantity", message, best.quantity.span, remedy)
    value = None if best.value is None else _value(model, name, best.value)
    return Best(name, best.greatest, value, variant)


def _value(model: Model, quantity: str, text: Text) -> int:
    """A value in base units: the rule language reads ``quantity == value``."""
    from cmf.rules.resolve import resolve_condition

    read = Text(f"{quantity} == {text.value}", text.span)
    match resolve_condition(model.lowered.resolved, read):
        case t.Compare("==", _, t.Constant(value)) if isinstance(value, int):
            return value
    message = f"`{text.value}` is not a value of `{quantity}`"
    raise fail("not-a-value", message, text.span, "write a number with its unit")
