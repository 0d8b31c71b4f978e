"""What any two valid variants share, brand by brand: least, mean, greatest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmf.analysis.census import Comparison
from cmf.analysis.overview import Overview
from cmf.report.census import census_table, share_of
from cmf.report.html.labels import label
from cmf.report.html.matrices import matrix, side_by_side
from cmf.report.html.section import Chart, Section
from cmf.report.html.titles import Titles
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
    return Section(
        "census",
        "What any two variants share",
        lead,
        charts=(_chart(found, Titles(overview.catalog)),),
    )


def _chart(found: Sequence[Comparison], titles: Titles) -> Chart:
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
    names = [label(titles.option("brand", name), 24) for name in labels]
    height = 120 + 32 * len(labels)
    title = "Least, mean and greatest share between brands"
    figure = {
        "data": [
            matrix(
                place,
                names,
                _cells(found, labels, name),
                f"%{{y}} and %{{x}}: %{{z:.2%}}<br>{what}",
            )
            for place, (name, what) in enumerate(FIGURES.items())
        ],
        "layout": side_by_side(
            list(FIGURES.values()), height, wide=_WIDE, left=120, top=110, slanted=len(labels) > 4
        ),
    }
    return Chart("census", title, says, figure, height, census_table(found))


def _cells(
    found: Sequence[Comparison], labels: Sequence[str], name: str
) -> list[list[float | None]]:
    cells = {}
    for each in found:
        value = share_of(getattr(each, name))
        cells[each.one, each.other] = cells[each.other, each.one] = (
            None if value is None else round(float(value), 6)
        )
    return [[cells.get((one, other)) for other in labels] for one in labels]
