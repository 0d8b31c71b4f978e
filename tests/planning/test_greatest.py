"""The greatest share by Dinkelbach's method, against every plan."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_lineups import random_lineup

from cmf.planning import excess as module
from cmf.planning.brute import plans
from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.greatest import Greatest, greatest, out_of_reach, share_at_most
from cmf.planning.evaluate import accepts, evaluate, share_of
from cmf.planning.excess import Excess, excess
from cmf.problem.answer import Infeasible, Unknown


def without(problem: PlanningProblem, share: Share) -> PlanningProblem:
    return evolve(problem, constraints=tuple(c for c in problem.constraints if c is not share))


def shares(problem: PlanningProblem, share: Share) -> list[tuple[int, int]]:
    found = [share_of(problem, each.users, share) for _, each in plans(without(problem, share))]
    return [(shared, whole) for shared, whole in found if whole]


def first_share(problem: PlanningProblem) -> Share:
    found = next((each for each in problem.constraints if isinstance(each, Share)), None)
    assume(found is not None)
    assert found is not None
    return found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), constraints=st.integers(1, 3))
def test_the_greatest_share_is_that_of_all_plans(seed: int, constraints: int) -> None:
    problem = random_lineup(seed, constraints)
    share = first_share(problem)
    every = shares(problem, share)
    found = greatest(problem, share)
    if not every:
        assert isinstance(found, Infeasible)
        return
    assert isinstance(found, Greatest)
    assert found.share == max(Fraction(*each) for each in every)
    assert found.proven
    assert found.at_most is not None
    assert found.at_most >= found.share
    assert evaluate(without(problem, share), found.plan).meets_all


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), tenths=st.integers(0, 10))
def test_the_excess_is_that_of_all_plans(seed: int, tenths: int) -> None:
    problem = random_lineup(seed, 2)
    share, ratio = first_share(problem), Fraction(tenths, 10)
    every = shares(problem, share)
    found = excess(problem, share, ratio)
    assert found.infeasible == (not every)
    if every:
        assert found.most is not None
        most = max(shared - ratio * whole for shared, whole in every)
        assert most <= found.most <= most + Fraction(1, 50)
        assert found.least <= min(whole for _, whole in every)
        assert found.share[0] - ratio * found.share[1] == most


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_is_out_of_reach_has_no_plan(seed: int) -> None:
    problem = random_lineup(seed, 2)
    first_share(problem)
    found = out_of_reach(problem)
    possible = any(True for _ in plans(problem))
    if found is True:
        assert not possible
    elif found is not None:
        assert evaluate(problem, found).meets_all


def test_a_process_of_its_own_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_lineup(87, 2)
    share = next(each for each in problem.constraints if isinstance(each, Share))
    here = excess(problem, share, share.bound)
    monkeypatch.setattr(module, "SMALL", 0)
    assert excess(problem, share, share.bound) == here
    assert excess(problem, share, share.bound, going=lambda: False) == Excess()


def test_a_step_that_is_not_proven_leaves_a_bound_and_says_so() -> None:
    problem = random_lineup(87, 2)
    share = next(each for each in problem.constraints if isinstance(each, Share))
    plan = next(plan for plan, _ in plans(without(problem, share)))
    assert all(accepts(v.diagram, c) for v, c in zip(problem.vehicles, plan.choices, strict=True))
    reached = share_of(problem, evaluate(problem, plan).users, share)

    def tired(problem: PlanningProblem, share: Share, ratio: Fraction, *rest: object) -> Excess:
        return Excess(plan, reached, reached[0] - ratio * reached[1] + 3, reached[1])

    def nothing(*question: object) -> Excess:
        return Excess()

    bare = evolve(problem, vehicles=tuple(evolve(v, today=None) for v in problem.vehicles))
    found = greatest(bare, share, exceed=tired)
    assert isinstance(found, Greatest)
    assert found.at_most == min(Fraction(1), Fraction(reached[0] + 3, reached[1]))
    assert not found.proven
    assert isinstance(greatest(bare, share, exceed=nothing), Unknown)
    assert share_at_most(Excess(), Fraction(1, 2)) == 1
