"""What splitting a case on a count promises, learned from earlier splits (pseudo-costs)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import define, field

Floats = npt.NDArray[np.float64]

TRIES = 2
"""How often both sides of a count are tried before its pseudo-costs are believed."""

PRIOR = (1.0, 0.5, 0.25)
"""What a level of counts promises before anything was tried, relative to each other."""


@define(eq=False)
class Promise:
    """Pseudo-costs: what was learned of both sides of every count."""

    level: npt.NDArray[np.int64]
    rise: Floats = field(init=False)
    tries: npt.NDArray[np.int64] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.rise = np.zeros((2, len(self.level)))
        self.tries = np.zeros((2, len(self.level)), dtype=np.int64)

    def learn(self, count: int, side: int, rise: float) -> None:
        """A side (0 down, 1 up) was tried, and the bound rose so much per unit of distance."""
        self.rise[side, count] += rise
        self.tries[side, count] += 1

    def known(self, count: int) -> bool:
        """Whether both sides were tried often enough."""
        return bool((self.tries[:, count] >= TRIES).all())

    def score(self, values: Floats) -> Floats:
        """What splitting on each count promises: the product of the rises of both sides."""
        up = np.ceil(values) - values
        distance = np.stack((1.0 - up, up))
        mean = float(self.rise.sum()) / max(1, int(self.tries.sum())) or 1.0
        prior = mean * np.array(PRIOR)[self.level]
        rise = np.where(self.tries > 0, self.rise / np.maximum(1, self.tries), prior)
        product: Floats = np.maximum(rise * distance, 1e-9 * mean).prod(axis=0)
        return product
