"""What a planner may change in a line-up, what it costs, and what bounds it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from cmf.model.targets import Target
from cmf.source import Span


@frozen
class Tier:
    """Pieces of a part beyond a yearly number cost less.

    Attributes
    ----------
    above
        Pieces a year beyond which the price holds; positive.
    factor
        Price of each further piece, as a ratio of the unit cost of the catalogue; 0..1.
    """

    above: int
    factor: Fraction


@frozen
class Cap:
    """At most so many options of a slot or feature may be in use."""

    axis: str
    at_most: int


@frozen
class Planning:
    """The assumptions of a plan, as ``planning.yaml`` states them.

    Attributes
    ----------
    years
        Years of production that are paid for; volumes are yearly.
    open
        Slots, features, quantities, and attributes such as ``cockpit.hvac``: conditions of a brief
        that speak of one of them do not bind the plan (of a slot: of any of its attributes), and
        pins of these slots and features are free.
    within
        Quantity to the least and greatest step away from today's value, in base units.
    premium
        Extra investment in what several vehicles use, as a ratio of the investment.
    integration
        Cost of each further application, as a ratio of the investment.
    tiers
        Price tiers, by rising volume and falling factor.
    changeover
        Cost, in minor units, of every module that a plant takes in and does not build today.
    plants
        Option of the plant feature to the greatest yearly volume.
    supply
        Slot and module to the greatest yearly volume.
    caps
        Greatest numbers of options in use.
    leaders
        Feature, such as ``company``, whose groups lead modules: a module is then used only when its
        leader uses it too. Empty for no such rule.
    keep
        Ids of vehicles that stay as they are today.
    changes
        Greatest number of modules that change against today's plan; `None` for any.
    learning
        Factor on the unit cost per doubling of the volume, for the comparison with stand-alone
        vehicles; `None` when none is stated.
    targets
        Targets of the plan beside those of ``targets.yaml``.
    """

    years: int = 1
    open: tuple[str, ...] = ()
    within: Mapping[str, tuple[int, int]] = field(factory=dict)
    premium: Fraction = Fraction(0)
    integration: Fraction = Fraction(0)
    tiers: tuple[Tier, ...] = ()
    changeover: int = 0
    plants: Mapping[str, int] = field(factory=dict)
    supply: Mapping[tuple[str, str], int] = field(factory=dict)
    caps: tuple[Cap, ...] = ()
    leaders: str = ""
    keep: tuple[str, ...] = ()
    changes: int | None = None
    learning: Fraction | None = None
    targets: tuple[Target, ...] = ()
    digest: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)
