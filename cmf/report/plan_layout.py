"""A plan for people: the way there, what it costs, whether the targets are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from cmf.model.catalog import RuleText
from cmf.planning.answer import Status
from cmf.planning.decision.conflict import Conflict
from cmf.planning.decision.decide import PUBLISHED, Decision
from cmf.planning.decision.front import Level, MostSharing
from cmf.planning.decision.prices import Price, Saving
from cmf.planning.decision.relaxation import Kind as Loosened
from cmf.planning.decision.relaxation import Relaxation
from cmf.report.money import Money, change
from cmf.report.plan import COSTS, Findings, Units
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.targets import shown, unit_of
from cmf.report.words import number, percent

_SHOWN = 20
"""Steps that are printed; the data hold all."""

_NAMED = 6
"""Vehicles of a step that are named."""


def plan_layout(found: Findings, units: Units, cannot: Mapping[str, str]) -> Iterator[Table]:
    """The plan, the verdict last."""
    decision = found.decision
    money = money_of(decision)
    if decision.steps:
        yield _steps(decision, money)
    yield _costs(decision, money)
    if found.points:
        yield front_layout(found.points, money)
    if decision.judged:
        yield _targets(decision, units, cannot, found.prices, money)
    yield _verdict(decision, found.most, money)


def front_layout(points: Sequence[Level], money: Money) -> Table:
    """Cost against sharing."""
    rows: list[Row] = []
    before: Level | None = None
    for point in points:
        slope = None
        if before is not None:
            rise = point.cost - before.cost
            slope = money.amount(rise / ((point.share - before.share) * 100))
        gap = "proven" if not point.gap else f"within {percent(point.gap, 2)}"
        cost = money.amount(point.cost)
        rows.append((percent(point.share, 2), cost, slope, gap))
        before = point
    columns = [
        Column("share"),
        Column("cost", title=f"cost [{money.unit}]"),
        Column("slope", title="a point more costs"),
        Column("gap", title="least cost"),
    ]
    notes = ["no plan beats one of these in both cost and share"]
    return table("pareto", columns, rows, title="Cost against sharing", notes=notes)


def money_of(decision: Decision) -> Money:
    """How the amounts of a plan are written."""
    greatest = max(decision.baseline.cost.total, decision.today.cost.total, decision.cost.total)
    return Money.fitting(decision.posed.lowered.resolved.catalog.currency, greatest)


def _steps(decision: Decision, money: Money) -> Table:
    names = [build.brief.vehicle.id for build in decision.builds]
    rows: list[Row] = []
    before = decision.today.cost.total
    for place, step in enumerate(decision.steps[:_SHOWN], start=1):
        shares = None if step.share is None or not step.share[1] else percent(Fraction(*step.share))
        vehicles = [names[i] for i in step.vehicles]
        more = f" and {len(vehicles) - _NAMED} more" if len(vehicles) > _NAMED else ""
        moves = ", ".join(f"{slot} {old} to {new}" for slot, old, new in step.moves)
        named = ", ".join(vehicles[:_NAMED]) + more
        rows.append((str(place), moves, named, money.change(step.cost - before), shares))
        before = step.cost
    rest = len(decision.steps) - _SHOWN
    if rest > 0:
        last = decision.steps[-1]
        shares = None if last.share is None or not last.share[1] else percent(Fraction(*last.share))
        rows.append((f"… {rest} more", None, None, money.change(last.cost - before), shares))
    columns = [
        Column("step"),
        Column("change", Kind.PROSE),
        Column("vehicles", Kind.PROSE),
        Column("cost", title=f"cost [{money.unit}]"),
        Column("share", title="share"),
    ]
    if all(row[-1] is None for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    steps = _counted(len(decision.steps), "step")
    changing = "changes" if decision.changed == 1 else "change"
    title = f"{_counted(decision.changed, 'vehicle')} {changing}, in {steps}"
    notes = ["every step leaves all vehicles valid", *_reaching(decision)]
    return table("steps", columns, rows, title=title, notes=notes)


def _reaching(decision: Decision) -> Iterator[str]:
    """With which step the share is there."""
    share = decision.share
    if share is None or not share.bound:
        return
    for place, step in enumerate(decision.steps, start=1):
        if step.share is not None and step.share[0] >= share.bound * step.share[1]:
            more = "; what follows saves cost" if place < len(decision.steps) else ""
            yield f"{share.name} is met from step {place} on{more}"
            return


def _counted(number_of: int, what: str) -> str:
    return f"{number(number_of)} {what}" if number_of == 1 else f"{number(number_of)} {what}s"


def _costs(decision: Decision, money: Money) -> Table:
    costs = (decision.baseline.cost, decision.today.cost, decision.cost)
    rows: list[Row] = []
    for kind, words in COSTS:
        amounts = [getattr(cost, kind) for cost in costs]
        if any(amounts):
            rows.append(_row(words, amounts, money))
    rows.append(_row("total", [cost.total for cost in costs], money))
    columns = [
        Column("cost", title=f"cost [{money.unit}]"),
        Column("alone", title="stand-alone"),
        Column("today"),
        Column("plan"),
        Column("to_alone", title="to stand-alone"),
        Column("to_today", title="to today"),
    ]
    years = decision.posed.planning.years
    title = f"Cost over {years} years" if years > 1 else "Cost of one year"
    return table("costs", columns, rows, title=title, notes=list(_published(decision)))


def _row(words: str, amounts: Sequence[int], money: Money) -> Row:
    alone, today, plan = amounts
    relative = [
        change(Fraction(plan - before, before)) if before else None for before in (alone, today)
    ]
    return (words, *(money.amount(a) for a in amounts), *relative)


def _published(decision: Decision) -> Iterator[str]:
    """The published figures beside those of the plan."""
    entry, parts = PUBLISHED
    found = change(decision.change("entry", "alone"))
    if found:
        yield f"entry cost {found} to stand-alone; published for the family: {_range(entry)}"
    found, learned = change(decision.change("parts", "alone")), change(decision.learned())
    if found and learned:
        rate = percent(decision.posed.planning.learning or Fraction(1), 0)
        found = f"{found}, with {rate} a doubling {learned},"
    if found:
        yield f"parts cost {found} to stand-alone; published for the family: {_range(parts)}"
    yield "stand-alone: each vehicle at its own least cost, paying for all it uses"


def _range(published: tuple[str, Fraction, Fraction]) -> str:
    _, low, high = published
    return f"{percent(high, 0)} to {percent(low, 0)}"


def _targets(
    decision: Decision,
    units: Units,
    cannot: Mapping[str, str],
    found: Sequence[Price],
    money: Money,
) -> Table:
    known = {price.words: price for price in found}
    rows: list[Row] = []
    for each in decision.judged:
        target, after, unit = each.target, each.after, unit_of(each.after, units)
        values = [
            None if outcome.low is None else shown(outcome.low, outcome, unit)
            for outcome in (each.before, after)
        ]
        margin = None if after.margin is None else shown(after.margin, after, unit)
        price = known.get(target.id)
        costs = [
            None if price is None or saving is None else _between(saving, money)
            for saving in ((price.whole, price.point) if price else (None, None))
        ]
        head = (target.id, target.bounds.text or None)
        remark = cannot.get(target.id) or after.cause
        verdict = f"{after.verdict.value}: {remark}" if remark else after.verdict.value
        rows.append((*head, *values, margin, *costs, verdict))
    columns = [
        Column("id"),
        Column("threshold"),
        Column("today"),
        Column("plan"),
        Column("margin"),
        Column("price", title=f"costs [{money.unit}]"),
        Column("point", title="last point"),
        Column("verdict", Kind.PROSE),
    ]
    notes = []
    if found:
        notes.append("costs: what is saved without the target; last point: with one point less")
    return table("targets", columns, rows, title=_counted(len(rows), "target"), notes=notes)


def _between(saving: Saving, money: Money) -> str:
    low, high = (money.amount(end) for end in saving)
    return low if low == high else f"{low} .. {high}"


def _verdict(decision: Decision, most: MostSharing | None, money: Money) -> Table:
    planned, again = decision.planned, decision.rechecked
    cost = money.words(decision.cost.total)
    if planned.status is Status.OPTIMAL and planned.gap == 0:
        rows: list[Row] = [("least cost", f"{cost}, proven: no plan that meets all costs less")]
    else:
        far = f"{cost}, proven to be at most {percent(planned.gap, 3)} above the least cost"
        rows = [("cost", far)]
    if most is not None:
        rows.insert(0, ("greatest share", _greatest(most)))
    if planned.stopped_by:
        rows.append(("stopped by", planned.stopped_by))
    vehicles, rules = len(decision.builds), _counted(again.rules, "rule")
    checked = (
        f"{_counted(vehicles, 'vehicle')} held to {rules}, cost counted from the "
        "bill of materials, shares from the parts, all without a solver: everything stands"
    )
    rows.append(("checked again", "; ".join(again.faults) if again.faults else checked))
    columns = [Column("what", title="plan"), Column("answer", Kind.PROSE)]
    return table("verdict", columns, rows)


def _greatest(most: MostSharing) -> str:
    share = percent(most.point.share, 2)
    if most.proven:
        return f"{share}, proven: no plan shares more"
    if most.at_most is None:
        return f"at least {share}; it is not known whether a plan shares more"
    return f"{share}; no plan has more than {percent(most.at_most, 2)}"


def conflict_layout(found: Conflict, money: Money) -> Iterator[Table]:
    """Why there is no plan."""
    known = [name for name in found.words if name not in found.undecided]
    nothing = "the share has no value: all that it counts weighs nothing, such as spend of no cars"
    rows: list[Row] = [
        ("target or bound", name, nothing if name in found.void else None) for name in known
    ]
    for rule in found.rules:
        if rule.id not in found.undecided:
            rows.append(("rule", _named(rule), rule.because or None))
    needed = [name for name in found.vehicles if name not in found.undecided]
    if needed:
        rows.append((Loosened.VEHICLES.value, ", ".join(needed), None))
    for what, names in (
        ("target or bound", found.words),
        ("rule", [rule.id for rule in found.rules]),
        (Loosened.VEHICLES.value, found.vehicles),
    ):
        left = [name for name in names if name in found.undecided]
        if left:
            many = f"which of these {len(left)} are" if len(left) > 1 else "whether it is"
            reason = f"no time to see {many} needed: --time gives it more"
            rows.append((what, ", ".join(left), reason))
    columns = [Column("what"), Column("name", Kind.PROSE), Column("reason", Kind.PROSE)]
    notes = ["minimal: without any one of these there is a plan"] if found.minimal else []
    notes.append(
        "there is no plan even when all that is not named is left out: other vehicles then take "
        "any modules, other rules do not hold; features stay as they are"
    )
    yield table("conflict", columns, rows, title="These cannot go together", notes=notes)
    if found.relaxations:
        ways = [
            (
                each.kind.value,
                each.words,
                _reached(each),
                money.words(each.cost),
            )
            for each in found.relaxations
        ]
        heads = [
            Column("what"),
            Column("name", Kind.PROSE),
            Column("reached", title="a plan then reaches"),
            Column("cost", title="at about"),
        ]
        yield table("relaxations", heads, ways, title="One of these would have to give")
    broken: list[Row] = []
    for each in found.relaxations:
        broken += [(each.words, _named(r), r.because or None) for r in each.against[:_NAMED]]
        if len(each.against) > _NAMED:
            broken.append((each.words, f"… {len(each.against) - _NAMED} more", None))
    if broken:
        heads = [
            Column("vehicles", Kind.PROSE),
            Column("rule", Kind.PROSE),
            Column("reason", Kind.PROSE),
        ]
        yield table("broken", heads, broken, title="Rules that the freed vehicles would break")


def _named(rule: RuleText) -> str:
    return f"{rule.id} ({rule.span.place})" if rule.span else rule.id


def _reached(way: Relaxation) -> str:
    if way.reached is None:
        return "everything"
    return percent(way.reached) if way.ratio else number(way.reached)
