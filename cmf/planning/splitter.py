"""The work on one case of a proof: relax, split on the best count, or settle.

Which count is best is found by trying: both sides are solved for the counts that promise most,
until enough is known of what they bring (reliability branching).
"""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import numpy.typing as npt

from cmf.planning.compiled import LARGEST, Compiled
from cmf.planning.counts import counts_of
from cmf.planning.data import Plan
from cmf.planning.formulate import formulate
from cmf.planning.linear import Linear, Relaxed
from cmf.planning.mip import scale_of, solve_mip
from cmf.planning.promise import Promise
from cmf.planning.tree import Case

Floats = npt.NDArray[np.float64]

WHOLE = 1e-6
"""Distance from a whole number that is taken for none."""

PATIENCE = 4
"""Tries without a better count before the best so far is taken."""

SETTLE_NODES = 500
"""Nodes for the model of a case in which all counts are whole."""

ROOT_ROUNDS = 60
"""How often inequalities may come into the first relaxation."""


class Splitter:
    """Works on the cases of one problem."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        model = formulate(compiled, scale_of(compiled))
        self.counts = counts_of(model)
        self.ceiling = int(compiled.pair_cost.sum() + compiled.group_cost.sum())
        self.linear = Linear(model, self.counts, self.ceiling)
        self.promise = Promise(np.array([count.level for count in self.counts], dtype=np.int64))

    def root(self) -> Case | None:
        """The case of everything; `None` when its relaxation has no solution."""
        low, high = np.zeros(len(self.counts)), self.linear.widths.copy()
        found = self.linear.solve(low, high, ROOT_ROUNDS)
        return None if found is None else Case(found.bound, low, high, found.counts)

    def unsettled(self, case: Case) -> bool:
        """Whether all counts are whole, and it is not known what that comes to."""
        return case.offer is None and not self._apart(case).any()

    def weights(self, case: Case) -> dict[int, float]:
        """How much the relaxation of a case likes each choice."""
        return {
            count.choices[0]: value
            for count, value in zip(self.counts, case.counts.tolist(), strict=True)
            if count.level == 2
        }

    def split(self, case: Case, top: int | None) -> tuple[Case, Case] | None:
        """Both sides of the count that brings most; `None` when the solver gives up on all.

        Parameters
        ----------
        top
            Cost of the best plan: what lies above is worth no more.
        """
        apart = self._apart(case)
        if not apart.any():
            return self._one_less(case)
        score = np.where(apart, self.promise.score(case.counts), -1.0)
        best: tuple[Case, Case] | None = None
        most, waited = -1.0, 0
        for k in np.argsort(-score, kind="stable")[: int(apart.sum())].tolist():
            if best is not None and (waited >= PATIENCE or self.promise.known(k)):
                break
            sides = self._sides(case, k)
            if sides is None:
                continue
            self._learn(case, k, sides)
            limit = self.ceiling if top is None else max(top, case.bound + 1)
            down, up = (max(1, min(side.bound, limit) - case.bound) for side in sides)
            value = float(down) * float(up)
            waited = 0 if value > most else waited + 1
            if value > most:
                best, most = sides, value
        return best

    def _one_less(self, case: Case) -> tuple[Case, Case] | None:
        """A case whose offer costs more than its bound: one count more is fixed, or is not what it
        is; `None` when all are fixed, so that there is nothing but the offer."""
        free = [
            k
            for k, count in enumerate(self.counts)
            if count.level == 2 and case.low[k] < case.high[k]
        ]
        if not free:
            return None
        k = max(free, key=lambda k: case.counts[k])  # what is on offer first
        value = round(float(case.counts[k]))
        low, high = case.low.copy(), case.high.copy()
        low[k] = high[k] = 1 - value
        other = self.linear.solve(low, high)
        if other is None:
            return None
        fixed_low, fixed_high = case.low.copy(), case.high.copy()
        fixed_low[k] = fixed_high[k] = value
        same = Case(case.bound, fixed_low, fixed_high, case.counts, case.offer)
        return same, self._case(case, other, low, high)

    def settle(self, case: Case, seconds: float | None) -> tuple[Plan | None, int]:
        """A case in which all counts are whole: what is on offer is known, a small model decides.

        Returns
        -------
        the best plan that takes only what is on offer, and what none of these costs less than
        """
        off = {choice for choice, value in self.weights(case).items() if value < 0.5}
        found = solve_mip(self.compiled, seconds, SETTLE_NODES, without=off)
        least = LARGEST if found.infeasible else found.bound
        return found.plan, case.bound if least is None else least

    def _apart(self, case: Case) -> npt.NDArray[np.bool_]:
        apart: npt.NDArray[np.bool_] = np.abs(case.counts - np.round(case.counts)) > WHOLE
        return apart

    def _sides(self, case: Case, k: int) -> tuple[Case, Case] | None:
        value = float(case.counts[k])
        below, above = case.high.copy(), case.low.copy()
        below[k], above[k] = floor(value), ceil(value)
        down = self.linear.solve(case.low, below)
        up = self.linear.solve(above, case.high)
        if down is None or up is None:
            return None
        return self._case(case, down, case.low, below), self._case(case, up, above, case.high)

    def _case(self, parent: Case, found: Relaxed, low: Floats, high: Floats) -> Case:
        return Case(max(parent.bound, found.bound), low, high, found.counts)

    def _learn(self, case: Case, k: int, sides: tuple[Case, Case]) -> None:
        value = float(case.counts[k])
        distances = (value - floor(value), ceil(value) - value)
        for side, each in enumerate(sides):
            rise = float(min(each.bound, self.ceiling) - case.bound)
            self.promise.learn(k, side, rise / distances[side])
