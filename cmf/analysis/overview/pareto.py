"""The parts that are not shared, heaviest first."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from attrs import field, frozen

from cmf.analysis.commonality.basis import VEHICLE, Basis, NotEvaluable, Weight
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.weigh import Lack, total, weigh
from cmf.model.catalog import Part


@frozen
class UniquePart:
    """A part that is not common.

    Attributes
    ----------
    users
        The products that use it, at most the first three.
    weight
        In the unit of the weight.
    reaches
        Share of the weight of all unique parts that this part and all heavier ones make, 0..1.
    """

    number: str
    name: str
    users: tuple[str, ...]
    weight: int
    reaches: Fraction


@frozen
class Pareto:
    """Unique parts by weight.

    Attributes
    ----------
    parts
        Heaviest first, equal ones in declared order.
    unique, whole
        Weight of the unique parts, and of all parts in scope.
    """

    basis: Basis
    parts: tuple[UniquePart, ...] = field(repr=False)
    unique: int
    whole: int


def pareto(
    incidence: Incidence, weight: Weight, k: int, parts: Mapping[str, Part]
) -> Pareto | NotEvaluable:
    """The parts that fewer than `k` vehicles use, heaviest first.

    Their weight over the whole is ``1 - share``. Not evaluable as `share` is.
    """
    basis = Basis("unique parts", weight, incidence.level, incidence.scope, k, VEHICLE)
    weighed = weigh(incidence, weight)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    weights, spread = weighed.by_part(), weighed.spread()
    whole = total(weights)
    if not whole:
        return NotEvaluable(basis, f"the total {weight.value} in scope {incidence.scope} is 0")
    alone = np.flatnonzero((spread > 0) & (spread < k)).tolist()
    users: dict[int, list[str]] = {j: [] for j in alone}
    for row, part in zip(weighed.row.tolist(), weighed.part.tolist(), strict=True):
        if part in users:
            users[part].append(weighed.labels[row])
    unique = sum(int(weights[j]) for j in alone)
    found = []
    reached = 0
    for j in sorted(alone, key=lambda j: -int(weights[j])):
        reached += int(weights[j])
        number = incidence.parts.numbers[j]
        name = parts[number].name if number in parts else number
        share = Fraction(reached, unique) if unique else Fraction(1)
        found.append(UniquePart(number, name, tuple(users[j][:3]), int(weights[j]), share))
    return Pareto(basis, tuple(found), unique, whole)
