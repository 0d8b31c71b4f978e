"""Good plans by choosing the assortment first: which choices are on offer at all.

When it is settled what is on offer, and paid for, vehicles no longer depend on each other: each
takes its cheapest path. So the search is one over assortments. One pass forward and backward
through all diagrams prices *every* choice that could be added, and one such pass for each choice on
offer prices every exchange of it, so that the whole neighbourhood (add, drop, exchange) is looked
at in one go.

Premiums and volume prices are not seen here, constraints only as far as they are in the costs:
plans are offered to who evaluates them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cmf.planning.compiled import Compiled, Index, plan_of
from cmf.planning.data import Plan
from cmf.planning.paths import layers_of, vehicle_paths

Floats = npt.NDArray[np.float64]
Offer = npt.NDArray[np.bool_]

STALE = 60
"""Moves without a better assortment before the search goes back to the best."""

WARMTH = 0.0005
"""How much worse, as a part of the cost, an assortment may be to go on from."""


class Assortments:
    """A search over assortments, in moves.

    Attributes
    ----------
    choices
        The choices of all vehicles, by number; an assortment says of each whether it is on offer.
    best, best_cost
        The best assortment so far; what it costs when everything on offer is paid for.
    idle
        Moves since it was found.
    """

    def __init__(self, compiled: Compiled, seed: int = 0) -> None:
        self.compiled = compiled
        self.rng = np.random.default_rng(seed)
        self.choices, self.of_pair = np.unique(compiled.pair_choice, return_inverse=True)
        self.slot: Index = np.array(
            [compiled.problem.choices[c].slot for c in self.choices.tolist()], dtype=np.int64
        )
        self.cost: Floats = compiled.pair_cost.astype(np.float64)
        self.entry: Floats = compiled.group_cost.astype(np.float64)
        self.uses: Floats = np.zeros((compiled.groups, len(self.choices)))
        self.uses[compiled.link_group[compiled.link_of_entry], self.of_pair[compiled.link_pair]] = (
            1.0
        )
        self.forward = layers_of(compiled)
        self.backward = layers_of(compiled, backward=True)
        self.sinks: Index = np.append(compiled.roots[1:], compiled.nodes) - 1
        by_pair = np.argsort(compiled.arc_pair, kind="stable")
        self.tail, self.head = compiled.arc_tail[by_pair], compiled.arc_head[by_pair]
        pairs = np.arange(len(self.cost))
        self.first_arc: Index = np.searchsorted(compiled.arc_pair[by_pair], pairs)
        self.by_choice: Index = np.argsort(self.of_pair, kind="stable")
        self.first_pair: Index = np.searchsorted(
            self.of_pair[self.by_choice], np.arange(len(self.choices))
        )
        self.missing = 10.0 * (float(np.abs(self.cost).sum()) + float(self.entry.sum()) + 1.0)
        self.paths = vehicle_paths(compiled)
        self.weight: Floats = np.full(len(self.choices), 0.2)
        self.offer: Offer = np.ones(len(self.choices), dtype=np.bool_)
        self.offer_cost = float("inf")
        self.best, self.best_cost = self.offer, self.offer_cost
        self.stale = 0
        self.idle = 0

    def begin(self, plan: Plan) -> None:
        """Start from what a plan uses."""
        used = {choice for each in plan.choices for choice in each}
        self._keep(*self._descend(np.isin(self.choices, list(used))))

    def lean(self, weight: dict[int, float]) -> None:
        """How much a relaxation likes each choice, from 0 to 1: moves will draw accordingly."""
        self.weight = np.array([weight.get(c, 0.2) for c in self.choices.tolist()])

    def reprice(self, cost: Floats, thrift: float = 1.0) -> None:
        """Other prices, at which constraints are met; the search begins anew from where it stands.

        Parameters
        ----------
        cost
            Of every pair.
        thrift
            Factor on entry costs: the greater, the fewer choices are on offer, and the more
            vehicles share them.
        """
        self.cost = cost
        self.entry = self.compiled.group_cost.astype(np.float64) * thrift
        self.best_cost = float("inf")
        self._keep(*self._descend(self.offer))

    def move(self) -> bool:
        """Stir the assortment up and let it settle; whether it is the best so far."""
        settled, cost = self._descend(self._stirred())
        before = self.best_cost
        if cost <= self.offer_cost * (1 + WARMTH * self.rng.random()):
            self._keep(settled, cost)
        better = self.best_cost < before
        self.stale = 0 if better else self.stale + 1
        self.idle = 0 if better else self.idle + 1
        if self.stale >= STALE:
            self.offer, self.offer_cost, self.stale = self.best, self.best_cost, 0
        return better

    def plan(self) -> Plan:
        """Every vehicle's cheapest path within the best assortment."""
        price = self._price(self.best[None, :])[0]
        owner = self.compiled.pair_vehicle
        first = np.searchsorted(owner, np.arange(self.compiled.vehicles + 1)).tolist()
        chosen = [
            pair
            for v, path in enumerate(self.paths)
            for pair in path.cheapest(price[first[v] : first[v + 1]])[1]
        ]
        return plan_of(self.compiled, np.array(chosen, dtype=np.int64))

    def _keep(self, offer: Offer, cost: float) -> None:
        self.offer, self.offer_cost = offer, cost
        if cost < self.best_cost:
            self.best, self.best_cost = offer, cost

    def _stirred(self) -> Offer:
        """Another assortment: one or two slots drawn anew, or a few choices exchanged."""
        rng, offer = self.rng, self.offer.copy()
        if rng.random() < 0.6:
            slots = np.unique(self.slot)
            for slot in rng.choice(slots, size=min(len(slots), int(rng.integers(1, 3)))).tolist():
                here = np.flatnonzero(self.slot == slot)
                chance = self.weight[here] * rng.uniform(0.5, 2.5) + 0.02
                offer[here] = rng.random(len(here)) < chance
            return offer
        for _ in range(int(rng.integers(2, 6))):
            choice = int(rng.integers(len(offer)))
            offer[choice] = not offer[choice]
            if offer[choice] and rng.random() < 0.7:
                offer[int(rng.choice(np.flatnonzero(offer)))] = False
        return offer

    def _descend(self, offer: Offer) -> tuple[Offer, float]:
        """Add, drop or exchange, always the best of all, until nothing is better."""
        while True:
            cost, dropped, exchanged, on_offer = self._neighbours(offer)
            drop = int(np.argmin(dropped)) if len(dropped) else -1
            out, into = divmod(int(np.argmin(exchanged)), exchanged.shape[1])
            least = min(dropped[drop] if drop >= 0 else np.inf, exchanged[out, into])
            if not least < cost - 1e-9 * abs(cost):
                return offer, cost
            offer = offer.copy()
            if drop >= 0 and dropped[drop] <= exchanged[out, into]:
                offer[on_offer[drop]] = False
                continue
            if out < len(on_offer):
                offer[on_offer[out]] = False
            offer[into] = True

    def _neighbours(self, offer: Offer) -> tuple[float, Floats, Floats, Index]:
        """Cost of an assortment, of it without each choice on offer, and with each other choice in
        place of each on offer (last row: in place of none)."""
        on_offer = np.flatnonzero(offer)
        offers = np.repeat(offer[None, :], len(on_offer) + 1, axis=0)
        offers[np.arange(len(on_offer)), on_offer] = False
        least, through = self._ways(offers)
        gain = np.maximum(0.0, least[:, self.compiled.pair_vehicle] - through)
        gains = np.add.reduceat(gain[:, self.by_choice], self.first_pair, axis=1)
        users = self.uses[:, offer].sum(axis=1)
        unused = np.repeat((users == 0)[None, :], len(offers), axis=0)
        unused[:-1] = users[None, :] == self.uses[:, on_offer].T
        cost = least.sum(axis=1) + np.where(unused, 0.0, self.entry).sum(axis=1)
        exchanged = cost[:, None] + np.where(unused, self.entry, 0.0) @ self.uses - gains
        exchanged[:, offer] = np.inf
        return float(cost[-1]), cost[:-1], exchanged, on_offer

    def _price(self, offers: Offer) -> Floats:
        price: Floats = self.cost + np.where(offers[:, self.of_pair], 0.0, self.missing)
        return price

    def _ways(self, offers: Offer) -> tuple[Floats, Floats]:
        """For each assortment the least cost of every vehicle, and through every pair as if it
        were on offer."""
        price = self._price(offers)
        ahead = np.zeros((len(offers), self.compiled.nodes))
        behind = np.zeros((len(offers), self.compiled.nodes))
        for layer in self.forward:
            way = ahead[:, layer.tail] + price[:, layer.pair]
            ahead[:, layer.nodes] = np.minimum.reduceat(way, layer.start, axis=1)
        for layer in reversed(self.backward):
            way = behind[:, layer.head] + price[:, layer.pair]
            behind[:, layer.nodes] = np.minimum.reduceat(way, layer.start, axis=1)
        arcs = ahead[:, self.tail] + behind[:, self.head]
        return ahead[:, self.sinks], np.minimum.reduceat(arcs, self.first_arc, axis=1) + self.cost
