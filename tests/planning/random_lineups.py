"""Small random line-ups with everything a planning problem may have."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from cmf.planning.constraints import (
    AtMost,
    Changes,
    Constraint,
    Counting,
    Followed,
    Leads,
    Share,
    Spread,
    Total,
    UsedBy,
)
from cmf.planning.data import Choice, Item, PlanningProblem, Tier, Use, Vehicle
from cmf.planning.diagrams import from_pairs

BRANDS = ("north", "south", "west")


def random_lineup(seed: int, constraints: int = 0) -> PlanningProblem:
    """Up to four vehicles, three slots of up to three modules; at most a few thousand plans."""
    draw = Random(seed)  # noqa: S311
    slots = draw.randint(1, 3)
    items: list[Item] = []
    choices: list[Choice] = []
    pool = [_item(draw, f"P{n}", "part", items) for n in range(4)]
    by_slot = []
    for s in range(slots):
        by_slot.append([])
        for m in range(draw.randint(1, 3)):
            module = _item(draw, f"M{s}{m}", "module", items)
            parts = draw.sample(pool, draw.randint(0, 2))
            uses = (Use(module), *(Use(j, draw.randint(1, 3)) for j in parts))
            by_slot[s].append(len(choices))
            choices.append(Choice(f"{s}.{m}", s, uses))
    excluded = {
        (a, b)
        for a in range(len(choices))
        for b in range(a)
        if choices[a].slot != choices[b].slot and draw.random() < 0.15
    }
    vehicles = tuple(
        _vehicle(draw, v, by_slot, excluded, len(items)) for v in range(draw.randint(1, 4))
    )
    wanted = tuple(_constraint(draw, items, vehicles, len(choices)) for _ in range(constraints))
    return PlanningProblem(
        tuple(f"S{s}" for s in range(slots)), tuple(items), tuple(choices), vehicles, wanted
    )


def _item(draw: Random, name: str, kind: str, items: list[Item]) -> int:
    tiers: tuple[Tier, ...] = ()
    unit = draw.randint(0, 9)
    if unit > 3 and draw.random() < 0.3:
        tiers = (Tier(draw.randint(1, 6), unit - 1), Tier(draw.randint(7, 15), unit - 3))
    investment = draw.choice((0, draw.randint(1, 40)))
    premium = draw.choice((0, 0, draw.randint(1, 15)))
    integration = draw.choice((0, 0, draw.randint(1, 6)))
    items.append(Item(name, kind, investment, premium, integration, unit, tiers))
    return len(items) - 1


def _vehicle(
    draw: Random, number: int, by_slot: list[list[int]], excluded: set[tuple[int, int]], items: int
) -> Vehicle:
    admissible = [draw.sample(each, draw.randint(1, len(each))) for each in by_slot]
    every = [c for each in admissible for c in each]
    charges = {c: draw.randint(0, 9) for c in every if draw.random() < 0.2}
    extras = {c: (Use(draw.randrange(items)),) for c in every if draw.random() < 0.1}
    today = tuple(draw.choice(each) for each in by_slot) if draw.random() < 0.8 else None
    groups = {"brand": draw.choice(BRANDS)}
    diagram = from_pairs(admissible, excluded)
    keep = today is not None and draw.random() < 0.05
    return Vehicle(f"V{number}", draw.randint(0, 6), diagram, groups, charges, extras, today, keep)


def _constraint(
    draw: Random, items: list[Item], vehicles: tuple[Vehicle, ...], choices: int
) -> Constraint:
    every = range(len(items))
    kind = draw.choice(("share", "share", "share", "total", "most", "changes", "leads"))
    if kind == "share":
        common = draw.choice(
            (
                Spread(draw.randint(1, 3)),
                Spread(2),
                Followed({j: draw.choice(BRANDS) for j in every if draw.random() < 0.8}),
                UsedBy(draw.choice(BRANDS)),
            )
        )
        population = (
            "brand" if not isinstance(common, Spread) else draw.choice(("brand", "vehicle"))
        )
        counted = draw.sample(every, draw.randint(1, len(items)))
        among = frozenset(v for v in range(len(vehicles)) if draw.random() < 0.7)
        return Share(
            "share",
            {j: draw.randint(0, 5) for j in counted},
            Fraction(draw.randint(0, 10), 10),
            draw.choice(tuple(Counting)),
            draw.choice(((), tuple(vehicle.volume for vehicle in vehicles))),
            population,
            common,
            draw.choice((frozenset(), among)),
        )
    if kind == "total":
        keys = [(draw.randrange(len(vehicles)), draw.randrange(choices)) for _ in range(6)]
        terms = {key: draw.randint(-3, 5) for key in keys}
        low = draw.choice((None, draw.randint(-3, 4)))
        return Total("total", terms, low, draw.randint(0, 9) if low is None else low + 5)
    if kind == "most":
        counted = draw.sample(every, draw.randint(1, len(items)))
        return AtMost("most", {j: draw.randint(0, 2) for j in counted}, draw.randint(0, 6))
    if kind == "changes":
        return Changes("changes", draw.randint(0, 4), draw.random() < 0.5)
    led = draw.sample(every, draw.randint(1, len(items)))
    return Leads("leads", {j: draw.choice(BRANDS) for j in led}, "brand")
