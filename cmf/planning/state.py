"""A plan under change: who uses what, what it costs, and what each choice would cost next.

Prices guide the search for good plans and are floating point; nothing here decides a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cmf.planning.compiled import Compiled, Index, priced
from cmf.planning.ledger import Ledger
from cmf.planning.sums import Sum, sums_of

Floats = npt.NDArray[np.float64]


class Uses:
    """What does not change: the groups of every pair, entry costs, volume prices.

    Attributes
    ----------
    once
        Whether no vehicle can use a group in two slots, so that uses need not be made unique.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        problem = compiled.problem
        order = np.argsort(compiled.link_pair, kind="stable")
        self.group: Index = compiled.link_group[compiled.link_of_entry][order]
        pairs = compiled.link_pair[order]
        count = len(compiled.pair_cost)
        self.start: Index = np.searchsorted(pairs, np.arange(count + 1))
        self.pair: Index = pairs
        self.of_pair = [
            np.arange(a, b)
            for a, b in zip(self.start[:-1].tolist(), self.start[1:].tolist(), strict=True)
        ]
        linked = compiled.link_group * compiled.vehicles + compiled.link_vehicle
        self.once = len(np.unique(linked)) == len(linked)
        self.first: Index = np.searchsorted(compiled.pair_vehicle, np.arange(compiled.vehicles + 1))
        sums = [
            [sum(getattr(problem.items[j], what) for j in items) for items in compiled.items_of]
            for what in ("investment", "premium", "integration")
        ]
        self.investment, self.premium, self.integration = np.array(sums, dtype=np.float64)
        self.cost = compiled.pair_cost.astype(np.float64)
        self.tiered = [
            (g, problem.items[items[0]])
            for g, items in enumerate(compiled.items_of)
            if priced(problem.items[items[0]])
        ]
        self.pieces = self._pieces()
        self.sums = sums_of(compiled)

    def entries_of(self, pairs: Sequence[int]) -> Index:
        """Positions of the uses of some pairs."""
        return np.concatenate([self.of_pair[p] for p in pairs])

    def _pieces(self) -> dict[int, Floats]:
        """For each group with volume prices the pieces of every pair over all cars."""
        compiled = self.compiled
        problem = compiled.problem
        found = {}
        for g, _ in self.tiered:
            item = compiled.items_of[g][0]
            pieces = np.zeros(len(self.cost))
            for p in self.pair[self.group == g].tolist():
                vehicle = int(compiled.pair_vehicle[p])
                uses = problem.uses(vehicle, int(compiled.pair_choice[p]))
                number = sum(use.quantity for use in uses if use.item == item)
                pieces[p] = number * problem.vehicles[vehicle].volume
            found[g] = pieces
        return found


class State:
    """A plan as chosen pairs, with the number of vehicles that use each group.

    Attributes
    ----------
    chosen
        For each vehicle its pairs, slot by slot; empty while the vehicle is out.
    users
        For each group the number of vehicles that use it.
    """

    def __init__(self, uses: Uses, ledgers: Sequence[Ledger]) -> None:
        self.uses = uses
        self.chosen: list[list[int]] = [[] for _ in range(uses.compiled.vehicles)]
        self.users: Index = np.zeros(uses.compiled.groups, dtype=np.int64)
        self.bought = {g: 0.0 for g, _ in uses.tiered}
        self.ledgers = [ledger.fresh() for ledger in ledgers]

    def copy(self) -> State:
        """An independent copy."""
        twin = State.__new__(State)
        twin.uses = self.uses
        twin.chosen = [list(each) for each in self.chosen]
        twin.users = self.users.copy()
        twin.bought = dict(self.bought)
        twin.ledgers = [ledger.copy() for ledger in self.ledgers]
        return twin

    def put(self, vehicle: int, pairs: Sequence[int]) -> None:
        """Give a vehicle that is out its choices."""
        self.chosen[vehicle] = list(pairs)
        self._count(vehicle, pairs, 1)

    def take(self, vehicle: int) -> list[int]:
        """Take a vehicle out; its choices."""
        pairs = self.chosen[vehicle]
        self.chosen[vehicle] = []
        self._count(vehicle, pairs, -1)
        return pairs

    def _count(self, vehicle: int, pairs: Sequence[int], sign: int) -> None:
        uses = self.uses
        entries = uses.entries_of(pairs)
        group = uses.group[entries]
        self.users[group if uses.once else np.unique(group)] += sign
        for g in self.bought:
            self.bought[g] += sign * float(uses.pieces[g][pairs].sum())
        for ledger in self.ledgers:
            ledger.count(vehicle, entries, sign)

    def level(self, each: Sum) -> float:
        """Where a sum over what is chosen stands."""
        return float(sum(each.coefficient[p] for pairs in self.chosen for p in pairs))

    def prices(self, vehicle: int, discount: float = 1.0) -> Floats:
        """What each pair of a vehicle that is out would add to the cost.

        Parameters
        ----------
        discount
            Factor on the entry cost of what no vehicle uses yet: below 1 it favours modules that
            others may come to share.
        """
        uses = self.uses
        low, high = int(uses.first[vehicle]), int(uses.first[vehicle + 1])
        a, b = int(uses.start[low]), int(uses.start[high])
        price = uses.cost[low:high].copy()
        for each in uses.sums:
            price += each.slope(self.level(each))[low:high]
        for g, item in uses.tiered:
            pieces, before = uses.pieces[g][low:high], self.bought[g]
            base = item.price(round(before))
            price += [item.price(round(before + n)) - base if n else 0.0 for n in pieces.tolist()]
        if a == b:
            return price
        group = uses.group[a:b]
        entry = np.where(
            self.users == 0,
            discount * uses.investment,
            uses.integration + np.where(self.users == 1, uses.premium, 0.0),
        )
        value = entry[group]
        for ledger in self.ledgers:
            value = value + ledger.prices(vehicle, a, b, group)
        return price + np.bincount(uses.pair[a:b] - low, value, high - low)

    def cost(self) -> float:
        """The cost of the plan."""
        uses, users = self.uses, self.users
        every = [p for each in self.chosen for p in each]
        entry = np.where(users > 0, uses.investment - uses.integration, 0.0)
        entry += users * uses.integration + np.where(users > 1, uses.premium, 0.0)
        pieces = sum(item.price(round(self.bought[g])) for g, item in uses.tiered)
        return float(uses.cost[every].sum() + entry.sum()) + pieces

    def merit(self) -> float:
        """The cost, with what the constraints lack in money at their multipliers."""
        every = [p for each in self.chosen for p in each]
        lacking = sum(each.shortage() for each in self.ledgers)
        return self.cost() + lacking + sum(each.shortage(every) for each in self.uses.sums)
