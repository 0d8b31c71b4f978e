"""Who shares with whom: brand by brand, and vehicle by vehicle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cmf.analysis.commonality.basis import NotEvaluable, Weight
from cmf.analysis.commonality.pairs import PairMatrix
from cmf.analysis.overview import Clustering, Merge, Overview
from cmf.report.html.amounts import NAMES, Amount, plural
from cmf.report.html.heatmap import MOST
from cmf.report.html.labels import label
from cmf.report.html.layout import axis, bare, layout
from cmf.report.html.matrices import matrix, side_by_side
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import role, scale
from cmf.report.html.titles import Titles
from cmf.report.table import Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

WEIGHTS = (Weight.PART_NUMBER, Weight.SPEND)
"""Weights by which groups are compared, side by side."""

_READABLE = 16
"""Up to so many vehicles the values stand in the cells."""

_LEFT, _TOP, _BOTTOM = 190, 160, 56


def similarity_section(overview: Overview) -> Section:
    """A chart for brands, one for companies, and one for the vehicles."""
    lead = []
    charts = []
    for population in overview.sharing.populations[1:]:
        chart = _groups(overview, population)
        if isinstance(chart, str):
            lead.append(chart)
        else:
            charts.append(chart)
    clustering = overview.clustering
    if isinstance(clustering, NotEvaluable):
        lead.append(f"Vehicle by vehicle: not evaluable, {clustering.cause}.")
    elif len(clustering.order) > MOST:
        lead.append(f"{len(clustering.order)} vehicles are too many for one matrix.")
    elif len(clustering.order) > 1:
        names = {member.id: f"{member.id} {member.name}" for member in overview.fleet}
        charts.append(_vehicles(clustering, names))
    title = "Who shares with whom"
    return Section("similarity", title, tuple(lead), charts=tuple(charts))


def _groups(overview: Overview, population: str) -> Chart | str:
    many = plural(population)
    found = {w: overview.sharing.matrix(population, w) for w in WEIGHTS}
    matrices = {w: m for w, m in found.items() if isinstance(m, PairMatrix)}
    lacks = [m.cause for m in found.values() if isinstance(m, NotEvaluable)]
    if not matrices:
        return f"Between {many}: not evaluable, {lacks[0]}."
    labels = next(iter(matrices.values())).labels
    if len(labels) < 2:
        return f"Between {many}: not evaluable, there is only {labels[0]}."
    says = (
        f"A row says how much of its {population} is on parts that the column's {population} uses "
        f"too: carry-over, which is not symmetric. Scope {overview.scope.name}, level part."
    )
    if lacks:
        says += f" Not evaluable by {NAMES[WEIGHTS[-1]]}: {lacks[0]}."
    height = 130 + 34 * len(labels)
    figure = {
        "data": [
            _group_heat(each, place, overview, population)
            for place, each in enumerate(matrices.values())
        ],
        "layout": side_by_side(
            [f"by {NAMES[weight]}" for weight in matrices],
            height,
            wide=(1 - 0.04 * (len(matrices) - 1)) / len(matrices),
            left=130,
            top=90,
        ),
    }
    title = f"What {many} take from each other"
    data = _group_table(matrices, overview, population)
    return Chart(f"pairs-{population}", title, says, figure, height, data)


def _group_heat(
    found: PairMatrix, place: int, overview: Overview, population: str
) -> dict[str, Any]:
    order = range(len(found.labels))
    titles = Titles(overview.catalog)
    return matrix(
        place,
        [label(titles.option(population, name), 24) for name in found.labels],
        _cells(found, order, diagonal=False),
        "%{y} from %{x}: %{z:.1%}<br>%{customdata}",
        customdata=_counted(found, order, overview),
    )


def _vehicles(clustering: Clustering, names: dict[str, str]) -> Chart:
    found, order = clustering.matrix, clustering.order
    size = len(order)
    titles = [names[found.labels[i]] for i in order]
    row = 26 if size <= _READABLE else 12
    height = _TOP + row * size + _BOTTOM
    pairs = _pairs(found, names)
    closest = next(iter(pairs.rows), None)
    says = (
        "Alike vehicles stand together: average-linkage clusters of 1 - Jaccard, in the order in "
        "which neighbours are closest. A cell is the Jaccard ratio of two vehicles, common part "
        f"numbers over all of both; level part, scope {found.basis.scope}. Clusters that meet "
        "further left in the tree are more alike."
    )
    if closest is not None:
        ratio = closest[2]
        value = percent(ratio.value) if isinstance(ratio, Ratio) else ""
        says += f" The closest two are {closest[0]} and {closest[1]}: {value}."
    figure = {
        "data": [_heat(found, order, titles, height), _tree(clustering.merges)],
        "layout": _vehicle_layout(height, titles),
    }
    return Chart("similarity-vehicles", "How alike the vehicles are", says, figure, height, pairs)


def _heat(
    found: PairMatrix, order: Sequence[int], titles: Sequence[str], height: int
) -> dict[str, Any]:
    labels = [label(title, 40) for title in titles]
    return {
        "type": "heatmap",
        "z": _cells(found, order, diagonal=True),
        "x0": 0,
        "dx": 1,
        "y0": 0,
        "dy": 1,
        "zmin": 0,
        "zmax": 1,
        "colorscale": scale(),
        "xgap": 1,
        "ygap": 1,
        "customdata": [
            [
                f"{labels[a]} with {labels[b]}<br>"
                f"{number(int(found.numerator[i, j]))} of {number(int(found.denominator[i, j]))}"
                for b, j in enumerate(order)
            ]
            for a, i in enumerate(order)
        ],
        "hovertemplate": "%{customdata}: %{z:.1%}<extra></extra>",
        "colorbar": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 8 / height,
            "yref": "container",
            "yanchor": "bottom",
            "len": 300,
            "lenmode": "pixels",
            "thickness": 10,
            "tickformat": ".0%",
            "outlinewidth": 0,
            "ypad": 2,
        },
        **({"texttemplate": "%{z:.0%}"} if len(order) <= _READABLE else {}),
    }


def _tree(merges: Sequence[Merge]) -> dict[str, Any]:
    across: list[float | None] = []
    down: list[float | None] = []
    for each in merges:
        across += [each.left_height, each.height, each.height, each.right_height, None]
        down += [each.left, each.left, each.right, each.right, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": across,
        "y": down,
        "xaxis": "x2",
        "line": {"color": role("soft"), "width": 1},
        "hoverinfo": "skip",
    }


def _vehicle_layout(height: int, titles: Sequence[str]) -> dict[str, Any]:
    places = list(range(len(titles)))
    size = 10 if len(titles) <= 90 else 7
    font = {"size": size, "color": role("ink")}
    names = [label(title, 26) for title in titles]
    ends = [-0.5, len(titles) - 0.5]
    return layout(
        height,
        margin={"l": _LEFT, "r": 10, "t": _TOP, "b": _BOTTOM},
        xaxis=bare(
            side="top",
            tickmode="array",
            tickvals=places,
            ticktext=names,
            tickangle=-90,
            range=ends,
            domain=[0, 0.87],
            automargin=False,
            tickfont=font,
        ),
        xaxis2=axis(
            domain=[0.885, 1],
            range=[0, 1],
            showgrid=False,
            zeroline=False,
            side="top",
            tickmode="array",
            tickvals=[0, 0.5, 1],
            ticktext=["0", "0.5", "1"],
            title={"text": "1 - Jaccard", "standoff": 6, "font": {"size": 11}},
            automargin=False,
        ),
        yaxis=bare(
            tickmode="array",
            tickvals=places,
            ticktext=names,
            range=ends[::-1],
            automargin=False,
            tickfont=font,
        ),
    )


def _cells(found: PairMatrix, order: Sequence[int], *, diagonal: bool) -> list[list[float | None]]:
    """Ratios for drawing; empty where not evaluable."""
    return [
        [
            None
            if not found.denominator[i, j] or (i == j and not diagonal)
            else round(int(found.numerator[i, j]) / int(found.denominator[i, j]), 5)
            for j in order
        ]
        for i in order
    ]


def _counted(found: PairMatrix, order: Sequence[int], overview: Overview) -> list[list[str]]:
    amount = Amount.of(found.basis.weight, overview.catalog.currency)
    return [
        [
            f"{amount.words(int(found.numerator[i, j]))} of "
            f"{amount.words(int(found.denominator[i, j]))}"
            for j in order
        ]
        for i in order
    ]


def _group_table(matrices: dict[Weight, PairMatrix], overview: Overview, population: str) -> Table:
    rows: list[Row] = []
    for weight, found in matrices.items():
        amount = Amount.of(weight, overview.catalog.currency)
        for a in found.labels:
            for b in found.labels:
                if a != b:
                    rows.append(
                        (a, b, amount.ratio(found.at(a, b)), amount.unit, weight.value, population)
                    )
    columns = [
        Column("of"),
        Column("from"),
        Column("carry_over", Kind.RATIO, "carry-over"),
        Column("unit"),
        Column("weight"),
        Column("population"),
    ]
    title = f"What {plural(population)} take from each other, scope {overview.scope.name}"
    return table("pairs of groups", columns, rows, title=title)


def _pairs(found: PairMatrix, names: dict[str, str]) -> Table:
    def ratios() -> Iterator[tuple[str, str, Ratio]]:
        for i, a in enumerate(found.labels):
            for j in range(i + 1, len(found.labels)):
                top, bottom = int(found.numerator[i, j]), int(found.denominator[i, j])
                yield names[a], names[found.labels[j]], Ratio(top, bottom)

    rows = sorted(ratios(), key=lambda row: -row[2].value)
    columns = [Column("vehicle"), Column("other"), Column("jaccard", Kind.RATIO, "Jaccard")]
    title = f"Pairs of vehicles, closest first: {found.basis.text}"
    return table("pairs of vehicles", columns, rows, title=title)
