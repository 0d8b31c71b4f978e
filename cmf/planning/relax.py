"""A lower bound on the cost that no arithmetic can spoil.

The entry cost of every group is divided among the vehicles that can use it; then each vehicle
takes its cheapest variant at its own costs and its parts of entry costs. Whatever the division, no
plan costs less than the sum (Lagrangian relaxation of the links "chosen is in use"). The division
is improved in floating point, by an accelerated gradient on the softened minimum; the bound itself
is computed from the division rounded to whole numbers, in integers.

Volume prices enter with their lowest price, premiums and constraints not at all: they can only
make plans dearer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cmf.planning.compiled import Compiled, Exact, Index
from cmf.planning.paths import layers_of

Floats = npt.NDArray[np.float64]


class Relaxation:
    """The bound, and its improvement step by step.

    Attributes
    ----------
    bound
        The best so far, exact.
    """

    def __init__(self, compiled: Compiled) -> None:
        import scipy.sparse as sp  # type: ignore[import-untyped,unused-ignore]

        self.compiled = compiled
        links = len(compiled.link_group)
        order = np.argsort(compiled.link_group, kind="stable")
        place = np.empty(links, dtype=np.int64)
        place[order] = np.arange(links)
        self.group: Index = compiled.link_group[order]
        self.groups, self.start, self.size = np.unique(
            self.group, return_index=True, return_counts=True
        )
        self.entry: Exact = compiled.group_cost[self.groups]
        self.cost = _least_cost(compiled)
        entries = (compiled.link_pair, place[compiled.link_of_entry])
        shape = (len(compiled.pair_cost), links)
        ones = np.ones(len(compiled.link_pair), dtype=np.int64)
        self.links = sp.csr_matrix((ones, entries), shape=shape)
        self.float_links = self.links.astype(np.float64)
        self.by_link = self.float_links.T.tocsr()
        arcs = len(compiled.arc_pair)
        self.arcs = sp.csr_matrix(
            (np.ones(arcs), (compiled.arc_pair, np.arange(arcs))), shape=(shape[0], arcs)
        )
        self.forward = layers_of(compiled)
        self.backward = layers_of(compiled, backward=True)
        self.sinks: Index = np.append(compiled.roots[1:], compiled.nodes) - 1
        self.division: Floats = np.repeat(self.entry / self.size, self.size)
        self.best = self.division
        self.bound = self.exact(self.division)
        self.softness = 0.02 * max(1.0, float(self.cost.sum()) / max(1, len(self.cost)))
        self._restart()

    def exact(self, division: Floats) -> int:
        """The bound of a division, in integers.

        What rounding takes from a group is given up, never invented: the parts of a group are
        rounded down, so their sum is at most its entry cost.
        """
        parts = np.floor(np.maximum(division, 0.0)).astype(np.int64)
        if not len(parts):
            return int(self._distance(self.cost)[self.sinks].sum())
        over = np.add.reduceat(parts, self.start) - self.entry
        scale = np.where(over > 0, 1.0 - 1e-9, 1.0)
        for _ in range(60):
            if not (over > 0).any():
                break
            parts = np.floor(parts * np.repeat(scale, self.size)).astype(np.int64)
            over = np.add.reduceat(parts, self.start) - self.entry
            scale = np.where(over > 0, scale * 0.5, 1.0)
        parts = np.where(np.repeat(over > 0, self.size), 0, parts)
        return int(self._distance(self.cost + self.links @ parts)[self.sinks].sum())

    def _distance(self, price: Exact) -> Exact:
        distance = np.zeros(self.compiled.nodes, dtype=np.int64)
        for layer in self.forward:
            way = distance[layer.tail] + price[layer.pair]
            distance[layer.nodes] = np.minimum.reduceat(way, layer.start)
        return distance

    def usage(self, division: Floats) -> Floats:
        """How much of each link the softened cheapest variants use."""
        compiled, soft = self.compiled, self.softness
        price = self.cost + self.float_links @ division
        ahead, behind = np.zeros(compiled.nodes), np.zeros(compiled.nodes)
        for layer in self.forward:
            way = ahead[layer.tail] + price[layer.pair]
            ahead[layer.nodes] = self._soft(way, layer.start, layer.size)
        for layer in reversed(self.backward):
            way = behind[layer.head] + price[layer.pair]
            behind[layer.nodes] = self._soft(way, layer.start, layer.size)
        least = ahead[self.sinks][compiled.pair_vehicle[compiled.arc_pair]]
        through = ahead[compiled.arc_tail] + price[compiled.arc_pair] + behind[compiled.arc_head]
        chosen = self.arcs @ np.exp(np.minimum(0.0, (least - through) / soft))
        used: Floats = self.by_link @ chosen
        return used

    def _soft(self, way: Floats, start: Index, size: Index) -> Floats:
        least = np.minimum.reduceat(way, start)
        weight = np.add.reduceat(np.exp((np.repeat(least, size) - way) / self.softness), start)
        softened: Floats = least - self.softness * np.log(weight)
        return softened

    def _project(self, division: Floats) -> Floats:
        """The nearest division whose parts are not negative and add up to the entry cost."""
        low = np.minimum.reduceat(division, self.start) - self.entry / self.size
        high = np.maximum.reduceat(division, self.start)
        for _ in range(30):
            middle = (low + high) / 2
            parts = np.maximum(division - np.repeat(middle, self.size), 0.0)
            more = np.add.reduceat(parts, self.start) > self.entry
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        nearest: Floats = np.maximum(division - np.repeat(high, self.size), 0.0)
        return nearest

    def _restart(self) -> None:
        self.division = self.ahead = self.best
        self.pace = 1.0

    def ascend(self, rounds: int = 2, steps: int = 30) -> bool:
        """Improve the division; whether the bound rose by more than a millionth."""
        before = self.bound
        if not len(self.division):
            return False
        for _ in range(rounds):
            for _ in range(steps):
                step = self.softness / 2
                new = self._project(self.ahead + step * self.usage(self.ahead))
                pace = (1 + (1 + 4 * self.pace**2) ** 0.5) / 2
                self.ahead = new + (self.pace - 1) / pace * (new - self.division)
                self.division, self.pace = new, pace
            bound = self.exact(self.division)
            if bound > self.bound:
                self.bound, self.best = bound, self.division
            self.softness *= 0.8
            self._restart()
        return self.bound - before > 1e-6 * abs(self.bound)


def _least_cost(compiled: Compiled) -> Exact:
    """Cost of every pair, pieces with volume prices at their lowest price."""
    problem = compiled.problem
    cost = compiled.pair_cost.copy()
    lowest = {j: item.tiers[-1].price for j, item in enumerate(problem.items) if item.tiers}
    if lowest:
        for p, (v, choice) in enumerate(
            zip(compiled.pair_vehicle.tolist(), compiled.pair_choice.tolist(), strict=True)
        ):
            volume = problem.vehicles[v].volume
            for use in problem.uses(v, choice):
                cost[p] += volume * use.quantity * lowest.get(use.item, 0)
    return cost
