"""What changed between two states of a catalogue, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import MappingProxyType

from cmf.analysis.change import Comparison, Effect, Fate, Size, VehicleChange
from cmf.analysis.commonality.basis import Metric, Result
from cmf.analysis.difference import Change
from cmf.model.catalog import Catalog
from cmf.report.diff import amount
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

MOST = 15
"""Rows of one kind that are shown; data formats hold all."""

_KINDS = ("slot", "feature", "module", "option", "quantity", "part")
_SHOWN = (Fate.LOST, Fate.GAINED, Fate.CHANGED, Fate.COST, Fate.ADDED, Fate.REMOVED)
_NO_VALUE = "not evaluable"
_PLURALS = MappingProxyType({"quantity": "quantities"})


def headline(found: Comparison) -> str:
    """The result in one line."""
    name = found.catalogs[1].name
    match found.size:
        case Size.NONE:
            return f"{name}: nothing changed"
        case Size.PATCH:
            return f"{name}: the same variants are valid (patch)"
    if found.effect is Effect.NONE:
        return f"{name}: slots or features changed ({found.size.value})"
    return f"{name}: {found.effect.value} change ({found.size.value})"


def diff_layout(found: Comparison) -> Iterator[Table]:
    """The headline with its figures first, then what is behind them."""
    yield _summary(found)
    for name, change, total in (
        ("lost", found.difference.lost, found.counts[0]),
        ("gained", found.difference.gained, found.counts[1]),
    ):
        if change.count:
            yield _described(name, change, total)
    yield _causes(found)
    yield _rules(found)
    yield _names(found)
    yield _vehicles(found)
    yield _options(found)
    yield _shares(found)


def _summary(found: Comparison) -> Table:
    old, new = found.catalogs
    difference = found.difference
    lost, gained = difference.lost.count, difference.gained.count
    moved = f"{_many(lost)} lost, {_many(gained)} gained"
    rows: list[Row] = [("valid variants", *map(number, found.counts), moved)]
    rows += _sizes(old, new)
    if found.vehicles is not None:
        fates = [each.fate for each in found.vehicles]
        here = [Fate.CHANGED, Fate.COST, Fate.SAME]
        before = sum(fates.count(f) for f in (*here, Fate.LOST, Fate.REMOVED))
        after = sum(fates.count(f) for f in (*here, Fate.GAINED, Fate.ADDED))
        told = [f"{fates.count(f)} {_FATES[f]}" for f in _SHOWN if f in fates]
        rows.append(("vehicles", str(before), str(after), ", ".join(told) or "all the same"))
    columns = [
        Column("what", title=""),
        *(Column(f"side{n}", Kind.WHOLE, label) for n, label in enumerate(found.labels)),
        Column("change", Kind.PROSE),
    ]
    notes = []
    if found.narrowed:
        shared = ", ".join(found.common)
        notes.append(f"variants are compared on the slots and features of both sides: {shared}")
    return table("summary", columns, rows, title=headline(found), notes=notes)


def _sizes(old: Catalog, new: Catalog) -> Iterator[Row]:
    """How much each side has of everything, where that differs."""
    for what, before, after in (
        ("modules", _modules(old), _modules(new)),
        ("features", len(old.features), len(new.features)),
        ("rules", len(old.rules), len(new.rules)),
        ("parts", len(old.parts), len(new.parts)),
    ):
        if before != after:
            yield what, number(before), number(after), f"{after - before:+}"


def _modules(catalog: Catalog) -> int:
    return sum(len(axis.options) for axis in catalog.slots)


def _described(name: str, change: Change, total: int) -> Table:
    """The conditions that describe what is lost or gained."""
    rows = [(cube.text, cube.count, cube.new) for cube in change.cubes]
    columns = [
        Column("condition", Kind.PROSE),
        Column("variants", Kind.WHOLE),
        Column("new", Kind.WHOLE, title="not above"),
    ]
    share = percent(Fraction(change.count, total))
    title = f"Variants {name}: {number(change.count)}, {share} of all"
    rest = change.count - change.covered
    notes = [f"{number(rest)} more have no short description"] if rest else []
    if not rows:
        rows, notes = [("no condition on two slots or features tells them apart", 0, 0)], []
    return table(name, columns, rows, title=title, notes=notes)


def _causes(found: Comparison) -> Table:
    causes = found.causes
    columns = [
        Column("cause"),
        Column("change"),
        Column("lost", Kind.WHOLE, "lost"),
        Column("lost_alone", Kind.WHOLE, "lost by it alone"),
        Column("gained", Kind.WHOLE, "gained"),
        Column("gained_alone", Kind.WHOLE, "gained by it alone"),
        Column("reason", Kind.PROSE),
    ]
    rows: list[Row] = [
        (
            c.name if c.kind in ("rule", "rules") else f"{c.kind} of {c.name}",
            *(c.change, c.lost, c.lost_alone, c.gained, c.gained_alone, c.origin.reason),
        )
        for c in causes.causes
    ]
    if causes.lost_jointly or causes.gained_jointly:
        joint = (None, causes.lost_jointly, None, causes.gained_jointly)
        rows.append(("several together", "", *joint, "two or more of these, none of them alone"))
    return table("causes", columns, rows, title="What caused it")


def _rules(found: Comparison) -> Table:
    """Rules that were edited and move no variant."""
    moving = {cause.name for cause in found.causes.causes}
    rows = []
    for edit in found.edits.rules:
        rule = edit.new or edit.old
        if rule is not None and edit.id not in moving:
            rows.append((edit.id, edit.change, rule.severity.value, rule.because))
    columns = [Column("rule"), Column("change"), Column("severity"), Column("reason", Kind.PROSE)]
    return table("rules", columns, rows[:MOST], title="Rules edited without effect on the variants",
                 notes=_more(rows))  # fmt: skip


def _names(found: Comparison) -> Table:
    edits = found.edits
    rows: list[Row] = []
    for kind in _KINDS:
        for change, items in (
            ("added", edits.added),
            ("removed", edits.removed),
            ("altered", edits.altered),
        ):
            names = [_full(i.axis, i.name) for i in items if i.kind == kind]
            if names:
                rows.append((change, len(names), _kind(kind, len(names)), _listed(names)))
        moves = [f"{_full(r.axis, r.old)} is now {r.new}" for r in edits.renamed if r.kind == kind]
        if moves:
            rows.append(("renamed", len(moves), _kind(kind, len(moves)), _listed(moves)))
    columns = [
        Column("change"),
        Column("number", Kind.WHOLE, title=""),
        Column("kind", title="what"),
        Column("names", Kind.PROSE),
    ]
    return table("names", columns, rows, title="Names and attributes")


def _vehicles(found: Comparison) -> Table:
    changes = sorted(
        (each for each in found.vehicles or () if each.fate in _SHOWN),
        key=lambda each: _SHOWN.index(each.fate),
    )
    unit = found.unit
    factor, symbol = (unit.factor, unit.symbol) if unit else (1, "")
    columns = [
        Column("vehicle"),
        Column("fate", title="change"),
        Column("old", Kind.NUMBER, unit=symbol),
        Column("new", Kind.NUMBER, unit=symbol),
        Column("difference", Kind.NUMBER, unit=symbol),
        Column("swaps", Kind.PROSE, title="what"),
    ]
    rows = [
        (
            *(f"{each.vehicle.id} {each.vehicle.name}", _FATES[each.fate]),
            amount(each.old_cost, factor),
            amount(each.new_cost, factor),
            _difference(each, factor),
            "; ".join(_details(each)),
        )
        for each in changes
    ]
    title = f"Vehicles, each completed at least {found.minimise}"
    return table("vehicles", columns, rows[:MOST], title=title, notes=_more(rows))


_FATES = MappingProxyType(
    {
        Fate.LOST: "lost",
        Fate.GAINED: "gained",
        Fate.CHANGED: "built differently",
        Fate.COST: "at another cost",
        Fate.ADDED: "added",
        Fate.REMOVED: "removed",
    }
)


def _details(change: VehicleChange) -> Iterator[str]:
    for axis, old, new in change.swaps:
        yield f"{axis} {new or '(gone)'} instead of {old or '(none)'}"
    rules = [c for c in change.conflict if c.origin.kind != "choice"]
    for rule in rules:
        yield f"{rule.origin.name}: {rule.origin.reason}"


def _difference(change: VehicleChange, factor: int) -> Cell:
    if change.old_cost is None or change.new_cost is None:
        return None
    return amount(change.new_cost - change.old_cost, factor)


def _options(found: Comparison) -> Table:
    moved = [s for s in found.options if s.difference or (s.old is None) != (s.new is None)]
    moved.sort(key=lambda shift: -abs(shift.difference or Fraction(1)))
    columns = [
        Column("option"),
        Column("old", Kind.RATIO, found.labels[0]),
        Column("new", Kind.RATIO, found.labels[1]),
        Column("points", Kind.NUMBER, "difference", unit="% points"),
    ]
    rows: list[Row] = [
        (
            f"{shift.axis} {shift.option}",
            Ratio(*shift.old) if shift.old else None,
            Ratio(*shift.new) if shift.new else None,
            None if shift.difference is None else _points(shift.difference),
        )
        for shift in moved
    ]
    return table("options", columns, rows[:MOST], title="Share of the variants that take an option",
                 notes=_more(rows))  # fmt: skip


def _shares(found: Comparison) -> Table:
    columns = [
        Column("scope"),
        Column("weight"),
        Column("population", title="used by"),
        Column("old", Kind.RATIO, found.labels[0]),
        Column("new", Kind.RATIO, found.labels[1]),
        Column("points", Kind.NUMBER, "difference", unit="% points"),
    ]
    rows: list[Row] = [
        (
            shift.basis.scope,
            shift.basis.weight.value if shift.basis.weight else None,
            f"{shift.basis.k} of population {shift.basis.population}",
            _value(shift.old),
            _value(shift.new),
            None if shift.difference is None else _points(shift.difference),
        )
        for shift in found.metrics
        if shift.moved
    ]
    return table("shares", columns, rows[:MOST], title="Sharing of the vehicles that are built",
                 notes=_more(rows))  # fmt: skip


def _value(result: Result | None) -> Cell:
    if result is None:
        return None
    if isinstance(result, Metric):
        return Ratio(result.numerator, result.denominator)
    return _NO_VALUE


def _points(difference: Fraction) -> float:
    return float(round(difference * 100, 3))


def _more(rows: Sequence[Row]) -> list[str]:
    more = len(rows) - MOST
    return [f"and {number(more)} more; --format json has all"] if more > 0 else []


def _listed(names: Sequence[str]) -> str:
    more = len(names) - 8
    return ", ".join(names[:8]) + (f" and {number(more)} more" if more > 0 else "")


def _kind(kind: str, many: int) -> str:
    return kind if many == 1 else _PLURALS.get(kind, f"{kind}s")


def _full(axis: str, name: str) -> str:
    return f"{axis} {name}" if axis else name


def _many(count: int) -> str:
    return number(count) if count else "none"
