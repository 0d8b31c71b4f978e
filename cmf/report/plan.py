"""A plan as data: every number exact, amounts in minor units of the currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from cmf.model.units import Unit
from cmf.planning.decision.decide import PUBLISHED, Decision
from cmf.planning.decision.front import Level, MostSharing
from cmf.planning.decision.prices import Price
from cmf.report.table import Cell, Column, Fact, Kind, Row, Table, table
from cmf.report.targets import exactly, shown, unit_of

Units = Mapping[str, Unit]

COSTS = (
    ("investment", "investment, once"),
    ("premium", "premium of what is shared"),
    ("integration", "integration of further uses"),
    ("pieces", "parts"),
    ("charges", "other charges"),
)
"""Kinds of cost, with words for people."""


@frozen
class Findings:
    """A plan with all that was found about it.

    Attributes
    ----------
    most
        What is known of the greatest share, when that was asked for.
    prices
        What each target costs.
    points
        Cost against sharing.
    """

    decision: Decision
    most: MostSharing | None = None
    prices: Sequence[Price] = ()
    points: Sequence[Level] = ()


def most_facts(most: MostSharing | None) -> dict[str, Fact]:
    """The greatest share found, and what no plan exceeds."""
    if most is None:
        return {}
    return {
        "greatest_share": str(most.point.share),
        "share_at_most": _text(most.at_most),
    }


def plan_facts(decision: Decision) -> dict[str, Fact]:
    """What holds for the whole plan."""
    planned, cost = decision.planned, decision.cost
    published = {name: f"{low} .. {high}" for name, low, high in PUBLISHED}
    return {
        "status": planned.status.value,
        "stopped_by": planned.stopped_by or None,
        "currency": decision.posed.lowered.resolved.catalog.currency.symbol,
        "minor_units": decision.posed.lowered.resolved.catalog.currency.factor,
        "years": decision.posed.planning.years,
        "cost": cost.total,
        "bound": planned.bound,
        "gap": str(planned.gap),
        "cost_today": decision.today.cost.total,
        "cost_stand_alone": decision.baseline.cost.total,
        "entry_cost_change": _text(decision.change("entry", "alone")),
        "parts_cost_change": _text(decision.change("parts", "alone")),
        "parts_cost_change_learned": _decimal(decision.learned()),
        "published_changes": published,
        "vehicles": len(decision.builds),
        "vehicles_changed": decision.changed,
        "checked_again": not decision.rechecked.faults,
        "faults": list(decision.rechecked.faults),
        "kept": list(decision.posed.planning.keep),
        "most_changes": decision.posed.planning.changes,
    }


def plan_table(decision: Decision) -> Table:
    """The module of every slot of every vehicle, today and planned."""
    columns = (
        Column("id"),
        Column("vehicle"),
        Column("slot"),
        Column("today"),
        Column("plan"),
        Column("changed", Kind.FLAG),
    )
    variables = decision.posed.lowered.problem.variables
    slots = set(decision.posed.problem.slots)
    rows: list[Row] = []
    for before, after in zip(decision.posed.builds, decision.builds, strict=True):
        vehicle = before.brief.vehicle
        for axis, old, new in zip(variables, before.variant, after.variant, strict=True):
            if axis.name in slots:
                options = (axis.options[old], axis.options[new])
                rows.append((vehicle.id, vehicle.name, axis.name, *options, old != new))
    return table("plan", columns, rows)


def cost_table(decision: Decision) -> Table:
    """The cost split of the plan, of today's, and of stand-alone vehicles."""
    columns = (
        Column("cost"),
        Column("stand_alone", Kind.WHOLE),
        Column("today", Kind.WHOLE),
        Column("plan", Kind.WHOLE),
    )
    costs = (decision.baseline.cost, decision.today.cost, decision.cost)
    rows: list[Row] = [(kind, *(getattr(c, kind) for c in costs)) for kind, _ in COSTS]
    rows.append(("total", *(c.total for c in costs)))
    return table("cost_split", columns, rows)


def vehicle_table(decision: Decision) -> Table:
    """The parts cost of every vehicle alone, for the volumes of all years."""
    columns = (
        Column("id"),
        Column("vehicle"),
        Column("volume", Kind.WHOLE),
        Column("entry_alone", Kind.WHOLE),
        Column("parts_alone", Kind.WHOLE),
        Column("changed", Kind.FLAG),
    )
    rows = []
    for before, after, volume, alone in zip(
        decision.posed.builds,
        decision.builds,
        decision.posed.volumes,
        decision.baseline.vehicles,
        strict=True,
    ):
        vehicle = before.brief.vehicle
        moved = before.variant != after.variant
        row = (vehicle.id, vehicle.name, volume, alone.total - alone.pieces, alone.pieces, moved)
        rows.append(row)
    return table("vehicles", columns, rows)


def judged_table(
    decision: Decision, units: Units, cannot: Mapping[str, str], found: Sequence[Price]
) -> Table:
    """Every target: before, after, margin, and what it costs."""
    columns = (
        Column("id"),
        Column("title", Kind.PROSE),
        Column("threshold"),
        Column("planned_for", Kind.FLAG),
        Column("verdict"),
        Column("today"),
        Column("plan"),
        Column("margin"),
        Column("price_low", Kind.WHOLE),
        Column("price_high", Kind.WHOLE),
        Column("last_point_low", Kind.WHOLE),
        Column("last_point_high", Kind.WHOLE),
        Column("remark", Kind.PROSE),
        Column("basis", Kind.PROSE),
        Column("low", Kind.EXACT, "plan, least"),
        Column("high", Kind.EXACT, "plan, greatest"),
    )
    known = {price.words: price for price in found}
    rows: list[Row] = []
    for each in decision.judged:
        target, after = each.target, each.after
        margin = after.margin
        unit = unit_of(after, units)
        rows.append(
            (
                target.id,
                target.title,
                target.bounds.text or None,
                each.planned_for,
                after.verdict.value,
                None if each.before.low is None else shown(each.before.low, each.before, unit),
                None if after.low is None else shown(after.low, after, unit),
                None if margin is None else str(margin),
                *_price(known.get(target.id)),
                cannot.get(target.id) or after.cause or None,
                target.basis,
                exactly(after.low, ratio=target.kind.ratio),
                exactly(after.high, ratio=target.kind.ratio),
            )
        )
    return table("targets", columns, rows)


def front_table(points: Sequence[Level]) -> Table:
    """Cost and share of plans that no other one beats."""
    columns = (
        Column("cost", Kind.WHOLE),
        Column("bound", Kind.WHOLE),
        Column("share"),
        Column("status"),
    )
    rows = [(p.cost, p.bound, str(p.share), p.status.value) for p in points]
    return table("pareto", columns, rows)


def step_table(decision: Decision) -> Table:
    """The way from today's plan to the plan."""
    columns = (
        Column("step", Kind.WHOLE),
        Column("vehicles"),
        Column("slot"),
        Column("before"),
        Column("after"),
        Column("cost", Kind.WHOLE),
        Column("share"),
    )
    return table("steps", columns, _steps(decision))


def _steps(decision: Decision) -> Iterator[Row]:
    names = [build.brief.vehicle.id for build in decision.builds]
    for number, step in enumerate(decision.steps, start=1):
        share = None if step.share is None or not step.share[1] else str(Fraction(*step.share))
        vehicles = " ".join(names[i] for i in step.vehicles)
        for slot, before, after in step.moves:
            yield (number, vehicles, slot, before, after, step.cost, share)


def _price(price: Price | None) -> tuple[Cell, ...]:
    if price is None:
        return (None,) * 4
    ends: list[Cell] = []
    for saving in (price.whole, price.point):
        ends += (None, None) if saving is None else saving
    return tuple(ends)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: Fraction | None) -> str | None:
    """Six decimals of a number that is known in about 40."""
    return None if value is None else f"{float(value):.6f}"
