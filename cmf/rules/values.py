"""Resolution of expressions that have a value: names, literals and arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cmf.errors import InputError, did_you_mean
from cmf.model.catalog import Choice, ChoiceSet, Flag
from cmf.model.units import LIMIT, PURE, UNITS, Dimension, Unit, multiply, to_base
from cmf.rules import syntax as s
from cmf.rules import typed as t
from cmf.rules.faults import Faults, Piece
from cmf.rules.names import (
    BOM,
    BOM_MEASURES,
    Names,
    Number,
    Typed,
    attribute_type,
    unit_remedy,
)
from cmf.rules.printing import to_text
from cmf.source import Text

FUNCTIONS = ("abs", "min", "max", "sum", "defined")
_CALENDAR = UNITS["year"].dimension


@frozen
class Numeric:
    """An expression that is known to be a number."""

    expr: t.Expr
    type: Number


@frozen
class Values:
    """Resolves the value expressions of one text; every method raises `InputError`."""

    names: Names
    text: Text

    def piece(self, node: s.Inner) -> Piece:
        """The text of `node`, as written."""
        return Piece(self.text, node.start, node.end)

    def fault(
        self, node: s.Inner, code: str, message: str, remedy: str | None = None
    ) -> InputError:
        """An error at `node`."""
        return self.piece(node).fault(code, message, remedy)

    def value(self, node: s.Inner) -> Typed:
        """Any value."""
        match node:
            case s.Word(name):
                return self._name(node, name)
            case s.Attribute(owner, name):
                return self._attribute(node, owner, name)
            case s.Number():
                return self._literal(node)
            case s.Boolean(value):
                return Typed(t.Constant(value), Flag())
            case s.Quoted(word):
                message = f"`{word}` in quotes is an option, and it is not clear of what"
                raise self.fault(node, "lone-option", message, self.names.remedy(word))
            case s.Negative(operand):
                inner = self.number(operand)
                return Typed(_negate(inner.expr), inner.type)
            case s.Sum(terms):
                numbers = self.alike(terms)
                return Typed(t.Add(tuple(n.expr for n in numbers)), _common(numbers))
            case s.Product(factors):
                return self._product(factors)
            case s.Call(function, arguments) if function != "defined":
                return self._call(node, function, arguments)
        message = f"`{to_text(node)}` is a statement; a value is needed here"
        remedy = "to say that two statements agree, write `(a => b) and (b => a)`"
        raise self.fault(node, "statement-as-value", message, remedy)

    def number(self, node: s.Inner) -> Numeric:
        """A number."""
        found = self.value(node)
        if isinstance(found.type, Number):
            return Numeric(found.expr, found.type)
        message = f"`{to_text(node)}` is {self.names.describe(found.type)}; a number is needed here"
        remedy = "signs and functions take numbers; options with signs in them take quotes"
        raise self.fault(node, "not-a-number", message, remedy)

    def alike(self, nodes: Sequence[s.Inner]) -> list[Numeric]:
        """Numbers that measure the same."""
        faults = Faults()
        numbers: list[Numeric] = []
        for node in nodes:
            with faults:
                numbers.append(self.number(node))
        faults.settle()
        fixed = [i for i, n in enumerate(numbers) if not n.type.bare]
        main = fixed[0] if fixed else 0
        for node, number in zip(nodes, numbers, strict=True):
            with faults:
                self.fits(node, number, numbers[main].type, nodes[main])
        faults.settle()
        return numbers

    def fits(self, node: s.Inner, number: Numeric, wanted: Number, other: s.Inner) -> None:
        """Check that `number` measures what is `wanted`, as `other` does."""
        type_ = number.type
        if type_.dimension == wanted.dimension:
            return
        shown = to_text(node)
        if type_.bare:
            if number.expr == t.Constant(0) or wanted.dimension == _CALENDAR:
                return
            message = f"`{shown}` has no unit, and `{to_text(other)}` is "
            unit = f"{shown} {wanted.unit.symbol}" if wanted.unit else None
            raise self.fault(
                node,
                "missing-unit",
                message + self.names.describe(wanted),
                f"write `{unit}`" if unit else "add a unit",
            )
        message = (
            f"`{to_text(other)}` is {self.names.describe(wanted)}, "
            f"`{shown}` is {self.names.describe(type_)}: they do not compare or add"
        )
        raise self.fault(node, "unit-clash", message, "compare and add like with like")

    def word(self, node: s.Word | s.Quoted, domain: str) -> t.Constant:
        """The option or word that `node` names, of a known domain."""
        return t.Constant(self.names.find(node.value, domain, self.piece(node)))

    def _name(self, node: s.Word, name: str) -> Typed:
        if name in self.names.axes:
            return Typed(t.AxisRef(name), self.names.axis_type(self.names.axes[name]))
        if name in self.names.quantities:
            unit = self.names.quantities[name]
            return Typed(t.QuantityRef(name), Number(unit.dimension, unit))
        if name == BOM:
            remedy = "write `bom.unit_cost` or `bom.mass`"
            raise self.fault(node, "unknown-name", "`bom` alone is not a value", remedy)
        message = f"`{name}` is no slot, feature or quantity"
        raise self.fault(node, "unknown-name", message, self.names.remedy(name))

    def _attribute(self, node: s.Attribute, owner: str, name: str) -> Typed:
        if owner == BOM:
            if name not in BOM_MEASURES:
                remedy = did_you_mean(name, BOM_MEASURES)
                raise self.fault(node, "unknown-attribute", f"there is no `bom.{name}`", remedy)
            unit = self.names.catalog.currency if name == "unit_cost" else UNITS["kg"]
            return Typed(t.BomRef(name), Number(unit.dimension, unit))
        if owner in self.names.quantities:
            message = f"`{owner}` is a quantity and has no attributes"
            raise self.fault(node, "unknown-attribute", message, f"write `{owner}` alone")
        if owner not in self.names.axes:
            message = f"there is no slot or feature `{owner}`"
            remedy = did_you_mean(owner, self.names.axes, what="slot or feature")
            raise self.fault(node, "unknown-name", message, remedy)
        attributes = self.names.axes[owner].attributes
        if name not in attributes:
            message = f"`{owner}` has no attribute `{name}`"
            remedy = did_you_mean(name, attributes, what=f"attribute of `{owner}`")
            raise self.fault(node, "unknown-attribute", message, remedy)
        return Typed(t.AttributeRef(owner, name), attribute_type(attributes[name]))

    def _literal(self, node: s.Number) -> Typed:
        if node.unit is None:
            unit, type_ = PURE, Number((), PURE, bare=True)
        elif node.unit in UNITS and node.unit != "1":
            unit = UNITS[node.unit]
            type_ = Number(unit.dimension, unit)
        else:
            message = f"there is no unit `{node.unit}`"
            raise self.fault(node, "unknown-unit", message, unit_remedy(node.unit))
        return Typed(t.Constant(self._base(node, node.value, unit)), type_)

    def _base(self, node: s.Number, value: Fraction, unit: Unit) -> int:
        base = to_base(value, unit)
        if base is not None:
            return base
        if abs(value * unit.factor) > LIMIT:
            message = f"`{to_text(node)}` is beyond {LIMIT:,} of the smallest unit"
            raise self.fault(node, "number-limit", message, "write a smaller number")
        if unit == PURE:
            remedy = "multiply both sides: `2 * a <= 3 * b` instead of `a <= 1.5 * b`"
        else:
            remedy = f"write a multiple of 1/{unit.factor} {unit.symbol}"
            if unit.factor == 1:
                remedy = f"write whole {unit.symbol}"
        raise self.fault(node, "not-whole", f"`{to_text(node)}` is not a whole number", remedy)

    def _product(self, factors: tuple[s.Node, ...]) -> Typed:
        faults = Faults()
        numbers: list[Numeric] = []
        for factor in factors:
            with faults:
                numbers.append(self.number(factor))
        faults.settle()
        dimension: Dimension = ()
        for number in numbers:
            dimension = multiply(dimension, number.type.dimension)
        units = [n.type.unit for n in numbers if n.type.dimension]
        unit = units[0] if len(units) == 1 else None
        return Typed(
            t.Multiply(tuple(n.expr for n in numbers)),
            Number(dimension, unit if dimension else PURE),
        )

    def _call(self, node: s.Call, function: str, arguments: tuple[s.Node, ...]) -> Typed:
        if function not in FUNCTIONS:
            message = f"there is no function `{function}`"
            raise self.fault(node, "unknown-function", message, did_you_mean(function, FUNCTIONS))
        if not arguments or (function == "abs" and len(arguments) != 1):
            wanted = "exactly one argument" if function == "abs" else "at least one argument"
            message = f"`{function}` takes {wanted}, not {len(arguments)}"
            remedy = f"write `{function}(a)`" + (
                "" if function == "abs" else f" or `{function}(a, b)`"
            )
            raise self.fault(node, "argument-count", message, remedy)
        numbers = self.alike(arguments)
        terms = tuple(n.expr for n in numbers)
        common = _common(numbers)
        if function == "abs":
            return Typed(t.Absolute(terms[0]), common)
        if function == "min":
            return Typed(t.Least(terms), common)
        if function == "max":
            return Typed(t.Greatest(terms), common)
        return Typed(terms[0] if len(terms) == 1 else t.Add(terms), common)


def _common(numbers: Sequence[Numeric]) -> Number:
    """The type of a sum of numbers that measure the same."""
    types = [n.type for n in numbers]
    fixed = [type_ for type_ in types if not type_.bare]
    return evolve((fixed or types)[0], bare=False)


def _negate(expr: t.Expr) -> t.Expr:
    if isinstance(expr, t.Constant) and isinstance(expr.value, int):
        return t.Constant(-expr.value)
    return t.Negate(expr)


def domain_of(typed: Typed) -> str | None:
    """The domain of a choice or of a set of choices; `None` for other types."""
    return typed.type.domain if isinstance(typed.type, Choice | ChoiceSet) else None
