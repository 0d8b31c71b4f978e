"""The section of a report on a saved plan."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from browser import Browser, show, wait_for
from PIL import ImageColor
from test_report_browser import LEAST, OVERLAPS, colours, near
from typer.testing import CliRunner, Result

from cmf.report.html.theme import THEMES

E12 = Path(__file__).parents[1] / "planning" / "e12"

# The charts of a plan, and the roles of colours of which all must be seen.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "plan-waterfall": ("reach0", "reach2", "reach3"),
    "plan-front": ("reach2", "reach3"),
    "plan-eb": ("reach0", "reach1", "reach3"),
    "plan-cp": ("reach0", "reach1", "reach3"),
}


def call(*arguments: str) -> Result:
    from cmf.cli.app import app

    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    done = call("plan", str(E12), "-t", "spend", "--pareto", "4", "-o", str(path))
    assert done.exit_code == 0, done.stderr
    return path


def report(plan: Path, output: Path, lineup: Path = E12) -> Result:
    return call("report", str(lineup), "--plan", str(plan), "-o", str(output))


@pytest.fixture(scope="module")
def planned_page(plan: Path) -> Path:
    path = plan.with_name("report.html")
    done = report(plan, path)
    assert done.exit_code == 0, done.stderr
    return path


def test_the_page_holds_the_three_charts(planned_page: Path) -> None:
    page = planned_page.read_text(encoding="utf-8")
    for chart in SHOWN:
        assert f'id="chart-{chart}"' in page
    assert "363 EUR, proven: no plan that meets all costs less" in page
    assert "everything stands" in page
    # What a target costs, and the front, are those of the run.
    assert "what is saved without the target" in page
    # It stands between what there is today and the details.
    places = [page.index(f'<section id="{name}"') for name in ("targets", "plan", "kpis")]
    assert places == sorted(places)


def test_data_and_workbook_hold_the_same(plan: Path, tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    for name in ("report.json", "report.xlsx"):
        assert report(plan, tmp_path / name).exit_code == 0
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    saved = json.loads(plan.read_text(encoding="utf-8"))
    assert found["plan modules"] == saved["plan"]
    assert found["plan way"] == saved["steps"]
    assert found["plan cost split"] == saved["cost_split"]
    assert found["plan points"] == saved["pareto"]
    with zipfile.ZipFile(tmp_path / "report.xlsx") as book:
        sheets = book.read("xl/workbook.xml").decode()
    for name in ("plan modules", "plan way", "plan cost split", "plan points", "plan waterfall"):
        assert f'name="{name}"' in sheets


def test_without_a_plan_nothing_is_said_of_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert call("report", str(E12), "-o", str(path)).exit_code == 0
    assert not any(name.startswith("plan") for name in json.loads(path.read_text()))


def test_a_plan_of_another_state_is_refused(plan: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(E12, tmp_path / "e12"))
    parts = folder / "parts.csv"
    parts.write_text(parts.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = report(plan, tmp_path / "report.json", folder)
    assert done.exit_code == 2
    assert "bad-plan" in done.stderr
    assert "the catalogue has changed since" in done.stderr
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"command": "share"}, "no answer of `cmf plan`"),
        ({"status": "infeasible"}, "its question has no plan"),
        ({"bound": None}, "damaged"),
        ({"cost": 1}, "does not cost what it says"),
        ({"plan": []}, "A cannot be built as it says"),
        ({"pareto": [{"share": "1/0", "cost": 1, "bound": 1, "status": "optimal"}]}, "damaged"),
        ({"targets": 3}, "damaged"),
    ],
)
def test_what_is_no_plan_is_refused(
    change: Mapping[str, object], words: str, plan: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.json"
    data = json.loads(plan.read_text(encoding="utf-8"))
    damaged.write_text(json.dumps({**data, **change}), encoding="utf-8")
    done = report(damaged, tmp_path / "report.json")
    assert done.exit_code == 2, done.stderr
    assert "bad-plan" in done.stderr
    assert words in done.stderr.replace("\n", " ")


def test_a_missing_file_and_no_json(tmp_path: Path) -> None:
    text = tmp_path / "plan.json"
    assert "bad-plan" in report(text, tmp_path / "r.json").stderr
    text.write_text("{", encoding="utf-8")
    assert "it is not JSON" in report(text, tmp_path / "r.json").stderr


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_a_browser(browser: Browser, planned_page: Path, theme: str) -> None:
    show(browser, planned_page, dark=theme == "dark")
    wait_for(browser, f"document.documentElement.dataset.drawn === '{theme}'")
    assert browser.complaints == []
    assert browser.run(OVERLAPS) == []
    for chart, names in SHOWN.items():
        found = colours(browser.picture(f"#chart-{chart}"))
        for name in names:
            colour = ImageColor.getrgb(THEMES[theme][name])
            assert near(found, colour) >= LEAST, f"{chart}: {name} is not to be seen"
