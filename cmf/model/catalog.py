"""The catalogue as plain frozen data: checked for shape, not yet for meaning."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from attrs import field, frozen

from cmf.model.units import Unit
from cmf.source import Span, Text

Value = int | bool | str | frozenset[str]
"""A quantity in base units, a flag, a choice, or a set of choices."""


@frozen
class Flag:
    """Attribute type: true or false."""


@frozen
class Measure:
    """Attribute type: an exact integer quantity.

    Attributes
    ----------
    unit
        The unit in which values are written and shown.
    """

    unit: Unit


@frozen
class Choice:
    """Attribute type: one name of a domain.

    Attributes
    ----------
    domain
        A declared type, or the name of a slot or feature (then its options).
    """

    domain: str


@frozen
class ChoiceSet:
    """Attribute type: a set of names of a domain."""

    domain: str


ValueType = Flag | Measure | Choice | ChoiceSet


class Basis(Enum):
    """What a figure rests on."""

    PUBLIC = "public"
    ESTIMATE = "estimate"
    ILLUSTRATIVE = "illustrative"


class AxisKind(Enum):
    """Whether an axis holds a module or a property of the vehicle."""

    SLOT = "slot"
    FEATURE = "feature"


class Severity(Enum):
    """Hard rules bound the variant space, warnings only mark variants."""

    HARD = "hard"
    WARN = "warn"


@frozen
class Effectivity:
    """The years in which something holds: ``start <= year < until`` (semantics S4).

    Attributes
    ----------
    start, until
        Calendar years; `None` leaves that side open.
    """

    start: int | None = None
    until: int | None = None

    def covers(self, year: int) -> bool:
        """Whether `year` lies inside."""
        return (self.start is None or self.start <= year) and (
            self.until is None or year < self.until
        )

    @property
    def always(self) -> bool:
        """Whether both sides are open."""
        return self.start is None and self.until is None


@frozen
class Attribute:
    """A named property that the options of an axis may have.

    Attributes
    ----------
    default
        Value for options that do not declare the attribute; `None` leaves it undefined (S3).
    """

    name: str
    type: ValueType
    default: Value | None = None
    title: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Option:
    """One alternative of a slot (a module) or of a feature.

    Attributes
    ----------
    values
        Attribute values, defaults filled in; an attribute that is missing is undefined (S3).
    effective
        Years in which the option can be built.
    lead
        Company that leads its development; empty when not declared.
    source, basis
        Where its figures come from.
    outside
        Why the option is known to lie outside the family (it must then be impossible), or empty.
    """

    name: str
    title: str = ""
    values: Mapping[str, Value] = field(factory=dict)
    effective: Effectivity = Effectivity()
    lead: str = ""
    source: str = ""
    basis: Basis | None = None
    outside: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Axis:
    """A slot or a feature, with its options in declared order.

    Attributes
    ----------
    unit
        For a numeric feature (model year …) the unit of its options, whose names are integers;
        `None` otherwise.
    """

    name: str
    kind: AxisKind
    options: tuple[Option, ...]
    attributes: Mapping[str, Attribute] = field(factory=dict)
    title: str = ""
    unit: Unit | None = None
    span: Span | None = field(default=None, eq=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Option names in declared order."""
        return tuple(option.name for option in self.options)


@frozen
class QuantityText:
    """A named derived number, as written."""

    name: str
    expression: Text
    unit: Unit
    title: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class TableText:
    """A table of combinations, as written.

    Attributes
    ----------
    columns
        Expressions: axis names, ``axis.attribute`` or quantities.
    rows
        Cells: ``*`` for anything, ``a|b`` for alternatives, ``lo..hi`` for a range.
    """

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@frozen
class RuleText:
    """A rule, as written: exactly one of `require`, `forbid`, `allow` and `exclude` is given.

    Attributes
    ----------
    when
        Condition under which the rule speaks; `None` for always.
    require, forbid
        A statement that must hold, or must not.
    allow, exclude
        A table of which some row must match, or none may.
    because, owner, source
        The reason in the words of the engineer, who answers for it, and where it comes from.
    supersedes
        Id of the rule that it follows in time; `None` when there is none.
    """

    id: str
    when: Text | None
    require: Text | None
    forbid: Text | None
    allow: TableText | None
    exclude: TableText | None
    because: str
    owner: str = ""
    source: str = ""
    basis: Basis | None = None
    severity: Severity = Severity.HARD
    effective: Effectivity = Effectivity()
    supersedes: Text | None = None
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Part:
    """A part number.

    Attributes
    ----------
    unit_cost, investment
        In minor units of the catalogue's currency.
    mass
        In grams.
    part_class
        Commodity class, such as ``fastener`` or ``harness``; scopes may exclude classes.
    """

    number: str
    name: str
    unit_cost: int
    mass: int
    investment: int
    supplier: str = ""
    lead: str = ""
    part_class: str = ""
    source: str = ""
    basis: Basis | None = None
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class BomLine:
    """A line of the 150 % BOM.

    Attributes
    ----------
    slot
        The slot it belongs to; `None` for the level of the vehicle.
    modules
        Modules of the slot that use it; `None` for every module (but not for ``none``).
    condition
        Further condition on the variant; `None` for always.
    position
        Name of the place the part takes; lines of one position are alternatives.
    """

    part: str
    quantity: int
    slot: str | None
    modules: tuple[str, ...] | None
    condition: Text | None
    position: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Scope:
    """A named part of the vehicle on which shares are taken.

    Attributes
    ----------
    slots
        Slots that count.
    vehicle_level
        Whether lines at the level of the vehicle count.
    exclude
        Part classes that do not count.
    """

    name: str
    title: str
    slots: tuple[str, ...]
    vehicle_level: bool
    exclude: frozenset[str] = frozenset()


@frozen
class Catalog:
    """Everything that a catalogue folder says.

    Attributes
    ----------
    currency
        Unit of all costs and investments.
    domains
        Names of every declared type, and of every axis with its options.
    axes
        Slots, then features, in declared order: the order of every answer (S7).
    time
        Name of the numeric feature that effectivity refers to; `None` when there is none.
    sources
        Source id to its text.
    digest
        SHA-256 of all files read, in hexadecimal.
    """

    name: str
    title: str
    folder: Path
    currency: Unit
    domains: Mapping[str, tuple[str, ...]]
    axes: tuple[Axis, ...]
    time: str | None
    quantities: tuple[QuantityText, ...]
    rules: tuple[RuleText, ...]
    parts: Mapping[str, Part]
    bom: tuple[BomLine, ...]
    scopes: Mapping[str, Scope]
    sources: Mapping[str, str]
    digest: str

    @property
    def slots(self) -> tuple[Axis, ...]:
        """The axes that hold modules."""
        return tuple(a for a in self.axes if a.kind is AxisKind.SLOT)

    @property
    def features(self) -> tuple[Axis, ...]:
        """The axes that are properties of the vehicle."""
        return tuple(a for a in self.axes if a.kind is AxisKind.FEATURE)

    def axis(self, name: str) -> Axis:
        """The axis called `name`; raises `KeyError` when there is none."""
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise KeyError(name)
