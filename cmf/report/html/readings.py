"""The same line-up under every basis: how far the answers lie apart."""

from __future__ import annotations

from typing import Any

from cmf.analysis.commonality.basis import Metric, NotEvaluable
from cmf.analysis.overview import Overview
from cmf.analysis.sharing import WEIGHTS
from cmf.report.html.amounts import NAMES, Amount, plural
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, bare, layout, legend
from cmf.report.html.section import Chart
from cmf.report.html.theme import role
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import percent

_SYMBOLS = ("circle", "diamond", "square")


def readings(overview: Overview) -> Chart | None:
    """Every family share of every scope; nothing when none has a value."""
    metrics = [
        result
        for sharing in overview.sharings
        for result in sharing.family(overview.k)
        if isinstance(result, Metric)
    ]
    if not metrics:
        return None
    least, most = min(m.value for m in metrics), max(m.value for m in metrics)
    says = (
        f"The same vehicles share between {percent(least)} and {percent(most)}, by what is "
        f"weighed, in which scope, and between whom a part must be shared (k = {overview.k}). "
        "So a percentage without its basis says nothing."
    )
    rows = [(scope.name, weight) for scope in overview.scopes for weight in WEIGHTS]
    height = 84 + 20 * len(rows) + 8 * len(overview.scopes)
    table_ = _table(overview)
    title = f"One line-up, {len(metrics)} answers to how much is shared"
    return Chart("readings", title, says, _figure(overview, height), height, table_)


def _figure(overview: Overview, height: int) -> dict[str, Any]:
    step = len(WEIGHTS) + 0.6
    places = [
        scope * step + weight
        for scope in range(len(overview.scopes))
        for weight in range(len(WEIGHTS))
    ]
    names = [
        f"{label(scope.title or scope.name, 27)} · {NAMES[weight]}"
        for scope in overview.scopes
        for weight in WEIGHTS
    ]
    data = []
    for number, population in enumerate(overview.sharing.populations):
        points = [
            (place, result)
            for scope, sharing in enumerate(overview.sharings)
            for weight, result in enumerate(
                sharing.family(overview.k)[number * len(WEIGHTS) : (number + 1) * len(WEIGHTS)]
            )
            for place in (scope * step + weight,)
            if isinstance(result, Metric)
        ]
        many = plural(population)
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [round(float(result.value), 6) for _, result in points],
                "y": [place for place, _ in points],
                "name": f"in ≥ {overview.k} {many}",
                "marker": {
                    "symbol": _SYMBOLS[number % len(_SYMBOLS)],
                    "size": 11,
                    "color": role(f"reach{number + 1}"),
                    "line": {"width": 1, "color": role("ink")},
                },
                "customdata": [_hover(result, overview) for _, result in points],
                "hovertemplate": "%{x:.1%}<br>%{customdata}<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": layout(
            height,
            margin={"l": 270, "r": 20, "t": 44, "b": 34},
            showlegend=True,
            legend=legend(y=1, yref="container", yanchor="top"),
            xaxis=axis(tickformat=".0%", range=[0, 1.02], zeroline=False),
            yaxis=bare(
                tickmode="array",
                tickvals=places,
                ticktext=names,
                range=[places[-1] + 0.7, -0.7],
                showgrid=True,
                automargin=False,
            ),
        ),
    }


def _hover(result: Metric, overview: Overview) -> str:
    amount = Amount.of(result.basis.weight, overview.catalog.currency)
    counted = f"{amount.words(result.numerator)} of {amount.words(result.denominator)}"
    return f"{counted}<br>{label(result.basis.text, 120)}"


def _table(overview: Overview) -> Table:
    columns = [
        Column("scope"),
        Column("weight"),
        Column("population", title="shared between"),
        Column("k", Kind.WHOLE),
        Column("share", Kind.RATIO),
        Column("unit"),
        Column("cause", Kind.PROSE, "not evaluable because"),
    ]
    rows: list[Row] = []
    for sharing in overview.sharings:
        for result in sharing.family(overview.k):
            basis = result.basis
            amount = Amount.of(basis.weight, overview.catalog.currency)
            rows.append(
                (
                    basis.scope,
                    basis.weight.value if basis.weight else None,
                    plural(basis.population),
                    basis.k,
                    amount.ratio(result),
                    amount.unit,
                    result.cause if isinstance(result, NotEvaluable) else None,
                )
            )
    return table("family shares", columns, rows, title="Shares of the line-up under every basis")
