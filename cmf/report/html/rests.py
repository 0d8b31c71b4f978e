"""What the figures rest on, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cmf.analysis.configure import Build, Refusal
from cmf.analysis.overview import Overview
from cmf.analysis.sharing import NOT_STATED
from cmf.model.catalog import Basis
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, bare, layout, legend
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import role
from cmf.report.table import Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

_LOOKS = {
    Basis.PUBLIC.value: ("reach3", ""),
    Basis.ESTIMATE.value: ("reach2", "/"),
    Basis.ILLUSTRATIVE.value: ("reach0", "x"),
    NOT_STATED: ("soft", "."),
}
"""Basis to colour and hatching."""


def rest_section(overview: Overview) -> Section:
    """Public, estimated and illustrative data; what is missing; which vehicles count."""
    lead = (
        "Public data have a source in the catalogue. Estimates are derived from such. Illustrative "
        "data are made up so that the method can be shown: what rests on them is no finding.",
        *missing(overview),
    )
    charts = (_chart(overview),) if overview.grounds else ()
    return Section(
        "rests", "What the figures rest on", lead, charts=charts, tables=(_vehicles(overview),)
    )


def missing(overview: Overview) -> Iterator[str]:
    """What the report could not say, one sentence each."""
    if overview.assessment is None:
        yield "Missing: targets.yaml beside the line-up. Targets are not evaluable."
    unknown = [member.id for member in overview.fleet if member.volume is None]
    if unknown:
        names = ", ".join(unknown[:8]) + (f" and {len(unknown) - 8} more" if unknown[8:] else "")
        yield f"Missing: the volume of {names}. Spend is not evaluable where they count."
    if overview.catalog.time is None:
        yield "Missing: a time feature in the catalogue. There is no trend."
    for population in ("brand", "company"):
        if population not in overview.sharing.populations:
            yield f"Missing: a feature `{population}` in the catalogue."
    refused = [o.brief.vehicle.id for o in overview.outcomes if isinstance(o, Refusal)]
    if refused:
        yield f"Not built, hence not counted in shares: {', '.join(refused)}."


def _chart(overview: Overview) -> Chart:
    figures = list(dict.fromkeys(ground.figure for ground in overview.grounds))
    height = 90 + 40 * len(figures)
    said = [
        f"{percent(Ratio(g.amount, g.total).value)} of {g.figure} {_verb(g.basis)}"
        for g in overview.grounds
    ]
    title = "Public, estimated and illustrative data"
    columns = [
        Column("figure"),
        Column("basis"),
        Column("share", Kind.RATIO, "of all"),
    ]
    rows: list[Row] = [(g.figure, g.basis, Ratio(g.amount, g.total)) for g in overview.grounds]
    return Chart(
        "grounds",
        title,
        f"{'; '.join(said)}.",
        _figure(overview, figures, height),
        height,
        table("grounds", columns, rows, title=title),
    )


def _verb(basis: str) -> str:
    return "are an estimate" if basis == Basis.ESTIMATE.value else f"are {basis}"


def _figure(overview: Overview, figures: list[str], height: int) -> dict[str, Any]:
    data = []
    for basis, (colour, shape) in _LOOKS.items():
        found = [g for g in overview.grounds if g.basis == basis]
        if not found:
            continue
        shares = [Ratio(g.amount, g.total).value for g in found]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": basis,
                "y": [figures.index(g.figure) for g in found],
                "x": [round(float(share), 6) for share in shares],
                "marker": {
                    "color": role(colour),
                    "pattern": {
                        "shape": shape,
                        "fgcolor": role("paper"),
                        "fillmode": "overlay",
                        "solidity": 0.2,
                        "size": 7,
                    },
                },
                "customdata": [
                    f"{label(g.figure)}: {percent(share)} {basis}<br>"
                    f"{number(g.amount)} of {number(g.total)}"
                    for g, share in zip(found, shares, strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": layout(
            height,
            margin={"l": 140, "r": 20, "t": 40, "b": 30},
            barmode="stack",
            showlegend=True,
            legend=legend(y=1, yref="container", yanchor="top", traceorder="normal"),
            xaxis=axis(tickformat=".0%", range=[0, 1]),
            yaxis=bare(
                tickmode="array",
                tickvals=list(range(len(figures))),
                ticktext=[label(name) for name in figures],
                range=[len(figures) - 0.5, -0.5],
                automargin=False,
            ),
        ),
    }


def _vehicles(overview: Overview) -> Table:
    """Every vehicle of the line-up: built or not, volume, and what that rests on."""
    columns = [
        Column("id"),
        Column("vehicle"),
        Column("status"),
        Column("volume", Kind.WHOLE, "vehicles a year"),
        Column("basis"),
        Column("completed", Kind.PROSE, f"completed at least {overview.lineup.minimise}"),
        Column("refused_by"),
        Column("reason", Kind.PROSE),
    ]
    rows: list[Row] = []
    volumes = {member.id: member.volume for member in overview.fleet}
    for outcome, vehicle in zip(overview.outcomes, overview.lineup.vehicles, strict=True):
        basis = vehicle.volume_basis.value if vehicle.volume_basis else None
        head = (vehicle.id, vehicle.name)
        if isinstance(outcome, Build):
            chosen = ", ".join(overview.completed(outcome)) or None
            rows.append((*head, "built", volumes[vehicle.id], basis, chosen, None, None))
        elif isinstance(outcome, Refusal):
            rules = [c.origin for c in outcome.conflict if c.origin.kind != "choice"]
            names = " ".join(rule.name for rule in rules) or None
            reasons = "; ".join(rule.reason for rule in rules) or None
            rows.append((*head, "refused", None, basis, None, names, reasons))
        else:
            rows.append((*head, "not known", None, basis, None, None, "a limit was reached"))
    return table("vehicles", columns, rows, title="Every vehicle of the line-up")
