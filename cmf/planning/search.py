"""Good plans, fast: best answers of single vehicles, and larger rearrangements.

A vehicle's best answer to the others is a shortest path at the prices of the moment. A move takes
some related vehicles out, bans or favours something, puts them back one by one, and lets their
neighbours answer; it is kept when it is better, or little worse while the search is warm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
from attrs import define, field

from cmf.planning.compiled import Compiled, plan_of
from cmf.planning.data import Plan
from cmf.planning.evaluate import evaluate
from cmf.planning.ledger import ledgers_of
from cmf.planning.paths import VehiclePaths, vehicle_paths
from cmf.planning.state import State, Uses

Floats = npt.NDArray[np.float64]

DISCOUNTS = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
BANNED = 1e3
"""Times the largest cost: a choice at that price is taken only where there is no other."""


@define(eq=False, slots=False)
class Search:
    """A search for good plans, in steps of a fixed amount of work.

    Attributes
    ----------
    best
        The best plan that meets everything; `None` before the first.
    best_cost
        Its cost.
    """

    compiled: Compiled
    seed: int = 0
    best: Plan | None = None
    best_cost: int | None = None
    paths: list[VehiclePaths] = field(init=False)
    uses: Uses = field(init=False)
    state: State = field(init=False)
    merit: float = field(init=False)
    moves: int = 0

    def __attrs_post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.paths = vehicle_paths(self.compiled)
        self.uses = Uses(self.compiled)
        ledgers = ledgers_of(self.compiled, self.uses.group, self.uses.pair)
        self.state = State(self.uses, ledgers)
        self.big = BANNED * max(1.0, float(np.abs(self.uses.cost).max(initial=1.0)))

    def begin(self, stop: Callable[[], bool]) -> None:
        """Build first plans and keep the best."""
        found, least = self.state, float("inf")
        for discount in DISCOUNTS:
            state = self._empty()
            for v in self._shuffled(range(self.compiled.vehicles)):
                self._answer(state, v, discount)
            self._descend(state, range(self.compiled.vehicles), 4)
            self._raise_multipliers(state, 12)
            self._offer(state)
            if state.merit() < least:
                found, least = state, state.merit()
            if stop():
                break
        self._adopt(found)

    def _empty(self) -> State:
        state = self.state.copy()
        for v in range(self.compiled.vehicles):
            if state.chosen[v]:
                state.take(v)
        return state

    def adopt(self, plan: Plan) -> None:
        """Go on from a plan."""
        state = self._empty()
        for v, chosen in enumerate(plan.choices):
            state.put(v, [self.compiled.number[(v, choice)] for choice in chosen])
        self._offer(state)
        self._adopt(state)

    @property
    def matters(self) -> bool:
        """Whether there is more to see than what is on offer: constraints, prices by number."""
        uses = self.uses
        counted = bool(uses.premium.any() or uses.integration.any() or uses.tiered)
        return counted or bool(self.compiled.problem.constraints)

    def current(self) -> Plan:
        """The plan the search stands at, whether it meets everything or not."""
        return _plan(self.compiled, self.state)

    def consider(self, plan: Plan) -> None:
        """Go on from a plan if what the constraints make of it is better than where the search
        stands."""
        state = self.state.copy()
        for v, chosen in enumerate(plan.choices):
            state.take(v)
            state.put(v, [self.compiled.number[(v, choice)] for choice in chosen])
        self._descend(state, range(self.compiled.vehicles), 2)
        self._offer(state)
        if state.merit() < self.merit:
            self._adopt(state)

    def priced(self) -> Floats:
        """Cost of every pair, with what the constraints say of it at their multipliers."""
        cost, uses, state = self.uses.cost.copy(), self.uses, self.state
        for each in uses.sums:
            cost += each.slope(state.level(each))
        for v in range(self.compiled.vehicles):
            a, b = uses.start[[uses.first[v], uses.first[v + 1]]].tolist()
            old = state.take(v)
            for ledger in state.ledgers:
                price = ledger.prices(v, a, b, uses.group[a:b])
                cost += np.bincount(uses.pair[a:b], price, len(cost))
            state.put(v, old)
        return cost

    def _adopt(self, state: State) -> None:
        self.state = state
        self.merit = state.merit()

    def move(self, warmth: float) -> bool:
        """One move; whether the best plan became better.

        Parameters
        ----------
        warmth
            How much worse, as a part of the cost, is still kept now and then.
        """
        self.moves += 1
        before = self.best_cost
        out, banned = self._neighbourhood()
        state = self.state.copy()
        for v in out:
            state.take(v)
        discount = float(self.rng.choice(DISCOUNTS[2:]))
        for v in self._shuffled(out):
            self._answer(state, v, discount, banned)
        touched = {int(v) for v in out}
        others = self._shuffled(range(self.compiled.vehicles))[: 10 + len(touched) // 2]
        self._descend(state, [*touched, *(v for v in others if v not in touched)], 2)
        merit = state.merit()
        slack = -warmth * abs(self.merit) * float(np.log(max(self.rng.random(), 1e-12)))
        if merit <= self.merit + slack:
            self.state, self.merit = state, merit
            self._offer(state)
        self._adjust()
        return self.best_cost != before

    def _neighbourhood(self) -> tuple[list[int], int]:
        """Vehicles to take out, and a choice they should avoid (-1 for none)."""
        rng, compiled = self.rng, self.compiled
        v = int(rng.integers(compiled.vehicles))
        size = int(rng.integers(2, 15))
        pair = self.state.chosen[v][int(rng.integers(len(self.state.chosen[v])))]
        choice = int(compiled.pair_choice[pair])
        if rng.random() < 0.6:
            slot = int(compiled.pair_slot[pair])
            related = [
                u
                for u, chosen in enumerate(self.state.chosen)
                if compiled.pair_choice[chosen[slot]] == choice
            ]
            if rng.random() < 0.6:
                return related[:60], choice
            return self._shuffled(related)[:size], -1
        return self._shuffled(range(compiled.vehicles))[:size], -1

    def _answer(self, state: State, v: int, discount: float = 1.0, banned: int = -1) -> None:
        price = state.prices(v, discount)
        path = self.paths[v]
        if banned >= 0:
            low = path.first
            here = self.compiled.pair_choice[low : low + len(price)] == banned
            price = price + self.big * here
        state.put(v, path.cheapest(price)[1])

    def _descend(self, state: State, vehicles: Iterable[int], rounds: int) -> None:
        """Let vehicles answer in turn until none changes."""
        order = list(vehicles)
        for _ in range(rounds):
            changed = False
            for v in order:
                old = state.take(v)
                price = state.prices(v)
                path = self.paths[v]
                least, new = path.cheapest(price)
                now = float(sum(price[p - path.first] for p in old))
                better = least < now - 1e-9 * max(1.0, abs(now))
                state.put(v, new if better else old)
                changed = changed or better
            if not changed:
                break

    def _offer(self, state: State) -> None:
        """Keep a plan when it is the best that meets everything, by exact evaluation."""
        cost = state.cost()
        if self.best_cost is not None and cost >= self.best_cost - 0.5:
            return
        if any(each.lack() > 1e-6 for each in state.ledgers if each.multiplier):
            return
        plan = _plan(self.compiled, state)
        if not self.compiled.problem.constraints:  # every plan is good; the cost is looked at later
            self.best, self.best_cost = plan, round(cost)
            return
        found = evaluate(self.compiled.problem, plan)
        if found.meets_all and (self.best_cost is None or found.cost.total < self.best_cost):
            self.best, self.best_cost = plan, found.cost.total

    def _raise_multipliers(self, state: State, rounds: int) -> None:
        """Raise the multipliers until a plan meets everything or the rounds are over."""
        for _ in range(rounds):
            if not self._weigh(state, 3.0, 1.0):
                return
            self._descend(state, range(self.compiled.vehicles), 3)
            self._offer(state)

    def _adjust(self) -> None:
        """Now and then: dearer what is missed, cheaper what is met."""
        if self.moves % 5 == 0 and (self.state.ledgers or self.uses.sums):
            self._weigh(self.state, 1.3, 0.93)
            self.merit = self.state.merit()

    def _weigh(self, state: State, up: float, down: float) -> bool:
        """Change the multipliers; whether something is missed."""
        missed = False
        every = [p for each in state.chosen for p in each]
        cost = max(1.0, state.cost())
        lacks = [(each, each.lack()) for each in state.ledgers]
        for ledger, lack in lacks:
            missed = missed or lack > 0
            least = 1e-3 * cost / max(1.0, abs(lack))
            if lack > 0:
                ledger.multiplier = max(least, ledger.multiplier * up)
            else:
                ledger.multiplier *= down
        for each in self.uses.sums:
            lack = each.lack(every)
            missed = missed or lack > 0
            if lack > 0:
                each.multiplier = max(1e-2 * cost / max(1.0, lack), each.multiplier * up)
        return missed

    def _shuffled(self, vehicles: Iterable[int]) -> list[int]:
        return [int(v) for v in self.rng.permutation(list(vehicles))]


def _plan(compiled: Compiled, state: State) -> Plan:
    return plan_of(compiled, np.array([p for each in state.chosen for p in each]))
