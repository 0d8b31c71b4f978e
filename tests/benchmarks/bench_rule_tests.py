"""How long examples for Hypothesis and the mutation score take.

Examples: 1,000 variants and 1,000 near misses of Renault *big*, after compilation; every twentieth
is checked. Mutation: the mutants of some rules of the Alliance catalogue, beside the plain way that
opens the catalogue anew for every mutant and runs every test; the verdicts are compared. Run
``python tests/benchmarks/bench_rule_tests.py`` from the project folder; times are CPU time.
"""

from __future__ import annotations

import time
from pathlib import Path

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from renault import BENCH

from cmf.analysis.mutation import Equal, Killed
from cmf.analysis.rule_tests import Passed
from cmf.problem.problem import Constraint
from cmf.testing import Drawn, near_misses, variants
from cmf.workspace import load
from cmf.workspace.mutation import Mutation
from cmf.workspace.rule_tests import RuleTests, load_rule_tests

ALLIANCE = Path(__file__).resolve().parents[2] / "catalogs" / "alliance"
RULES = ("E03", "G09", "C05")


def examples(strategy: st.SearchStrategy[Drawn]) -> tuple[float, list[Drawn]]:
    """CPU seconds for 1,000 examples, and the examples."""
    found: list[Drawn] = []
    many = settings(
        max_examples=1_000,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )

    @many
    @given(strategy)
    def look(drawn: Drawn) -> None:
        found.append(drawn)

    start = time.process_time()
    look()
    return time.process_time() - start, found


def renault() -> None:
    """Variants and near misses of *big*."""
    model = load(BENCH / "renault" / "big.xml")
    start = time.process_time()
    space = model.compile("diagram")
    print(f"big compiled in {time.process_time() - start:.1f} s")
    seconds, found = examples(variants(space))
    assert all(model.problem.valid(drawn.number) for drawn in found[::20])
    print(f"1,000 variants in {seconds:.1f} s, {len(set(found))} of them different")
    for constraint in model.problem.constraints[5::80]:
        name = constraint.origin.name
        start = time.process_time()
        strategy = near_misses(space, name)
        opened = time.process_time() - start
        seconds, found = examples(strategy)
        assert {drawn.violated for drawn in found[::20]} == {(name,)}
        print(f"1,000 near misses of {name} in {seconds:.1f} s, compiled in {opened:.1f} s")


def plainly(tests: RuleTests, rule: Constraint, mutated: Constraint) -> str | None:
    """The first test that fails when the rule is replaced, everything opened anew."""
    problem = tests.model.problem
    changed = tuple(mutated if c is rule else c for c in problem.constraints)
    model = evolve(tests.model, problem=evolve(problem, constraints=changed))
    judge = RuleTests(model, tests.trials).evaluator
    for trial in tests.trials:
        if not isinstance(judge.evaluate(trial).outcome, Passed):
            return trial.test.id
    return None


def mutation() -> None:
    """The mutants of some rules, both ways."""
    tests = load_rule_tests(ALLIANCE)
    results = list(tests.run())
    known = {rule.id for rule in tests.model.catalog.rules}
    start = time.process_time()
    scores = list(Mutation(tests, results, tuple(r for r in RULES if r in known)).run())
    ours = time.process_time() - start
    judged = [each for score in scores for each in score.judged]
    start = time.process_time()
    for each in judged:
        rule = each.mutant.rule
        killer = plainly(tests, rule, evolve(rule, formula=each.mutant.formula))
        expected = each.verdict.test if isinstance(each.verdict, Killed) else None
        assert killer == expected, (rule.origin.name, killer, each.verdict)
    plain = time.process_time() - start
    equal = sum(isinstance(each.verdict, Equal) for each in judged)
    print(f"{len(judged)} mutants ({equal} equal): {ours:.1f} s, anew for each {plain:.1f} s")
    print(f"ratio {plain / ours:.0f}, the same tests fail")


if __name__ == "__main__":
    if BENCH.is_dir():
        renault()
    mutation()
