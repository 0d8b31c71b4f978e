"""The plan of least cost, proven or with the gap that is left.

Four workers help each other. Two searches find good plans: among *assortments*, what is on offer at
all (`cmf.planning.assortment`), and vehicle by vehicle, which sees constraints and volume prices
(`cmf.planning.search`). A *relaxation* proves, in whole numbers, what no plan can cost less than
(`cmf.planning.relax`), within seconds. A *proof by cases* (`cmf.planning.tree`) closes what is left
between the two, in a process of its own, and the whole model with its constraints comes after it.
Small problems go to the model at once.

With a limit of work instead of time all take turns in one process, each with a fixed amount of
steps, so that the same limit gives the same answer.
"""

from __future__ import annotations

from itertools import islice
from time import monotonic, sleep

from attrs import evolve

from cmf.planning.answer import OnProgress, PlanLimits
from cmf.planning.compiled import Compiled, compile_problem
from cmf.planning.data import Diagram, Plan, PlanningProblem, Vehicle
from cmf.planning.evaluate import accepts
from cmf.planning.mip import Outcome, solve_mip
from cmf.planning.proof import Proof, cases
from cmf.planning.run import Answer, Run, Stopped
from cmf.planning.workers import MOVES_A_TURN, Workers
from cmf.problem.answer import Infeasible

SMALL = 3000
"""Up to as many uses of groups by pairs the model is solved at once, without the other workers."""

SMALL_SECONDS = 2.0

REST = 3.0
"""How long a pause of tired searches is, in turns."""

IDLE = 200
"""Turns of the searches alone before they rest too."""

WORK_A_CASE = 200
"""Steps that count as one case of the proof, under a limit of work."""

WORK_A_NODE = 10
"""Steps that count as one node of the model's tree, under a limit of work."""


def solve(
    problem: PlanningProblem,
    limits: PlanLimits = PlanLimits(),
    on_progress: OnProgress | None = None,
) -> Answer:
    """The plan of least cost that meets every constraint.

    Parameters
    ----------
    on_progress
        Hears of every new plan and bound; the work stops when it answers `False`. An interrupt
        from the keyboard stops it too; the best plan so far is then the answer.

    Returns
    -------
    `Planned` with a bound that holds whether the work came to an end or not, `Infeasible` when it
    is proven that no plan meets everything, `Unknown` when no plan was found within the limits.
    """
    kept = pinned(problem)
    run = Run(problem, limits, on_progress)
    if any(vehicle.diagram.empty for vehicle in kept.vehicles):
        return Infeasible()
    if not problem.vehicles:
        return _without_vehicles(run)
    compiled = compile_problem(kept)
    try:
        if len(compiled.link_pair) <= SMALL or limits.work is not None:
            found = _in_turn(run, compiled)
            if found is not None:
                return found
        return _together(run, compiled, kept)
    except (Stopped, KeyboardInterrupt):
        if run.plan is None:
            raise KeyboardInterrupt from None
        return run.answer(stopped_by="the user")


def _without_vehicles(run: Run) -> Answer:
    run.offer(Plan(()))
    run.bound = 0
    return run.answer(infeasible=run.plan is None)


def _in_turn(run: Run, compiled: Compiled) -> Answer | None:
    """Everything in this process; `None` when a small problem turns out to be hard."""
    work = run.limits.work
    if len(compiled.link_pair) <= SMALL:
        left = run.left()
        seconds = None if work is not None else min(SMALL_SECONDS, left or SMALL_SECONDS)
        found = _model(run, compiled, seconds, None if work is None else 1 + work // WORK_A_NODE)
        if found.infeasible or run.proven() or work is not None:
            return run.answer(infeasible=found.infeasible)
        return None
    workers = Workers(run, compiled)
    total = work or 0
    for spent in range(0, total, MOVES_A_TURN):
        if run.over():
            break
        workers.turn(1 - spent / total)
    if not run.proven():
        _cases(run, compiled.problem, total // WORK_A_CASE)
    if run.proven() or not run.problem.constraints:
        return run.answer()
    found = _model(run, compiled, run.left(), 1 + total // WORK_A_NODE)
    return run.answer(infeasible=found.infeasible)


def _cases(run: Run, problem: PlanningProblem, number: int) -> None:
    """A number of cases of the proof, in this process."""
    run.phase = "proof by cases"
    for kind, value in islice(cases(problem), 1 + 2 * number):
        if kind == "bound":
            run.prove(value)
        else:
            run.offer(value)
        if run.over():
            break


def _model(run: Run, compiled: Compiled, seconds: float | None, nodes: int | None) -> Outcome:
    run.phase = "model"
    gap = float(run.limits.gap)
    found = solve_mip(compiled, seconds, nodes, gap, start=run.plan)
    run.prove(found.bound)
    run.offer(found.plan)
    return found


def _together(run: Run, compiled: Compiled, kept: PlanningProblem) -> Answer:
    """Searches and relaxation here, the proof in the background."""
    with Proof(kept, run.left(), float(run.limits.gap)) as proof:
        workers = Workers(run, compiled)
        idle = 0
        while not run.over():
            for kind, value in proof.news(run.cost):
                if kind == "infeasible":
                    return run.answer(infeasible=True)
                workers.hear(kind, value)
            began = monotonic()
            workers.turn(_warmth(run))
            if workers.tired:
                sleep(min(1.0, REST * (monotonic() - began)))
            idle = 0 if proof.running or workers.rises else idle + 1
            if idle > IDLE:
                break
    return run.answer()


def _warmth(run: Run) -> float:
    """From 1 to 0 as the time goes by."""
    left = run.left()
    if left is None or not run.limits.seconds:
        return 0.3
    return max(0.0, left / run.limits.seconds)


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
