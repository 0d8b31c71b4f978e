"""Synthetic line-ups with fixed seeds, from 20 to 500 vehicles.

Five slots of 40 modules in 6 families; 60 parts a module, of which up to 40 are its own and the
others those of its family; 6 to 16 modules admissible for each
vehicle and slot; interfaces that decide between adjacent slots, or between all pairs; 7 brands;
5 to 250 thousand cars a year. All money is in cents.
"""

from __future__ import annotations

import random
from fractions import Fraction

from attrs import evolve, frozen

from cmf.planning.constraints import Share, Spread
from cmf.planning.data import Choice, Item, PlanningProblem, Use, Vehicle
from cmf.planning.diagrams import from_pairs

SLOTS = ("engine compartment", "cockpit", "front underbody", "rear underbody", "electronics")
MODULES, FAMILIES, PARTS, BRANDS = 40, 6, 60, 7


@frozen
class Spec:
    """One line-up of the benchmark.

    Attributes
    ----------
    investment
        Scale of all entry costs, in thousandths; it sets their part of the total cost.
    pairwise
        Interfaces decide between all pairs of slots, not only between adjacent ones.
    kind
        Which modules are admissible. ``nested``: those of some families that are large enough.
        ``gaps``: of these three in ten are missing, as of modules that do not meet another need.
        ``random``: any.
    """

    vehicles: int
    investment: int
    pairwise: bool = False
    kind: str = "gaps"
    seed: int = 1


def lineup(spec: Spec) -> PlanningProblem:
    """The line-up, without a target."""
    draw = random.Random(f"{spec.vehicles} {spec.pairwise} {spec.kind} {spec.seed}")  # noqa: S311
    families = [[draw.randrange(FAMILIES) for _ in range(MODULES)] for _ in SLOTS]
    for each in families:  # no family is empty
        each[:FAMILIES] = range(FAMILIES)
    items, choices = _catalogue(draw, families, spec.investment)
    excluded = _interfaces(draw, families, spec.pairwise)
    vehicles = tuple(_vehicle(draw, i, families, excluded, spec.kind) for i in range(spec.vehicles))
    return PlanningProblem(SLOTS, tuple(items), tuple(choices), vehicles)


def spend_share(problem: PlanningProblem, k: int = 2, bound: Fraction = Fraction(0)) -> Share:
    """Share of spend on items that `k` or more brands use."""
    return Share(
        "spend share across brands",
        {j: item.unit_cost for j, item in enumerate(problem.items) if item.unit_cost},
        bound,
        factors=tuple(vehicle.volume for vehicle in problem.vehicles),
        population="brand",
        common=Spread(k),
    )


def with_target(problem: PlanningProblem, k: int, bound: Fraction) -> PlanningProblem:
    """The same line-up with a spend share to reach."""
    return evolve(problem, constraints=(spend_share(problem, k, bound),))


def _catalogue(
    draw: random.Random, families: list[list[int]], scale: int
) -> tuple[list[Item], list[Choice]]:
    items: list[Item] = []
    choices: list[Choice] = []

    def part(name: str, level: int) -> int:
        cost = draw.randint(200, 3000) * (20 + level) // 20
        entry = draw.randint(100_000_00, 900_000_00) * scale // 1000
        items.append(Item(name, "part", entry, unit_cost=cost))
        return len(items) - 1

    for s, slot in enumerate(SLOTS):
        base = [[part(f"{slot} F{f} P{n}", 10) for n in range(PARTS)] for f in range(FAMILIES)]
        for m in range(MODULES):
            name = f"{slot} {m:02d}"
            entry = draw.randint(8_000_000_00, 30_000_000_00) * scale // 1000
            items.append(Item(name, "module", entry))
            module = len(items) - 1
            own = set(draw.sample(range(PARTS), draw.randint(0, PARTS * 2 // 3)))
            used = [
                part(f"{name} P{n}", m // 2) if n in own else base[families[s][m]][n]
                for n in range(PARTS)
            ]
            uses = (Use(module), *(Use(j, draw.choice((1, 1, 1, 2, 4))) for j in used))
            choices.append(Choice(name, s, uses))
    return items, choices


def _interfaces(
    draw: random.Random, families: list[list[int]], pairwise: bool
) -> set[tuple[int, int]]:
    excluded = set()
    for s in range(len(SLOTS)):
        others = range(s + 1, len(SLOTS)) if pairwise else range(s + 1, min(s + 2, len(SLOTS)))
        for t in others:
            chance = 0.85 if pairwise else 0.6
            fits = [
                [f == g or draw.random() < chance for g in range(FAMILIES)] for f in range(FAMILIES)
            ]
            for a in range(MODULES):
                for b in range(MODULES):
                    if not fits[families[s][a]][families[t][b]]:
                        excluded.add((s * MODULES + a, t * MODULES + b))
    return excluded


def _vehicle(
    draw: random.Random,
    number: int,
    families: list[list[int]],
    excluded: set[tuple[int, int]],
    kind: str,
) -> Vehicle:
    home, need = draw.randrange(FAMILIES), draw.random()
    admissible = []
    for s in range(len(SLOTS)):
        size = draw.randint(6, 16)
        admit = _any_modules if kind == "random" else _large_enough
        found = admit(draw, families[s], home, need, size)
        if kind == "gaps":
            found = _with_gaps(draw, found, families[s], home)
        admissible.append([s * MODULES + m for m in found])
    volume = round(5_000 * 50 ** draw.random())
    brand = f"brand {draw.randrange(BRANDS)}"
    diagram = from_pairs(admissible, excluded)
    return Vehicle(f"V{number:03d}", volume, diagram, {"brand": brand})


def _any_modules(
    draw: random.Random, families: list[int], home: int, need: float, size: int
) -> list[int]:
    """Two modules of the home family and any others."""
    ours = [m for m in range(MODULES) if families[m] == home]
    chosen = set(draw.sample(ours, min(2, len(ours))))
    while len(chosen) < size:
        chosen.add(draw.randrange(MODULES))
    return sorted(chosen)


def _large_enough(
    draw: random.Random, families: list[int], home: int, need: float, size: int
) -> list[int]:
    """Modules that are large enough (their number is their size), of the home family and of others
    until there are enough; a need differs a little from slot to slot."""
    least = (need * 0.8 + draw.random() * 0.2) * 0.75
    order = [home, *draw.sample([f for f in range(FAMILIES) if f != home], FAMILIES - 1)]
    chosen: list[int] = []
    for family in order:
        ours = [m for m in range(MODULES) if families[m] == family]
        chosen += ours[min(int(least * len(ours)), len(ours) - 2) :]
        if len(chosen) >= max(9, size):
            break
    return sorted(chosen[:16])


def _with_gaps(draw: random.Random, found: list[int], families: list[int], home: int) -> list[int]:
    """Some of the modules, at least six, one of them of the home family."""
    kept = sorted(draw.sample(found, max(6, len(found) * 7 // 10)))
    if all(families[m] != home for m in kept):
        kept.append(next(m for m in found if families[m] == home))
    return sorted(kept)
