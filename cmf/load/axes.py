"""Slots and features as declared in catalog.yaml, before the values of their options."""

from __future__ import annotations

import re

from attrs import define, field

from cmf.load.context import Context
from cmf.load.faults import Suggestion
from cmf.load.fields import Fields, NotAMapping, check_new, check_option, check_word
from cmf.load.nodes import Node, Scalar, Table
from cmf.load.values import parse_unit
from cmf.model.catalog import AxisKind, Choice, ChoiceSet, Flag, Measure, ValueType
from cmf.model.units import LIMIT, UNITS, Unit
from cmf.source import Span, Text

NONE = "none"
OPTION_KEYS = ("title", "lead", "from", "until", "source", "basis", "outside")
INVESTMENT = "investment"
COLUMNS = frozenset(
    ("id", "name", "require", "volume", "volume_basis", "refused_by", "source", "note")
)
"""Columns of a table of vehicles, which therefore name no slot or feature."""
RESERVED = frozenset(("name", INVESTMENT, *OPTION_KEYS))
RANGE_LIMIT = 10_000

_INTEGER = re.compile(r"(?:0|-?[1-9]\d{0,15})\Z", re.ASCII)
_RANGE = re.compile(r"\s*(-?\d{1,16})\s*\.\.\s*(-?\d{1,16})\s*\Z", re.ASCII)


@define
class AttributeDraft:
    """An attribute whose default is not read yet; `type` is `None` after a fault."""

    name: Text
    type: ValueType | None
    title: str = ""
    default: Node | None = None


@define
class OptionDraft:
    """An option whose values are not read yet; `fields` is `None` when it has none."""

    name: Text
    fields: Fields | None = None


@define
class AxisDraft:
    """A slot or feature whose options have no values yet.

    Attributes
    ----------
    complete
        Whether all its options are known; a fault may hide some.
    """

    name: Text
    kind: AxisKind
    fields: Fields
    title: str = ""
    unit: Unit | None = None
    attributes: dict[str, AttributeDraft] = field(factory=dict)
    options: list[OptionDraft] = field(factory=list)
    complete: bool = True

    @property
    def option_names(self) -> tuple[str, ...]:
        """Names of the options known so far, with ``none`` for an optional slot."""
        return tuple(option.name.value for option in self.options)


_KEYS = {
    AxisKind.SLOT: ("name", "title", "attributes", "optional"),
    AxisKind.FEATURE: ("name", "title", "attributes", "options", "numeric", "range"),
}


def read_types(top: Fields, context: Context) -> dict[str, Span]:
    """Declare the named lists of words; returns every declared name with its place."""
    declared: dict[str, Span] = {}
    for name, node in top.entries("types"):
        check_word(name, "a type", context.faults)
        check_new(name, declared, "the name", context.faults)
        _check_free(name, context)
        seen: dict[str, Span] = {}
        before = context.faults.count()
        words = Fields(name.span, "types", context.faults, {name.value: node}).words(name.value)
        for word in words:
            check_option(word, f"a word of `{name.value}`", context.faults)
            check_new(word, seen, "the word", context.faults)
        if not words and context.faults.count() == before:
            message = f"the type `{name.value}` has no words"
            context.faults.add("empty-type", message, name.span, "list its words: `[a, b]`")
        context.domains[name.value] = tuple(seen) or None
    return declared


def _check_free(name: Text, context: Context) -> None:
    if name.value in UNITS or name.value in ("flag", "set"):
        message = f"`{name.value}` is a unit or a type of the format"
        context.faults.add("reserved-name", message, name.span, "choose another name")


def read_axes(top: Fields, declared: dict[str, Span], context: Context) -> list[AxisDraft]:
    """Slots, then features, with attributes and the options of features."""
    drafts = []
    for kind, key in ((AxisKind.SLOT, "slots"), (AxisKind.FEATURE, "features")):
        for node in top.items(key):
            draft = _declare(kind, node, context)
            if draft is None:
                context.slots_known &= kind is not AxisKind.SLOT
                continue
            name = draft.name
            check_word(name, f"a {kind.value}", context.faults)
            _check_free(name, context)
            if name.value in COLUMNS:
                message = f"`{name.value}` is a column of every table of vehicles"
                context.faults.add("reserved-name", message, name.span, "choose another name")
            if not check_new(name, declared, "the name", context.faults):
                continue
            drafts.append(draft)
            context.domains[name.value] = None
    for draft in drafts:
        _read_attributes(draft, context)
        if draft.kind is AxisKind.FEATURE:
            _read_feature_options(draft, context)
    return drafts


def _declare(kind: AxisKind, node: Node, context: Context) -> AxisDraft | None:
    try:
        fields = Fields.of(node, f"a {kind.value}", _KEYS[kind], context.faults)
    except NotAMapping:
        return None
    fields.require("name")
    name = fields.text("name")
    return AxisDraft(name, kind, fields, fields.string("title")) if name else None


def _read_attributes(draft: AxisDraft, context: Context) -> None:
    for name, node in draft.fields.entries("attributes"):
        check_word(name, "an attribute", context.faults)
        if name.value in RESERVED:
            context.faults.add(
                "reserved-name",
                f"`{name.value}` is a key of every option and cannot name an attribute",
                name.span,
                "choose another name"
                + (", or delete it: every slot has it" if name.value == INVESTMENT else ""),
            )
            continue
        draft.attributes[name.value] = _attribute(name, node, context)


def _attribute(name: Text, node: Node, context: Context) -> AttributeDraft:
    if isinstance(node, Scalar):
        return AttributeDraft(name, _type(node.text, context))
    known = ("unit", "type", "set", "title", "default")
    try:
        fields = Fields.of(node, f"the attribute `{name.value}`", known, context.faults)
    except NotAMapping:
        return AttributeDraft(name, None)
    given = [key for key in ("unit", "type", "set") if key in fields]
    if len(given) != 1:
        context.faults.add(
            "attribute-type",
            f"the attribute `{name.value}` needs exactly one of `unit`, `type` and `set`",
            name.span,
            "write `unit: mm`, `type: flag`, `type: NAME` or `set: NAME`",
        )
        return AttributeDraft(name, None)
    text = fields.text(given[0])
    kind: ValueType | None = None
    if text is None:
        fields.require(given[0])
    elif given[0] == "unit":
        unit = parse_unit(text, context.faults)
        kind = Measure(unit) if unit else None
    elif given[0] == "set":
        kind = ChoiceSet(text.value) if _domain(text, context) else None
    elif text.value == "flag":
        kind = Flag()
    else:
        kind = Choice(text.value) if _domain(text, context) else None
    return AttributeDraft(name, kind, fields.string("title"), fields.nodes.get("default"))


def _type(text: Text, context: Context) -> ValueType | None:
    if text.value == "flag":
        return Flag()
    if text.value in UNITS:
        return Measure(UNITS[text.value])
    return Choice(text.value) if _domain(text, context, "flag", *UNITS) else None


def _domain(text: Text, context: Context, *others: str) -> bool:
    if text.value in context.domains:
        return True
    if text.value in UNITS:
        message = f"`{text.value}` is a unit, not a list of words"
        context.faults.add("unknown-type", message, text.span, f"write `unit: {text.value}`")
        return False
    context.faults.add(
        "unknown-type",
        f"there is no type, slot, feature or unit `{text.value}`",
        text.span,
        Suggestion(text.value, (*context.domains, *others), what="type"),
    )
    return False


def _read_feature_options(draft: AxisDraft, context: Context) -> None:
    fields = draft.fields
    before = context.faults.count()
    unit_text = fields.text("numeric")
    if "numeric" in fields:
        fields.require("numeric")
        draft.unit = parse_unit(unit_text, context.faults) if unit_text else None
    if "range" in fields and "numeric" not in fields:
        context.faults.add(
            "range-of-names",
            "only a numeric feature has a range",
            fields.keys["range"].span,
            "add `numeric: 1` (or a unit), or list `options`",
        )
    elif "range" in fields and "options" in fields:
        message = f"the feature `{draft.name.value}` has both `range` and `options`"
        span = fields.keys["range"].span
        context.faults.add("range-and-options", message, span, "keep one of them")
    elif "range" in fields:
        _read_range(draft, context)
    else:
        draft.options = read_options(fields.items("options"), draft, context)
    for option in draft.options:
        if "numeric" in fields and not _is_integer(option.name):
            context.faults.add(
                "bad-integer",
                f"`{option.name.value}` is not an integer",
                option.name.span,
                "options of a numeric feature are written with digits only",
            )
    if not draft.options and context.faults.count() == before:
        message = f"the feature `{draft.name.value}` has no options"
        context.faults.add("empty-feature", message, draft.name.span, "list its `options`")
    draft.complete = draft.complete and bool(draft.options)


def _is_integer(text: Text) -> bool:
    return bool(_INTEGER.match(text.value)) and abs(int(text.value)) <= LIMIT


def _read_range(draft: AxisDraft, context: Context) -> None:
    text = draft.fields.text("range")
    if text is None:
        draft.fields.require("range")
        return
    match = _RANGE.match(text.value)
    low, high = (int(match[1]), int(match[2])) if match else (0, -1)
    if low > high or max(abs(low), abs(high)) > LIMIT:
        message = f"`{text.value}` is not a range of integers"
        remedy = "write the least and the greatest, as in `2024..2026`"
        context.faults.add("bad-range", message, text.span, remedy)
    elif high - low >= RANGE_LIMIT:
        message = f"`{text.value}` has more than {RANGE_LIMIT} options"
        context.faults.add("bad-range", message, text.span, "narrow it, or use a coarser unit")
    else:
        draft.options = [OptionDraft(Text(str(n), text.span)) for n in range(low, high + 1)]


def read_options(nodes: tuple[Node, ...], draft: AxisDraft, context: Context) -> list[OptionDraft]:
    """Options in any of the three forms: a name, ``name: {…}``, or ``{name: …, …}``."""
    slot = draft.kind is AxisKind.SLOT
    what = "a module" if slot else "an option"
    known = (*OPTION_KEYS, *([INVESTMENT] if slot else []), *draft.attributes)
    seen: dict[str, Span] = {}
    found = []
    for node in nodes:
        option = _option(node, what, known, context)
        if option is None:
            draft.complete = False
            continue
        check_option(option.name, what, context.faults)
        if slot and option.name.value == NONE:
            message = "`none` is the option of an optional slot that stays empty"
            remedy = "declare the slot with `optional: true` instead of a module `none`"
            context.faults.add("reserved-name", message, option.name.span, remedy)
        elif check_new(option.name, seen, f"the {what.split()[-1]}", context.faults):
            found.append(option)
    return found


def _option(node: Node, what: str, known: tuple[str, ...], context: Context) -> OptionDraft | None:
    try:
        match node:
            case Scalar(text) if text.value:
                return OptionDraft(text)
            case Table(((key, value),)) if key.value != "name":
                if isinstance(value, Scalar) and not value.text.value:
                    return OptionDraft(key)
                return OptionDraft(key, Fields.of(value, f"`{key.value}`", known, context.faults))
            case _:
                fields = Fields.of(node, what, ("name", *known), context.faults)
    except NotAMapping:
        return None
    fields.require("name")
    name = fields.text("name")
    return OptionDraft(name, fields) if name else None
