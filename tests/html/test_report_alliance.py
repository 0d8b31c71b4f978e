"""The report on the Alliance in a real browser: a picture of every chart.

Its names are longer and its tables wider than those of any made-up line-up.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Browser, show
from reports import write
from test_report_browser import OVERLAPS, colours

ALLIANCE = Path(__file__).parents[2] / "catalogs" / "alliance"

KINDS = (
    "readings",
    "distances",
    "gap-",
    "modules-",
    "pairs-brand",
    "pairs-company",
    "similarity-vehicles",
    "unique-spend",
    "unique-investment",
    "flow-",
    "trend-shares",
    "trend-targets",
    "grounds",
)


@pytest.fixture(scope="session")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """The browser with the Alliance's page; where there is none, nothing is built."""
    path = tmp_path_factory.mktemp("alliance") / "report.html"
    write(ALLIANCE, path)
    show(browser, path)
    return browser


def test_every_chart_of_the_alliance_is_pictured(seen: Browser) -> None:
    charts = seen.run("[...document.querySelectorAll('.chart')].map(e => e.id.slice(6))")
    assert {kind for kind in KINDS if any(chart.startswith(kind) for chart in charts)} == set(KINDS)
    assert all(chart.startswith(KINDS) for chart in charts)
    for chart in charts:
        found = colours(seen.picture(f"#chart-{chart}"))
        (_, most), *others = found.most_common()
        assert most < 0.985 * found.total(), f"{chart} is blank"
        assert len(others) > 20, f"{chart} has nothing but a frame"
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_labels_of_the_alliance_stay_inside_and_apart(seen: Browser) -> None:
    assert seen.run(OVERLAPS) == []
