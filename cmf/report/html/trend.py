"""How shares and targets move from model year to model year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Result
from cmf.analysis.overview import Overview, Year
from cmf.analysis.sharing import WEIGHTS
from cmf.analysis.targets import Outcome, Point
from cmf.model.targets import Target
from cmf.report.html.amounts import NAMES, Amount
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, layout, legend
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import role
from cmf.report.table import Column, Kind, Row, table
from cmf.report.targets import exactly
from cmf.report.words import percent

ACROSS = 4
"""Small charts in a row."""

_SYMBOLS = ("circle", "square", "diamond", "x", "triangle-up")
_PANEL = 150


def trend_section(overview: Overview) -> Section:
    """The shares in one chart, and a small one for every target that is measured."""
    title = "Over the model years"
    if overview.catalog.time is None:
        return Section("trend", title, ("Not evaluable: the catalogue declares no time feature.",))
    lead = ["Every year counts all vehicles whose model year is not later."]
    charts = [_shares(overview.years, overview)] if overview.years else []
    if overview.points:
        charts.append(_targets(overview.points))
    elif overview.assessment is None:
        lead.append("There are no target lines: the line-up has no targets.yaml.")
    return Section("trend", title, tuple(lead), charts=tuple(charts))


def _shares(years: Sequence[Year], overview: Overview) -> Chart:
    first, last = years[0], years[-1]
    ends = [f"{NAMES[WEIGHTS[0]]} {_said(year.shares[0])} in {year.year}" for year in (first, last)]
    says = (
        f"Share on parts that at least {overview.k} of the vehicles up to a year use, scope "
        f"{overview.scope.name}, level part. {ends[0]}, {ends[1]}."
    )
    data = []
    for number, weight in enumerate(WEIGHTS):
        known = [(y, r) for y in years if isinstance(r := y.shares[number], Metric)]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": NAMES[weight],
                "x": [year.year for year, _ in known],
                "y": [round(float(r.value), 6) for _, r in known],
                "line": {"color": role(f"group{number}"), "width": 2},
                "marker": {"symbol": _SYMBOLS[number], "size": 8},
                "hovertemplate": f"{NAMES[weight]} %{{y:.1%}}<extra></extra>",
            }
        )
    figure = {
        "data": data,
        "layout": layout(
            380,
            margin={"l": 60, "r": 20, "t": 44, "b": 40},
            hovermode="x unified",
            showlegend=True,
            legend=legend(y=1, yref="container", yanchor="top"),
            xaxis=axis(dtick=1, tickformat="d", showgrid=False),
            yaxis=axis(tickformat=".0%", rangemode="tozero", range=[0, 1.02]),
        ),
    }
    columns = [
        Column("year"),
        Column("vehicles", Kind.WHOLE),
        Column("new", Kind.WHOLE),
        Column("weight"),
        Column("share", Kind.RATIO),
        Column("unit"),
        Column("cause", Kind.PROSE, "not evaluable because"),
    ]
    rows: list[Row] = []
    for year in years:
        for weight, result in zip(WEIGHTS, year.shares, strict=True):
            amount = Amount.of(weight, overview.catalog.currency)
            cause = result.cause if isinstance(result, NotEvaluable) else None
            head = (str(year.year), year.vehicles, year.new)
            rows.append((*head, weight.value, amount.ratio(result), amount.unit, cause))
    title = "Shares by model year"
    return Chart(
        "trend-shares", title, says, figure, 380, table("trend shares", columns, rows, title=title)
    )


def _targets(points: Sequence[Point]) -> Chart:
    targets = [outcome.target for outcome in points[-1].outcomes]
    lines = -(-len(targets) // ACROSS)
    height = 54 + (_PANEL + 50) * lines
    says = (
        "One panel for each target: its value by model year, and the target as a dashed line. "
        "Numbers that are no ratio are in base units, as 220G Wh. A band is an interval. Years in "
        "which a target is not evaluable are left out."
    )
    data: list[dict[str, Any]] = []
    parts: dict[str, Any] = {"shapes": [], "annotations": []}
    for number in range(len(targets)):
        _panel(number, lines, height, points, data, parts)
    figure = {
        "data": data,
        "layout": layout(height, margin={"l": 40, "r": 10, "t": 50, "b": 24}, **parts),
    }
    columns = [
        Column("id"),
        Column("year"),
        Column("vehicles", Kind.WHOLE),
        Column("low", Kind.EXACT, "least"),
        Column("high", Kind.EXACT, "greatest"),
        Column("numerator", Kind.NUMBER),
        Column("denominator", Kind.NUMBER),
        Column("threshold"),
        Column("cause", Kind.PROSE, "not evaluable because"),
    ]
    rows: list[Row] = [
        (
            outcome.target.id,
            str(point.year),
            point.vehicles,
            exactly(outcome.low, ratio=outcome.target.kind.ratio),
            exactly(outcome.high, ratio=outcome.target.kind.ratio),
            *(map(float, outcome.counted) if outcome.counted else (None, None)),
            outcome.target.bounds.text,
            outcome.cause or None,
        )
        for place in range(len(targets))
        for point in points
        for outcome in (point.outcomes[place],)
    ]
    title = "Targets by model year"
    return Chart(
        "trend-targets",
        title,
        says,
        figure,
        height,
        table("trend targets", columns, rows, title=title),
    )


def _panel(
    number: int,
    lines: int,
    height: int,
    points: Sequence[Point],
    data: list[dict[str, Any]],
    parts: dict[str, Any],
) -> None:
    """Add one small chart."""
    line, place = divmod(number, ACROSS)
    tag = "" if number == 0 else str(number + 1)
    wide, high = 0.215, _PANEL / (height - 74)
    left = place * (1 - wide) / (ACROSS - 1)
    top = 1 - line * ((1 - high) / max(1, lines - 1)) if lines > 1 else 1.0
    found = [(p.year, o) for p in points if (o := p.outcomes[number]).low is not None]
    target = points[-1].outcomes[number].target
    years = [p.year for p in points]
    ends = [float(end) for end in (target.bounds.low, target.bounds.high) if end is not None]
    values = [float(end) for _, o in found for end in (o.low, o.high) if end is not None]
    ratio = target.kind.ratio
    most = max([1.0 if ratio else 0.0, *values, *ends])
    parts[f"xaxis{tag}"] = axis(
        domain=[left, left + wide],
        anchor=f"y{tag}",
        range=[years[0] - 0.5, years[-1] + 0.5],
        showgrid=False,
        tickformat="d",
        nticks=4,
        automargin=False,
    )
    parts[f"yaxis{tag}"] = axis(
        domain=[max(0.0, top - high), top],
        anchor=f"x{tag}",
        range=[min([0.0, *values]), most * 1.04],
        tickformat=".0%" if ratio else "~s",
        nticks=4,
        automargin=False,
    )
    common = {"type": "scatter", "xaxis": f"x{tag}", "yaxis": f"y{tag}"}
    data.append(common | _line(found, ratio=ratio))
    if any(o.low != o.high for _, o in found):
        data.append(common | _band(found))
    parts["shapes"] += [_target_line(tag, end) for end in ends]
    parts["annotations"].append(_heading(tag, target))
    if not found:
        parts["annotations"].append(_nothing(tag))


def _target_line(tag: str, end: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": f"x{tag} domain",
        "yref": f"y{tag}",
        "x0": 0,
        "x1": 1,
        "y0": end,
        "y1": end,
        "line": {"color": role("bad"), "width": 1.5, "dash": "dash"},
    }


def _nothing(tag: str) -> dict[str, Any]:
    return {
        "xref": f"x{tag} domain",
        "yref": f"y{tag} domain",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "text": "not evaluable",
        "font": {"size": 12, "color": role("unsure")},
    }


def _heading(tag: str, target: Target) -> dict[str, Any]:
    return {
        "xref": f"x{tag} domain",
        "yref": f"y{tag} domain",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "text": f"<b>{label(target.id, 24)}</b> {label(target.bounds.text, 12)}",
        "font": {"size": 12, "color": role("ink")},
    }


def _line(found: Sequence[tuple[int, Outcome]], *, ratio: bool) -> dict[str, Any]:
    return {
        "mode": "lines+markers",
        "x": [year for year, _ in found],
        "y": [round(float(o.low or 0), 6) for _, o in found],
        "line": {"color": role("link"), "width": 2},
        "marker": {"size": 6, "color": role("link")},
        "hovertemplate": f"%{{x}}: %{{y:{'.1%' if ratio else ',~r'}}}<extra></extra>",
    }


def _band(found: Sequence[tuple[int, Outcome]]) -> dict[str, Any]:
    years = [year for year, _ in found]
    low = [float(o.low or 0) for _, o in found]
    high = [float(o.high or 0) for _, o in found]
    return {
        "mode": "lines",
        "x": [*years, *reversed(years)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": role("line"),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _said(result: Result) -> str:
    return percent(result.value) if isinstance(result, Metric) else "not evaluable"
