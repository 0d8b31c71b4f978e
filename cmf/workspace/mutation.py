"""The mutation score of the rule tests of a catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from attrs import evolve, field, frozen

from cmf.analysis.mutation import (
    Bench,
    Judged,
    Mutant,
    RuleScore,
    Suggestion,
    Survived,
    Survivor,
    kills,
    suggestion,
)
from cmf.analysis.rule_tests import Result
from cmf.engines.protocols import Space
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import InputError, LimitReached, did_you_mean, fail
from cmf.model.catalog import RuleText, Severity
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import TRUE, Formula
from cmf.problem.linear import NotAdditive
from cmf.problem.problem import Constraint, Problem
from cmf.problem.renumber import key
from cmf.rules.mutate import changes
from cmf.rules.resolve import resolve_rule
from cmf.workspace.rule_tests import RuleTests

NODES = 2_000_000
"""Size of a diagram up to which a count is tried."""


@frozen(slots=False)
class Mutation:
    """Mutates the hard rules of a catalogue one by one and holds its tests against them.

    A warning bounds no variant, so there is nothing that a test could notice.

    Attributes
    ----------
    results
        Results of all tests on the catalogue as it is; every one has passed.
    chosen
        Ids of the rules to mutate; all hard rules when empty.
    """

    tests: RuleTests
    results: Sequence[Result] = field(repr=False)
    chosen: tuple[str, ...] = ()

    @cached_property
    def rules(self) -> tuple[RuleText, ...]:
        """The rules that are mutated.

        Raises
        ------
        InputError
            When a chosen rule is unknown, or is only a warning.
        """
        catalog = self.tests.model.catalog
        hard = {rule.id: rule for rule in catalog.rules if rule.severity is Severity.HARD}
        for name in self.chosen:
            if name in hard:
                continue
            if any(rule.id == name for rule in catalog.rules):
                message = f"the rule `{name}` is a warning and bounds no variant"
                raise fail("rule-is-warning", message, None, "choose a hard rule")
            remedy = did_you_mean(name, hard, what="rule")
            raise fail("unknown-rule", f"there is no rule `{name}`", None, remedy)
        return tuple(rule for rule in hard.values() if not self.chosen or rule.id in self.chosen)

    def run(self) -> Iterator[RuleScore]:
        """The mutants of every rule, one rule after the other."""
        return map(self._score, self.rules)

    def _score(self, rule: RuleText) -> RuleScore:
        problem = self.tests.model.problem
        constraint = next(c for c in problem.constraints if _is(c, rule.id))
        space = self._without(problem, constraint)
        bench = Bench(space, constraint.formula, self.results, self._count)
        judged = tuple(bench.judge(list(self._mutants(rule, constraint))))
        survivors = tuple(self._survivors(space, judged))
        return RuleScore(rule, judged, survivors)

    def _mutants(self, rule: RuleText, constraint: Constraint) -> Iterator[Mutant]:
        """The mutants of a rule that make sense; of those that say the same only the first."""
        lowered = self.tests.model.lowered
        known = set()
        for change in changes(lowered.resolved.catalog, rule):
            if change.rule is None:
                formula: Formula = TRUE
            else:
                try:
                    typed = resolve_rule(lowered.resolved, change.rule)
                    formula = lowered.condition(typed.statement)
                except (InputError, NotAdditive):
                    continue
            if key(formula) not in known:
                known.add(key(formula))
                yield Mutant(constraint, change.operator, change.before, change.after, formula)

    def _without(self, problem: Problem, constraint: Constraint) -> SatSpace:
        rest = tuple(each for each in problem.constraints if each is not constraint)
        space = SatEngine().open(evolve(problem, constraints=rest), self.tests.limits)
        if isinstance(space, Unknown):
            raise LimitReached(f"{problem.name} exceeds {space.limit}")
        return space

    def _count(self, problem: Problem) -> Space:
        from cmf.engines.diagram import DiagramEngine

        limits = Limits(seconds=self.tests.limits.seconds, nodes=NODES)
        space = DiagramEngine().open(problem, limits)
        if isinstance(space, Unknown):
            raise LimitReached(space.limit)
        return space

    def _survivors(self, space: SatSpace, judged: Sequence[Judged]) -> Iterator[Survivor]:
        """The mutants that no test kills; a test that is suggested for one may do for others."""
        suggested: list[Suggestion] = []
        for each in judged:
            if not isinstance(each.verdict, Survived):
                continue
            try:
                found = [n for n, s in enumerate(suggested) if kills(space, s, each.mutant)]
                if not found:
                    reference = self.tests.evaluator.reference(()).variant
                    suggested.append(suggestion(space, each.mutant, each.verdict, reference))
                    found = [len(suggested) - 1]
                yield Survivor(each, suggested[found[0]], found[0] + 1)
            except LimitReached:
                yield Survivor(each, None, 0)


def _is(constraint: Constraint, rule: str) -> bool:
    return constraint.origin.kind == "rule" and constraint.origin.name == rule
