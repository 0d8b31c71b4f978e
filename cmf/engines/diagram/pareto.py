"""Pareto fronts: one pass up the diagram, of whole fronts instead of numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.price import Pricing
from cmf.engines.diagram.relation import Ints
from cmf.engines.diagram.structure import TRUE
from cmf.errors import LimitReached
from cmf.problem.answer import Limits
from cmf.problem.problem import Variant

POINTS = 100_000
"""Points that the front below one node may have."""
SUMS = 5_000_000
"""Sums of points of two children that are looked at together."""

Keys = npt.NDArray[np.object_]


@frozen(eq=False)
class Front:
    """Combinations of values of which none betters another.

    Attributes
    ----------
    values
        Shape (points, aims), sorted; the smaller the better.
    keys
        For every point the first partial variant in declared order that has it, as a number: the
        first declared variable in the highest bits.
    """

    values: Ints
    keys: Keys

    def plus(self, other: Front) -> Front:
        """All sums of a point of each, the bettered ones dropped."""
        if len(self.values) == 1 or len(other.values) == 1:
            # Adding one point moves the others and keeps their order.
            return Front(self.values + other.values, self.keys | other.keys)
        if len(self.values) * len(other.values) > SUMS:
            raise LimitReached(f"{SUMS:,} sums of points of a Pareto front")
        sums = self.values[:, None, :] + other.values[None, :, :]
        keys = self.keys[:, None] | other.keys[None, :]
        return best_of(sums.reshape(-1, sums.shape[2]), keys.reshape(-1))


def best_of(values: Ints, keys: Keys) -> Front:
    """The front of some points; of equal ones the first in declared order stays."""
    if len(values) < 2:
        return Front(values, keys)
    order = np.lexsort(values.T[::-1])
    values, keys = values[order], keys[order]
    starts = np.flatnonzero(np.append(True, (values[1:] != values[:-1]).any(axis=1)))
    if len(starts) < len(values):
        values, keys = values[starts], np.minimum.reduceat(keys, starts)
    keep = _unbettered(values)
    if len(keep) > POINTS:
        raise LimitReached(f"{POINTS:,} points of a Pareto front")
    return Front(values[keep], keys[keep])


def _unbettered(values: Ints) -> Ints:
    """Places of the points that no other betters; the points are distinct and sorted."""
    if values.shape[1] == 1:
        return np.zeros(1, dtype=np.int64)
    if values.shape[1] == 2:
        # Only those before have a first value that is as good: they need a worse second one.
        second = values[:, 1]
        before = np.minimum.accumulate(second)[:-1]
        return np.flatnonzero(np.append(True, second[1:] < before))
    places = np.arange(len(values))
    number = 0
    while number < len(places):
        # A point can only be bettered by one before it, and that one was looked at already.
        worse = (values[places] >= values[places[number]]).all(axis=1)
        worse[: number + 1] = False
        places = places[~worse]
        number += 1
    return places


@define(eq=False)
class ParetoFold:
    """One pass from the leaves to the top."""

    pricing: Pricing
    signs: Sequence[int]
    limits: Limits
    started: float = field(factory=time.monotonic, init=False)

    def front(self, allowed: Mask) -> list[tuple[tuple[int, ...], Variant]]:
        """The front of a restricted space, best first: values without sign or offset, variants.

        Raises
        ------
        LimitReached
            When fronts outgrow `POINTS` or `SUMS`, or time is up.
        """
        diagram = self.pricing.compiled.diagram
        if diagram.top < 0:
            return []
        signs = np.array(self.signs, dtype=np.int64)
        arc_costs = (self.pricing.arcs * signs[:, None]).T
        slots = self._slots(allowed, signs)
        nodes: list[Front | None] = [_nothing(len(signs))]
        arcs = zip(
            diagram.arc_slot.tolist(),
            diagram.left.tolist(),
            diagram.right.tolist(),
            strict=True,
        )
        for first, last in pairwise(diagram.node_arcs[1:].tolist()):
            found: list[Front] = []
            for arc in range(first, last):
                slot, left, right = next(arcs)
                below, beside, own = nodes[left], nodes[right], slots[slot]
                if below is None or beside is None or own is None:
                    continue
                front = own.plus(below)
                front = front.plus(beside) if right != TRUE else front
                found.append(Front(front.values + arc_costs[arc], front.keys))
            nodes.append(self._joined(found))
        top = nodes[diagram.top]
        if top is None:
            return []
        shifts = self._shifts()
        return [
            (tuple(int(s * v) for s, v in zip(self.signs, point, strict=True)), _read(key, shifts))
            for point, key in zip(top.values.tolist(), top.keys.tolist(), strict=True)
        ]

    def _joined(self, found: Sequence[Front]) -> Front | None:
        seconds = self.limits.seconds
        if seconds is not None and time.monotonic() - self.started > seconds:
            raise LimitReached(f"{seconds:g} s")
        if len(found) < 2:
            return found[0] if found else None
        return best_of(
            np.concatenate([front.values for front in found]),
            np.concatenate([front.keys for front in found]),
        )

    def _shifts(self) -> list[tuple[int, int]]:
        """For every variable where its bits are in a key, and their mask."""
        shifts: list[tuple[int, int]] = []
        place = 0
        for size in np.diff(self.pricing.compiled.first)[::-1].tolist():
            width = (size - 1).bit_length()
            shifts.append((place, (1 << width) - 1))
            place += width
        return shifts[::-1]

    def _slots(self, allowed: Mask, signs: Ints) -> list[Front | None]:
        """The front of the allowed options of every slot."""
        compiled = self.pricing.compiled
        slots: list[Front | None] = [
            _nothing(len(signs)) if hidden else None for hidden in compiled.hidden.tolist()
        ]
        owners = np.repeat(np.arange(len(compiled.first) - 1), np.diff(compiled.first))
        shifts = self._shifts()
        chosen: dict[int, list[int]] = {}
        for option in np.flatnonzero(allowed).tolist():
            chosen.setdefault(int(compiled.slots[option]), []).append(option)
        for slot, options in chosen.items():
            keys = np.empty(len(options), dtype=object)
            keys[:] = [
                (option - int(compiled.first[owners[option]])) << shifts[owners[option]][0]
                for option in options
            ]
            slots[slot] = best_of((self.pricing.options[:, options] * signs[:, None]).T, keys)
        slots[-1] = None
        return slots


def _nothing(aims: int) -> Front:
    keys = np.empty(1, dtype=object)
    keys[0] = 0
    return Front(np.zeros((1, aims), dtype=np.int64), keys)


def _read(key: int, shifts: Sequence[tuple[int, int]]) -> Variant:
    return tuple((key >> shift) & mask for shift, mask in shifts)
