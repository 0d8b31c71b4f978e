"""The planning problem as arrays: what the method works on.

Vocabulary: a *pair* is a choice in a vehicle; a *group* is a set of items that exactly the same
pairs use, so that one entry cost stands for all of them; a *link* is the pairs of one vehicle and
one slot that use a group (at most one of them is chosen, so their sum is 0 or 1).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.planning.data import Item, Plan, PlanningProblem

Index = npt.NDArray[np.int64]
Exact = npt.NDArray[np.int64]

LARGEST = 2**60
"""Sums of money stay below, so that 64 bits hold them."""


@frozen(eq=False, slots=False)
class Compiled:
    """Arrays of a problem.

    Attributes
    ----------
    pair_vehicle, pair_choice, pair_slot, pair_cost
        Of each pair; the cost holds charges and the pieces of items without volume prices.
    arc_pair, arc_tail, arc_head
        Of each arc, layer after layer; nodes are numbered through, so that a node has one layer
        and one vehicle.
    layer_start
        First arc of each layer, and the end.
    items_of
        For each group its items.
    group_cost
        Investment of each group.
    link_group, link_vehicle, link_start, link_pair
        Of each link its group and vehicle; its pairs are ``link_pair[start : next start]``.
    """

    problem: PlanningProblem = field(repr=False)
    pair_vehicle: Index
    pair_choice: Index
    pair_slot: Index
    pair_cost: Exact
    arc_pair: Index
    arc_tail: Index
    arc_head: Index
    layer_start: tuple[int, ...]
    roots: Index
    nodes: int
    items_of: tuple[tuple[int, ...], ...]
    group_cost: Exact
    link_group: Index
    link_vehicle: Index
    link_start: Index
    link_pair: Index
    number: dict[tuple[int, int], int] = field(repr=False)

    @property
    def vehicles(self) -> int:
        """Number of vehicles."""
        return len(self.problem.vehicles)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.items_of)

    @cached_property
    def link_of_entry(self) -> Index:
        """For each entry of `link_pair` its link."""
        return np.repeat(np.arange(len(self.link_group)), np.diff(self.link_start))


def compile_problem(problem: PlanningProblem) -> Compiled:
    """Arrays of a problem whose diagrams are not empty."""
    pairs: list[tuple[int, int]] = []
    number: dict[tuple[int, int], int] = {}
    layers: list[list[tuple[int, int, int]]] = [[] for _ in problem.slots]
    nodes = 0
    roots = []
    for v, vehicle in enumerate(problem.vehicles):
        base = nodes
        roots.append(base)
        here = [0] * (len(problem.slots) + 1)
        for depth, layer in enumerate(vehicle.diagram.layers):
            width = 1 + max(tail for tail, _, _ in layer)
            here[depth + 1] = here[depth] + width
            for tail, choice, head in layer:
                key = (v, choice)
                if key not in number:
                    number[key] = len(pairs)
                    pairs.append(key)
                layers[depth].append(
                    (number[key], base + here[depth] + tail, base + here[depth + 1] + head)
                )
        nodes = base + here[-1] + 1
    start = [0]
    for each in layers:
        start.append(start[-1] + len(each))
    arcs = np.array([arc for each in layers for arc in each], dtype=np.int64).reshape(-1, 3)
    costs = [_pair_cost(problem, v, choice) for v, choice in pairs]
    groups, links = _groups(problem, pairs)
    return Compiled(
        problem,
        np.array([v for v, _ in pairs], dtype=np.int64),
        np.array([c for _, c in pairs], dtype=np.int64),
        np.array([problem.choices[c].slot for _, c in pairs], dtype=np.int64),
        np.array(costs, dtype=np.int64),
        arcs[:, 0].copy(),
        arcs[:, 1].copy(),
        arcs[:, 2].copy(),
        tuple(start),
        np.array(roots, dtype=np.int64),
        nodes,
        groups,
        np.array([sum(problem.items[j].investment for j in g) for g in groups], dtype=np.int64),
        np.array([g for g, _, _ in links], dtype=np.int64),
        np.array([v for _, v, _ in links], dtype=np.int64),
        np.cumsum([0, *(len(p) for _, _, p in links)]),
        np.array([p for _, _, each in links for p in each], dtype=np.int64),
        number,
    )


def priced(item: Item) -> bool:
    """Whether the price of an item depends on volume."""
    return bool(item.tiers)


def _pair_cost(problem: PlanningProblem, v: int, choice: int) -> int:
    vehicle = problem.vehicles[v]
    pieces = sum(
        use.quantity * problem.items[use.item].unit_cost
        for use in problem.uses(v, choice)
        if not priced(problem.items[use.item])
    )
    return vehicle.charges.get(choice, 0) + vehicle.volume * pieces


def _groups(
    problem: PlanningProblem, pairs: list[tuple[int, int]]
) -> tuple[tuple[tuple[int, ...], ...], list[tuple[int, int, tuple[int, ...]]]]:
    users: list[list[int]] = [[] for _ in problem.items]
    for p, (v, choice) in enumerate(pairs):
        for item in {use.item for use in problem.uses(v, choice)}:
            users[item].append(p)
    by_use: dict[Any, list[int]] = {}
    for j, data in enumerate(problem.items):
        if users[j]:
            alone = j if priced(data) else None
            by_use.setdefault((tuple(users[j]), alone), []).append(j)
    links = []
    for g, (used, _) in enumerate(by_use):
        by_slot: dict[tuple[int, int], list[int]] = {}
        for p in used:
            v, choice = pairs[p]
            by_slot.setdefault((v, problem.choices[choice].slot), []).append(p)
        links += [(g, v, tuple(each)) for (v, _), each in by_slot.items()]
    return tuple(tuple(each) for each in by_use.values()), links


def plan_of(compiled: Compiled, chosen: Index) -> Plan:
    """The plan that takes some pairs, one for each vehicle and slot."""
    slots = len(compiled.problem.slots)
    choices = np.zeros((compiled.vehicles, slots), dtype=np.int64)
    choices[compiled.pair_vehicle[chosen], compiled.pair_slot[chosen]] = compiled.pair_choice[
        chosen
    ]
    return Plan(tuple(tuple(row) for row in choices.tolist()))
