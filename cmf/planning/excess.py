"""By how much the common weight can exceed a part of the whole: the question of a share alone.

``max N - t D`` over the plans that meet everything else, where N is the common weight, D the weight
in use and t a ratio. When it is negative no plan shares as much as t; a plan for which it is
positive shares more. This is the step of Dinkelbach's method for the greatest N / D. Costs play no
part in it, so the model is much smaller than that of the least cost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from math import inf, isfinite
from time import monotonic, sleep
from typing import Any

from attrs import evolve, frozen

from cmf.planning.background import Background
from cmf.planning.compiled import compile_problem
from cmf.planning.constraints import Share
from cmf.planning.data import Item, Plan, PlanningProblem
from cmf.planning.evaluate import evaluate, share_of
from cmf.planning.formulate import Expression, Formulation, formulate, power_of_two
from cmf.planning.mip import TOLERANCE, plan_in
from cmf.planning.share_rows import share_terms
from cmf.planning.solve import pinned
from cmf.planning.worker import Orders, Send, Work

SMALL = 500
"""Up to as many arcs the model is solved in this process, where nothing can stop it."""

CLOSE = 1e-7
"""Gap, in scaled weight, at which the solver may stop."""

STARTING = 2.0
"""Seconds that a process of its own may take to start."""

Going = Callable[[], bool]
"""Whether to go on."""


@frozen
class Excess:
    """What is known of ``max N - t D``.

    Attributes
    ----------
    plan
        The best one found, which meets everything else; `None` when none was found.
    share
        N and D of the plan.
    most
        No plan has more; `None` when nothing is proven.
    least
        No plan has less weight in use than this D; at least 1.
    infeasible
        Whether no plan at all meets everything else and has a share.
    """

    plan: Plan | None = None
    share: tuple[int, int] = (0, 0)
    most: Fraction | None = None
    least: int = 1
    infeasible: bool = False


@frozen
class _ShareWork(Work):
    """The question as a task for a process of its own; the share is a constraint of the problem."""

    place: int
    ratio: Fraction
    seconds: float | None

    def work(self, send: Send, orders: Orders) -> None:
        share = self.problem.constraints[self.place]
        if isinstance(share, Share):
            send(("excess", _excess(self.problem, share, self.ratio, self.seconds)))
        send(("done", None))


def excess(
    problem: PlanningProblem,
    share: Share,
    ratio: Fraction,
    seconds: float | None = None,
    going: Going = lambda: True,
) -> Excess:
    """The greatest ``N - ratio D`` over the plans that meet all constraints but the share.

    Parameters
    ----------
    share
        A constraint of the problem; its bound does not matter.
    seconds
        Wall time; `None` is unlimited.
    going
        Asked about ten times a second; when it says no, nothing is known.
    """
    problem = pinned(problem)
    if any(vehicle.diagram.empty for vehicle in problem.vehicles) or not problem.vehicles:
        return Excess(infeasible=True)
    arcs = sum(len(layer) for vehicle in problem.vehicles for layer in vehicle.diagram.layers)
    if arcs <= SMALL:
        return _excess(problem, share, ratio, seconds)
    place = next(n for n, each in enumerate(problem.constraints) if each is share)
    found = Excess()
    # The solver looks at its clock now and then only; what takes much longer is ended.
    end = inf if seconds is None else monotonic() + seconds + STARTING
    with Background(_ShareWork(problem, place, ratio, seconds)) as child:
        while child.running and monotonic() < end and going():
            for kind, value in child.messages():
                if kind == "excess":
                    found = value
            sleep(0.02)
    return found


def _excess(
    problem: PlanningProblem, share: Share, ratio: Fraction, seconds: float | None
) -> Excess:
    end = None if seconds is None else monotonic() + seconds
    others = evolve(
        problem, constraints=tuple(each for each in problem.constraints if each is not share)
    )
    model = formulate(compile_problem(_free(others)), 1.0)
    top, whole = share_terms(model, share)
    if not any(weight > 0 for _, weight in whole):
        return Excess(infeasible=True)
    size = power_of_two(max(weight for _, weight in whole))
    lightest = min(weight for _, weight in whole if weight > 0)
    model.rows.row([(c, w / size) for c, w in whole], low=lightest / size)
    goal = [(c, -w / size) for c, w in top] + [(c, float(ratio) * w / size) for c, w in whole]
    found = Excess()
    for margin in (0.0, 1e-7, 1e-6):
        for row in model.margins:
            model.rows.low[row] = margin
        result = _least(model, goal, end)
        if result.termination.reason.name in ("INFEASIBLE", "INFEASIBLE_OR_UNBOUNDED"):
            return found if margin else Excess(infeasible=True)
        bound = -result.termination.objective_bounds.dual_bound
        if not margin and isfinite(bound):
            found = evolve(
                found, most=Fraction(bound + TOLERANCE * max(0.1, abs(bound))) * int(size)
            )
        if not result.has_primal_feasible_solution():
            break
        plan = plan_in(model, result.variable_values())
        met = evaluate(others, plan)
        if met.meets_all:
            found = evolve(found, plan=plan, share=share_of(problem, met.users, share))
            break
    if found.most is None or found.most <= 0:
        return found
    lowest = _least(model, [(c, w / size) for c, w in whole], end)
    weight = lowest.termination.objective_bounds.dual_bound
    if isfinite(weight):
        found = evolve(found, least=max(1, int((weight - TOLERANCE * max(0.1, weight)) * size)))
    return found


def _free(problem: PlanningProblem) -> PlanningProblem:
    """The problem in which nothing costs."""
    return evolve(
        problem,
        items=tuple(Item(item.name, item.kind) for item in problem.items),
        vehicles=tuple(evolve(vehicle, charges={}) for vehicle in problem.vehicles),
    )


def _least(model: Formulation, goal: Expression, end: float | None) -> Any:
    """The least value of a sum of columns."""
    from ortools.math_opt.python import mathopt

    model.rows.cost = [0.0] * len(model.rows.cost)
    for column, value in goal:
        model.rows.cost[column] += value
    left = None if end is None else timedelta(seconds=max(0.05, end - monotonic()))
    parameters = mathopt.SolveParameters(
        time_limit=left,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=CLOSE,
        random_seed=1,
    )
    return mathopt.solve(model.rows.model(), mathopt.SolverType.HIGHS, params=parameters)
