"""What a plan must meet."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

from attrs import field, frozen


class Counting(Enum):
    """How the weight of an item enters a share."""

    ONCE = "once"
    """Once, however often it is used: part numbers, list cost, investment."""
    VEHICLE = "vehicle"
    """Once for each vehicle that uses it, times the factor of the vehicle: models, cars a year."""
    PIECE = "piece"
    """For each piece, times the factor of the vehicle: pieces, mass, spend."""


@frozen
class Spread:
    """An item is common when vehicles of at least `k` groups use it."""

    k: int = 2


@frozen
class Followed:
    """An item is common when a vehicle of another group than its leader's uses it.

    Attributes
    ----------
    leads
        Item to the label of its leader; without one an item is never common.
    """

    leads: Mapping[int, str]


@frozen
class UsedBy:
    """An item is common when a vehicle of one group uses it (what A takes from B)."""

    group: str


Common = Spread | Followed | UsedBy


@frozen
class Share:
    """At least a share of the weight is on common items.

    ``sum of W_j over common items j >= bound * sum of W_j over items in use``

    With `Counting.ONCE` ``W_j = weight_j``; otherwise ``W_j = sum_i factor_i weight_j m_ij`` over
    the vehicles i that use j, with ``m_ij = 1`` or the pieces. A plan in which all weights in use
    are 0 has no share (not evaluable) and misses the target.

    Attributes
    ----------
    weights
        Item to weight, 0 or more. Items that are not named do not count: this is the scope.
    factors
        For each vehicle how much a use counts: its volume for spend, 1 for pieces, 0 when it is
        not looked at. Empty stands for 1 everywhere.
    population
        Of what groups `common` speaks; a key of `Vehicle.groups`, or ``vehicle``.
    among
        The vehicles whose uses make an item common (and used, with `Counting.ONCE`); empty stands
        for all.
    """

    name: str
    weights: Mapping[int, int] = field(repr=False)
    bound: Fraction
    counting: Counting = Counting.PIECE
    factors: tuple[int, ...] = ()
    population: str = "vehicle"
    common: Common = Spread()
    among: frozenset[int] = frozenset()


@frozen
class Total:
    """A sum over what is chosen lies within bounds.

    ``low <= sum of coefficient over the chosen (vehicle, choice) pairs <= high``

    Supply and plant capacity, numbers of models, volume on platforms; a ratio of two such sums by
    cross-multiplication.

    Attributes
    ----------
    terms
        (vehicle, choice) to coefficient.
    low, high
        `None` for an open end.
    """

    name: str
    terms: Mapping[tuple[int, int], int] = field(repr=False)
    low: int | None = None
    high: int | None = None


@frozen
class AtMost:
    """At most a number of some items are in use, each counted with its weight.

    Module variants in a slot, platforms; CI97 in the slot model: with n slots and m vehicles
    ``CI97 >= t`` is at most ``n m - t n (m - 1)`` modules in all slots together.

    Attributes
    ----------
    weights
        Item to weight, 0 or more.
    """

    name: str
    weights: Mapping[int, int] = field(repr=False)
    most: int


@frozen
class Changes:
    """At most a number of changes against today's plan.

    Attributes
    ----------
    by_slot
        Whether each changed slot counts, or each changed vehicle. Vehicles without a plan today
        do not count.
    """

    name: str
    most: int
    by_slot: bool = False


@frozen
class Leads:
    """An item is used only when a vehicle of its leader's group uses it.

    Attributes
    ----------
    leads
        Item to the label of its leader.
    """

    name: str
    leads: Mapping[int, str] = field(repr=False)
    population: str = "company"


Constraint = Share | Total | AtMost | Changes | Leads
