"""Elimination orders: which variable depends on which in the tree of the diagram."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram.relation import Relation

_DIRECT = 1 << 16
"""Pairs are counted in a table up to this many."""

HOPELESS = 45.0
"""Cost of an order from which others are not looked for."""


@frozen(eq=False)
class Order:
    """An elimination order and the contexts that it induces.

    Attributes
    ----------
    sequence
        Variables, first eliminated (deepest in the diagram) first.
    contexts
        For every variable, the later variables on which its part of the diagram depends.
    """

    sequence: tuple[int, ...]
    contexts: tuple[frozenset[int], ...] = field(repr=False)

    @property
    def place(self) -> dict[int, int]:
        """Position of every variable in the sequence."""
        return {v: i for i, v in enumerate(self.sequence)}


@frozen(eq=False)
class Shape:
    """How many values and pairs of values the relations leave: what an order costs.

    Attributes
    ----------
    values
        Base-2 logarithm of the number of values of every variable.
    pairs
        For two variables that share a relation, the same for their pairs of values.
    """

    values: tuple[float, ...]
    pairs: tuple[dict[int, float], ...] = field(repr=False)

    @classmethod
    def of(cls, relations: Iterable[Relation], sizes: Sequence[int]) -> Shape:
        """Measure relations; one relation of each variable alone must be among them."""
        values = [math.log2(max(size, 1)) for size in sizes]
        pairs: list[dict[int, float]] = [{} for _ in sizes]
        for relation in relations:
            if len(relation.scope) == 1:
                values[relation.scope[0]] = math.log2(max(relation.size, 1))
            for (a, left), (b, right) in combinations(
                zip(relation.scope, relation.columns, strict=True), 2
            ):
                keys, space = left * sizes[b] + right, sizes[a] * sizes[b]
                if space <= _DIRECT:
                    count = int(np.count_nonzero(np.bincount(keys, minlength=space)))
                else:
                    count = len(np.unique(keys))
                least = min(math.log2(max(count, 1)), pairs[a].get(b, math.inf))
                pairs[a][b] = pairs[b][a] = least
        return cls(tuple(values), tuple(pairs))

    def estimate(self, scope: Iterable[int]) -> float:
        """Base-2 logarithm of the number of combinations of some variables, roughly.

        A tree of conditional entropies: each variable is counted given the one that says most
        about it among those before (Chow and Liu's tree, grown greedily).
        """
        waiting = set(scope)
        if not waiting:
            return 0.0
        latest = max(sorted(waiting), key=self.values.__getitem__)
        total = self.values[latest]
        waiting.discard(latest)
        cost = {v: self.values[v] for v in sorted(waiting)}
        while cost:
            known = self.pairs[latest]
            for v in cost.keys() & known.keys():
                cost[v] = min(cost[v], known[v] - self.values[latest])
            latest = min(cost, key=cost.__getitem__)
            total += cost.pop(latest)
        return total

    def cost(self, order: Order, variables: int | None = None) -> float:
        """Base-2 logarithm of the rows that the first eliminations (or all) meet, roughly."""
        rows = [self.estimate(order.contexts[v] | {v}) for v in order.sequence[:variables]]
        top = max(rows, default=0.0)
        return top + math.log2(sum(2.0 ** (r - top) for r in rows)) if rows else 0.0


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
    graph: Sequence[set[int]],
    weight: Sequence[float],
    rule: str,
    seed: int,
    last: Iterable[int] = (),
) -> Order:
    """A greedy elimination order.

    Parameters
    ----------
    weight
        Base-2 logarithm of the number of values of every variable.
    rule
        ``fill``: the variable that adds fewest edges next; ``size``: the one whose neighbours have
        fewest combinations.
    last
        Variables to eliminate at the end, in this order.
    """
    random_source = random.Random(seed)  # noqa: S311 - breaks ties, nothing secret
    adjacent = [set(a) for a in graph]
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
    heap = [(found, v) for v, found in scores.items()]
    heapq.heapify(heap)
    sequence: list[int] = []
    contexts: list[frozenset[int]] = [frozenset()] * len(graph)
    while open_ or held:
        chosen = _least(heap, scores, open_) if open_ else held.pop(0)
        open_.discard(chosen)
        around = adjacent[chosen]
        sequence.append(chosen)
        contexts[chosen] = frozenset(around)
        stale = set(around)
        for x in around:
            mine = adjacent[x]
            mine.discard(chosen)
            fresh = around - mine
            fresh.discard(x)
            if fresh:
                mine |= fresh
                if rule == "fill":
                    stale |= mine
        for x in stale & open_:
            found = score(x)
            if found != scores[x]:
                scores[x] = found
                heapq.heappush(heap, (found, x))
    return Order(tuple(sequence), tuple(contexts))


def _least(
    heap: list[tuple[tuple[float, float, float], int]],
    scores: dict[int, tuple[float, float, float]],
    open_: set[int],
) -> int:
    """The variable of least score; entries of the heap that are out of date are dropped."""
    while True:
        found, variable = heapq.heappop(heap)
        if variable in open_ and scores[variable] == found:
            return variable


def best_order(shape: Shape, scopes: Sequence[Sequence[int]], restarts: int) -> tuple[Order, float]:
    """The cheapest of several elimination orders, and its cost.

    Parameters
    ----------
    scopes
        Variables of everything that must lie on one branch.
    restarts
        Tries with different ties, for each rule.
    """
    count = len(shape.values)
    if not count:
        return Order((), ()), 0.0
    graph = neighbours(count, scopes)
    hub = max(range(count), key=lambda v: len(graph[v]))
    if any(len(set(scope)) == count for scope in scopes):  # every order has the same contexts
        restarts, hub = min(restarts, 1), -1
    quick = eliminate(graph, shape.values, "size", 0)
    cost = shape.cost(quick)
    if cost > HOPELESS:
        return quick, cost
    tries = [
        eliminate(graph, shape.values, rule, seed, last)
        for last in (((), (hub,)) if hub >= 0 else ((),))
        for rule in ("fill", "size")
        for seed in range(restarts)
    ]
    # Estimates within half a bit of each other say nothing: the earlier try is better then.
    costs = [shape.cost(order) for order in tries]
    chosen = next(i for i, found in enumerate(costs) if found <= min(costs) + 0.5)
    return tries[chosen], costs[chosen]
