"""The smaller sections of a catalogue: sources, quantities, scopes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cmf.load.context import Context
from cmf.load.faults import Suggestion
from cmf.load.fields import Fields, NotAMapping, check_option, check_word
from cmf.load.nodes import Scalar
from cmf.load.values import parse_unit
from cmf.model.catalog import Axis, AxisKind, QuantityText, Scope
from cmf.source import Text

SOURCES_FILE = "sources.yaml"


def read_sources(context: Context) -> dict[str, str] | None:
    """Source ids with their texts; `None` when there is no file of sources."""
    if not context.folder.exists(SOURCES_FILE):
        return None
    top = context.fields(SOURCES_FILE, "the list of sources", None)
    if top is None:
        return None
    found: dict[str, str] = {}
    for key, node in top.nodes.items():
        check_option(top.keys[key], "a source", context.faults)
        if isinstance(node, Scalar):
            found[key] = node.text.value.strip()
        else:
            top.wrong_kind(key, node, "one text")
    return found


def read_quantities(top: Fields, axes: dict[str, Axis], context: Context) -> list[QuantityText]:
    """The named quantities, their expressions as written."""
    faults = context.faults
    found = []
    for name, node in top.entries("quantities"):
        check_word(name, "a quantity", faults)
        if name.value in axes:
            message = f"`{name.value}` already names a {axes[name.value].kind.value}"
            faults.add("duplicate-name", message, name.span, "choose another name")
        what = f"the quantity `{name.value}`"
        try:
            fields = Fields.of(node, what, ("unit", "title", "is"), faults)
        except NotAMapping:
            continue
        fields.require("unit", "is")
        expression, symbol = fields.text("is"), fields.text("unit")
        unit = parse_unit(symbol, faults) if symbol is not None else None
        if expression is not None and unit is not None:
            title = fields.string("title")
            found.append(QuantityText(name.value, expression, unit, title, name.span))
    return found


def read_scopes(
    top: Fields, axes: dict[str, Axis], classes: Collection[str] | None, context: Context
) -> dict[str, Scope]:
    """The named scopes.

    Parameters
    ----------
    classes
        Part classes that exist; `None` where a fault hides some.
    """
    slots = [a.name for a in axes.values() if a.kind is AxisKind.SLOT]
    found = {}
    for name, node in top.entries("scopes"):
        check_word(name, "a scope", context.faults)
        known = ("title", "slots", "vehicle_level", "exclude")
        try:
            fields = Fields.of(node, f"the scope `{name.value}`", known, context.faults)
        except NotAMapping:
            continue
        known_slots = slots if context.slots_known else None
        chosen = _words(fields.words("slots"), known_slots, "slot", context)
        excluded = _words(fields.words("exclude"), classes, "part class", context)
        found[name.value] = Scope(
            name=name.value,
            title=fields.string("title"),
            slots=tuple(s for s in slots if s in chosen or "slots" not in fields),
            vehicle_level=fields.flag("vehicle_level"),
            exclude=frozenset(excluded),
        )
    return found


def _words(
    words: Iterable[Text], known: Collection[str] | None, what: str, context: Context
) -> set[str]:
    found: set[str] = set()
    for word in words:
        if known is not None and word.value not in known:
            context.faults.add(
                f"unknown-{what.replace(' ', '-')}",
                f"there is no {what} `{word.value}`",
                word.span,
                Suggestion(word.value, known, what=what),
            )
        elif word.value in found:
            message = f"the {what} `{word.value}` stands twice"
            context.faults.add("duplicate-name", message, word.span, "delete one of them")
        found.add(word.value)
    return found
