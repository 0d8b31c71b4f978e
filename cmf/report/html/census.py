"""What any two valid variants share, brand by brand: least, mean, greatest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cmf.analysis.census import Comparison
from cmf.analysis.overview import Overview
from cmf.report.census import census_table, share_of
from cmf.report.html.labels import label
from cmf.report.html.layout import bare, layout
from cmf.report.html.section import Chart, Section
from cmf.report.html.theme import scale
from cmf.report.words import number, percent

FIGURES: Mapping[str, str] = {
    "least": "least of any pair",
    "mean": "mean over all pairs",
    "greatest": "greatest of any pair",
}

_WIDE = 0.315
"""Part of the width that one matrix takes."""


def census_section(overview: Overview) -> Section | None:
    """Three matrices; nothing when it was not asked for."""
    found = overview.census
    if not found:
        return None
    lead = (
        "Over every pair of valid variants, not only the vehicles of the line-up: none is listed "
        "or sampled. The line-up is one choice out of this range.",
    )
    return Section("census", "What any two variants share", lead, charts=(_chart(found),))


def _chart(found: Sequence[Comparison]) -> Chart:
    labels = list(dict.fromkeys(each.one for each in found))
    pairs = sum(each.pairs for each in found)
    basis = found[0].basis
    weight = basis.weight.value if basis.weight else "part_number"
    apart = [share_of(each.greatest) for each in found if each.one != each.other]
    values = [value for value in apart if value is not None]
    says = (
        f"{basis.metric}, weight {weight}, level {basis.level}, scope {basis.scope}, over "
        f"{number(pairs)} pairs of variants of two brands, or of one."
    )
    if values:
        says += f" Variants of two brands share at most {percent(max(values))}."
    height = 120 + 32 * len(labels)
    title = "Least, mean and greatest share between brands"
    figure = {
        "data": [_matrix(found, labels, name, place) for place, name in enumerate(FIGURES)],
        "layout": _layout(labels, height),
    }
    return Chart("census", title, says, figure, height, census_table(found))


def _matrix(
    found: Sequence[Comparison], labels: Sequence[str], name: str, place: int
) -> dict[str, Any]:
    cells = {}
    for each in found:
        value = share_of(getattr(each, name))
        cells[each.one, each.other] = cells[each.other, each.one] = (
            None if value is None else round(float(value), 6)
        )
    names = list(map(label, labels))
    return {
        "type": "heatmap",
        "z": [[cells.get((one, other)) for other in labels] for one in labels],
        "x": names,
        "y": names,
        "zmin": 0,
        "zmax": 1,
        "colorscale": scale(),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "texttemplate": "%{z:.0%}",
        "hovertemplate": f"%{{y}} and %{{x}}: %{{z:.2%}}<br>{FIGURES[name]}<extra></extra>",
        "xaxis": "x" if place == 0 else f"x{place + 1}",
        "yaxis": "y",
    }


def _layout(labels: Sequence[str], height: int) -> dict[str, Any]:
    step = (1 - _WIDE) / (len(FIGURES) - 1)
    across = {
        f"xaxis{place + 1 if place else ''}": bare(
            side="top",
            type="category",
            domain=[place * step, place * step + _WIDE],
            title={"text": title, "standoff": 8},
            tickangle=-35 if len(labels) > 4 else 0,
            automargin=False,
        )
        for place, title in enumerate(FIGURES.values())
    }
    return layout(
        height,
        margin={"l": 120, "r": 20, "t": 110, "b": 10},
        yaxis=bare(autorange="reversed", type="category"),
        **across,
    )
