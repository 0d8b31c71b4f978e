"""From text to syntax tree."""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from attrs import evolve

from cmf.errors import fail
from cmf.rules import syntax as s
from cmf.rules.slips import Slip, syntax_fault
from cmf.source import Text

if TYPE_CHECKING:
    from lark import Lark, Token
    from lark.exceptions import UnexpectedInput

    Item = Token | s.Inner

MAX_LENGTH = 20_000
"""Greatest number of characters of one text."""

MAX_DEPTH = 40
"""Greatest number of nodes inside each other in one text."""

_SEPARATORS = re.compile("[ _\u00a0\u202f]")


def parse(text: Text) -> s.Node:
    """The syntax tree of `text`.

    Raises
    ------
    InputError
        Where the text does not follow the grammar, is too long or nests too deep.
    """
    if len(text.value) > MAX_LENGTH:
        raise fail(
            "too-long",
            f"the text has {len(text.value):,} characters; the limit is {MAX_LENGTH:,}",
            text.span,
            "split it into several rules, or use a table",
        )
    from lark.exceptions import UnexpectedInput

    try:
        # The callbacks of `_Builder` make nodes, so the parser does not return a tree of its own.
        tree = _tree(text.value)
    except UnexpectedInput as error:
        raise syntax_fault(text, _slip(text.value, error)) from None
    depth, deepest = s.deepest(tree)
    if depth > MAX_DEPTH:
        raise fail(
            "too-deep",
            f"expressions lie {depth} deep inside each other; the limit is {MAX_DEPTH}",
            text.locate(deepest.start, deepest.end),
            "make a part of it a quantity, or use a table",
        )
    return tree


@functools.lru_cache(maxsize=4096)
def _tree(value: str) -> s.Node:
    """The tree of a text alone; two catalogues that are compared share most texts."""
    return cast("s.Node", _parser().parse(value))


@functools.cache
def _parser() -> Lark:
    from lark import Lark

    grammar = files("cmf.rules").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def _slip(value: str, error: UnexpectedInput) -> Slip:
    """Where the parser stopped, and whether a value could have stood there."""
    from lark.exceptions import UnexpectedToken

    if not isinstance(error, UnexpectedToken):
        position = error.pos_in_stream or 0
        return Slip(position, position + 1, "QUOTED" in (getattr(error, "allowed", None) or ()))
    wants_value = "QUOTED" in (error.expected or ())
    if error.token.type == "$END":
        return Slip(len(value), len(value), wants_value)
    return Slip(error.token.start_pos or 0, error.token.end_pos or 0, wants_value)


def _start(item: Item) -> int:
    return (item.start_pos or 0) if isinstance(item, str) else item.start


def _end(item: Item) -> int:
    return (item.end_pos or 0) if isinstance(item, str) else item.end


def _nodes(items: list[Item]) -> tuple[s.Node, ...]:
    """The nodes among `items`, without brackets and operators."""
    return cast("tuple[s.Node, ...]", tuple(i for i in items if not isinstance(i, str)))


class _Builder:
    """Makes the node of a grammar rule whenever the parser completes it: no recursion."""

    def word(self, items: list[Item]) -> s.Word:
        return s.Word(str(items[0]), _start(items[0]), _end(items[0]))

    def quoted(self, items: list[Item]) -> s.Quoted:
        return s.Quoted(str(items[0])[1:-1], _start(items[0]), _end(items[0]))

    def boolean(self, items: list[Item]) -> s.Boolean:
        return s.Boolean(items[0] == "true", _start(items[0]), _end(items[0]))

    def attribute(self, items: list[Item]) -> s.Attribute:
        owner, name = items
        return s.Attribute(str(owner), str(name), _start(owner), _end(name))

    def number(self, items: list[Item]) -> s.Number:
        value = Fraction(_SEPARATORS.sub("", str(items[0])))
        unit = str(items[1]) if len(items) > 1 else None
        return s.Number(value, unit, _start(items[0]), _end(items[-1]))

    def call(self, items: list[Item]) -> s.Call:
        return s.Call(str(items[0]), _nodes(items), _start(items[0]), _end(items[-1]))

    def group(self, items: list[Item]) -> s.Node:
        return evolve(_nodes(items)[0], start=_start(items[0]), end=_end(items[-1]))

    def negative(self, items: list[Item]) -> s.Negative:
        return s.Negative(_nodes(items)[0], _start(items[0]), _end(items[-1]))

    def negation(self, items: list[Item]) -> s.Negation:
        return s.Negation(_nodes(items)[0], _start(items[0]), _end(items[-1]))

    def sum(self, items: list[Item]) -> s.Sum:
        terms = [cast("s.Node", items[0])]
        for sign, item in zip(items[1::2], items[2::2], strict=True):
            term = cast("s.Node", item)
            minus = sign == "-"
            terms.append(s.Negative(term, _start(sign), _end(term)) if minus else term)
        return s.Sum(tuple(terms), _start(items[0]), _end(items[-1]))

    def product(self, items: list[Item]) -> s.Product:
        return s.Product(_nodes(items), _start(items[0]), _end(items[-1]))

    def comparison(self, items: list[Item]) -> s.Comparison:
        left, right = _nodes(items)
        return s.Comparison(str(items[1]), left, right, _start(left), _end(right))

    def set(self, items: list[Item]) -> s.WordSet:
        words = cast("tuple[s.Word | s.Quoted | s.Number, ...]", _nodes(items))
        return s.WordSet(words, _start(items[0]), _end(items[-1]))

    def range(self, items: list[Item]) -> s.Range:
        low, high = _nodes(items)
        return s.Range(low, high, low.start, high.end)

    def membership(self, items: list[Item]) -> s.Membership:
        operand, members = _nodes(items)
        return s.Membership(operand, members, len(items) == 4, _start(operand), _end(members))

    def conjunction(self, items: list[Item]) -> s.Conjunction:
        return s.Conjunction(_nodes(items), _start(items[0]), _end(items[-1]))

    def disjunction(self, items: list[Item]) -> s.Disjunction:
        return s.Disjunction(_nodes(items), _start(items[0]), _end(items[-1]))

    def implication(self, items: list[Item]) -> s.Implication:
        left, right = _nodes(items)
        return s.Implication(left, right, _start(left), _end(right))
