"""Module x vehicle: who takes what, and how far each module reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from cmf.analysis.overview import UNIQUE, Member, ModuleUse, Overview, SlotUse
from cmf.report.html.amounts import plural
from cmf.report.html.labels import label, squeezed
from cmf.report.html.layout import bare, layout
from cmf.report.html.section import WIDTH, Chart, Section
from cmf.report.html.theme import role
from cmf.report.html.titles import Titles
from cmf.report.table import Cell, Column, Kind, Row, Table, table
from cmf.report.words import number

ROW = 17
"""Height of a module in CSS pixels."""

_WIDEST = 56
"""Greatest width of a vehicle in CSS pixels."""

_LEFT, _TOP, _BOTTOM, _RIGHT = 230, 150, 26, 40
MOST = 150
"""Vehicles that a chart shows; the table holds all."""


def heatmap_section(overview: Overview) -> Section:
    """A panel for every slot."""
    kinds = _reaches(overview)
    shown = overview.fleet[:MOST]
    titles = Titles(overview.catalog)
    charts = [
        _chart(slot, overview.fleet, shown, kinds, titles) for slot in overview.slots if slot.used
    ]
    alone = sum(each.reach == UNIQUE for slot in overview.slots for each in slot.used)
    used = sum(len(slot.used) for slot in overview.slots)
    lead = [
        f"{number(used)} modules are in use in {len(overview.fleet)} vehicles; "
        f"{number(alone)} of them in one vehicle alone."
    ]
    if len(overview.fleet) > MOST:
        lead.append(f"Charts show the first {MOST} vehicles, brand by brand; tables show all.")
    return Section("modules", "Which module goes where", tuple(lead), charts=tuple(charts))


def _chart(
    slot: SlotUse,
    fleet: Sequence[Member],
    shown: Sequence[Member],
    kinds: Sequence[str],
    titles: Titles,
) -> Chart:
    counts = {kind: sum(each.reach == kind for each in slot.used) for kind in kinds}
    told = ", ".join(f"{count} {_kind(kind)}" for kind, count in counts.items() if count)
    spare = slot.modules - len(slot.used)
    says = (
        f"{len(slot.used)} of {slot.modules} modules are used by {slot.vehicles} vehicles: {told}."
        + (f" {spare} {'is' if spare == 1 else 'are'} not used." if spare else "")
        + " A cell is a vehicle that takes the module; darker (on black: lighter) means that the"
        " module reaches further, orange that one vehicle alone takes it."
    )
    height = _TOP + ROW * len(slot.used) + _BOTTOM
    return Chart(
        f"modules-{slot.slot}",
        slot.title,
        says,
        _figure(slot, shown, kinds, height, titles),
        height,
        _table(slot, fleet),
        _key(kinds),
    )


def _figure(
    slot: SlotUse, fleet: Sequence[Member], kinds: Sequence[str], height: int, titles: Titles
) -> dict[str, Any]:
    number_of = {kind: i for i, kind in enumerate(kinds)}
    cells: list[list[int | None]] = []
    for each in slot.used:
        users = set(each.users)
        cells.append([number_of[each.reach] if i in users else None for i in range(len(fleet))])
    colours = [role(name) for name, _ in _key(kinds)]
    steps = len(kinds)
    scale = [
        [edge, colour] for i, colour in enumerate(colours) for edge in (i / steps, (i + 1) / steps)
    ]
    names = [label(f"{each.id} {each.name}", 24) for each in fleet]
    data = {
        "type": "heatmap",
        "z": cells,
        "x0": 0,
        "dx": 1,
        "y0": 0,
        "dy": 1,
        "zmin": -0.5,
        "zmax": steps - 0.5,
        "colorscale": scale,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "text": [[f"{row}<br>{name}" for name in names] for row in map(_hover, slot.used)],
        "hovertemplate": "%{text}<extra></extra>",
    }
    rows = [squeezed(titles.option(slot.slot, each.module), 36) for each in slot.used]
    return {
        "data": [data],
        "layout": _layout(height, names, rows)
        | {
            "shapes": _lines(fleet, len(rows)),
            "annotations": [*_brands(fleet, len(rows), titles), *_counts(slot, len(fleet))],
        },
    }


def _layout(height: int, names: Sequence[str], rows: Sequence[str]) -> dict[str, Any]:
    return layout(
        height,
        margin={
            "l": _LEFT,
            "r": max(_RIGHT, WIDTH - _LEFT - _WIDEST * len(names)),
            "t": _TOP,
            "b": _BOTTOM,
        },
        xaxis=bare(
            side="top",
            tickmode="array",
            tickvals=list(range(len(names))),
            ticktext=names,
            tickangle=-90,
            range=[-0.5, len(names) - 0.5],
            automargin=False,
            tickfont={"size": 10 if len(names) <= 80 else 7, "color": role("ink")},
        ),
        yaxis=bare(
            tickmode="array",
            tickvals=list(range(len(rows))),
            ticktext=rows,
            range=[len(rows) - 0.5, -0.5],
            automargin=False,
        ),
    )


def _hover(each: ModuleUse) -> str:
    groups = [f"{count} {plural(name, count)}" for name, count in each.groups.items()]
    volume = "volume not known" if each.volume is None else f"{number(each.volume)} a year"
    return f"<b>{label(each.title, 60)}</b><br>{', '.join(groups)}, {volume}"


def _spans(fleet: Sequence[Member]) -> Iterator[tuple[str, int, int]]:
    """Every brand with its first vehicle and the one after its last."""
    start = 0
    for brand, group in groupby(fleet, key=lambda member: member.brand):
        end = start + len(list(group))
        yield brand, start, end
        start = end


def _lines(fleet: Sequence[Member], rows: int) -> list[dict[str, Any]]:
    ends = [end for _, _, end in _spans(fleet)][:-1]
    return [
        {
            "type": "line",
            "x0": end - 0.5,
            "x1": end - 0.5,
            "y0": -0.5,
            "y1": rows - 0.5,
            "line": {"color": role("soft"), "width": 1},
        }
        for end in ends
    ]


def _brands(fleet: Sequence[Member], rows: int, titles: Titles) -> Iterator[dict[str, Any]]:
    wide = min(_WIDEST, (WIDTH - _LEFT - _RIGHT) / len(fleet))
    for brand, start, end in _spans(fleet):
        if brand:
            name = titles.option("brand", brand)
            yield {
                "x": (start + end - 1) / 2,
                "y": rows - 0.5,
                "text": f"<b>{label(name, max(3, int((end - start) * wide / 8)))}</b>",
                "showarrow": False,
                "yanchor": "top",
                "font": {"size": 11, "color": role("ink")},
            }


def _counts(slot: SlotUse, vehicles: int) -> Iterator[dict[str, Any]]:
    for row, each in enumerate(slot.used):
        yield {
            "x": vehicles - 0.5,
            "y": row,
            "xanchor": "left",
            "text": f" {len(each.users)}",
            "showarrow": False,
            "font": {"size": 11, "color": role("soft")},
        }


def _key(kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The colour of every reach: the widest is always the strongest."""
    return tuple(
        (f"reach{4 - len(kinds) + place if place else 0}", _kind(kind))
        for place, kind in enumerate(kinds)
    )


def _reaches(overview: Overview) -> list[str]:
    """From one vehicle alone to the widest population."""
    groups = overview.fleet[0].groups if overview.fleet else {}
    return [UNIQUE, "vehicle", *groups]


def _kind(reach: str) -> str:
    return f"in several {plural(reach)}" if reach else "in one vehicle alone"


def _table(slot: SlotUse, fleet: Sequence[Member]) -> Table:
    populations = [name for name in (slot.used[0].groups if slot.used else {}) if name != "vehicle"]
    columns = [
        Column("module"),
        Column("title"),
        Column("reach"),
        Column("vehicles", Kind.WHOLE),
        *(Column(plural(name), Kind.WHOLE) for name in populations),
        Column("volume", Kind.WHOLE, "volume a year"),
        Column("users", Kind.PROSE, "vehicles that take it"),
        Column("slot"),
    ]
    rows: list[Row] = []
    for each in slot.used:
        counts: list[Cell] = [each.groups[name] for name in populations]
        users = ", ".join(f"{fleet[i].id} {fleet[i].name}" for i in each.users)
        reach = _kind(each.reach)
        rows.append(
            (
                each.module,
                each.title,
                reach,
                len(each.users),
                *counts,
                each.volume,
                users,
                slot.slot,
            )
        )
    return table("modules", columns, rows, title=f"{slot.title}: modules in use")
