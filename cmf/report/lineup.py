"""The vehicles of a line-up: built, refused, and who decided what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.configure import Build, Decided, Outcome, Refusal
from cmf.analysis.sharing import Ground
from cmf.model.lineup import Vehicle
from cmf.problem.problem import Constraint, Problem, Variable
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.words import shortened

Vehicles = Sequence[tuple[Vehicle, Outcome]]


def vehicle_table(problem: Problem, vehicles: Vehicles) -> Table:
    """One vehicle a row: whether it is built, who decided its options, its quantities."""
    figures = [
        Column(q.name, Kind.NUMBER, unit="" if q.unit.symbol == "1" else q.unit.symbol)
        for q in problem.quantities.values()
    ]
    columns = (
        Column("id"),
        Column("vehicle"),
        Column("status"),
        *(Column(decided.value, Kind.WHOLE) for decided in Decided),
        Column("refused_by"),
        Column("reason", Kind.PROSE),
        *figures,
    )
    rows = [_vehicle_row(problem, vehicle, outcome) for vehicle, outcome in vehicles]
    return table("vehicles", columns, rows)


def choice_table(problem: Problem, builds: Sequence[Build]) -> Table:
    """Every option of every built vehicle, with who decided it."""
    columns = (Column("id"), Column("axis"), Column("option"), Column("decided"))
    rows = [
        (build.brief.vehicle.id, axis.name, axis.options[option], decided.value)
        for build in builds
        for axis, option, decided in _axes(problem, build)
    ]
    return table("choices", columns, rows)


def built_layout(problem: Problem, builds: Sequence[Build], minimise: str) -> Table:
    """The built vehicles for people: how much was decided by whom, and what was left open."""
    columns = [
        Column("vehicle"),
        *(Column(decided.value, Kind.WHOLE) for decided in Decided),
        Column("open", Kind.PROSE, f"completed at least {minimise}"),
    ]
    rows: list[Row] = []
    for build in builds:
        completed = [
            f"{axis.name} {axis.options[option]}"
            for axis, option, decided in _axes(problem, build)
            if decided is Decided.COMPLETED
        ]
        counts = [build.decided.count(decided) for decided in Decided]
        rows.append((_name(build.brief.vehicle), *counts, ", ".join(completed)))
    notes = ["pinned by the line-up; implied by the rules; completed at least cost"]
    title = f"{len(builds)} vehicles built, by the options of each"
    return table("built", columns, rows, title=title, notes=notes)


def ground_layout(grounds: Sequence[Ground]) -> Table:
    """What the figures rest on, for people."""
    rows = [(g.figure, g.basis, Ratio(g.amount, g.total)) for g in grounds]
    columns = [Column("figure"), Column("basis"), Column("share", Kind.RATIO, title="of all")]
    return table("grounds", columns, rows, title="What these figures rest on")


def refused_layout(vehicles: Vehicles) -> Table:
    """The vehicles that were not built, with the rules that refuse them."""
    rows: list[Row] = []
    for vehicle, outcome in vehicles:
        if isinstance(outcome, Refusal):
            for place, constraint in enumerate(_rules(outcome) or outcome.conflict):
                name = _name(vehicle) if place == 0 else ""
                rows.append((name, constraint.origin.name, constraint.origin.reason))
        else:
            rows.append((_name(vehicle), "unknown", "a limit was reached"))
    columns = [Column("vehicle"), Column("rule", title="refused by"), Column("reason", Kind.PROSE)]
    many = "1 vehicle" if len(vehicles) == 1 else f"{len(vehicles)} vehicles"
    return table("refused", columns, rows, title=f"{many} refused")


def _vehicle_row(problem: Problem, vehicle: Vehicle, outcome: Outcome) -> Row:
    blank: list[Cell] = [None] * len(problem.quantities)
    if isinstance(outcome, Build):
        counts = [outcome.decided.count(decided) for decided in Decided]
        figures = [
            _figure(q.value(outcome.variant), q.unit.factor) for q in problem.quantities.values()
        ]
        return (vehicle.id, vehicle.name, "built", *counts, None, None, *figures)
    if isinstance(outcome, Refusal):
        rules = _rules(outcome)
        names = " ".join(rule.origin.name for rule in rules)
        reasons = "; ".join(rule.origin.reason for rule in rules)
        return (vehicle.id, vehicle.name, "refused", None, None, None, names, reasons, *blank)
    return (vehicle.id, vehicle.name, "unknown", None, None, None, None, None, *blank)


def _axes(problem: Problem, build: Build) -> Iterator[tuple[Variable, int, Decided]]:
    return zip(problem.variables, build.variant, build.decided, strict=True)


def _figure(value: int | None, factor: int) -> Cell:
    return None if value is None else value // factor if value % factor == 0 else value / factor


def _rules(refusal: Refusal) -> list[Constraint]:
    return [c for c in refusal.conflict if c.origin.kind != "choice"]


def _name(vehicle: Vehicle) -> str:
    return shortened(f"{vehicle.id} {vehicle.name}")
