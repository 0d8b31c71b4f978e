"""Where the volume of each module goes: module, vehicle, brand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from cmf.analysis.overview import Member, Overview, SlotUse
from cmf.report.html.labels import squeezed
from cmf.report.html.layout import layout
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import flow_colour, group, role
from cmf.report.html.titles import Titles
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import number

SHOWN = 24
"""Modules, and vehicles, that a chart shows by themselves; the others of a brand together."""


@frozen
class Flow:
    """Vehicles a year on the way from a module through a vehicle to a brand."""

    module: str
    vehicle: str
    brand: str
    volume: int


def sankey_section(overview: Overview) -> Section | None:
    """A chart for every slot that has a choice; nothing without brands."""
    title = "Where the volume goes"
    if not any(member.brand for member in overview.fleet):
        return None
    unknown = [member.id for member in overview.fleet if member.volume is None]
    if len(unknown) == len(overview.fleet):
        return Section("flow", title, ("Not evaluable: no vehicle has a volume.",))
    lead = ["Widths are vehicles a year. What is common to several brands branches out."]
    if unknown:
        lead.append(f"Left out, because their volume is not known: {', '.join(unknown)}.")
    brands = list(dict.fromkeys(member.brand for member in overview.fleet))
    titles = Titles(overview.catalog)
    charts = [_chart(slot, overview.fleet, brands, titles) for slot in overview.slots if slot.used]
    return Section("flow", title, tuple(lead), charts=tuple(chart for chart in charts if chart))


def _chart(
    slot: SlotUse, fleet: Sequence[Member], brands: Sequence[str], titles: Titles
) -> Chart | None:
    flows = [
        Flow(each.module, f"{fleet[i].id} {fleet[i].name}", fleet[i].brand, fleet[i].volume or 0)
        for each in slot.used
        for i in each.users
        if fleet[i].volume
    ]
    if not flows:
        return None
    modules: defaultdict[str, int] = defaultdict(int)
    reach: defaultdict[str, set[str]] = defaultdict(set)
    for flow in flows:
        modules[flow.module] += flow.volume
        reach[flow.module].add(flow.brand)
    whole = sum(modules.values())
    most = max(modules, key=lambda name: modules[name])
    first = titles.option(slot.slot, most)
    wide = sum(volume for name, volume in modules.items() if len(reach[name]) > 1)
    says = (
        f"{number(whole)} vehicles a year; {round(100 * wide / whole)} % of them take a module "
        f"that several brands take. The greatest is {first} with {number(modules[most])}."
    )
    shown = _merged(flows, titles)
    height = 84 + 23 * max(len({f.vehicle for f in shown}), len({f.module for f in shown}), 6)
    figure = {
        "data": [_sankey(shown, slot.slot, brands, titles)],
        "layout": layout(height, margin={"l": 10, "r": 10, "t": 34, "b": 14}),
    }
    return Chart(f"flow-{slot.slot}", slot.title, says, figure, height, _table(slot, flows))


def _merged(flows: Sequence[Flow], titles: Titles) -> list[Flow]:
    """The greatest modules and vehicles, the rest of each brand taken together."""
    modules = _greatest(flows, "module")
    vehicles = _greatest(flows, "vehicle")
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for flow in flows:
        module = flow.module if flow.module in modules else "other modules"
        others = f"other vehicles of {titles.option('brand', flow.brand)}"
        vehicle = flow.vehicle if flow.vehicle in vehicles else others
        found[module, vehicle, flow.brand] += flow.volume
    return [Flow(*key, volume) for key, volume in found.items()]


def _greatest(flows: Sequence[Flow], what: str) -> set[str]:
    totals: defaultdict[str, int] = defaultdict(int)
    for flow in flows:
        totals[getattr(flow, what)] += flow.volume
    return set(sorted(totals, key=lambda name: -totals[name])[:SHOWN])


def _sankey(
    flows: Sequence[Flow], slot: str, brands: Sequence[str], titles: Titles
) -> dict[str, Any]:
    numbers: dict[tuple[str, str], int] = {}
    colour = {brand: group(place) for place, brand in enumerate(brands)}
    links: defaultdict[tuple[int, int, str], int] = defaultdict(int)
    for flow in sorted(flows, key=lambda flow: brands.index(flow.brand)):
        steps = (("module", flow.module), ("vehicle", flow.vehicle), ("brand", flow.brand))
        module, vehicle, brand = (numbers.setdefault(step, len(numbers)) for step in steps)
        links[module, vehicle, flow.brand] += flow.volume
        links[vehicle, brand, flow.brand] += flow.volume
    axes = {"module": slot, "brand": "brand"}
    owner = {flow.vehicle: flow.brand for flow in flows}
    return {
        "type": "sankey",
        "arrangement": "snap",
        "textfont": {"size": 11, "color": role("ink")},
        "valueformat": ",",
        "valuesuffix": " a year",
        "node": {
            "label": [
                squeezed(titles.option(axes[kind], name) if kind in axes else name, 44)
                for kind, name in numbers
            ],
            "color": [_node_colour(kind, name, owner, colour) for kind, name in numbers],
            "pad": 11,
            "thickness": 12,
            "line": {"width": 0},
        },
        "link": {
            "source": [source for source, _, _ in links],
            "target": [target for _, target, _ in links],
            "value": list(links.values()),
            "color": [flow_colour(brands.index(brand)) for _, _, brand in links],
        },
    }


def _node_colour(kind: str, name: str, owner: Mapping[str, str], colour: Mapping[str, str]) -> str:
    if kind == "module":
        return role("soft")
    return colour[owner[name] if kind == "vehicle" else name]


def _table(slot: SlotUse, flows: Sequence[Flow]) -> Table:
    columns = [
        Column("module"),
        Column("vehicle"),
        Column("brand"),
        Column("volume", Kind.WHOLE, "vehicles a year"),
        Column("slot"),
    ]
    rows: list[Row] = [
        (flow.module, flow.vehicle, flow.brand, flow.volume, slot.slot)
        for flow in sorted(flows, key=lambda flow: -flow.volume)
    ]
    title = f"{slot.title}: vehicles a year by module, vehicle and brand"
    return table("flow", columns, rows, title=title)
