"""Proof by cases: branch and bound on how many choices are in use.

A case bounds the counts (`cmf.planning.counts`); its relaxation says what no plan of the case costs
less than. The case of least bound is split next, on the count that promises most: every count is
tried by solving both sides until enough is known of what it brings (pseudo-costs). Where all counts
are whole it is settled what is on offer, and a small model settles the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import ceil, floor
from time import monotonic

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from cmf.planning.compiled import Compiled
from cmf.planning.counts import counts_of
from cmf.planning.data import Plan
from cmf.planning.evaluate import evaluate
from cmf.planning.formulate import formulate
from cmf.planning.linear import Linear, Relaxed
from cmf.planning.mip import TOLERANCE, scale_of, solve_mip

Floats = npt.NDArray[np.float64]

WHOLE = 1e-6
"""Distance from a whole number that is taken for none."""

TRIES = 2
"""How often both sides of a count are tried before its pseudo-costs are believed."""

PATIENCE = 4
"""Tries without a better count before the best so far is taken."""

LEAF_NODES = 500
"""Nodes for the model of a case in which all counts are whole."""

PRIOR = (1.0, 0.5, 0.25)
"""What a level of counts promises before anything was tried, relative to each other."""


@frozen(order=True)
class Case:
    """Bounds on the counts, with what was found under them."""

    bound: int
    number: int
    low: Floats = field(eq=False, order=False)
    high: Floats = field(eq=False, order=False)
    counts: Floats = field(eq=False, order=False)


@define(eq=False)
class Promise:
    """Pseudo-costs: by how much bounds rose, per unit of distance, on each side of a count."""

    rise: Floats
    tries: npt.NDArray[np.int64]
    level: npt.NDArray[np.int64]

    def learn(self, k: int, side: int, rise: float, distance: float) -> None:
        """A side was tried."""
        self.rise[side, k] += rise / distance
        self.tries[side, k] += 1

    def known(self, k: int) -> bool:
        """Whether both sides were tried often enough."""
        return bool((self.tries[:, k] >= TRIES).all())

    def score(self, values: Floats) -> Floats:
        """What splitting on each count promises: the product of both sides' rises."""
        up = np.ceil(values) - values
        distance = np.stack((1.0 - up, up))
        tried = self.tries > 0
        mean = self.rise.sum() / max(1, int(self.tries.sum())) or 1.0
        prior = mean * np.array(PRIOR)[self.level]
        per_unit = np.where(tried, self.rise / np.maximum(1, self.tries), prior)
        product: Floats = np.maximum(per_unit * distance, 1e-9 * mean).prod(axis=0)
        return product


class Tree:
    """The cases of one problem.

    Attributes
    ----------
    bound
        No plan costs less; `None` before the first relaxation.
    best
        The best plan that cases without a choice left led to.
    """

    def __init__(
        self,
        compiled: Compiled,
        seconds: float | None = None,
        on_plan: Callable[[Plan], object] | None = None,
    ) -> None:
        self.compiled = compiled
        self.ends = None if seconds is None else monotonic() + seconds
        self.on_plan = on_plan
        model = formulate(compiled, scale_of(compiled))
        self.counts = counts_of(model)
        self.ceiling = int(compiled.pair_cost.sum() + compiled.group_cost.sum())
        self.linear = Linear(model, self.counts, self.ceiling)
        levels = np.array([count.level for count in self.counts], dtype=np.int64)
        shape = (2, len(levels))
        self.promise = Promise(np.zeros(shape), np.zeros(shape, dtype=np.int64), levels)
        self.cases: list[Case] = []
        self.number = 0
        self.bound: int | None = None
        self.given_up: int | None = None
        self.best: Plan | None = None
        self.best_cost: int | None = None
        self.weights: dict[int, float] = {}

    def begin(self) -> bool:
        """Solve the first relaxation; whether there was time."""
        low, high = np.zeros(len(self.counts)), self.linear.widths.copy()
        found = self.linear.solve(low, high, self._left())
        if found is None:
            return False
        self._add(found, low, high)
        self._conclude()
        return True

    def step(self) -> bool:
        """Split the case of least bound; whether there is anything left to split."""
        if not self.cases or self._over():
            return False
        case = heappop(self.cases)
        self._lean(case.counts)
        away = np.abs(case.counts - np.round(case.counts))
        split = away > WHOLE
        sides = self._best_split(case, split) if split.any() else None
        if sides is not None:
            for found, low, high in sides:
                self._add(found, low, high)
        elif split.any():
            self._give_up(case.bound)
        else:
            self._settle(case)
        self._conclude()
        return bool(self.cases)

    def proven(self, gap: float) -> bool:
        """Whether the best plan of the cases is proven within a part of its cost."""
        if self.best_cost is None or self.bound is None:
            return False
        return self.best_cost - self.bound <= max(gap, 2 * TOLERANCE) * abs(self.best_cost)

    def _best_split(
        self, case: Case, split: npt.NDArray[np.bool_]
    ) -> list[tuple[Relaxed, Floats, Floats]] | None:
        """Both sides of the count that brings most; `None` when the time is over."""
        score = np.where(split, self.promise.score(case.counts), -1.0)
        best: list[tuple[Relaxed, Floats, Floats]] | None = None
        most, waited = -1.0, 0
        for k in np.argsort(-score, kind="stable")[: int(split.sum())].tolist():
            if best is not None and (waited >= PATIENCE or score[k] <= most):
                break
            sides = self._sides(case, k)
            if sides is None:
                return best
            down, up = (max(1, found.bound - case.bound) for found, _, _ in sides)
            top = self.best_cost
            if top is not None:  # what lies above the best plan is worth no more
                down, up = (min(rise, max(1, top - case.bound)) for rise in (down, up))
            value = float(down) * float(up)
            waited = 0 if value > most else waited + 1
            if value > most:
                best, most = sides, value
        return best

    def _sides(self, case: Case, k: int) -> list[tuple[Relaxed, Floats, Floats]] | None:
        value = float(case.counts[k])
        found = []
        for side, cut in enumerate((floor(value), ceil(value))):
            low, high = case.low.copy(), case.high.copy()
            (high if side == 0 else low)[k] = cut
            relaxed = self.linear.solve(low, high, self._left())
            if relaxed is None:
                return None
            rise = float(min(relaxed.bound, self.ceiling) - case.bound)
            self.promise.learn(k, side, max(0.0, rise), abs(value - cut))
            found.append((relaxed, low, high))
        return found

    def _add(self, found: Relaxed, low: Floats, high: Floats) -> None:
        if found.bound > self.ceiling:  # only what the counts were given can cost as much
            return
        self.number += 1
        heappush(self.cases, Case(found.bound, self.number, low, high, found.counts))

    def _settle(self, case: Case) -> None:
        """All counts are whole: what is on offer is known, and a small model decides."""
        off = {
            count.choices[0]
            for count, value in zip(self.counts, case.counts.tolist(), strict=True)
            if count.level == 2 and value < 0.5
        }
        found = solve_mip(self.compiled, self._left(), LEAF_NODES, without=off)
        if found.plan is not None:
            self._offer(found.plan)
        if found.infeasible:
            return
        self._give_up(max(case.bound, found.bound or case.bound))

    def _offer(self, plan: Plan) -> None:
        cost = evaluate(self.compiled.problem, plan).cost.total
        if self.best_cost is None or cost < self.best_cost:
            self.best, self.best_cost = plan, cost
            if self.on_plan is not None:
                self.on_plan(plan)

    def _give_up(self, bound: int) -> None:
        """A case that is not split further: its bound stays."""
        self.given_up = bound if self.given_up is None else min(self.given_up, bound)

    def _conclude(self) -> None:
        """The bound of all is the least of what is left."""
        left = [self.cases[0].bound] if self.cases else []
        left += [] if self.given_up is None else [self.given_up]
        if left and (self.bound is None or min(left) > self.bound):
            self.bound = min(left)

    def _lean(self, counts: Floats) -> None:
        self.weights = {
            count.choices[0]: value
            for count, value in zip(self.counts, counts.tolist(), strict=True)
            if count.level == 2
        }

    def _left(self) -> float | None:
        return None if self.ends is None else max(0.0, self.ends - monotonic())

    def _over(self) -> bool:
        left = self._left()
        return left is not None and left <= 0
