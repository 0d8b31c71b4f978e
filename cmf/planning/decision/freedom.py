"""Vehicles that neither rules nor briefs hold."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from cmf.planning.data import Diagram, PlanningProblem


def freed(problem: PlanningProblem, vehicles: Collection[int]) -> PlanningProblem:
    """The problem in which some vehicles may take any modules that some vehicle may take.

    They still differ in what their features add to a module.
    """
    anything: list[set[int]] = [set() for _ in problem.slots]
    for vehicle in problem.vehicles:
        for choices, layer in zip(anything, vehicle.diagram.layers, strict=True):
            choices |= {choice for _, choice, _ in layer}
    diagram = Diagram(tuple(tuple((0, c, 0) for c in sorted(each)) for each in anything))
    return evolve(
        problem,
        vehicles=tuple(
            evolve(vehicle, diagram=diagram, keep=False) if i in vehicles else vehicle
            for i, vehicle in enumerate(problem.vehicles)
        ),
    )
