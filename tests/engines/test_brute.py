from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.protocols import OptionCounts, Ranked
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import FALSE, CostTable, Member, Not, Table
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.testing.conformance import check_engine, describe
from cmf.testing.strategies import problems


def pair() -> Problem:
    """Two variables, where `b` must be as high as `a` or higher."""
    rows = np.array([(0, 0), (0, 1), (0, 2), (1, 1), (1, 2)], dtype=np.int32)
    price = Quantity(
        "price",
        (CostTable.unary(0, [0, 5]), CostTable.unary(1, [9, 4, 4])),
        1,
        Not(Member(1, frozenset({0}))),
    )
    return Problem(
        "pair",
        (Variable("a", ("low", "high")), Variable("b", ("low", "high", "top"))),
        (Constraint(Table((0, 1), rows), Origin("rule", "order")),),
        {"price": price},
    )


def opened(problem: Problem) -> BruteSpace:
    space = BruteEngine().open(problem)
    assert isinstance(space, BruteSpace)
    return space


def test_answers_of_a_problem_that_was_worked_by_hand() -> None:
    space = opened(pair())
    assert list(space.variants()) == [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2)]
    assert space.find() == Solved((0, 0))
    assert space.count() == Solved(5)
    assert space.option_counts() == Solved(OptionCounts(5, ((3, 2), (1, 2, 2))))
    restricted = space.where(Member(0, frozenset({1})))
    assert restricted.possible() == Solved((frozenset({1}), frozenset({1, 2})))
    assert len(restricted.problem.constraints) == 2


def test_best_leaves_out_undefined_and_breaks_ties_in_declared_order() -> None:
    space = opened(pair())
    least = (Ranked(5, (0, 1)), Ranked(5, (0, 2)), Ranked(10, (1, 1)), Ranked(10, (1, 2)))
    assert space.best("price", top=9) == Solved(least)
    assert space.best("price", greatest=True, top=3) == Solved(least[2:] + least[:1])
    assert space.where(Member(1, frozenset({0}))).best("price") == Infeasible()


def test_an_empty_space_is_an_answer() -> None:
    space = opened(pair()).where(FALSE)
    assert space.count() == Solved(0)
    assert list(space.variants()) == []
    answers = (space.find(), space.possible(), space.option_counts(), space.sample(2, 0))
    assert answers == (Infeasible(),) * 4


def test_samples_are_uniform() -> None:
    drawn = opened(pair()).sample(5_000, 1)
    assert isinstance(drawn, Solved)
    counts = Counter(drawn.value)
    # 1,000 expected each; five standard deviations are 141.
    assert len(counts) == 5
    assert all(859 <= count <= 1141 for count in counts.values())
    assert opened(pair()).sample(5_000, 2) != drawn


def test_a_large_product_is_not_tried() -> None:
    assert BruteEngine(combinations=5).open(pair()) == Unknown("5 combinations")
    assert isinstance(BruteEngine(combinations=6).open(pair()), BruteSpace)


class _Wrong(BruteEngine):
    """Loses the last variant of every space."""

    def open(self, problem: Problem, limits: object = None) -> BruteSpace:
        space = opened(problem)
        return BruteSpace(problem, space.valid[:-1])


def test_the_suite_finds_a_wrong_engine_and_shows_the_problem() -> None:
    with pytest.raises(AssertionError, match="brute: count") as caught:
        check_engine(_Wrong(), pair())
    assert describe(pair()) in str(caught.value)
    assert "[order] (a, b) in {low, low; low, high; low, top; high, high" in str(caught.value)


def test_the_suite_refuses_what_it_cannot_check() -> None:
    letters = tuple(Variable(f"v{n}", ("a", "b", "c", "d")) for n in range(12))
    with pytest.raises(ValueError, match="too large"):
        check_engine(BruteEngine(), Problem("wide", letters))


def test_the_strategy_draws_every_kind_of_problem() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=80,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(problems())
    def collect(problem: Problem) -> None:
        space = opened(problem)
        size = len(space.valid)
        seen[{0: "empty", 1: "single"}.get(size, "several")] += 1
        seen["unconstrained"] += not problem.constraints
        for quantity in problem.quantities.values():
            undefined = sum(quantity.value(variant) is None for variant in space.valid)
            seen["partly defined"] += 0 < undefined < size
            seen["several terms"] += len(quantity.terms) > 1

    collect()
    kinds = ("empty", "single", "several", "unconstrained", "partly defined", "several terms")
    assert min(seen[kind] for kind in kinds) >= 3, seen
