"""The parts of the method: bound, search, background model, limits, the user who has enough."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from random_lineups import random_lineup
from worked_examples import e12, spend

from cmf.planning import solve as method
from cmf.planning.answer import PlanLimits, Planned, Progress, Status
from cmf.planning.brute import cheapest
from cmf.planning.compiled import compile_problem
from cmf.planning.data import Choice, Diagram, Item, PlanningProblem, Use, Vehicle
from cmf.planning.diagrams import from_pairs
from cmf.planning.evaluate import evaluate
from cmf.planning.relax import Relaxation
from cmf.planning.search import Search
from cmf.planning.solve import solve
from cmf.problem.answer import Infeasible, Unknown


def medium(vehicles: int = 6) -> PlanningProblem:
    """Three slots of six modules, too large to be tried plan by plan."""
    items = tuple(
        Item(f"M{j}", investment=300 + 37 * j % 91, unit_cost=20 + 13 * j % 17) for j in range(18)
    )
    choices = tuple(Choice(item.name, j // 6, (Use(j),)) for j, item in enumerate(items))
    return PlanningProblem(
        ("a", "b", "c"),
        items,
        choices,
        tuple(
            Vehicle(
                f"V{v}",
                3 + 2 * v,
                from_pairs(
                    [[s * 6 + (v * 5 + k * (s + 1)) % 6 for k in range(4)] for s in range(3)],
                    [(j, 6 + (j + v) % 6) for j in range(6)],
                ),
                {"brand": "xyz"[v % 3]},
            )
            for v in range(vehicles)
        ),
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_plan_costs_less_than_the_relaxation_says(seed: int) -> None:
    problem = random_lineup(seed)
    best = cheapest(problem)
    if best is None or any(vehicle.keep for vehicle in problem.vehicles):
        return
    relaxation = Relaxation(compile_problem(problem))
    relaxation.ascend(rounds=2)
    assert relaxation.bound <= best[1].cost.total


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_the_search_keeps_meets_everything(seed: int) -> None:
    problem = random_lineup(seed, 2)
    if any(vehicle.diagram.empty or vehicle.keep for vehicle in problem.vehicles):
        return
    search = Search(compile_problem(problem))
    search.begin(lambda: False)
    for _ in range(5):
        search.move(0.001)
    best = cheapest(problem)
    if search.best is not None and search.best_cost is not None:
        found = evaluate(problem, search.best)
        assert found.meets_all
        assert best is not None
        assert found.cost.total == search.best_cost >= best[1].cost.total


def test_the_background_model_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method, "SMALL", -1)
    problem = e12()
    found = solve(evolve(problem, constraints=(spend(problem, Fraction(4, 5)),)))
    assert isinstance(found, Planned)
    assert (found.cost, found.bound, found.status) == (363, 363, Status.OPTIMAL)
    impossible = evolve(problem, constraints=(spend(problem, Fraction(1)),))
    assert isinstance(solve(impossible), Infeasible)


def test_the_same_work_gives_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method, "SMALL", -1)
    problem = medium()
    first, second = (solve(problem, PlanLimits(work=60, seed=3)) for _ in range(2))
    assert isinstance(first, Planned)
    assert first == second
    assert first.bound <= first.cost


def test_who_has_enough_gets_the_best_plan_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method, "SMALL", -1)
    heard: list[Progress] = []

    def listen(news: Progress) -> bool:
        heard.append(news)
        return news.plan is None

    found = solve(medium(), on_progress=listen)
    assert isinstance(found, Planned)
    assert found.evaluation.meets_all
    assert found.plan == heard[-1].plan
    if found.status is Status.STOPPED:
        assert found.stopped_by == "the user"


def test_clear_answers_at_the_edges() -> None:
    problem = medium(1)
    alone = solve(problem)
    assert isinstance(alone, Planned)
    still = evolve(problem, vehicles=(evolve(problem.vehicles[0], volume=0),))
    assert isinstance(solve(still), Planned)
    impossible = evolve(problem.vehicles[0], diagram=Diagram(((),) * 3))
    assert isinstance(solve(evolve(problem, vehicles=(impossible,))), Infeasible)
    assert isinstance(solve(evolve(problem, vehicles=())), Planned)
    # Without spend there is no share (semantics S5), so the target cannot be met.
    target = evolve(still, constraints=(spend(still, Fraction(0)),))
    assert isinstance(solve(target), Infeasible)
    assert isinstance(solve(medium(), PlanLimits(seconds=0.0)), Planned | Unknown)
