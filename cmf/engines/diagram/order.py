"""Elimination orders: which variable depends on which in the tree of the diagram."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

from attrs import field, frozen


@frozen(eq=False)
class Order:
    """An elimination order and the contexts that it induces.

    Attributes
    ----------
    sequence
        Variables, first eliminated (deepest in the diagram) first.
    contexts
        For every variable, the later variables on which its part of the diagram depends.
    cost
        Base-2 logarithm of the number of combinations met, an upper estimate.
    """

    sequence: tuple[int, ...]
    contexts: tuple[frozenset[int], ...] = field(repr=False)
    cost: float

    def parent(self, variable: int) -> int:
        """The nearest variable above; -1 at a root."""
        context = self.contexts[variable]
        return min(context, key=self.place.__getitem__) if context else -1

    @property
    def place(self) -> dict[int, int]:
        """Position of every variable in the sequence."""
        return {v: i for i, v in enumerate(self.sequence)}


def neighbours(count: int, scopes: Iterable[Sequence[int]]) -> list[set[int]]:
    """The primal graph: variables that share a scope are adjacent."""
    adjacent: list[set[int]] = [set() for _ in range(count)]
    for scope in scopes:
        for variable in scope:
            adjacent[variable].update(scope)
    for variable, others in enumerate(adjacent):
        others.discard(variable)
    return adjacent


def eliminate(
    graph: Sequence[set[int]], sizes: Sequence[int], rule: str, seed: int, last: Iterable[int] = ()
) -> Order:
    """A greedy elimination order.

    Parameters
    ----------
    rule
        ``fill``: the variable that adds fewest edges next; ``size``: the one whose neighbours have
        fewest combinations.
    last
        Variables to eliminate at the end, in this order.
    """
    random_source = random.Random(seed)  # noqa: S311 - breaks ties, nothing secret
    adjacent = [set(a) for a in graph]
    weight = [math.log2(max(size, 1)) for size in sizes]
    ties = [random_source.random() for _ in graph]

    def score(v: int) -> tuple[float, float, float]:
        around = adjacent[v]
        volume = sum(weight[x] for x in around)
        if rule == "size":
            return (volume, len(around), ties[v])
        missing = sum(len(around) - 1 - len(adjacent[x] & around) for x in around)
        return (missing, volume, ties[v])

    held = list(last)
    open_ = set(range(len(graph))) - set(held)
    scores = {v: score(v) for v in open_}
    sequence: list[int] = []
    contexts: list[frozenset[int]] = [frozenset()] * len(graph)
    volumes: list[float] = []
    while open_ or held:
        chosen = min(open_, key=scores.__getitem__) if open_ else held.pop(0)
        open_.discard(chosen)
        around = adjacent[chosen]
        sequence.append(chosen)
        contexts[chosen] = frozenset(around)
        volumes.append(weight[chosen] + sum(weight[x] for x in around))
        stale = set(around)
        for x in around:
            adjacent[x].discard(chosen)
            if not around <= adjacent[x] | {x}:
                adjacent[x] |= around
                adjacent[x].discard(x)
                if rule == "fill":
                    stale |= adjacent[x]
        for x in stale & open_:
            scores[x] = score(x)
    top = max(volumes, default=0.0)
    cost = top + math.log2(sum(2.0 ** (v - top) for v in volumes)) if volumes else 0.0
    return Order(tuple(sequence), tuple(contexts), cost)


def best_order(
    count: int, scopes: Sequence[Sequence[int]], sizes: Sequence[int], restarts: int
) -> Order:
    """The cheapest of several elimination orders.

    Parameters
    ----------
    scopes
        Variables of every relation.
    restarts
        Tries with different ties, for each rule.
    """
    graph = neighbours(count, scopes)
    hub = max(range(count), key=lambda v: len(graph[v]), default=-1)
    tries = [
        eliminate(graph, sizes, rule, seed, last)
        for seed in range(restarts)
        for rule in ("size", "fill")
        for last in ((), (hub,))
        if count
    ]
    return min(tries, key=lambda order: order.cost, default=Order((), (), 0.0))
