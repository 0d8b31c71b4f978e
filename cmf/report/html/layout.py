"""What all charts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cmf.report.html.section import WIDTH
from cmf.report.html.theme import role

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def layout(height: int, **parts: Any) -> dict[str, Any]:
    """The layout of a chart: transparent, quiet, with margins that labels enlarge."""
    return {
        "width": WIDTH,
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": role("ink")},
        "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "hoverlabel": {
            "bgcolor": role("panel"),
            "bordercolor": role("line"),
            "font": {"color": role("ink"), "size": 12},
            "align": "left",
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": role("soft"),
            "activecolor": role("ink"),
        },
        "showlegend": False,
        "dragmode": "zoom",
        **parts,
    }


def axis(**parts: Any) -> dict[str, Any]:
    """An axis with a light grid."""
    return {
        "gridcolor": role("line"),
        "linecolor": role("line"),
        "zerolinecolor": role("line"),
        "tickfont": {"color": role("ink"), "size": 11},
        "automargin": True,
        "fixedrange": False,
        **parts,
    }


def bare(**parts: Any) -> dict[str, Any]:
    """An axis of names: labels alone."""
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "ticks": ""}
    return axis(**(quiet | parts))


def legend(**parts: Any) -> Mapping[str, Any]:
    """A legend in a row above the chart."""
    return {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "xanchor": "left", **parts}
