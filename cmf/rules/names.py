"""What the names of a catalogue stand for, and the types of expressions."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import Factory, field, frozen

from cmf.errors import did_you_mean
from cmf.model.catalog import Attribute, Axis, Catalog, Choice, ChoiceSet, Flag, Measure, ValueType
from cmf.model.units import UNITS, Dimension, Unit, describe
from cmf.rules.faults import Piece
from cmf.rules.typed import Expr

BOM = "bom"
"""The word before `BOM_MEASURES`; no axis may have this name."""

BOM_MEASURES = ("unit_cost", "mass")


@frozen
class Number:
    """Type of an exact integer.

    Attributes
    ----------
    unit
        In which people write it, where one is known.
    bare
        Whether it is a literal without a unit, which zero and years need not have.
    """

    dimension: Dimension
    unit: Unit | None = None
    bare: bool = False


Type = Flag | Number | Choice | ChoiceSet


@frozen
class Typed:
    """An expression that has a value, with its type."""

    expr: Expr
    type: Type


@frozen(eq=False)
class Names:
    """The names of a catalogue.

    Attributes
    ----------
    axes, quantities
        Axes, and declared units of quantities, by name.
    vocabulary
        The words of every declared type and the options of every axis.
    """

    catalog: Catalog
    axes: Mapping[str, Axis] = field(
        init=False,
        default=Factory(lambda self: {a.name: a for a in self.catalog.axes}, takes_self=True),
    )
    quantities: Mapping[str, Unit] = field(
        init=False,
        default=Factory(
            lambda self: {q.name: q.unit for q in self.catalog.quantities}, takes_self=True
        ),
    )

    vocabulary: Mapping[str, tuple[str, ...]] = field(
        init=False,
        default=Factory(
            lambda self: {**self.catalog.domains, **{a.name: a.names for a in self.catalog.axes}},
            takes_self=True,
        ),
    )

    def axis_type(self, axis: Axis) -> Type:
        """The type of an axis where an expression names it."""
        if axis.unit is None:
            return Choice(axis.name)
        return Number(axis.unit.dimension, axis.unit)

    def meaning(self, name: str) -> Type | None:
        """The type that a bare `name` has as an axis or quantity; `None` when it is neither."""
        if name in self.axes:
            return self.axis_type(self.axes[name])
        if name in self.quantities:
            return Number(self.quantities[name].dimension, self.quantities[name])
        return None

    def is_option(self, word: str) -> bool:
        """Whether some axis or type has `word`."""
        return any(word in words for words in self.vocabulary.values())

    def find(self, word: str, domain: str, piece: Piece) -> str:
        """`word`, which must belong to `domain`; raises `InputError` at `piece` otherwise."""
        words = self.vocabulary[domain]
        if word in words:
            return word
        kind = "option" if domain in self.axes else "word"
        message = f"`{domain}` has no {kind} `{word}`"
        remedy = did_you_mean(word, words, what=kind)
        owners = [axis.name for axis in self.catalog.axes if word in axis.names]
        if owners and not remedy.startswith("did you mean"):
            remedy = f"`{word}` is an option of `{owners[0]}`; {remedy}"
        raise piece.fault("unknown-option", message, remedy)

    def compatible(self, left: str, right: str) -> bool:
        """Whether words of two domains compare: one holds all the words of the other."""
        if left == right:
            return True
        ours, theirs = frozenset(self.vocabulary[left]), frozenset(self.vocabulary[right])
        return ours <= theirs or theirs <= ours

    def describe(self, type_: Type) -> str:
        """A type for people."""
        match type_:
            case Flag():
                return "true or false"
            case Number(dimension, unit, _):
                known = unit is not None and unit.symbol != "1" and unit.dimension == dimension
                return f"a number in {unit.symbol}" if known and unit else _measured(dimension)
            case Choice(domain):
                kind = "an option" if domain in self.axes else "a word"
                return f"{kind} of `{domain}`"
            case ChoiceSet(domain):
                return f"a set over `{domain}`"

    def remedy(self, name: str) -> str:
        """What to do about a bare name that is neither axis nor quantity."""
        owners = [a.name for a in self.catalog.axes if name in a.names]
        if owners:
            return f"`{name}` is an option of `{owners[0]}`: write `{owners[0]} == {name}`"
        slots = [a.name for a in self.catalog.axes if name in a.attributes]
        if slots:
            return f"write `{slots[0]}.{name}`"
        return did_you_mean(name, (*self.axes, *self.quantities), what="slot, feature or quantity")


def attribute_type(attribute: Attribute) -> Type:
    """The type of an attribute where an expression names it."""
    declared: ValueType = attribute.type
    if isinstance(declared, Measure):
        return Number(declared.unit.dimension, declared.unit)
    return declared


def unit_remedy(unit: str) -> str:
    """What to do about an unknown unit."""
    return did_you_mean(unit, [u for u in UNITS if u != "1"], what="unit")


def _measured(dimension: Dimension) -> str:
    return f"a number in {describe(dimension)}" if dimension else "a pure number"
