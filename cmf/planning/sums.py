"""Sums over what is chosen, as prices on pairs: totals and changes."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import numpy.typing as npt
from attrs import define

from cmf.planning.compiled import Compiled
from cmf.planning.constraints import Changes, Total

Floats = npt.NDArray[np.float64]


@define(eq=False)
class Sum:
    """``low <= sum of the coefficients of what is chosen <= high``, with a multiplier."""

    coefficient: Floats
    low: float
    high: float
    multiplier: float = 0.0

    def slope(self, level: float) -> Floats:
        """Price of each pair while the others stand at a level."""
        if not self.multiplier:
            return np.zeros(len(self.coefficient))
        reached = level + self.coefficient
        over = np.maximum(0.0, reached - self.high) + np.maximum(0.0, self.low - reached)
        return np.asarray(self.multiplier * over)

    def lack(self, pairs: Sequence[int]) -> float:
        """How far the sum is outside; 0 or less is within."""
        level = float(self.coefficient[list(pairs)].sum())
        return max(level - self.high, self.low - level)

    def shortage(self, pairs: Sequence[int]) -> float:
        """What is missing, in money."""
        return self.multiplier * max(0.0, self.lack(pairs))


def sums_of(compiled: Compiled) -> list[Sum]:
    """The totals and changes of a problem; a changed vehicle counts as its changed slots here."""
    found = []
    for constraint in compiled.problem.constraints:
        coefficient = np.zeros(len(compiled.pair_cost))
        match constraint:
            case Total(_, terms, low, high):
                for key, value in terms.items():
                    if key in compiled.number:
                        coefficient[compiled.number[key]] = value
                ends = (-inf if low is None else float(low), inf if high is None else float(high))
                found.append(Sum(coefficient, *ends))
            case Changes(_, most, _):
                coefficient[:] = [
                    today is not None and choice not in today
                    for today, choice in (
                        (compiled.problem.vehicles[v].today, c)
                        for v, c in zip(
                            compiled.pair_vehicle.tolist(),
                            compiled.pair_choice.tolist(),
                            strict=True,
                        )
                    )
                ]
                found.append(Sum(coefficient, -inf, float(most)))
            case _:
                pass
    return found
