"""The targets: verdicts, how far each is, and what closes the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cmf.analysis.overview import Overview
from cmf.analysis.targets import Outcome, Verdict
from cmf.model.units import Unit
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, bare, layout, legend
from cmf.report.html.section import Chart, Section
from cmf.report.html.tables import html_table
from cmf.report.html.theme import role
from cmf.report.html.titles import Titles
from cmf.report.html.waterfall import waterfalls
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.targets import Units, details, unit_of, value_text
from cmf.report.words import percent

_MARKS = {
    Verdict.MET: ("circle", "good"),
    Verdict.MISSED: ("x", "bad"),
    Verdict.OPEN: ("diamond-open", "unsure"),
}


def target_section(overview: Overview) -> Section:
    """Verdicts first, then the distances, then the ways that close the gaps."""
    title = "Targets"
    assessment = overview.assessment
    if assessment is None:
        lead = ("Not evaluable: there is no targets.yaml beside the line-up.",)
        return Section("targets", title, lead)
    units = {quantity.name: quantity.unit for quantity in overview.catalog.quantities}
    counts = [
        f"{count} {verdict.value}"
        for verdict in Verdict
        if (count := sum(o.verdict is verdict for o in assessment.outcomes))
    ]
    lead = (
        f"{len(assessment.outcomes)} targets: {', '.join(counts)}. A target that is not "
        "evaluable is no pass.",
    )
    distances = _distances([o for o in assessment.outcomes if o.target.kind.ratio and o.low])
    titles = Titles(overview.catalog)
    charts = [
        *([distances] if distances else []),
        *(chart for gap in assessment.gaps for chart in waterfalls(gap, titles)),
    ]
    verdicts = _verdicts(assessment.outcomes, units)
    return Section(
        "targets",
        title,
        lead,
        (html_table(verdicts, folded=False),),
        tuple(charts),
        data=(_figures(assessment.outcomes, units),),
    )


def _distances(outcomes: Sequence[Outcome]) -> Chart | None:
    """Value and threshold of every target that is a ratio."""
    if not outcomes:
        return None
    rows = [label(f"{o.target.id}  {o.target.title}", 58) for o in outcomes]
    height = 60 + 24 * len(rows) + 40
    says = (
        "The mark is the value, the bar the threshold (for a range its two ends), the line between "
        "them what is missing or to spare. A cross is missed."
    )
    data = [
        *_gaps(outcomes),
        _thresholds(outcomes),
        *(
            _values([(i, o) for i, o in enumerate(outcomes) if o.verdict is verdict], verdict)
            for verdict in _MARKS
            if any(o.verdict is verdict for o in outcomes)
        ),
    ]
    figure = {
        "data": data,
        "layout": layout(
            height,
            margin={"l": 400, "r": 20, "t": 44, "b": 30},
            showlegend=True,
            legend=legend(y=1, yref="container", yanchor="top"),
            xaxis=axis(tickformat=".0%", rangemode="tozero", zeroline=False),
            yaxis=bare(
                tickmode="array",
                tickvals=list(range(len(rows))),
                ticktext=rows,
                range=[len(rows) - 0.5, -0.5],
                automargin=False,
            ),
        ),
    }
    title = "How far every ratio is from its target"
    return Chart("distances", title, says, figure, height, _distance_table(outcomes, title))


def _distance_table(outcomes: Sequence[Outcome], title: str) -> Table:
    columns = [
        Column("id"),
        Column("title", Kind.PROSE),
        Column("value", Kind.NUMBER, "value, per cent"),
        Column("threshold"),
        Column("margin", Kind.NUMBER, "margin, points"),
        Column("verdict"),
    ]
    rows: list[Row] = [
        (
            o.target.id,
            o.target.title,
            _float(o.low, 100),
            o.target.bounds.text,
            _float(o.margin, 100),
            o.verdict.value,
        )
        for o in outcomes
    ]
    return table("distances", columns, rows, title=title)


def _ends(outcome: Outcome) -> list[Fraction]:
    bounds = outcome.target.bounds
    return [end for end in (bounds.low, bounds.high) if end is not None]


def _gaps(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    found = []
    for verdict, (_, colour) in _MARKS.items():
        across: list[float | None] = []
        down: list[float | None] = []
        for place, outcome in enumerate(outcomes):
            if outcome.verdict is verdict and outcome.low is not None:
                nearest = min(_ends(outcome), key=lambda end: abs(end - (outcome.low or 0)))
                across += [float(nearest), float(outcome.low), None]
                down += [place, place, None]
        if not across:
            continue
        found.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": across,
                "y": down,
                "line": {"color": role(colour), "width": 3},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return found


def _thresholds(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    places = [(end, place) for place, o in enumerate(outcomes) for end in _ends(o)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(end) for end, _ in places],
        "y": [place for _, place in places],
        "name": "threshold",
        "marker": {
            "symbol": "line-ns-open",
            "size": 14,
            "color": role("ink"),
            "line": {"width": 2.5, "color": role("ink")},
        },
        "hovertemplate": "threshold %{x:.1%}<extra></extra>",
    }


def _values(places: Sequence[tuple[int, Outcome]], verdict: Verdict) -> dict[str, Any]:
    symbol, colour = _MARKS[verdict]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(o.low or 0) for _, o in places],
        "y": [place for place, _ in places],
        "name": verdict.value,
        "marker": {"symbol": symbol, "size": 10, "color": role(colour)},
        "customdata": [
            f"<b>{label(o.target.title, 80)}</b><br>{percent(o.low or Fraction(0))}, "
            f"{verdict.value}<br>{label(details(o), 80)}"
            for _, o in places
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _verdicts(outcomes: Sequence[Outcome], units: Units) -> Table:
    columns = [
        Column("id"),
        Column("title", Kind.PROSE, "target"),
        Column("verdict"),
        Column("value"),
        Column("threshold"),
        Column("by"),
        Column("counted", Kind.PROSE, "what was counted, or why there is no value"),
        Column("basis", Kind.PROSE),
        Column("remarks", Kind.PROSE),
    ]
    rows: list[Row] = [
        (
            o.target.id,
            o.target.title,
            o.verdict.value,
            value_text(o, unit_of(o, units)),
            o.target.bounds.text or None,
            str(o.target.by) if o.target.by else None,
            details(o) or None,
            o.target.basis,
            " ".join((*o.remarks, o.target.note)).strip() or None,
        )
        for o in outcomes
    ]
    return table("verdicts", columns, rows, title="Every target with its verdict")


def _figures(outcomes: Sequence[Outcome], units: Units) -> Table:
    """The same as numbers, for a workbook."""
    columns = [
        Column("id"),
        Column("title", Kind.PROSE),
        Column("verdict"),
        Column("low", Kind.NUMBER, "value, least"),
        Column("high", Kind.NUMBER, "value, greatest"),
        Column("unit"),
        Column("threshold"),
        Column("margin", Kind.NUMBER),
        Column("numerator", Kind.NUMBER),
        Column("denominator", Kind.NUMBER),
        Column("by"),
        Column("basis", Kind.PROSE),
        Column("source"),
    ]
    rows: list[Row] = []
    for o in outcomes:
        unit = unit_of(o, units)
        counted = o.counted if o.target.kind.ratio else None
        rows.append(
            (
                o.target.id,
                o.target.title,
                o.verdict.value,
                _float(o.low, Fraction(1, unit.factor)),
                _float(o.high, Fraction(1, unit.factor)),
                _unit_name(o, unit),
                o.target.bounds.text or None,
                _float(o.margin, Fraction(1, unit.factor)),
                _float(counted[0]) if counted else None,
                _float(counted[1]) if counted else None,
                str(o.target.by) if o.target.by else None,
                o.target.basis,
                o.target.source or None,
            )
        )
    return table("targets", columns, rows, title="Targets as numbers")


def _unit_name(outcome: Outcome, unit: Unit) -> str | None:
    if outcome.target.kind.ratio:
        return "ratio"
    return unit.symbol if unit.dimension else None


def _float(value: Fraction | int | None, factor: Fraction | int = 1) -> float | None:
    return None if value is None else round(float(value * factor), 6)
