"""Variants of every slot and the volume that each carries: what drives cost."""

from __future__ import annotations

from cmf.analysis.overview import UNIQUE, Overview
from cmf.report.html.section import Section
from cmf.report.table import Column, Kind, Row, table


def slot_section(overview: Overview) -> Section:
    """One slot a row."""
    columns = [
        Column("slot"),
        Column("modules", Kind.WHOLE, "in the catalogue"),
        Column("used", Kind.WHOLE, "in use"),
        Column("alone", Kind.WHOLE, "used by one vehicle alone"),
        Column("vehicles", Kind.WHOLE),
        Column("each", Kind.NUMBER, "vehicles a module"),
        Column("volume", Kind.WHOLE, "vehicles a year a module"),
        Column("greatest", Kind.PROSE, "most used"),
    ]
    rows: list[Row] = []
    for slot in overview.slots:
        used = len(slot.used)
        volumes = [each.volume for each in slot.used]
        known = [volume for volume in volumes if volume is not None]
        mean = round(sum(known) / used) if used and len(known) == used else None
        rows.append(
            (
                slot.title,
                slot.modules,
                used,
                sum(each.reach == UNIQUE for each in slot.used),
                slot.vehicles,
                round(slot.vehicles / used, 2) if used else None,
                mean,
                slot.used[0].title if used else None,
            )
        )
    title = "Variants of every slot"
    lead = (
        "Every further module of a slot costs its development; the volume that each carries "
        "decides what it costs a piece.",
    )
    return Section("slots", title, lead, tables=(table("slots", columns, rows, title=title),))
