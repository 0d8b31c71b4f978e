"""The syntax tree: what a rule says before its names are resolved.

Offsets (`start` included, `end` excluded) count characters of the text that was parsed. They serve
the messages and are no part of equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import field, frozen


@frozen
class Word:
    """A bare word: an axis, a quantity or an option."""

    value: str
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Quoted:
    """A word in quotes: always an option. It holds no quotes of both kinds and no line end."""

    value: str
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Attribute:
    """``owner.name``."""

    owner: str
    name: str
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Number:
    """A number as written, not negative, with a finite decimal expansion; `unit` may be missing."""

    value: Fraction
    unit: str | None = None
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Boolean:
    """``true`` or ``false``."""

    value: bool
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Call:
    """``function(argument, …)``."""

    function: str
    arguments: tuple[Node, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Negative:
    """``-operand``; as a later term of a sum, a term that is subtracted."""

    operand: Node
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Sum:
    """Two or more terms."""

    terms: tuple[Node, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Product:
    """Two or more factors."""

    factors: tuple[Node, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Comparison:
    """``left operator right`` with one of ``== != < <= > >=``."""

    operator: str
    left: Node
    right: Node
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class WordSet:
    """``{a, 'b', 3 mm}``: one or more words or numbers; only behind ``in``."""

    items: tuple[Word | Quoted | Number, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Range:
    """``low..high``, both ends included; only behind ``in``."""

    low: Node
    high: Node
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Membership:
    """``operand in members``, or ``operand not in members``."""

    operand: Node
    members: Node | WordSet | Range
    negated: bool = False
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Negation:
    """``not operand``."""

    operand: Node
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Conjunction:
    """Two or more statements joined by ``and``."""

    terms: tuple[Node, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Disjunction:
    """Two or more statements joined by ``or``."""

    terms: tuple[Node, ...]
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


@frozen
class Implication:
    """``left => right``."""

    left: Node
    right: Node
    start: int = field(default=0, eq=False, repr=False)
    end: int = field(default=0, eq=False, repr=False)


Node = (
    Word
    | Quoted
    | Attribute
    | Number
    | Boolean
    | Call
    | Negative
    | Sum
    | Product
    | Comparison
    | Membership
    | Negation
    | Conjunction
    | Disjunction
    | Implication
)
Inner = Node | WordSet | Range


def children(node: Inner) -> Iterator[Inner]:
    """The nodes directly inside `node`, from left to right."""
    match node:
        case Call(_, nodes) | Sum(nodes) | Product(nodes) | Conjunction(nodes) | Disjunction(nodes):
            yield from nodes
        case WordSet(items):
            yield from items
        case Negative(operand) | Negation(operand):
            yield operand
        case Comparison(_, left, right) | Implication(left, right) | Range(left, right):
            yield from (left, right)
        case Membership(operand, members, _):
            yield from (operand, members)
        case _:
            return


def deepest(node: Inner) -> tuple[int, Inner]:
    """How many nodes lie inside each other, and a node at that depth; needs no deep stack."""
    level, found = 0, node
    waiting: list[tuple[int, Inner]] = [(1, node)]
    while waiting:
        depth, current = waiting.pop()
        if depth > level:
            level, found = depth, current
        waiting.extend((depth + 1, child) for child in children(current))
    return level, found
