"""Least values of additive quantities, and the variants that have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import FAR, Mask, least, least_through
from cmf.engines.diagram.relation import Ints
from cmf.engines.diagram.structure import TRUE
from cmf.problem.problem import Variant

Tally = list[tuple[int, int]]
"""Values in ascending order, each with the number of solutions that have it."""


@frozen(eq=False)
class Priced:
    """A diagram with one quantity to make small.

    Attributes
    ----------
    option_costs
        Cost of every option.
    arc_costs
        Further cost of every arc of the diagram.
    """

    compiled: Compiled
    option_costs: Ints = field(repr=False)
    arc_costs: Ints = field(repr=False)

    def slot_costs(self, allowed: Mask) -> Ints:
        """Least cost of the allowed options of every slot; `FAR` where there is none."""
        compiled = self.compiled
        costs = np.where(compiled.hidden > 0, 0, FAR)
        np.minimum.at(costs, compiled.slots[allowed], self.option_costs[allowed])
        costs[-1] = FAR
        return costs

    def least(self, allowed: Mask) -> int | None:
        """The least value; `None` when there is no variant."""
        diagram = self.compiled.diagram
        if diagram.top < 0:
            return None
        value = int(least(diagram, self.slot_costs(allowed), self.arc_costs)[diagram.top])
        return value if value < FAR // 2 else None

    def bounds(self, allowed: Mask) -> tuple[int, Ints] | None:
        """Least value, and for every option the least value of a variant that takes it.

        `None` when there is no variant; options that no variant takes have values above `FAR / 2`.
        """
        diagram = self.compiled.diagram
        if diagram.top < 0:
            return None
        slot_costs = self.slot_costs(allowed)
        nodes = least(diagram, slot_costs, self.arc_costs)
        if nodes[diagram.top] >= FAR // 2:
            return None
        through = least_through(diagram, slot_costs, self.arc_costs, nodes)
        options = through[self.compiled.slots] + self.option_costs
        options[~allowed] = FAR
        return int(nodes[diagram.top]), options

    def in_order(self, allowed: Mask, bound: int) -> Iterator[tuple[Variant, int]]:
        """The variants of value `bound` or less, in declared order, each with its value."""
        stack = [allowed]
        while stack:
            found = self.bounds(stack.pop())
            if found is None or found[0] > bound:
                continue
            open_ = found[1] <= bound
            masks = self.compiled.split(open_)
            branch = next((v for v, mask in enumerate(masks) if np.count_nonzero(mask) > 1), -1)
            if branch < 0:
                yield tuple(int(mask.argmax()) for mask in masks), found[0]
                continue
            first, last = self.compiled.first[branch : branch + 2]
            for option in np.flatnonzero(masks[branch])[::-1]:
                only = open_.copy()
                only[first:last] = False
                only[first + option] = True
                stack.append(only)

    def smallest(self, allowed: Mask, count: int) -> Tally:
        """The smallest values, until they belong to at least `count` variants (or to all)."""
        diagram = self.compiled.diagram
        slots: list[Tally] = [[(0, 1)] if hidden else [] for hidden in self.compiled.hidden]
        chosen = np.flatnonzero(allowed)
        for slot, cost in zip(
            self.compiled.slots[chosen].tolist(), self.option_costs[chosen].tolist(), strict=True
        ):
            slots[slot].append((cost, 1))
        slots[-1] = []
        slots = [_first(tally, count) for tally in slots]
        nodes: list[Tally] = [[(0, 1)]]
        arcs = zip(
            diagram.arc_slot.tolist(),
            diagram.left.tolist(),
            diagram.right.tolist(),
            self.arc_costs.tolist(),
            strict=True,
        )
        for first, last in pairwise(diagram.node_arcs[1:].tolist()):
            found: Tally = []
            for _ in range(first, last):
                slot, left, right, cost = next(arcs)
                tally = _product(slots[slot], nodes[left], count)
                tally = _product(tally, nodes[right], count) if right != TRUE else tally
                found += [(value + cost, many) for value, many in tally]
            nodes.append(_first(found, count))
        return nodes[diagram.top]


def _first(tally: Sequence[tuple[int, int]], count: int) -> Tally:
    """Add up equal values, sort, and keep the first until there are `count` solutions."""
    added: dict[int, int] = {}
    for value, many in tally:
        added[value] = added.get(value, 0) + many
    kept: Tally = []
    total = 0
    for value in sorted(added):
        kept.append((value, added[value]))
        total += added[value]
        if total >= count:
            break
    return kept


def _product(left: Tally, right: Tally, count: int) -> Tally:
    if len(right) == 1 and right[0] == (0, 1):
        return left
    found = []
    for i, (value, many) in enumerate(left):
        # The pair (i, j) has (i + 1)(j + 1) - 1 others before it.
        for other, times in right[: count // (i + 1) + 1]:
            found.append((value + other, many * times))
    return _first(found, count)


def best(priced: Priced, allowed: Mask, top: int) -> list[tuple[int, Variant]]:
    """The `top` variants of least value, ties in declared order."""
    lowest = priced.least(allowed)
    if lowest is None or top < 1:
        return []
    tally = priced.smallest(allowed, top) if top > 1 else [(lowest, 1)]
    ranked: list[tuple[int, Variant]] = []
    if len(tally) > 1:
        below = priced.in_order(allowed, tally[-2][0])
        ranked = sorted((value, variant) for variant, value in below)
    last = tally[-1][0]
    for variant, value in priced.in_order(allowed, last):
        if len(ranked) >= top:
            break
        if value == last:
            ranked.append((value, variant))
    return ranked[:top]
