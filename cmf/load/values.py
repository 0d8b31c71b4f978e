"""Numbers with units, and attribute values of a declared type."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import describe as kind_of
from cmf.load.fields import parse_flag, texts, within
from cmf.load.nodes import Listing, Node, Scalar
from cmf.model.catalog import Choice, ChoiceSet, Flag, Measure, Value, ValueType
from cmf.model.units import LIMIT, UNITS, Unit, describe, format_quantity, parse_number, to_base
from cmf.source import Text

Domains = Mapping[str, tuple[str, ...] | None]
"""Names of every type and axis; `None` where a fault hides them, so that none is called unknown."""

_QUANTITY = re.compile(r"\s*(?P<number>[+-]?\d[\d\s.,_']*?)\s*(?P<unit>[^\d\s.,_'].*?)?\s*\Z")


def parse_unit(text: Text, faults: Faults) -> Unit | None:
    """The unit of that symbol; `None` after a reported fault."""
    unit = UNITS.get(text.value)
    if unit is None:
        remedy = Suggestion(text.value, UNITS, what="unit")
        faults.add("unknown-unit", f"`{text.value}` is not a unit", text.span, remedy)
    return unit


def parse_measure(
    text: Text, unit: Unit, what: str, faults: Faults, *, least: int | None = None
) -> int | None:
    """A number with or without a unit, in base units; `None` after a reported fault.

    Parameters
    ----------
    unit
        Unit of a number that carries none; a unit that is written must have its dimension.
    least
        Smallest value that makes sense, in base units.
    """
    match = _QUANTITY.match(text.value) if len(text.value) <= 80 else None
    number = parse_number(match["number"]) if match else None
    if match is None or number is None:
        units = f", and a unit of {describe(unit.dimension)}" if unit.dimension else ""
        example = format_quantity(2685 * unit.factor, unit)
        faults.add(
            "bad-number",
            f"`{_short(text.value)}` is not a number for {what}",
            text.span,
            f"write digits, a point before decimals{units}, as in `{example}`",
        )
        return None
    written = unit
    if match["unit"]:
        symbol = Text(match["unit"], within(text, match.start("unit"), match.end("unit")))
        found = parse_unit(symbol, faults)
        if found is None:
            return None
        written = found
    if written.dimension != unit.dimension:
        faults.add(
            "unit-clash",
            f"{what} is {_kind(unit)}, but this is {_kind(written)}",
            text.span,
            f"write it in {describe(unit.dimension)}" if unit.dimension else "delete the unit",
        )
        return None
    value = to_base(number, written)
    if value is None:
        too_large = abs(number * written.factor) > LIMIT
        _out_of_reach(text, unit, what, faults, too_large=too_large)
        return None
    if least is not None and value < least:
        faults.add(
            "too-small",
            f"{what} cannot be {format_quantity(value, unit)}",
            text.span,
            f"the least possible value is {format_quantity(least, unit)}",
        )
        return None
    return value


def _kind(unit: Unit) -> str:
    return f"measured in `{describe(unit.dimension)}`" if unit.dimension else "a pure number"


def _out_of_reach(text: Text, unit: Unit, what: str, faults: Faults, *, too_large: bool) -> None:
    if too_large:
        faults.add(
            "too-large",
            f"{what} is beyond the limit of {LIMIT // unit.factor:,} {unit.symbol}".replace(
                ",", " "
            ),
            text.span,
            "check the number and its unit",
        )
        return
    same = [u for u in UNITS.values() if u.dimension == unit.dimension]
    finest = format_quantity(1, min(same, key=lambda u: u.factor))
    faults.add(
        "not-exact",
        f"`{_short(text.value)}` is finer than {finest}, in which {what} is counted",
        text.span,
        f"round it to whole steps of {finest}",
    )


def parse_value(
    node: Node, kind: ValueType, what: str, domains: Domains, faults: Faults
) -> Value | None:
    """An attribute value of a type; `None` after a reported fault."""
    if isinstance(kind, ChoiceSet):
        return _set(node, kind, what, domains, faults)
    if not isinstance(node, Scalar):
        message = f"{what} must be one value, but this is {kind_of(node)}"
        faults.add("wrong-kind", message, node.span, "write one value")
        return None
    if not node.text.value:
        remedy = "write one, or delete the key to leave it undefined"
        faults.add("missing-value", f"{what} has no value", node.span, remedy)
        return None
    match kind:
        case Flag():
            return parse_flag(node.text, faults)
        case Measure(unit):
            return parse_measure(node.text, unit, what, faults)
        case Choice(domain):
            return _choice(node.text, domain, what, domains, faults)


def _choice(text: Text, domain: str, what: str, domains: Domains, faults: Faults) -> str | None:
    known = domains.get(domain)
    if known is not None and text.value not in known:
        faults.add(
            "unknown-word",
            f"{what}: `{text.value}` is not one of `{domain}`",
            text.span,
            Suggestion(text.value, known, what=f"word of `{domain}`"),
        )
        return None
    return text.value


def _set(
    node: Node, kind: ChoiceSet, what: str, domains: Domains, faults: Faults
) -> frozenset[str] | None:
    if not isinstance(node, Listing):
        faults.add(
            "wrong-kind",
            f"{what} is a set, but this is {kind_of(node)}",
            node.span,
            "write a list: `[a, b]`",
        )
        return None
    members: set[str] = set()
    for text in texts(node.items, f"a member of {what}", faults):
        if text.value in members:
            message = f"{what} names `{text.value}` twice"
            faults.add("duplicate-name", message, text.span, "delete one of them")
        word = _choice(text, kind.domain, what, domains, faults)
        if word is not None:
            members.add(word)
    return frozenset(members)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
