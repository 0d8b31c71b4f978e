"""The proof by cases and the search over assortments, against all plans of small line-ups."""

from __future__ import annotations

from time import sleep

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from random_lineups import random_lineup
from test_method import medium

from cmf.planning import solve as method
from cmf.planning.answer import PlanLimits, Planned, Status
from cmf.planning.assortment import Assortments
from cmf.planning.brute import cheapest
from cmf.planning.compiled import compile_problem
from cmf.planning.counts import counts_of
from cmf.planning.data import PlanningProblem
from cmf.planning.evaluate import evaluate
from cmf.planning.formulate import formulate
from cmf.planning.linear import Linear, Weak
from cmf.planning.mip import scale_of
from cmf.planning.proof import Proof, cases
from cmf.planning.search import Search
from cmf.planning.solve import pinned, solve
from cmf.planning.tree import Case, Tree

SEEDS = st.integers(0, 10**9)


def solvable(seed: int, constraints: int = 0) -> tuple[PlanningProblem, int] | None:
    """A random line-up and what its best plan costs."""
    problem = pinned(random_lineup(seed, constraints))
    if any(vehicle.diagram.empty for vehicle in problem.vehicles):
        return None
    best = cheapest(problem)
    return None if best is None else (problem, best[1].cost.total)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, constraints=st.integers(0, 2))
@example(seed=1315, constraints=1)  # an offer that costs more than the bound of its case
@example(seed=100600, constraints=0)  # an entry cost that a choice has in some vehicles only
def test_the_cases_prove_what_all_plans_say(seed: int, constraints: int) -> None:
    given_one = solvable(seed, constraints)
    if given_one is None:
        return
    problem, least = given_one
    bound, found = None, []
    for kind, value in cases(problem):
        if kind == "bound":
            assert value <= least
            assert bound is None or value >= bound
            bound = value
        elif value is not None:
            found.append(evaluate(problem, value))
    costs = [each.cost.total for each in found if each.meets_all]
    assert bound is not None
    assert bound >= least - 2 - least // 100_000  # the solver's tolerance is taken off
    assert min(costs) == least


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, numbers=st.integers(0, 10**9), size=st.floats(0.01, 1000.0))
def test_any_dual_values_give_a_bound(seed: int, numbers: int, size: float) -> None:
    given_one = solvable(seed)
    if given_one is None:
        return
    problem, least = given_one
    compiled = compile_problem(problem)
    model = formulate(compiled, scale_of(compiled))
    weak = Weak(model.rows)
    duals = np.random.default_rng(numbers).normal(0.0, size, len(weak.low))
    nothing = np.zeros(0)
    assert weak.bound(duals, [], nothing, nothing) * model.scale <= least


def test_rows_that_are_left_out_come_in_when_they_are_broken() -> None:
    compiled = compile_problem(medium(12))
    model = formulate(compiled, scale_of(compiled))
    counts = counts_of(model)
    linear = Linear(model, counts, 10**6)
    free = np.zeros(len(counts)), linear.widths.copy()
    early, late = linear.solve(*free, rounds=1), linear.solve(*free, rounds=40)
    assert early is not None
    assert late is not None
    assert early.bound < late.bound
    again = linear.solve(*free, rounds=40)  # after those that hold nothing up were sent away
    assert again is not None
    assert abs(again.bound - late.bound) <= 1


def test_a_count_that_cannot_be_met_ends_with_a_number() -> None:
    compiled = compile_problem(medium())
    model = formulate(compiled, scale_of(compiled))
    counts = counts_of(model)
    ceiling = int(compiled.pair_cost.sum() + compiled.group_cost.sum())
    linear = Linear(model, counts, ceiling)
    nothing_on_offer = linear.solve(np.zeros(len(counts)), np.zeros(len(counts)), 40)
    assert nothing_on_offer is not None
    assert nothing_on_offer.bound > ceiling


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_an_assortment_costs_what_its_plan_costs_at_most(seed: int) -> None:
    given_one = solvable(seed)
    if given_one is None:
        return
    problem, _ = given_one
    compiled = compile_problem(problem)
    search = Search(compiled)
    search.begin(lambda: False)
    assortments = Assortments(compiled)
    assortments.begin(search.current())
    for _ in range(4):
        assortments.move()
    plan = assortments.plan()
    used = {choice for each in plan.choices for choice in each}
    assert used <= set(assortments.choices[assortments.best].tolist())
    chosen = [compiled.number[v, c] for v, each in enumerate(plan.choices) for c in each]
    groups = {
        int(g)
        for g, v, low, high in zip(
            compiled.link_group,
            compiled.link_vehicle,
            compiled.link_start,
            compiled.link_start[1:],
            strict=False,
        )
        if set(compiled.link_pair[low:high].tolist()) & set(chosen)
    }
    paid = compiled.pair_cost[chosen].sum() + compiled.group_cost[list(groups)].sum()
    assert paid <= assortments.best_cost + 1e-6


def test_processes_that_share_the_cases_agree_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = medium(10)
    alone = solve(problem)
    monkeypatch.setattr(method, "SMALL", 0)
    together = solve(problem, PlanLimits(seconds=60))
    assert isinstance(alone, Planned)
    assert isinstance(together, Planned)
    assert together.status is Status.OPTIMAL
    assert alone.cost == together.cost


def test_processes_that_die_end_the_proof_and_spoil_no_bound() -> None:
    problem = medium(12)
    least = solve(problem)
    assert isinstance(least, Planned)
    with Proof(problem, None, 0.0) as proof:
        while proof.bound is None:
            list(proof.news(None))
            sleep(0.01)
        for prover in proof._provers:
            prover.child._child.kill()
        while proof.running:
            list(proof.news(None))
            sleep(0.01)
        assert proof.bound <= least.cost


def test_the_bound_is_the_least_of_what_is_left() -> None:
    def case(bound: int) -> Case:
        nothing = np.zeros(0)
        return Case(bound, nothing, nothing, nothing)

    tree = Tree()
    assert not tree.done
    tree.add(case(10))
    first, _ = tree.take()
    assert tree.bound == 10
    assert not tree.done
    tree.split(first, (case(14), case(12)))
    assert tree.bound == 12
    second, taken = tree.take()
    assert taken.bound == 12
    third, _ = tree.take()
    tree.settled(third, 13)
    assert tree.bound == 12  # the one in work may still be the least
    tree.split(second, None)
    assert tree.bound == 12
    assert tree.done
