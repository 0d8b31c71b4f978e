"""Targets as tables: verdicts, what closes the gaps, what fell; and reading an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Result
from cmf.analysis.targets import (
    Assessment,
    Earlier,
    Fall,
    Gap,
    Outcome,
    Point,
    Step,
    Verdict,
)
from cmf.errors import InputError, fail
from cmf.model.units import PURE, UNITS, Unit
from cmf.report.saved import exact_fraction, read_answer
from cmf.report.table import Column, Exact, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

COLUMNS = (
    Column("id"),
    Column("title", Kind.PROSE),
    Column("basis", Kind.PROSE),
    Column("threshold"),
    Column("by", Kind.WHOLE),
    Column("verdict"),
    Column("value"),
    Column("low", Kind.EXACT),
    Column("high", Kind.EXACT),
    Column("numerator", Kind.EXACT),
    Column("denominator", Kind.EXACT),
    Column("margin", Kind.EXACT),
    Column("unit"),
    Column("deciding"),
    Column("width_left", Kind.EXACT),
    Column("tolerance", Kind.EXACT),
    Column("cause", Kind.PROSE),
    Column("remarks", Kind.PROSE),
    Column("source"),
)
"""Columns of the data. Numbers are exact, in the unit of the row."""

GAP_COLUMNS = (
    Column("id"),
    Column("level"),
    Column("step", Kind.WHOLE),
    Column("name"),
    Column("adds", Kind.EXACT),
    Column("reaches", Kind.EXACT),
)

_SHOWN_STEPS = 10
"""Steps of one way that are printed; the data hold all."""

_LONG = 10**10
"""Denominators beyond are not printed, nor means of ratios; the data hold them."""

Units = Mapping[str, Unit]
"""Quantity name to the unit of its values."""


def target_table(outcomes: Sequence[Outcome], units: Units) -> Table:
    """One target a row, as data."""
    return table("targets", COLUMNS, [_row(each, unit_of(each, units)) for each in outcomes])


def gap_table(gaps: Sequence[Gap]) -> Table:
    """Every step of every way to a target, as data."""
    return table("gaps", GAP_COLUMNS, [row for each in gaps for row in _steps(each)])


def fall_table(falls: Sequence[Fall]) -> Table:
    """What stands worse than in the earlier run, as data."""
    columns = (Column("id"), Column("by", Kind.EXACT), Column("reason", Kind.PROSE))
    rows = [(each.id, exactly(each.by), each.reason) for each in falls]
    return table("falls", columns, rows)


def trend_table(points: Sequence[Point]) -> Table:
    """Every target in every model year, as data; of carry-over the weight stands in the id."""
    columns = (
        Column("year", Kind.WHOLE),
        Column("vehicles", Kind.WHOLE),
        Column("new", Kind.WHOLE),
        Column("id"),
        Column("low", Kind.EXACT),
        Column("high", Kind.EXACT),
        Column("cause", Kind.PROSE),
    )
    rows: list[Row] = []
    for point in points:
        head = (point.year, point.vehicles, point.new)
        for outcome in point.outcomes:
            ratio = outcome.target.kind.ratio
            ends = (exactly(outcome.low, ratio=ratio), exactly(outcome.high, ratio=ratio))
            rows.append((*head, outcome.target.id, *ends, outcome.cause or None))
        for result in point.carried:
            value = Exact(result.value, ratio=True) if isinstance(result, Metric) else None
            cause = result.cause if isinstance(result, NotEvaluable) else None
            rows.append((*head, _carried_id(result), value, value, cause))
    return table("trend", columns, rows)


def trend_layout(points: Sequence[Point], units: Units) -> Table:
    """A line for every model year."""
    outcomes = points[0].outcomes if points else ()
    carried = points[0].carried if points else ()
    columns = [
        Column("year"),
        Column("vehicles", Kind.WHOLE),
        Column("new", Kind.WHOLE),
        *(Column(_carried_id(result), Kind.RATIO) for result in carried),
        *(Column(outcome.target.id, Kind.RATIO) for outcome in outcomes),
    ]
    rows: list[Row] = []
    for point in points:
        taken = [Ratio(r.value, 1) if isinstance(r, Metric) else None for r in point.carried]
        values = [value_text(each, unit_of(each, units)) for each in point.outcomes]
        rows.append((str(point.year), point.vehicles, point.new, *taken, *values))
    notes = ["carry-over: how much of the new vehicles' parts the vehicles of earlier years use"]
    title = "Targets on all vehicles up to a model year"
    return table("trend", columns, rows, title=title, notes=notes)


def _carried_id(result: Result) -> str:
    weight = result.basis.weight
    return f"carry_over.{weight.value}" if weight else "carry_over"


def targets_layout(assessment: Assessment, units: Units) -> Iterator[Table]:
    """The targets for people: gaps first, so that the verdicts stand last."""
    for each in assessment.gaps:
        for name, steps in ((each.target.level, each.parts), ("module", each.modules)):
            if steps:
                yield _way(each, name, steps)
    yield _verdicts(assessment.outcomes, units)


def falls_layout(falls: Sequence[Fall], outcomes: Sequence[Outcome], units: Units) -> Table:
    """What fell, for people."""
    known = {each.target.id: each for each in outcomes}
    rows: list[Row] = []
    for fall in falls:
        worse = None
        if fall.by is not None:
            outcome = known[fall.id]
            worse = shown(fall.by, outcome, unit_of(outcome, units))
        rows.append((fall.id, worse, fall.reason))
    columns = [Column("id"), Column("by", title="worse by"), Column("reason", Kind.PROSE)]
    return table("falls", columns, rows, title=fell(len(falls)))


def fell(count: int) -> str:
    """How many targets fell, for people."""
    return f"{count or 'no'} target{'s' if count > 1 else ''} fell"


def unit_of(outcome: Outcome, units: Units) -> Unit:
    """The unit in which the value of a target is counted."""
    return units.get(outcome.target.quantity, PURE)


def shown(value: Fraction, outcome: Outcome, unit: Unit) -> str:
    """A value as a person reads it."""
    if outcome.target.kind.ratio:
        return percent(value)
    if unit.factor == 1 and not unit.dimension:
        return number(value)
    fitting = [
        each
        for each in UNITS.values()
        if each.dimension == unit.dimension and unit.factor <= each.factor <= abs(value)
    ]
    best = max(fitting, key=lambda each: each.factor, default=unit)
    return f"{number(value / best.factor)} {best.symbol}"


def read_earlier(path: Path) -> dict[str, Earlier]:
    """The targets of an earlier run, as ``cmf targets -o FILE.json`` wrote them, or of a plan.

    Raises
    ------
    InputError
        When the file cannot be read or is something else.
    """
    data = read_answer(path, _no_baseline)
    rows = data.get("targets")
    if not isinstance(rows, list) or data.get("command") not in ("targets", "plan"):
        raise _no_baseline(path, "it is no answer of `cmf targets` or `cmf plan`")
    found = {}
    for row in rows:
        try:
            name, basis = str(row["id"]), str(row["basis"])
            found[name] = Earlier(basis, _exact(row["low"]), _exact(row["high"]))
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise _no_baseline(path, "a target in it is damaged") from error
    return found


def _exact(text: object) -> Fraction | None:
    return None if text is None else exact_fraction(text)


def _no_baseline(path: Path, reason: str) -> InputError:
    remedy = "name a file that `cmf targets LINEUP -o FILE.json` or `cmf plan` wrote"
    return fail("bad-baseline", f"{path} is no earlier run: {reason}", None, remedy)


def _row(outcome: Outcome, unit: Unit) -> Row:
    target, ratio = outcome.target, outcome.target.kind.ratio
    counted = outcome.counted or (None, None)
    return (
        target.id,
        target.title,
        target.basis,
        target.bounds.text or None,
        target.by or None,
        outcome.verdict.value,
        value_text(outcome, unit),
        exactly(outcome.low, ratio=ratio),
        exactly(outcome.high, ratio=ratio),
        exactly(counted[0]),
        exactly(counted[1]),
        exactly(outcome.margin, ratio=ratio),
        _unit_name(outcome, unit),
        outcome.deciding or None,
        exactly(outcome.left, ratio=ratio) if outcome.deciding else None,
        Exact(Fraction(target.tolerance), ratio),
        outcome.cause or None,
        " ".join((*outcome.remarks, target.note)).strip() or None,
        target.source or None,
    )


def _unit_name(outcome: Outcome, unit: Unit) -> str:
    if outcome.target.kind.ratio:
        return "ratio"
    return "1" if unit.factor == 1 else f"1/{unit.factor} {unit.symbol}"


def exactly(value: Fraction | int | None, *, ratio: bool = False) -> Exact | None:
    """A number of a target as a cell."""
    return None if value is None else Exact(Fraction(value), ratio)


def value_text(outcome: Outcome, unit: Unit) -> str | None:
    """The value, or its interval, as a person reads it; `None` when not evaluable."""
    if outcome.low is None or outcome.high is None:
        return None
    ends = [shown(value, outcome, unit) for value in (outcome.low, outcome.high)]
    # An enclosed number whose ends read the same is shown as one.
    return ends[0] if ends[0] == ends[1] else " .. ".join(ends)


def _steps(each: Gap) -> Iterator[Row]:
    for level, steps in ((each.target.level, each.parts), ("module", each.modules)):
        for place, step in enumerate(steps, start=1):
            ends = (Exact(step.adds, ratio=True), Exact(step.reaches, ratio=True))
            yield (each.target.id, level, place, step.name, *ends)


def _way(each: Gap, level: str, steps: Sequence[Step]) -> Table:
    rows: list[Row] = [("today", None, percent(each.start))]
    rows += [(s.name, percent(s.adds), percent(s.reaches)) for s in steps[:_SHOWN_STEPS]]
    rest = len(steps) - _SHOWN_STEPS
    if rest > 0:
        rows.append((f"… {rest} more", None, percent(steps[-1].reaches)))
    columns = [Column("name", title=level), Column("adds"), Column("reaches")]
    title = (
        f"{each.target.id}: what closes the gap to {each.target.bounds.text}, {level} by {level}"
    )
    notes = [f"{each.unique} {each.target.level}s are not common today"]
    return table(f"{level}s for {each.target.id}", columns, rows, title=title, notes=notes)


def _verdicts(outcomes: Sequence[Outcome], units: Units) -> Table:
    rows: list[Row] = []
    for outcome in outcomes:
        target, unit = outcome.target, unit_of(outcome, units)
        year = str(target.by) if target.by else None
        threshold, verdict = target.bounds.text or None, outcome.verdict.value
        said = details(outcome)
        note = f"{target.title}: {said}" if said else target.title
        rows.append((target.id, value_text(outcome, unit), threshold, year, verdict, note))
    columns = [
        Column("id"),
        Column("value"),
        Column("threshold"),
        Column("by"),
        Column("verdict"),
        Column("title", Kind.PROSE, "target, and what was counted"),
    ]
    counts = dict.fromkeys(Verdict, 0)
    for outcome in outcomes:
        counts[outcome.verdict] += 1
    title = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    heading = f"{len(outcomes)} targets: {title}"
    return table("targets", columns, rows, title=heading, notes=_notes(outcomes))


def _notes(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Each remark once, with the targets that it concerns."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        for remark in outcome.remarks:
            found.setdefault(remark, []).append(outcome.target.id)
    yield from (f"{', '.join(names)}: {remark}" for remark, names in found.items())


def details(outcome: Outcome) -> str:
    """Why there is no value, what was counted, or which unknown matters."""
    if outcome.cause:
        return outcome.cause
    if outcome.deciding:
        return f"the volume of {outcome.deciding} matters most"
    if outcome.counted is None or not outcome.target.kind.ratio:
        return ""
    top, bottom = outcome.counted
    plain = isinstance(top, int) and isinstance(bottom, int) and bottom < _LONG
    return f"{number(top)} of {number(bottom)}" if plain else ""
