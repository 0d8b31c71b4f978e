"""The way from today's plan to the plan: which unification first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import define, evolve, frozen

from cmf.planning.constraints import Share
from cmf.planning.data import Item, Plan, PlanningProblem
from cmf.planning.evaluate import cost, share_of, usage

Move = tuple[str, str, str]
"""Slot, module before, module after."""


@frozen
class Step:
    """Vehicles that change the same modules at once; each stays valid by itself.

    Attributes
    ----------
    vehicles
        Numbers of the vehicles.
    cost
        Of the plan after this step and all before it.
    share
        Numerator and denominator of the share after it; `None` when none is looked at.
    """

    vehicles: tuple[int, ...]
    moves: tuple[Move, ...]
    cost: int
    share: tuple[int, int] | None


def way(problem: PlanningProblem, today: Plan, plan: Plan, share: Share | None) -> tuple[Step, ...]:
    """The changes that lead from today's plan to the plan, in order.

    Vehicles that change the same modules in the same way are one step. Every step takes the plan
    that is then the best: while the share misses its bound, the most sharing gained for the money
    (steps that also save money first); after that, the most saved. The last step gives the plan.

    Parameters
    ----------
    share
        What to reach on the way; `None` for no share.
    """
    waiting = _unifications(problem, today, plan)
    ledger = _Ledger.of(problem, today, share)
    steps = []
    while waiting:
        moves, vehicles = max(
            waiting.items(), key=lambda each: ledger.rank(ledger.change(plan, each[1]))
        )
        del waiting[moves]
        ledger.take(plan, vehicles)
        shared = (ledger.shared, ledger.whole) if share is not None else None
        steps.append(Step(vehicles, moves, ledger.cost, shared))
    return tuple(steps)


def _unifications(
    problem: PlanningProblem, today: Plan, plan: Plan
) -> dict[tuple[Move, ...], tuple[int, ...]]:
    """Changes with the vehicles that make them, in the order of the vehicles."""
    found: defaultdict[tuple[Move, ...], list[int]] = defaultdict(list)
    for i, (before, after) in enumerate(zip(today.choices, plan.choices, strict=True)):
        moves = tuple(
            (slot, problem.choices[a].name, problem.choices[b].name)
            for slot, a, b in zip(problem.slots, before, after, strict=True)
            if a != b
        )
        if moves:
            found[moves].append(i)
    return {moves: tuple(vehicles) for moves, vehicles in found.items()}


@frozen
class _Change:
    """What a step does: to the cost, to numerator and denominator of the share."""

    cost: int
    shared: int
    whole: int


@define
class _Ledger:
    """Cost and share of a plan that changes step by step; only what changes is counted again."""

    problem: PlanningProblem
    share: Share | None
    choices: list[tuple[int, ...]]
    users: list[dict[int, int]]
    cost: int
    shared: int = 0
    whole: int = 0

    @classmethod
    def of(cls, problem: PlanningProblem, plan: Plan, share: Share | None) -> _Ledger:
        users = usage(problem, plan)
        ledger = cls(
            problem, share, list(plan.choices), list(users), cost(problem, plan, users).total
        )
        if share is not None:
            ledger.shared, ledger.whole = share_of(problem, users, share)
        return ledger

    def change(self, plan: Plan, vehicles: Sequence[int]) -> _Change:
        """What it does when vehicles take their choices of a plan."""
        after = self._after(plan, vehicles)
        money = sum(
            _item_cost(self.problem, self.problem.items[item], users)
            - _item_cost(self.problem, self.problem.items[item], self.users[item])
            for item, users in after.items()
        )
        money += sum(
            self._charges(i, plan.choices[i]) - self._charges(i, self.choices[i]) for i in vehicles
        )
        if self.share is None:
            return _Change(money, 0, 0)
        weights = {i: w for i, w in self.share.weights.items() if i in after}
        some = evolve(self.share, weights=weights)
        before = share_of(self.problem, tuple(self.users), some)
        now = share_of(self.problem, tuple(_replaced(self.users, after)), some)
        return _Change(money, now[0] - before[0], now[1] - before[1])

    def take(self, plan: Plan, vehicles: Sequence[int]) -> None:
        """Make the change."""
        done = self.change(plan, vehicles)
        for item, users in self._after(plan, vehicles).items():
            self.users[item] = users
        for i in vehicles:
            self.choices[i] = plan.choices[i]
        self.cost += done.cost
        self.shared += done.shared
        self.whole += done.whole

    def rank(self, change: _Change) -> tuple[int, Fraction]:
        """How good a change is now; greater is better."""
        saved = Fraction(-change.cost)
        if self.share is None:
            return 0, saved
        if self.shared >= self.share.bound * self.whole:
            after = self.shared + change.shared, self.whole + change.whole
            # What is reached is not given up again while there is another way.
            return (0, saved) if after[0] >= self.share.bound * after[1] else (-1, saved)
        # By how much the change comes closer to the bound.
        gained = change.shared - self.share.bound * change.whole
        if gained <= 0:
            return 0, saved
        return (2, gained) if saved >= 0 else (1, gained / change.cost)

    def _charges(self, vehicle: int, choices: Sequence[int]) -> int:
        charges = self.problem.vehicles[vehicle].charges
        return sum(charges.get(choice, 0) for choice in choices)

    def _after(self, plan: Plan, vehicles: Sequence[int]) -> dict[int, dict[int, int]]:
        """The users of every item that changes them."""
        found: dict[int, dict[int, int]] = {}
        for i in vehicles:
            for choices, sign in ((self.choices[i], -1), (plan.choices[i], 1)):
                for choice in choices:
                    for use in self.problem.uses(i, choice):
                        users = found.setdefault(use.item, dict(self.users[use.item]))
                        users[i] = users.get(i, 0) + sign * use.quantity
        for users in found.values():
            for i in vehicles:
                if not users.get(i, 1):
                    del users[i]
        return {item: users for item, users in found.items() if users != self.users[item]}


def _replaced(
    users: Sequence[dict[int, int]], after: Mapping[int, dict[int, int]]
) -> list[dict[int, int]]:
    return [after.get(item, by) for item, by in enumerate(users)]


def _item_cost(problem: PlanningProblem, item: Item, users: Mapping[int, int]) -> int:
    if not users:
        return 0
    pieces = sum(n * problem.vehicles[i].volume for i, n in users.items())
    shared = item.premium if len(users) > 1 else 0
    return item.investment + shared + (len(users) - 1) * item.integration + item.price(pieces)
