"""The planning problem as data: items that cost, choices that use them, vehicles that choose.

Every figure is an exact integer in base units (money in minor units). The meaning of a problem is
what `cmf.planning.evaluate` says of a plan; no solver has a part in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from cmf.planning.constraints import Constraint

VEHICLE = "vehicle"
"""The population in which every vehicle stands for itself."""

Arc = tuple[int, int, int]
"""An arc of a layered diagram: tail node, choice, head node. Nodes are numbered per layer."""


@frozen
class Tier:
    """A volume price: the pieces beyond the first `above` cost `price` each.

    Incremental, so that the cost of the pieces is concave and never falls: ten pieces at 5, further
    ones at 4, make 54 for eleven. (A price for *all* units would make the eleventh piece pay for
    itself, and larger orders cheaper than smaller ones.)
    """

    above: int
    price: int


@frozen
class Item:
    """Something that is paid for: a module, or a part of modules.

    The cost of an item that n vehicles use, Q pieces together, is

    ``investment + [n >= 2] premium + (n - 1) integration + price of Q pieces``

    and 0 when no vehicle uses it. (The form in which each of the n >= 2 applications pays
    integration is the same with a premium that is greater by one integration.)

    Attributes
    ----------
    kind
        Such as ``module`` or ``part``; for reports only.
    investment
        Entry cost, once.
    premium
        What it costs more to make it for several vehicles; once.
    integration
        What each vehicle after the first costs.
    unit_cost
        Price of a piece.
    tiers
        Cheaper prices at volume; `above` rises, `price` falls.
    """

    name: str
    kind: str = "module"
    investment: int = 0
    premium: int = 0
    integration: int = 0
    unit_cost: int = 0
    tiers: tuple[Tier, ...] = ()

    def price(self, pieces: int) -> int:
        """Cost of a number of pieces."""
        cost, price, reached = 0, self.unit_cost, 0
        for tier in self.tiers:
            if tier.above >= pieces:
                break
            cost += (tier.above - reached) * price
            price, reached = tier.price, tier.above
        return cost + (pieces - reached) * price


@frozen
class Use:
    """Pieces of an item in one vehicle."""

    item: int
    quantity: int = 1


@frozen
class Choice:
    """One alternative for a slot (a module, or the option of a feature) with what it uses.

    Attributes
    ----------
    slot
        Number of the slot.
    uses
        Its module as an item and the parts that come with it; no item twice. Alternatives that
        differ in their parts only may use the same module.
    """

    name: str
    slot: int
    uses: tuple[Use, ...] = ()


@frozen
class Diagram:
    """The valid variants of a vehicle, as the paths of a layered diagram over the slots.

    Attributes
    ----------
    layers
        For each slot its arcs. The first layer leaves node 0, the last one ends in node 0; every
        node lies on a path. No two arcs agree in tail and choice, so that variants and paths are
        the same. A layer without arcs: the vehicle has no valid variant.
    """

    layers: tuple[tuple[Arc, ...], ...]

    @property
    def empty(self) -> bool:
        """Whether there is no variant."""
        return any(not layer for layer in self.layers)

    def count(self) -> int:
        """Number of variants."""
        ways = {0: 1}
        for layer in self.layers:
            reached: dict[int, int] = {}
            for tail, _, head in layer:
                reached[head] = reached.get(head, 0) + ways.get(tail, 0)
            ways = reached
        return ways.get(0, 0)


@frozen
class Vehicle:
    """A vehicle of the line-up.

    Attributes
    ----------
    volume
        Cars over the planning horizon; 0 or more.
    groups
        For each population (``brand``, ``company`` …) the label of the vehicle.
    charges
        What a choice costs in this vehicle beside its items: plant change-over, own engineering.
    extras
        What a choice uses in this vehicle beside its own uses: parts under a condition that this
        vehicle meets, the equipment of its plant for a module.
    today
        The choice of every slot in today's plan, if there is one.
    keep
        Whether the vehicle stays as it is today.
    """

    name: str
    volume: int
    diagram: Diagram = field(repr=False)
    groups: Mapping[str, str] = field(factory=dict)
    charges: Mapping[int, int] = field(factory=dict)
    extras: Mapping[int, tuple[Use, ...]] = field(factory=dict)
    today: tuple[int, ...] | None = None
    keep: bool = False

    def group(self, population: str) -> str:
        """Its label in a population."""
        return self.name if population == VEHICLE else self.groups[population]


@frozen
class PlanningProblem:
    """A whole line-up to be planned.

    Attributes
    ----------
    slots
        Names; every vehicle has one choice for each.
    items, choices
        Referred to by number everywhere.
    constraints
        What a plan must meet.
    """

    slots: tuple[str, ...]
    items: tuple[Item, ...] = field(repr=False)
    choices: tuple[Choice, ...] = field(repr=False)
    vehicles: tuple[Vehicle, ...] = field(repr=False)
    constraints: tuple[Constraint, ...] = ()

    def uses(self, vehicle: int, choice: int) -> tuple[Use, ...]:
        """What a choice uses in a vehicle; an item may occur twice, its pieces add up."""
        return self.choices[choice].uses + self.vehicles[vehicle].extras.get(choice, ())


@frozen
class Plan:
    """The choice of every slot of every vehicle, by number."""

    choices: tuple[tuple[int, ...], ...]
