"""Typed expressions: what a rule says once every name in it is resolved.

Nodes are plain data. Their meaning is `cmf.rules.semantics`, nothing else (semantics S8).
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from cmf.model.catalog import Effectivity, Severity, Value
from cmf.model.units import Unit
from cmf.source import Span


@frozen
class Constant:
    """A value that is written out."""

    value: Value


@frozen
class AxisRef:
    """The option of an axis: a choice, or for a numeric feature a quantity."""

    axis: str


@frozen
class AttributeRef:
    """An attribute of the option that an axis has; undefined where the option lacks it (S3)."""

    axis: str
    attribute: str


@frozen
class QuantityRef:
    """A named quantity of the catalogue."""

    name: str


@frozen
class BomRef:
    """The sum over all selected BOM lines of quantity times ``unit_cost`` or ``mass``."""

    measure: str


@frozen
class Add:
    """Sum of two or more; undefined when one of them is."""

    terms: tuple[Expr, ...]


@frozen
class Negate:
    """Minus a quantity."""

    operand: Expr


@frozen
class Multiply:
    """Product of two or more."""

    factors: tuple[Expr, ...]


@frozen
class Absolute:
    """Absolute value."""

    operand: Expr


@frozen
class Least:
    """``min(…)`` of one or more."""

    terms: tuple[Expr, ...]


@frozen
class Greatest:
    """``max(…)`` of one or more."""

    terms: tuple[Expr, ...]


@frozen
class Compare:
    """``== != < <= > >=`` between two values of one type; false when one is undefined (S3)."""

    operator: str
    left: Expr
    right: Expr


@frozen
class Between:
    """``low <= operand <= high``; false when one is undefined."""

    operand: Expr
    low: Expr
    high: Expr


@frozen
class In:
    """Whether a choice is one of a set; false when either is undefined."""

    operand: Expr
    members: Expr


@frozen
class Defined:
    """Whether an attribute or quantity has a value."""

    operand: Expr


@frozen
class Truth:
    """A flag used as a statement: true when it is defined and true."""

    operand: Expr


@frozen
class Not:
    """Negation."""

    operand: Expr


@frozen
class And:
    """Conjunction; true when empty."""

    terms: tuple[Expr, ...]


@frozen
class Or:
    """Disjunction; false when empty."""

    terms: tuple[Expr, ...]


@frozen
class Implies:
    """``left => right``."""

    left: Expr
    right: Expr


@frozen
class Match:
    """Whether some row of a table matches.

    Attributes
    ----------
    columns
        The values that are looked up.
    rows
        For every row one test for each column: `None` for anything, else the accepted values as a
        tuple of constants and closed ranges ``(low, high)``. An undefined column fails every test
        but `None`.
    """

    columns: tuple[Expr, ...]
    rows: tuple[tuple[Test | None, ...], ...]


Test = tuple[Value | tuple[int, int], ...]

Expr = (
    Constant
    | AxisRef
    | AttributeRef
    | QuantityRef
    | BomRef
    | Add
    | Negate
    | Multiply
    | Absolute
    | Least
    | Greatest
    | Compare
    | Between
    | In
    | Defined
    | Truth
    | Not
    | And
    | Or
    | Implies
    | Match
)


@frozen
class TypedQuantity:
    """A quantity whose expression is resolved."""

    name: str
    title: str
    expression: Expr
    unit: Unit
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class TypedRule:
    """A rule whose statement is resolved: `statement` holds on every valid variant.

    The statement already contains the condition (``when``) and the effectivity, so it is the whole
    meaning of the rule.
    """

    id: str
    statement: Expr
    because: str
    severity: Severity
    effective: Effectivity
    owner: str = ""
    source: str = ""
    text: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class TypedLine:
    """A BOM line whose whole condition (slot, modules and further condition) is resolved."""

    part: str
    quantity: int
    slot: str | None
    position: str
    condition: Expr
    span: Span | None = field(default=None, eq=False, repr=False)


def children(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside `expr`."""
    match expr:
        case Add(terms) | Least(terms) | Greatest(terms) | And(terms) | Or(terms):
            yield from terms
        case Multiply(factors):
            yield from factors
        case Negate(operand) | Absolute(operand) | Defined(operand) | Truth(operand) | Not(operand):
            yield operand
        case Compare(_, left, right) | Implies(left, right):
            yield from (left, right)
        case Between(operand, low, high):
            yield from (operand, low, high)
        case In(operand, members):
            yield from (operand, members)
        case Match(columns, _):
            yield from columns
        case _:
            return
