"""The parts that are not shared, heaviest first."""

from __future__ import annotations

from typing import Any

from cmf.analysis.commonality.basis import NotEvaluable, Weight
from cmf.analysis.overview import Overview, Pareto
from cmf.model.units import Unit
from cmf.report.html.amounts import NAMES, Amount
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, bare, layout, legend
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import role
from cmf.report.table import Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

BARS = 30
"""Parts that a chart shows; the table holds all."""

_ROW, _TOP, _BOTTOM = 20, 56, 36


def pareto_section(overview: Overview) -> Section:
    """One chart for every weight."""
    currency = overview.catalog.currency
    charts, lead = [], []
    for weight, found in overview.paretos.items():
        if isinstance(found, NotEvaluable):
            lead.append(f"By {NAMES[weight]}: not evaluable, {found.cause}.")
        elif not found.parts:
            lead.append(f"By {NAMES[weight]}: every part is shared.")
        else:
            charts.append(_chart(weight, found, currency, overview.k))
    first = f"Parts that fewer than {overview.k} vehicles use, in scope {overview.scope.name}."
    title = "What is not shared"
    return Section("unique", title, (first, *lead), charts=tuple(charts))


def _chart(weight: Weight, found: Pareto, currency: Unit, k: int) -> Chart:
    amount = Amount.of(weight, currency)
    shown = found.parts[:BARS]
    share = Ratio(found.unique, found.whole).value
    says = (
        f"{number(len(found.parts))} of the parts in scope {found.basis.scope} are used by fewer "
        f"than {k} vehicles. They carry {amount.words(found.unique)} of "
        f"{amount.words(found.whole)}, {percent(share)}. "
        f"The first {len(shown)} of them make {percent(shown[-1].reaches)} of that."
    )
    height = _TOP + _ROW * len(shown) + _BOTTOM
    title = f"Unique parts by {NAMES[weight]}"
    figure = _figure(found, amount, height)
    return Chart(
        f"unique-{weight.value}", title, says, figure, height, _table(weight, found, amount)
    )


def _figure(found: Pareto, amount: Amount, height: int) -> dict[str, Any]:
    shown = found.parts[:BARS]
    places = list(range(len(shown)))
    values = [float(amount.value(part.weight)) for part in shown]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": values,
        "name": f"weight [{amount.unit}]",
        "marker": {"color": role("reach0")},
        "text": [amount.words(part.weight) for part in shown],
        "textposition": "auto",
        "customdata": [
            f"<b>{label(part.name, 60)}</b><br>{label(part.number, 60)}<br>"
            f"{amount.words(part.weight)}, {percent(Ratio(part.weight, found.unique).value)} "
            f"of unique<br>used by {label(', '.join(part.users), 60)}"
            for part in shown
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "y": places,
        "x": [float(part.reaches) for part in shown],
        "xaxis": "x2",
        "name": "all up to here, of the weight of unique parts",
        "line": {"color": role("ink"), "width": 1.5},
        "marker": {"size": 5, "color": role("ink")},
        "hovertemplate": "%{x:.1%} up to here<extra></extra>",
    }
    names = [label(part.name or part.number, 36) for part in shown]
    return {
        "data": [bars, line],
        "layout": layout(
            height,
            margin={"l": 250, "r": 20, "t": _TOP, "b": _BOTTOM},
            showlegend=True,
            legend=legend(y=1.0, yref="container", yanchor="top"),
            bargap=0.25,
            xaxis=axis(rangemode="tozero", tickformat="~s", title={"text": amount.unit}),
            xaxis2=axis(
                overlaying="x",
                side="top",
                range=[0, 1.02],
                tickformat=".0%",
                showgrid=False,
                tickmode="array",
                tickvals=[0, 0.25, 0.5, 0.75, 1],
            ),
            yaxis=bare(
                tickmode="array",
                tickvals=places,
                ticktext=names,
                range=[len(shown) - 0.5, -0.5],
                automargin=False,
            ),
        ),
    }


def _table(weight: Weight, found: Pareto, amount: Amount) -> Table:
    columns = [
        Column("part"),
        Column("name"),
        Column("users", title="used by"),
        Column("weight", Kind.NUMBER),
        Column("share", Kind.RATIO, "of all unique parts"),
        Column("reaches", Kind.NUMBER, "all up to here, per cent"),
        Column("unit"),
        Column("by"),
    ]
    rows: list[Row] = [
        (
            part.number,
            part.name,
            ", ".join(part.users),
            float(amount.value(part.weight)),
            Ratio(amount.value(part.weight), amount.value(found.unique)),
            round(float(part.reaches) * 100, 2),
            amount.unit,
            weight.value,
        )
        for part in found.parts
    ]
    return table("unique parts", columns, rows, title=f"Unique parts, {found.basis.text}")
