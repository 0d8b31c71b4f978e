"""The solver against brute force."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from random_lineups import random_lineup
from worked_examples import e12, e12c, spend

from cmf.planning.answer import Planned, Status
from cmf.planning.brute import cheapest
from cmf.planning.constraints import AtMost
from cmf.planning.data import PlanningProblem
from cmf.planning.solve import solve
from cmf.problem.answer import Infeasible


def check(problem: PlanningProblem) -> None:
    """The solver finds what brute force finds."""
    expected = cheapest(problem)
    found = solve(problem)
    if expected is None:
        assert isinstance(found, Infeasible)
        return
    assert isinstance(found, Planned)
    assert found.evaluation.meets_all
    assert found.status is Status.OPTIMAL
    assert found.bound <= expected[1].cost.total == found.cost
    assert found.gap == 0


def test_e12() -> None:
    problem = e12()
    for constraints, cost, share in (
        ((), 344, Fraction(43, 63)),
        ((AtMost("modules", dict.fromkeys(range(7), 1), 5),), 349, Fraction(3, 4)),
        ((spend(problem, Fraction(4, 5)),), 363, Fraction(61, 69)),
    ):
        found = solve(evolve(problem, constraints=(*constraints, spend(problem))))
        assert isinstance(found, Planned)
        assert (found.cost, found.bound) == (cost, cost)
        assert found.evaluation.measured[-1].value == share


def test_e12c() -> None:
    found = solve(e12c())
    assert isinstance(found, Planned)
    assert found.cost == found.bound == 2 * 940


@pytest.mark.parametrize("constraints", [0, 1, 2])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_random_lineups_agree_with_brute_force(constraints: int, seed: int) -> None:
    check(random_lineup(seed, constraints))
