"""Modules, and the values of all options."""

from __future__ import annotations

from cmf.load.axes import INVESTMENT, NONE, AxisDraft, OptionDraft, read_options
from cmf.load.context import Context
from cmf.load.faults import Suggestion
from cmf.load.fields import Fields
from cmf.load.values import parse_value
from cmf.model.catalog import Attribute, Axis, AxisKind, Measure, Option, Value
from cmf.source import Text

YAML_NAMES = (".yaml", ".yml")


def read_modules(drafts: list[AxisDraft], context: Context) -> None:
    """Give every slot the modules of its file, and every axis its names in `domains`."""
    slots = {d.name.value: d for d in drafts if d.kind is AxisKind.SLOT}
    files = set(context.folder.names("modules"))
    for draft in slots.values():
        _read_slot(draft, f"{draft.name.value}.yaml" in files, context)
    for name in sorted(files):
        slot, _, ending = name.rpartition(".")
        if f".{ending}" in YAML_NAMES and (slot not in slots or ending == "yml"):
            _stray(name, slot, slots, context)
    for draft in drafts:
        context.domains[draft.name.value] = draft.option_names if draft.complete else None


def _stray(name: str, slot: str, slots: dict[str, AxisDraft], context: Context) -> None:
    span = context.folder.source(f"modules/{name}").whole()
    if slot in slots:
        message = f"modules/{name} is not read"
        context.faults.add("bad-file-name", message, span, f"rename it {slot}.yaml")
        return
    if not context.slots_known:
        return
    context.faults.add(
        "unknown-slot",
        f"catalog.yaml declares no slot `{slot}`",
        span,
        Suggestion(slot, slots, what="slot"),
    )


def _read_slot(draft: AxisDraft, has_file: bool, context: Context) -> None:
    name = draft.name.value
    optional = draft.fields.flag("optional")
    before = context.faults.count()
    if not has_file:
        context.faults.add(
            "missing-modules",
            f"the slot `{name}` has no modules: there is no file modules/{name}.yaml",
            draft.name.span,
            f"write modules/{name}.yaml",
        )
    else:
        top = context.fields(f"modules/{name}.yaml", "a file of modules", ("modules",))
        if top is not None:
            top.require("modules", empty=True)
            draft.options = read_options(top.items("modules"), draft, context)
            if "modules" in top and not draft.options and context.faults.count() == before:
                message = f"the slot `{name}` has no module"
                remedy = "list at least one under `modules`, or delete the slot"
                context.faults.add("empty-slot", message, top.keys["modules"].span, remedy)
    draft.complete = draft.complete and bool(draft.options)
    if optional:
        draft.options.insert(0, OptionDraft(Text(NONE, draft.name.span)))


def finish_axis(draft: AxisDraft, context: Context) -> Axis:
    """The axis with the values of its options."""
    slot = draft.kind is AxisKind.SLOT
    attributes: dict[str, Attribute] = {}
    for name, declared in draft.attributes.items():
        if declared.type is None:
            continue
        default: Value | None = None
        if declared.default is not None:
            what = f"the default of `{name}`"
            default = parse_value(
                declared.default, declared.type, what, context.domains, context.faults
            )
        attributes[name] = Attribute(
            name, declared.type, default, declared.title, declared.name.span
        )
    if slot and context.currency is not None:
        attributes[INVESTMENT] = Attribute(
            INVESTMENT, Measure(context.currency), title="Investment"
        )
    return Axis(
        name=draft.name.value,
        kind=draft.kind,
        options=tuple(_finish_option(o, slot, attributes, context) for o in draft.options),
        attributes=attributes,
        title=draft.title,
        unit=draft.unit,
        span=draft.name.span,
    )


def _finish_option(
    draft: OptionDraft, slot: bool, attributes: dict[str, Attribute], context: Context
) -> Option:
    name, fields = draft.name, draft.fields
    if slot and name.value == NONE:
        return Option(NONE, span=name.span)
    values: dict[str, Value] = {}
    for attribute in attributes.values():
        value = attribute.default
        if fields is not None and attribute.name in fields:
            value = _value(name.value, fields, attribute, context)
        if value is not None:
            values[attribute.name] = value
    if fields is None:
        return Option(name.value, values=values, span=name.span)
    return Option(
        name=name.value,
        title=fields.string("title"),
        values=values,
        effective=fields.effectivity(timed=context.timed),
        lead=context.lead(fields.text("lead")),
        source=context.source_ids(fields.text("source")),
        basis=fields.basis(),
        outside=fields.string("outside"),
        span=name.span,
    )


def _value(option: str, fields: Fields, attribute: Attribute, context: Context) -> Value | None:
    what = f"`{attribute.name}` of `{option}`"
    node = fields.nodes[attribute.name]
    value = parse_value(node, attribute.type, what, context.domains, context.faults)
    if attribute.name == INVESTMENT and isinstance(value, int) and value < 0:
        message = f"{what} is negative"
        context.faults.add("too-small", message, node.span, "the least possible value is 0")
    return value
