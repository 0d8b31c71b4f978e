"""A small catalogue, built from the model classes, that the tests of the rule language share."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from cmf.model.catalog import (
    Attribute,
    Axis,
    AxisKind,
    BomLine,
    Catalog,
    Choice,
    ChoiceSet,
    Effectivity,
    Flag,
    Measure,
    Option,
    Part,
    QuantityText,
    RuleText,
    TableText,
    ValueType,
)
from cmf.model.units import PURE, UNITS
from cmf.source import Source, Text


def text(value: str, name: str = "rules.yaml") -> Text:
    """A text that fills its own file."""
    return Text(value, Source(name, value).span(0, len(value)))


def attributes(**types: ValueType) -> dict[str, Attribute]:
    return {name: Attribute(name, type_) for name, type_ in types.items()}


def numbers(name: str, unit: str, *values: int) -> Axis:
    options = tuple(Option(str(value)) for value in values)
    return Axis(name, AxisKind.FEATURE, options, unit=UNITS.get(unit, PURE))


MM, KG = Measure(UNITS["mm"]), Measure(UNITS["kg"])

FRONT = Axis(
    "front",
    AxisKind.SLOT,
    (
        Option("f_small", values={"length": 1000, "family": "small", "wide": False, "tow": 500}),
        Option("f_large", values={"length": 1200, "family": "large", "wide": True}),
    ),
    attributes(length=MM, family=Choice("size"), wide=Flag(), tow=KG),
)
REAR = Axis(
    "rear",
    AxisKind.SLOT,
    (
        Option("none"),
        Option("r_beam", values={"length": 1500, "fits": frozenset({"small"})}),
        Option(
            "r_link",
            values={"length": 1600, "fits": frozenset({"small", "large"}), "volts": 400},
        ),
    ),
    attributes(length=MM, fits=ChoiceSet("size"), volts=Measure(UNITS["V"]), hand=Choice("hand")),
)
BRAND = Axis(
    "brand",
    AxisKind.FEATURE,
    (
        Option("renault", values={"company": "renault_group"}),
        Option("nissan", values={"company": "nissan_motor"}),
    ),
    attributes(company=Choice("company")),
)
COMPANY = Axis(
    "company", AxisKind.FEATURE, (Option("renault_group"), Option("nissan_motor"), Option("both"))
)
HAND = Axis("hand", AxisKind.FEATURE, (Option("lhd"), Option("rhd")))
DRIVE = Axis("drive", AxisKind.FEATURE, (Option("4x2"), Option("4x4"), Option("e-4orce")))
YEAR = numbers("model_year", "year", 2024, 2025, 2026)
RIM = numbers("rim", "in", 16, 17, 18)
SEATS = numbers("seats", "1", 2, 5, 7)

AXES = (FRONT, REAR, BRAND, COMPANY, HAND, DRIVE, YEAR, RIM, SEATS)


def quantity(name: str, unit: str, expression: str) -> QuantityText:
    return QuantityText(name, text(expression, f"{name}.yaml"), UNITS[unit])


def table(header: str, *rows: str) -> TableText:
    """A table of comma-separated lines; every cell has its place in the file."""
    source = Source("table.csv", "\n".join((header, *rows)))
    cells: list[tuple[Text, ...]] = []
    offset = 0
    for line in (header, *rows):
        found = []
        for cell in line.split(","):
            found.append(Text(cell, source.span(offset, offset + len(cell))))
            offset += len(cell) + 1
        cells.append(tuple(found))
    return TableText(cells[0], tuple(cells[1:]))


def rule(
    id_: str = "R1",
    *,
    when: str | None = None,
    require: str | None = None,
    forbid: str | None = None,
    allow: TableText | None = None,
    exclude: TableText | None = None,
    start: int | None = None,
    until: int | None = None,
) -> RuleText:
    return RuleText(
        id_,
        text(when, "when.yaml") if when is not None else None,
        text(require) if require is not None else None,
        text(forbid) if forbid is not None else None,
        allow,
        exclude,
        "it must be so",
        effective=Effectivity(start, until),
        span=Source("rules.yaml", f"id: {id_}").span(0, 2),
    )


def line(
    part: str = "P1",
    quantity: int = 1,
    *,
    slot: str | None = None,
    modules: tuple[str, ...] | None = None,
    condition: str | None = None,
) -> BomLine:
    where = text(condition, "bom.csv") if condition is not None else None
    span = Source("bom.csv", part).span(0, len(part))
    return BomLine(part, quantity, slot, modules, where, span=span)


QUANTITIES = (
    quantity("wheelbase", "mm", "front.length + rear.length"),
    quantity("tow_limit", "kg", "front.tow"),
    quantity("mass", "kg", "bom.mass"),
    quantity("cost", "EUR", "bom.unit_cost"),
)


def catalog(
    *,
    axes: tuple[Axis, ...] = AXES,
    quantities: tuple[QuantityText, ...] = QUANTITIES,
    rules: tuple[RuleText, ...] = (),
    bom: tuple[BomLine, ...] = (),
    time: str | None = "model_year",
) -> Catalog:
    domains = {"size": ("small", "large"), "sizes": ("small", "large", "huge")}
    return Catalog(
        name="small",
        title="Small",
        folder=Path(),
        currency=UNITS["EUR"],
        domains=domains | {axis.name: axis.names for axis in axes},
        axes=axes,
        time=time,
        quantities=quantities,
        rules=rules,
        parts={
            "P1": Part("P1", "Bracket", unit_cost=250, mass=1000, investment=0),
            "P2": Part("P2", "Beam", unit_cost=1000, mass=7000, investment=0),
        },
        bom=bom,
        scopes={},
        sources={},
        digest="",
    )


def without(axes: tuple[Axis, ...], name: str) -> tuple[Axis, ...]:
    return tuple(axis for axis in axes if axis.name != name)


def with_attribute(axis: Axis, name: str, type_: ValueType) -> Axis:
    return evolve(axis, attributes={**axis.attributes, **attributes(**{name: type_})})


VARIANT = {
    "front": "f_small",
    "rear": "r_link",
    "brand": "renault",
    "company": "renault_group",
    "hand": "lhd",
    "drive": "4x4",
    "model_year": "2025",
    "rim": "17",
    "seats": "5",
}
