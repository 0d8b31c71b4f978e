"""The worked examples E12 and E12c of the commonality reference, as planning problems."""

from __future__ import annotations

from fractions import Fraction

from cmf.planning.constraints import Share
from cmf.planning.data import Choice, Item, PlanningProblem, Use, Vehicle
from cmf.planning.diagrams import from_pairs

SLOTS = ("engine bay", "cockpit", "rear unit")
UNIT = {"e1": 4, "e2": 6, "c1": 2, "c2": 3, "c3": 5, "r1": 2, "r2": 3}
FIXED = {"e1": 5, "e2": 19, "c1": 18, "c2": 15, "c3": 15, "r1": 15, "r2": 23}
FEASIBLE = {
    "A": (12, ["e1 e2", "c1 c2", "r1 r2"]),
    "B": (8, ["e2", "c2 c3", "r1 r2"]),
    "C": (4, ["e2", "c3", "r2"]),
}
NAMES = list(UNIT)


def e12() -> PlanningProblem:
    """Three vehicles, three slots; 32 plans."""
    items = tuple(Item(name, investment=FIXED[name], unit_cost=UNIT[name]) for name in NAMES)
    choices = tuple(Choice(name, "ecr".index(name[0]), (Use(NAMES.index(name)),)) for name in NAMES)
    vehicles = tuple(
        Vehicle(
            name,
            volume,
            from_pairs([[NAMES.index(n) for n in each.split()] for each in admissible], []),
        )
        for name, (volume, admissible) in FEASIBLE.items()
    )
    return PlanningProblem(SLOTS, items, choices, vehicles)


def spend(problem: PlanningProblem, bound: Fraction = Fraction(0)) -> Share:
    """Spend share of a problem, items used by two or more vehicles."""
    return Share(
        "spend",
        {j: item.unit_cost for j, item in enumerate(problem.items)},
        bound,
        factors=tuple(vehicle.volume for vehicle in problem.vehicles),
    )


def e12c() -> PlanningProblem:
    """Two vehicles: a dedicated module each, or a shared one with a premium."""
    items = (
        Item("own A", investment=200, unit_cost=20),
        Item("own B", investment=200, unit_cost=16),
        Item("shared", investment=200, premium=50, unit_cost=21),
    )
    choices = tuple(Choice(item.name, 0, (Use(j),)) for j, item in enumerate(items))
    vehicles = (
        Vehicle("A", 50, from_pairs([[0, 2]], [])),
        Vehicle("B", 30, from_pairs([[1, 2]], [])),
    )
    return PlanningProblem(("module",), items, choices, vehicles)
