"""What the answers need of a method: they never know which one works for them."""

from __future__ import annotations

from collections.abc import Callable

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Status
from cmf.planning.brute import cheapest
from cmf.planning.data import PlanningProblem
from cmf.problem.answer import Infeasible, Unknown

Answer = Planned | Infeasible | Unknown

Solve = Callable[[PlanningProblem, PlanLimits, OnProgress | None], Answer]
"""The plan of least cost that meets every constraint of a problem."""


def try_all(
    problem: PlanningProblem,
    limits: PlanLimits = PlanLimits(),
    on_progress: OnProgress | None = None,
) -> Answer:
    """The least-cost plan of a small problem, by looking at every plan."""
    del limits, on_progress
    try:
        found = cheapest(problem)
    except ValueError as reason:
        return Unknown(str(reason))
    if found is None:
        return Infeasible()
    plan, evaluation = found
    return Planned(plan, evaluation, evaluation.cost.total, Status.OPTIMAL)
