"""Weights of uses and parts, in exact integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.analysis.commonality.basis import VEHICLE, Weight
from cmf.analysis.commonality.incidence import Incidence, Index

Exact = npt.NDArray[Any]
"""Integers: of 64 bits while every sum fits, Python's own (dtype object) beyond."""

SAFE = 2.0**60
"""Sums below are kept in 64 bits; leaves room for adding a few of them up."""


@frozen
class Lack:
    """Why there is nothing to weigh; becomes the cause of a `NotEvaluable`."""

    cause: str


@frozen(eq=False)
class Weighed:
    """Weight of every use, with the products of one group added up.

    Attributes
    ----------
    weight
        How parts count.
    labels
        The groups, in the order in which products first name them.
    row, part
        Group and part of every use, sorted; no pair twice.
    value
        Its weight. For a weight that counts a part once it is the weight of the part.
    parts
        Number of parts, used or not.
    """

    weight: Weight
    labels: tuple[str, ...]
    row: Index = field(repr=False)
    part: Index = field(repr=False)
    value: Exact = field(repr=False)
    parts: int

    def spread(self) -> npt.NDArray[np.int64]:
        """Number of groups that use each part (``k_j``)."""
        return np.bincount(self.part, minlength=self.parts)

    def by_part(self) -> Exact:
        """Weight ``W_j`` of each part in the whole family; 0 when no group uses it."""
        totals = np.zeros(self.parts, dtype=self.value.dtype)
        if self.weight.per_use:
            np.add.at(totals, self.part, self.value)
        else:
            totals[self.part] = self.value
        return totals

    def by_row(self, keep: npt.NDArray[np.bool_] | None = None) -> Exact:
        """Weight of each group, of the uses for which `keep` is true, or of all."""
        totals = np.zeros(len(self.labels), dtype=self.value.dtype)
        if keep is None:
            np.add.at(totals, self.row, self.value)
        else:
            np.add.at(totals, self.row[keep], self.value[keep])
        return totals


def total(values: Exact) -> int:
    """Sum as a Python integer."""
    return int(values.sum()) if values.size else 0


def exact(values: Sequence[int]) -> Exact:
    """An array of integers of any size."""
    small = sum(values) < SAFE
    return np.array(values, dtype=np.int64 if small else object)


def times(left: Exact, right: Exact) -> Exact:
    """Elementwise product of non-negative integers, such that its sum cannot overflow."""
    product: Exact = widened(left, right) * right
    return product


def widened(values: Exact, counts: Exact) -> Exact:
    """The values, as Python integers when the sum of ``values * counts`` could leave 64 bits."""
    # The estimate is a sum of non-negative doubles: its relative error is far below 1/2.
    estimate = float(np.dot(values.astype(np.float64), counts.astype(np.float64)))
    return values.astype(np.int64 if estimate < SAFE else object, copy=False)


def weigh(incidence: Incidence, weight: Weight, population: str = VEHICLE) -> Weighed | Lack:
    """The weight of every use, by group of `population`.

    A `Lack` when there is no product or no use, or when a figure or a label that the weight or
    the population needs is not known. `InputError` when there is no such population.
    """
    uses = incidence.uses
    labels = incidence.products.labels(population)
    lack = _lack(incidence, weight, labels, population)
    if lack is not None:
        return lack
    groups = tuple(dict.fromkeys(label for label in labels if label is not None))
    part_weight = unit_weights(incidence, weight)
    if isinstance(part_weight, Lack):
        return part_weight
    pieces: Exact = uses.quantity
    if weight is Weight.SPEND:
        volumes = exact([v for v in incidence.products.volumes if v is not None])
        pieces = times(volumes[uses.product], pieces)
    if population == VEHICLE:
        row, part, count = uses.product, uses.part, pieces
    else:
        row, part, count = _grouped(incidence, labels, groups, pieces)
    if not weight.per_use:
        part_weight = widened(part_weight, np.bincount(part, minlength=len(part_weight)))
    value = times(part_weight[part], count) if weight.per_use else part_weight[part]
    return Weighed(weight, groups, row, part, value, len(incidence.parts.numbers))


def unit_weights(incidence: Incidence, weight: Weight) -> Exact | Lack:
    """Weight of one piece of each part: 1, mass, unit cost or investment; 0 for unused parts."""
    parts = incidence.parts
    figure: tuple[str, tuple[int | None, ...]]
    match weight:
        case Weight.PART_NUMBER | Weight.INSTANCE:
            return np.ones(len(parts.numbers), dtype=np.int64)
        case Weight.MASS:
            figure = ("mass", parts.masses)
        case Weight.LIST_COST | Weight.SPEND:
            figure = ("unit cost", parts.unit_costs)
        case Weight.INVESTMENT:
            figure = ("investment", parts.investments)
    name, values = figure
    if None in values:
        used = np.unique(incidence.uses.part)
        lack = unknown(name, [parts.numbers[j] for j in used], [values[j] for j in used])
        if lack is not None:
            return lack
    return exact([v or 0 for v in values])


def too_few(labels: Sequence[str], k: int, population: str) -> Lack | None:
    """Why a part cannot be common to `k` groups at all, if so."""
    if len(labels) >= k:
        return None
    return Lack(f"k = {k} needs at least {k} of population {population}, there is {len(labels)}")


def unknown(figure: str, names: Sequence[str], values: Sequence[object]) -> Lack | None:
    """A `Lack` that names some of the `names` whose value is `None`, if there are any."""
    missing = [name for name, value in zip(names, values, strict=True) if value is None]
    if not missing:
        return None
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return Lack(f"{figure} not known of {', '.join(missing[:3])}{more}")


def _lack(
    incidence: Incidence, weight: Weight, labels: Sequence[str | None], population: str
) -> Lack | None:
    products = incidence.products
    if not products.names:
        return Lack("there are no products")
    if not incidence.uses.part.size:
        return Lack(f"no product uses a part in scope {incidence.scope}")
    lack = unknown(population, products.names, labels)
    if lack is None and weight is Weight.SPEND:
        lack = unknown("volume", products.names, products.volumes)
    return lack


def _grouped(
    incidence: Incidence,
    labels: Sequence[str | None],
    groups: Sequence[str],
    pieces: Exact,
) -> tuple[Index, Index, Exact]:
    """Uses with the products of each group added up."""
    found: list[tuple[Index, Exact]] = []
    for spans in _spans(incidence, labels, groups):
        part = np.concatenate([incidence.uses.part[s] for s in spans])
        count = np.zeros(len(incidence.parts.numbers), dtype=pieces.dtype)
        np.add.at(count, part, np.concatenate([pieces[s] for s in spans]))
        used = np.zeros(len(count), dtype=np.bool_)
        used[part] = True
        # A product of volume 0 still uses its parts: the mark decides, not the count.
        parts = np.flatnonzero(used).astype(np.int32)
        found.append((parts, count[parts]))
    row = np.repeat(np.arange(len(groups), dtype=np.int32), [len(p) for p, _ in found])
    return row, np.concatenate([p for p, _ in found]), np.concatenate([c for _, c in found])


def _spans(
    incidence: Incidence, labels: Sequence[str | None], groups: Sequence[str]
) -> Iterator[list[slice]]:
    """For each group the stretches of the uses that belong to its products."""
    members: dict[str | None, list[slice]] = {group: [] for group in groups}
    start = incidence.uses.start
    for i, label in enumerate(labels):
        members[label].append(slice(int(start[i]), int(start[i + 1])))
    yield from (members[group] for group in groups)
