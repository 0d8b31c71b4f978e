"""The planning problem as a mixed-integer model.

Each vehicle is a unit flow along a path of its diagram, so that its own polytope is integral. What
links vehicles is disaggregated: the pairs of a link are chosen at most once together, so their sum
is at most the "in use" column of the group. Links of many vehicles with the same choices meet in
one *pattern* column, which keeps the relaxation and saves most rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

from attrs import define, field

from cmf.planning.compiled import Compiled, priced
from cmf.planning.constraints import (
    AtMost,
    Changes,
    Leads,
    Share,
    Total,
)
from cmf.planning.rows import Rows

Expression = list[tuple[int, float]]


@define(eq=False, slots=False)
class Formulation:
    """The model with the columns that give it meaning.

    Attributes
    ----------
    scale
        Money a unit of the objective stands for.
    flow
        Column of every arc.
    choose
        For every pair the columns that add up to it.
    links
        For every group and vehicle the links, each as its pairs.
    used
        For every group that needs it the column "in use".
    """

    compiled: Compiled
    scale: float
    rows: Rows = field(factory=Rows)
    flow: list[int] = field(factory=list)
    choose: list[list[int]] = field(factory=list)
    links: list[dict[int, list[list[int]]]] = field(factory=list)
    used: dict[int, int] = field(factory=dict)
    group_of: dict[int, int] = field(factory=dict)
    margins: list[int] = field(factory=list)
    _patterns: dict[tuple[int, tuple[int, ...]], int] = field(factory=dict)
    _tied: set[tuple[int, int]] = field(factory=set)

    def pairs(self, pairs: Iterable[int], factor: float = 1.0) -> Expression:
        """The sum of some pairs."""
        return [(column, factor) for p in pairs for column in self.choose[p]]

    def weighted(self, weights: Iterable[tuple[int, float]]) -> Expression:
        """A weighted sum of pairs."""
        return [(column, w) for p, w in weights if w for column in self.choose[p]]


def formulate(compiled: Compiled, scale: float) -> Formulation:
    """The whole model of a problem, constraints included."""
    from cmf.planning.share_rows import share_rows

    model = Formulation(compiled, scale)
    _flows(model)
    model.links = _links(compiled)
    for group, items in enumerate(compiled.items_of):
        model.group_of.update(dict.fromkeys(items, group))
        data = [compiled.problem.items[j] for j in items]
        if any(item.premium or item.integration or priced(item) for item in data):
            _modes(model, group)
        elif compiled.group_cost[group]:
            in_use(model, group)
    for constraint in compiled.problem.constraints:
        match constraint:
            case Share():
                share_rows(model, constraint)
            case Total(_, terms, low, high):
                _total(model, terms, low, high)
            case AtMost(_, weights, most):
                _at_most(model, weights, most)
            case Changes():
                _changes(model, constraint)
            case Leads():
                _leads(model, constraint)
    return model


def power_of_two(value: float) -> float:
    """A divisor near a value that leaves whole numbers exact."""
    return 2.0 ** round(log2(value)) if value > 0 else 1.0


def in_use(model: Formulation, group: int) -> int:
    """The column that is 1 when a vehicle uses a group."""
    if group not in model.used:
        cost = float(model.compiled.group_cost[group]) / model.scale
        own = _only_pattern(model, group)
        if own is None:
            own = model.rows.column(integer=True)
            for pattern in _patterns_of(model, group):
                model.rows.row([(pattern, 1.0), (own, -1.0)], high=0.0)
        model.rows.cost[own] += cost
        model.used[group] = own
    return model.used[group]


def _flows(model: Formulation) -> None:
    compiled, rows = model.compiled, model.rows
    costs = (compiled.pair_cost / model.scale).tolist()
    model.choose = [[] for _ in costs]
    balance: list[Expression] = [[] for _ in range(compiled.nodes)]
    for pair, tail, head in zip(
        compiled.arc_pair.tolist(),
        compiled.arc_tail.tolist(),
        compiled.arc_head.tolist(),
        strict=True,
    ):
        column = rows.column(costs[pair], integer=True)
        model.flow.append(column)
        model.choose[pair].append(column)
        balance[tail].append((column, 1.0))
        balance[head].append((column, -1.0))
    roots = set(compiled.roots.tolist())
    sinks = {*(root - 1 for root in roots), compiled.nodes - 1}
    for node, terms in enumerate(balance):
        if node not in sinks:
            supply = 1.0 if node in roots else 0.0
            rows.row(terms, supply, supply)


def _links(compiled: Compiled) -> list[dict[int, list[list[int]]]]:
    found: list[dict[int, list[list[int]]]] = [{} for _ in compiled.items_of]
    start = compiled.link_start.tolist()
    pairs = compiled.link_pair.tolist()
    for k, (group, vehicle) in enumerate(
        zip(compiled.link_group.tolist(), compiled.link_vehicle.tolist(), strict=True)
    ):
        found[group].setdefault(vehicle, []).append(pairs[start[k] : start[k + 1]])
    return found


def _patterns_of(model: Formulation, group: int) -> list[int]:
    return list(
        dict.fromkeys(
            _pattern(model, group, vehicle, pairs)
            for vehicle, links in model.links[group].items()
            for pairs in links
        )
    )


def _only_pattern(model: Formulation, group: int) -> int | None:
    found = _patterns_of(model, group)
    return found[0] if len(found) == 1 else None


def _pattern(model: Formulation, group: int, vehicle: int, pairs: Sequence[int]) -> int:
    """The column of the choices of a link, at least as great as the link itself.

    Groups share it when they use these choices in every vehicle; a use that only some vehicles
    have (an extra of theirs) has columns of its own.
    """
    compiled = model.compiled
    choices = tuple(int(compiled.pair_choice[p]) for p in pairs)
    always = {use.item for use in compiled.problem.choices[choices[0]].uses}.intersection(
        *({u.item for u in compiled.problem.choices[c].uses} for c in choices)
    )
    key = (-1 if always.intersection(compiled.items_of[group]) else group, choices)
    if key not in model._patterns:
        model._patterns[key] = model.rows.column(integer=True)
    column = model._patterns[key]
    if (vehicle, column) not in model._tied:
        model._tied.add((vehicle, column))
        model.rows.row([*model.pairs(pairs), (column, -1.0)], high=0.0)
    return column


def _modes(model: Formulation, group: int) -> None:
    """A group whose cost depends on how many vehicles use it, or how many pieces.

    One mode for each volume price, times *dedicated* (one vehicle) or shared when there is a
    premium: the cheapest mode that is allowed is the cost, as the price is concave.
    """
    compiled, rows, scale = model.compiled, model.rows, model.scale
    problem = compiled.problem
    items = [problem.items[j] for j in compiled.items_of[group]]
    fixed = sum(item.investment for item in items)
    premium = sum(item.premium for item in items)
    integration = sum(item.integration for item in items)
    tiers = _tiers(model, group)
    used: Expression = []
    split: dict[int, Expression] = {}
    for sharing in (False, True) if premium else (True,):
        for start, price in tiers:
            entry = fixed + (premium if sharing and premium else 0) + start - integration
            mode = rows.column(entry / scale, integer=True)
            used.append((mode, 1.0))
            by: Expression = []
            for links in model.links[group].values():
                user = rows.column(integration / scale, integer=True)
                by.append((user, 1.0))
                rows.row([(user, 1.0), (mode, -1.0)], high=0.0)
                for pairs in links:
                    parts = []
                    for p in pairs:
                        cost = price * _pieces(model, group, p)
                        part = rows.column(cost / scale)
                        split.setdefault(p, []).append((part, 1.0))
                        parts.append((part, 1.0))
                    rows.row([*parts, (user, -1.0)], high=0.0)
            rows.row([(mode, 1.0), *((c, -v) for c, v in by)], high=0.0)
            if premium and not sharing:
                rows.row([*by, (mode, -1.0)], high=0.0)
    rows.row(used, high=1.0)
    for p, parts in split.items():
        rows.row([*parts, *model.pairs([p], -1.0)], 0.0, 0.0)
    whole = rows.column(integer=True)
    rows.row([*used, (whole, -1.0)], 0.0, 0.0)
    model.used[group] = whole


def _tiers(model: Formulation, group: int) -> list[tuple[int, int]]:
    """The affine functions whose least value is the price of a quantity; one item at most has
    them, because such an item is a group of its own."""
    problem = model.compiled.problem
    item = problem.items[model.compiled.items_of[group][0]]
    if not priced(item):
        return [(0, 0)]
    lines = [(0, item.unit_cost)]
    for tier in item.tiers:
        start, price = lines[-1]
        lines.append((start + tier.above * (price - tier.price), tier.price))
    return lines


def _pieces(model: Formulation, group: int, pair: int) -> int:
    """Pieces of a group's item that a pair brings over all cars."""
    compiled = model.compiled
    item = compiled.items_of[group][0]
    vehicle, choice = int(compiled.pair_vehicle[pair]), int(compiled.pair_choice[pair])
    uses = compiled.problem.uses(vehicle, choice)
    pieces = sum(use.quantity for use in uses if use.item == item)
    return pieces * compiled.problem.vehicles[vehicle].volume


def _total(
    model: Formulation, terms: Mapping[tuple[int, int], int], low: int | None, high: int | None
) -> None:
    number = model.compiled.number
    weights = [(number[key], float(w)) for key, w in terms.items() if key in number]
    size = power_of_two(max((abs(w) for _, w in weights), default=1.0))
    model.rows.row(
        model.weighted((p, w / size) for p, w in weights),
        -float("inf") if low is None else low / size,
        float("inf") if high is None else high / size,
    )


def _at_most(model: Formulation, weights: Mapping[int, int], most: int) -> None:
    terms = [
        (in_use(model, model.group_of[j]), float(w))
        for j, w in weights.items()
        if w and j in model.group_of
    ]
    model.rows.row(terms, high=float(most))


def _changes(model: Formulation, limit: Changes) -> None:
    rows, number = model.rows, model.compiled.number
    kept: Expression = []
    whole = 0
    for v, vehicle in enumerate(model.compiled.problem.vehicles):
        if vehicle.today is None:
            continue
        same = [model.pairs([number[v, c]]) if (v, c) in number else [] for c in vehicle.today]
        whole += len(same) if limit.by_slot else 1
        if limit.by_slot:
            kept += [term for each in same for term in each]
            continue
        all_same = rows.column(integer=True)
        kept.append((all_same, 1.0))
        for each in same:
            rows.row([(all_same, 1.0), *((c, -1.0) for c, _ in each)], high=0.0)
    rows.row(kept, low=float(whole - limit.most))


def _leads(model: Formulation, leads: Leads) -> None:
    vehicles = model.compiled.problem.vehicles
    for item, lead in leads.leads.items():
        if item not in model.group_of:
            continue
        links = model.links[model.group_of[item]]
        led = [v for v in links if vehicles[v].group(leads.population) == lead]
        uses = [p for v in led for pairs in links[v] for p in pairs]
        leader = model.rows.column(integer=True)
        model.rows.row([(leader, 1.0), *model.pairs(uses, -1.0)], high=0.0)
        for v in links.keys() - set(led):
            for pairs in links[v]:
                model.rows.row([*model.pairs(pairs), (leader, -1.0)], high=0.0)
