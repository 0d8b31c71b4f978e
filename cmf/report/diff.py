"""What changed between two states of a catalogue, as data."""

from __future__ import annotations

import os

from cmf.analysis.change import Comparison
from cmf.analysis.commonality.basis import Metric, Result
from cmf.report.table import Cell, Column, Fact, Kind, Ratio, Row, Table, table
from cmf.source import Span


def diff_facts(found: Comparison) -> dict[str, Fact]:
    """What holds for the whole comparison."""
    difference, causes = found.difference, found.causes
    old, new = found.catalogs
    return {
        "catalogue": new.name,
        "old": found.labels[0],
        "new": found.labels[1],
        "old_digest": old.digest or None,
        "new_digest": new.digest or None,
        "effect": found.effect.value,
        "size": found.size.value,
        "variants_old": found.counts[0],
        "variants_new": found.counts[1],
        "compared_on": list(found.common),
        "both": difference.both,
        "lost": difference.lost.count,
        "lost_described": difference.lost.covered,
        "lost_jointly": causes.lost_jointly,
        "gained": difference.gained.count,
        "gained_described": difference.gained.covered,
        "gained_jointly": causes.gained_jointly,
        "cost": found.minimise,
        "cost_unit": found.unit.symbol if found.unit else None,
    }


def diff_tables(found: Comparison) -> tuple[Table, ...]:
    """The comparison as data: causes, conditions, rules, names, options, vehicles, shares."""
    return (
        _causes(found),
        _conditions(found),
        _rules(found),
        _names(found),
        _options(found),
        _vehicles(found),
        _metrics(found),
    )


def _causes(found: Comparison) -> Table:
    columns = (
        Column("kind"),
        Column("name"),
        Column("change"),
        Column("lost", Kind.WHOLE),
        Column("lost_alone", Kind.WHOLE),
        Column("gained", Kind.WHOLE),
        Column("gained_alone", Kind.WHOLE),
        Column("reason", Kind.PROSE),
        Column("place"),
    )
    rows = [
        (
            *(cause.kind, cause.name, cause.change, cause.lost, cause.lost_alone, cause.gained),
            *(cause.gained_alone, cause.origin.reason or None),
            _place(cause.origin.span, found),
        )
        for cause in found.causes.causes
    ]
    return table("causes", columns, rows)


def _conditions(found: Comparison) -> Table:
    columns = (
        Column("effect"),
        Column("condition", Kind.PROSE),
        Column("variants", Kind.WHOLE),
        Column("new", Kind.WHOLE),
    )
    sides = (("lost", found.difference.lost), ("gained", found.difference.gained))
    rows = [(name, cube.text, cube.count, cube.new) for name, side in sides for cube in side.cubes]
    return table("conditions", columns, rows)


def _rules(found: Comparison) -> Table:
    columns = (
        Column("id"),
        Column("change"),
        Column("severity"),
        Column("reason", Kind.PROSE),
        Column("owner"),
        Column("place"),
    )
    rows: list[Row] = []
    for edit in found.edits.rules:
        rule = edit.new or edit.old
        if rule is not None:
            place = _place(rule.span, found)
            told = (rule.severity.value, rule.because, rule.owner or None, place)
            rows.append((edit.id, edit.change, *told))
    return table("rules", columns, rows)


def _names(found: Comparison) -> Table:
    columns = [Column(name) for name in ("change", "kind", "axis", "name", "new_name")]
    edits = found.edits
    rows: list[Row] = [
        (change, item.kind, item.axis or None, item.name, None)
        for change, items in (
            ("added", edits.added),
            ("removed", edits.removed),
            ("altered", edits.altered),
        )
        for item in items
    ]
    rows += [("renamed", r.kind, r.axis or None, r.old, r.new) for r in edits.renamed]
    return table("names", columns, rows)


def _options(found: Comparison) -> Table:
    columns = (
        Column("axis"),
        Column("option"),
        Column("old", Kind.RATIO),
        Column("new", Kind.RATIO),
        Column("difference"),
    )
    rows = [
        (
            shift.axis,
            shift.option,
            Ratio(*shift.old) if shift.old else None,
            Ratio(*shift.new) if shift.new else None,
            None if shift.difference is None else str(shift.difference),
        )
        for shift in found.options
    ]
    return table("options", columns, rows)


def _vehicles(found: Comparison) -> Table:
    columns = (
        Column("id"),
        Column("vehicle"),
        Column("fate"),
        Column("swaps", Kind.PROSE),
        Column("old_cost", Kind.NUMBER),
        Column("new_cost", Kind.NUMBER),
        Column("refused_by"),
    )
    factor = found.unit.factor if found.unit else 1
    rows = [
        (
            *(each.vehicle.id, each.vehicle.name, each.fate.value),
            "; ".join(f"{axis}: {old} -> {new}" for axis, old, new in each.swaps) or None,
            amount(each.old_cost, factor),
            amount(each.new_cost, factor),
            " ".join(c.origin.name for c in each.conflict if c.origin.kind != "choice") or None,
        )
        for each in found.vehicles or ()
    ]
    return table("vehicles", columns, rows)


def _metrics(found: Comparison) -> Table:
    names = ("scope", "metric", "weight", "level", "population")
    columns = (
        *(Column(name) for name in names),
        Column("k", Kind.WHOLE),
        Column("old", Kind.RATIO),
        Column("new", Kind.RATIO),
        Column("difference"),
    )
    rows = [
        (
            *(shift.basis.scope, shift.basis.metric),
            shift.basis.weight.value if shift.basis.weight else None,
            *(shift.basis.level, shift.basis.population, shift.basis.k),
            ratio(shift.old),
            ratio(shift.new),
            None if shift.difference is None else str(shift.difference),
        )
        for shift in found.metrics
    ]
    return table("shares", columns, rows)


def ratio(result: Result | None) -> Ratio | None:
    """The value of a metric; `None` when it has none (S5)."""
    return Ratio(result.numerator, result.denominator) if isinstance(result, Metric) else None


def amount(value: int | None, factor: int) -> Cell:
    """A number of base units in the unit that is shown."""
    return None if value is None else value // factor if value % factor == 0 else value / factor


def _place(span: Span | None, found: Comparison) -> str | None:
    """File within the catalogue, line and column; the folder differs from side to side."""
    if span is None:
        return None
    folders = sorted((str(catalog.folder) for catalog in found.catalogs), key=len, reverse=True)
    for folder in folders:
        if span.place.startswith(folder + os.sep):
            return span.place.removeprefix(folder + os.sep)
    return span.place
