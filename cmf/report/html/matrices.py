"""Small square heat maps of ratios side by side, with one axis of names on the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cmf.report.html.layout import bare, layout
from cmf.report.html.theme import scale


def matrix(
    place: int,
    names: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    hover: str,
    **parts: Any,
) -> dict[str, Any]:
    """The heat map number `place` of a row of them.

    Parameters
    ----------
    names
        Labels of rows and columns.
    cells
        Ratios for drawing; empty where not evaluable.
    hover
        What a cell says, in the template language of the library.
    """
    return {
        "type": "heatmap",
        "z": cells,
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
        "hovertemplate": f"{hover}<extra></extra>",
        "xaxis": f"x{place + 1 if place else ''}",
        "yaxis": "y",
        **parts,
    }


def side_by_side(
    titles: Sequence[str], height: int, *, wide: float, left: int, top: int, slanted: bool = False
) -> dict[str, Any]:
    """The layout of a row of heat maps.

    Parameters
    ----------
    titles
        What stands above each.
    wide
        Part of the width that each takes; the rest is between them.
    left, top
        Pixels for the names.
    """
    step = (1 - wide) / max(1, len(titles) - 1)
    across = {
        f"xaxis{place + 1 if place else ''}": bare(
            side="top",
            type="category",
            domain=[place * step, place * step + wide],
            title={"text": title, "standoff": 8},
            tickangle=-35 if slanted else 0,
            automargin=False,
        )
        for place, title in enumerate(titles)
    }
    return layout(
        height,
        # A slanted name reaches to the right of the last column.
        margin={"l": left, "r": 60 if slanted else 10, "t": top, "b": 10},
        yaxis=bare(autorange="reversed", type="category"),
        **across,
    )
