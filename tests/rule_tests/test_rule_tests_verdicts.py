"""Rule tests prove their claims over every valid variant; brute force says the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmf.analysis.rule_tests import (
    Best,
    Counterexample,
    Evaluator,
    Failed,
    NoVariant,
    Passed,
    Reference,
    Trial,
    WrongBest,
    WrongCount,
    nearest,
)
from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.sat import SatEngine, SatSpace
from cmf.model.rule_tests import Claim, RuleTest
from cmf.problem.answer import Infeasible, Solved
from cmf.problem.formula import Formula, holds
from cmf.problem.problem import Constraint, Origin, Problem, Variant
from cmf.source import Source
from cmf.testing.strategies import formulas, problems

MANY = settings(
    max_examples=35,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
PLACE = Source("tests/own.yaml", "").whole()


def constraint(formula: Formula) -> Constraint:
    return Constraint(formula, Origin("choice", "c"))


def trial(
    claim: Claim,
    where: Formula | None,
    *statements: Formula,
    count: int | None = None,
    best: Best | None = None,
) -> Trial:
    test = RuleTest("T", claim, None, (), count, None, "", "", "", PLACE)
    selection = () if where is None else (constraint(where),)
    return Trial(test, selection, tuple(map(constraint, statements)), best)


def evaluator(problem: Problem) -> tuple[Evaluator, BruteSpace]:
    space, oracle = SatEngine().open(problem), BruteEngine().open(problem)
    assert isinstance(space, SatSpace)
    assert isinstance(oracle, BruteSpace)
    first = oracle.valid[0] if oracle.valid else ()
    return Evaluator(space, lambda: oracle, {}, lambda _: Reference("first", first)), oracle


def distance(one: Variant, other: Variant) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Problem, Formula | None, tuple[Formula, ...]]:
    problem = draw(problems(max_combinations=200, max_variables=4))
    sizes = tuple(len(v.options) for v in problem.variables)
    where = draw(st.none() | formulas(sizes, depth=1))
    return problem, where, draw(st.tuples(*[formulas(sizes, depth=1)] * 2))


@MANY
@given(cases())
def test_proofs_agree_with_brute_force(
    case: tuple[Problem, Formula | None, tuple[Formula, ...]],
) -> None:
    problem, where, (one, two) = case
    judge, oracle = evaluator(problem)
    selected = [v for v in oracle.valid if where is None or holds(where, v)]
    true = [[holds(formula, v) for formula in (one, two)] for v in selected]
    wanted = {
        Claim.POSSIBLE: any(t[0] for t in true),
        Claim.IMPOSSIBLE: bool(selected) and not any(t[0] for t in true),
        Claim.ALWAYS: bool(selected) and all(t[0] for t in true),
        Claim.EXACTLY_ONE: bool(selected) and all(sum(t) == 1 for t in true),
    }
    for claim, expected in wanted.items():
        statements = (one, two) if claim is Claim.EXACTLY_ONE else (one,)
        outcome = judge.evaluate(trial(claim, where, *statements)).outcome
        assert isinstance(outcome, Passed) == expected, claim
        if isinstance(outcome, Passed):
            assert outcome.witness in selected
        elif isinstance(outcome, Failed) and isinstance(outcome.fault, Counterexample):
            example = outcome.fault
            bad = [
                v
                for v, t in zip(selected, true, strict=True)
                if (sum(t) != 1 if claim is Claim.EXACTLY_ONE else t[0] != (claim is Claim.ALWAYS))
            ]
            assert example.variant in bad
            fewest = min(distance(v, oracle.valid[0]) for v in bad)
            assert distance(example.variant, oracle.valid[0]) == len(example.differences) == fewest
        else:
            assert isinstance(outcome, Failed)
            assert isinstance(outcome.fault, NoVariant)
    for number in (0, len(selected), len(selected) + 1):
        outcome = judge.evaluate(trial(Claim.COUNT, where, count=number)).outcome
        assert isinstance(outcome, Passed) == (number == len(selected))
        if isinstance(outcome, Failed):
            assert outcome.fault == WrongCount(len(selected))


@MANY
@given(cases(), st.booleans())
def test_optima_agree_with_brute_force(
    case: tuple[Problem, Formula | None, tuple[Formula, ...]], greatest: bool
) -> None:
    problem, where, (statement, _) = case
    judge, oracle = evaluator(problem)
    selected = [v for v in oracle.valid if where is None or holds(where, v)]
    for name, quantity in problem.quantities.items():
        values = {v: x for v in selected if (x := quantity.value(v)) is not None}
        value = None if not values else (max if greatest else min)(values.values())
        optimal = [v for v, x in values.items() if x == value]
        asked = Best(name, greatest, value, statement)
        outcome = judge.evaluate(trial(Claim.BEST, where, best=asked)).outcome
        right = bool(optimal) and all(holds(statement, v) for v in optimal)
        assert isinstance(outcome, Passed) == right
        if values and not right:
            assert isinstance(outcome, Failed)
            assert isinstance(outcome.fault, WrongBest)
            assert outcome.fault.variant in optimal
        wrong = Best(name, greatest, (value or 0) + 1, None)
        outcome = judge.evaluate(trial(Claim.BEST, where, best=wrong)).outcome
        assert isinstance(outcome, Failed)


@MANY
@given(cases())
def test_the_nearest_variant_is_the_first_with_fewest_differences(
    case: tuple[Problem, Formula | None, tuple[Formula, ...]],
) -> None:
    problem, _, (formula, _) = case
    judge, oracle = evaluator(problem)
    reference = oracle.valid[-1] if oracle.valid else (0,) * len(problem.variables)
    wanted = [v for v in oracle.valid if holds(formula, v)]
    answer = nearest(judge.space, (formula,), reference)
    if wanted:
        fewest = min(wanted, key=lambda v: (distance(v, reference), v))
        assert answer == Solved(fewest)
    else:
        assert answer == Infeasible()
