"""The parts cost reduction when volumes are only known between two numbers.

Of the stand-alone spend, pooling leaves a mean of ``f = (1 + omega) x^e`` over all uses of parts,
weighed by spend, where x is the vehicle's part of the pooled volume and ``e = -log2 LR``. As x
rises with the vehicle's own volume and falls with all others, its least and greatest value in a box
of volumes are known, hence those of f; the mean is then a ratio of linear functions of the volumes,
whose range is exact. So a box has a bound, and the bound is close where the box is small: boxes are
halved, the most promising first, until volumes that were met are as good as the bound.

Source: interval branch and bound, Moore (1966), Interval Analysis.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import count

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.weigh import Lack, weigh
from cmf.analysis.targets.fleet import Fleet
from cmf.model.targets import Target

Floats = npt.NDArray[np.float64]

BOXES = 200
"""Boxes of volumes that one end of a range may take."""

CLOSE = 1e-5
"""Distance from a value that is reached at which a bound is good enough."""

_SLACK = 1e-11
"""More than the relative rounding error of a bound."""

_DIGITS = 10**9


@frozen
class Box:
    """Volumes between two numbers, by vehicle."""

    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    def halves(self, widths: Floats) -> tuple[Box, Box]:
        """Cut in the middle of the volume whose interval weighs most."""
        place = int(np.argmax((self.high - self.low) * widths))
        middle = (self.low[place] + self.high[place]) / 2
        below, above = self.high.copy(), self.low.copy()
        below[place] = above[place] = middle
        return evolve(self, high=below), evolve(self, low=above)


@frozen(eq=False)
class Learning:
    """Uses of parts with what each costs a vehicle.

    Attributes
    ----------
    product, part
        Of every use.
    pieces, cost
        Pieces in a vehicle, and what they cost stand-alone.
    shared
        Whether another vehicle uses the part too.
    """

    product: npt.NDArray[np.int64] = field(repr=False)
    part: npt.NDArray[np.int64] = field(repr=False)
    pieces: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    shared: npt.NDArray[np.bool_] = field(repr=False)
    exponent: float
    penalty: float

    @classmethod
    def of(cls, target: Target, incidence: Incidence) -> Learning:
        """The uses of vehicles of which each is built once.

        Raises
        ------
        ValueError
            When a figure is missing.
        """
        weighed = weigh(incidence, Weight.SPEND)
        if isinstance(weighed, Lack):
            raise ValueError(weighed.cause)
        uses = incidence.uses
        rate = target.figures["learning"]
        return cls(
            uses.product.astype(np.int64),
            uses.part.astype(np.int64),
            uses.quantity.astype(np.float64),
            weighed.value.astype(np.float64),
            weighed.spread()[uses.part] > 1,
            -(math.log2(rate.numerator) - math.log2(rate.denominator)),
            float(1 + target.figures["over_design"]),
        )

    def reduction(self, box: Box, boxes: int = BOXES) -> Bounds:
        """The range of the reduction, enclosed."""
        high = self._end(box, boxes, 1.0)
        low = -self._end(box, boxes, -1.0)
        return Bounds(
            Fraction(math.floor((1 - high) * _DIGITS), _DIGITS),
            Fraction(math.ceil((1 - low) * _DIGITS), _DIGITS),
        )

    def _end(self, box: Box, boxes: int, sign: float) -> float:
        """A bound of the greatest value of `sign` times what pooling leaves."""
        order = count()
        best = -math.inf
        waiting: list[tuple[float, int, Box]] = []
        spend = _added(self.product, self.cost, len(box.low))

        def look(part: Box) -> None:
            nonlocal best
            bound, volumes = self._bound(part, spend, sign)
            best = max(best, self._bound(Box(volumes, volumes), spend, sign)[0])
            heapq.heappush(waiting, (-bound, next(order), part))

        look(box)
        for _ in range(boxes):
            if -waiting[0][0] - best <= CLOSE:
                break
            for half in heapq.heappop(waiting)[2].halves(spend):
                look(half)
        return -waiting[0][0]

    def _bound(self, box: Box, spend: Floats, sign: float) -> tuple[float, Floats]:
        """No volumes of the box have more; and volumes at which the bound is taken."""
        least, most = (self.pieces * ends[self.product] for ends in (box.low, box.high))
        own, others = (most, least) if sign > 0 else (least, most)
        pooled = _added(self.part, others, 0)[self.part]
        whole = own + pooled - others
        held = np.divide(own, whole, out=np.full_like(own, sign > 0), where=whole > 0)
        factor = np.where(self.shared, self.penalty * held**self.exponent, 1.0)
        top = _added(self.product, self.cost * factor, len(spend))
        return _greatest(sign * (1 + sign * _SLACK) * top, spend, box)


def _added(to: npt.NDArray[np.int64], values: Floats, count: int) -> Floats:
    return np.asarray(np.bincount(to, values, minlength=count), dtype=np.float64)


def _greatest(top: Floats, bottom: Floats, box: Box) -> tuple[float, Floats]:
    """The greatest ratio of two linear functions over a box, by Dinkelbach's method."""
    volumes = box.low if bottom @ box.low > 0 else box.high
    value = -math.inf
    while True:
        whole = float(bottom @ volumes)
        found = float(top @ volumes) / whole if whole else -math.inf
        if found <= value:
            return value + abs(value) * _SLACK, volumes
        value = found
        volumes = np.where(top - value * bottom > 0, box.high, box.low)


def parts_cost_range(
    target: Target, fleet: Fleet, unknown: Sequence[int]
) -> tuple[Bounds, str, Fraction]:
    """The range of a parts cost reduction.

    Parameters
    ----------
    target
        That has a value at the least volumes.
    unknown
        Vehicles whose volume is an interval.

    Returns
    -------
    The range, closed outwards; the vehicle whose volume, fixed at the middle of its interval,
    leaves the narrowest one; and the width that is then left.
    """
    incidence = fleet.incidence(target, [1] * len(fleet.names))
    learning = Learning.of(target, incidence)
    number = {name: place for place, name in enumerate(fleet.names)}
    ends = [fleet.volumes[number[name]] or (0, 0) for name in incidence.products.names]
    box = Box(*(np.array(side, dtype=np.float64) for side in zip(*ends, strict=True)))
    places = [incidence.products.names.index(fleet.names[vehicle]) for vehicle in unknown]
    widths = []
    for place in places:
        low, high = box.low.copy(), box.high.copy()
        low[place] = high[place] = (low[place] + high[place]) / 2
        left = learning.reduction(Box(low, high), max(1, BOXES // len(places)))
        widths.append(left.high - left.low)
    best = min(range(len(widths)), key=widths.__getitem__)
    return learning.reduction(box), fleet.names[unknown[best]], widths[best]
