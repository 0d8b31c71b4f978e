"""The plan of least cost, proven or with the gap that is left."""

from __future__ import annotations

from attrs import evolve

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Status
from cmf.planning.compiled import compile_problem
from cmf.planning.data import Diagram, PlanningProblem, Vehicle
from cmf.planning.evaluate import accepts, evaluate
from cmf.planning.mip import solve_mip
from cmf.problem.answer import Infeasible, Unknown


def solve(
    problem: PlanningProblem,
    limits: PlanLimits = PlanLimits(),
    on_progress: OnProgress | None = None,
) -> Planned | Infeasible | Unknown:
    """The plan of least cost that meets every constraint."""
    del on_progress
    kept = pinned(problem)
    if any(vehicle.diagram.empty for vehicle in kept.vehicles):
        return Infeasible()
    found = solve_mip(compile_problem(kept), limits.seconds, limits.work, float(limits.gap))
    if found.infeasible:
        return Infeasible()
    limit = f"{limits.seconds} s" if limits.seconds is not None else f"{limits.work} steps"
    if found.plan is None:
        return Unknown(limit)
    evaluation = evaluate(problem, found.plan)
    bound = found.bound if found.bound is not None else 0
    planned = Planned(found.plan, evaluation, bound, Status.OPTIMAL)
    if planned.gap > max(float(limits.gap), 1e-5):
        return evolve(planned, status=Status.STOPPED, stopped_by=limit)
    return planned


def pinned(problem: PlanningProblem) -> PlanningProblem:
    """The problem in which vehicles that stay as they are have that variant only."""
    return evolve(problem, vehicles=tuple(_pinned(vehicle) for vehicle in problem.vehicles))


def _pinned(vehicle: Vehicle) -> Vehicle:
    if not vehicle.keep:
        return vehicle
    layers = vehicle.diagram.layers
    if vehicle.today is None or not accepts(vehicle.diagram, vehicle.today):
        return evolve(vehicle, diagram=Diagram(((),) * len(layers)))
    return evolve(vehicle, diagram=Diagram(tuple(((0, c, 0),) for c in vehicle.today)))
