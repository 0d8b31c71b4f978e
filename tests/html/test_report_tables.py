"""The workbook, and what a report says when something is missing."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from reports import E2, write

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def book(family: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    write(family, path)
    return zipfile.ZipFile(path)


def parsed(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))  # noqa: S314 - our own file


def sheets(book: zipfile.ZipFile) -> dict[str, ET.Element]:
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    return {
        name: parsed(book, f"xl/worksheets/sheet{number}.xml")
        for number, name in enumerate(names, start=1)
    }


def test_one_sheet_a_table_with_frozen_heading_and_filter(book: zipfile.ZipFile) -> None:
    found = sheets(book)
    wanted = {
        "family shares", "targets", "gaps", "modules", "slots", "pairs of groups", "key figures",
        "pairs of vehicles", "unique parts", "flow", "trend shares", "trend targets", "vehicles",
        "grounds", "about",
    }  # fmt: skip
    assert wanted <= set(found)
    for name, sheet in found.items():
        if name != "about":
            assert sheet.find(f".//{MAIN}pane[@state='frozen']") is not None, name
            assert sheet.find(f"{MAIN}autoFilter") is not None, name
            assert sheet.find(f"{MAIN}cols") is not None, name


def test_numbers_are_numbers_with_formats(book: zipfile.ZipFile) -> None:
    styles = parsed(book, "xl/styles.xml")
    codes = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{MAIN}numFmt")}
    assert "0.0%" in codes.values()
    formats = [each.get("numFmtId") for each in styles.find(f"{MAIN}cellXfs") or ()]
    sheet = sheets(book)["key figures"]
    rows = list(sheet.iter(f"{MAIN}row"))[1:]
    assert len(rows) > 20
    numbers = [cell for row in rows for cell in row if cell.get("t") is None and len(cell)]
    percents = [c for c in numbers if codes.get(formats[int(c.get("s") or 0)]) == "0.0%"]
    assert len(percents) > 20
    # Nothing that looks like a plain number stands in a cell of text.
    texts = [t.text or "" for found in sheets(book).values() for t in found.iter(f"{MAIN}t")]
    assert texts
    years = {str(year) for year in range(2013, 2040)}
    assert [t for t in texts if re.fullmatch(r"-?\d+(\.\d+)?", t) and t not in years] == []


def test_the_page_and_the_data_hold_the_same_tables(family: Path, tmp_path: Path) -> None:
    write(family, tmp_path / "report.json")
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    shares = {(s["scope"], s["weight"], s["population"]): s["share"] for s in told["family shares"]}
    from_kpis = {
        (s["scope"], s["weight"], "vehicles"): s["value"]
        for s in told["key figures"]
        if s["metric"] == "share" and s["population"] == "vehicle" and not s["direction"]
    }
    assert from_kpis
    assert from_kpis.items() <= shares.items()


def test_what_is_missing_is_said_and_never_zero(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "Missing: targets.yaml beside the line-up. Targets are not evaluable." in text
    assert "Missing: a time feature in the catalogue. There is no trend." in text
    assert "By investment: not evaluable" in text


def test_without_volumes_spend_is_not_evaluable(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(E2, tmp_path / "e2"))
    vehicles = folder / "vehicles.csv"
    lines = vehicles.read_text().splitlines()
    vehicles.write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    write(folder, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Missing: the volume of A, C, B. Spend is not evaluable where they count." in text
    assert "Not evaluable: no vehicle has a volume." in text
    assert "By spend: not evaluable, volume not known of A, B, C." in text
    assert "<b>not evaluable</b>" in text


def test_without_the_library_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from cmf.cli.app import app
    from cmf.report.html import page

    def nothing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(page.resources, "files", nothing)
    done = CliRunner().invoke(app, ["report", str(E2), "-o", str(tmp_path / "report.html")])
    assert done.exit_code == 2
    assert "pip install 'cmf[report]'" in str(done.stderr) + str(done.exception)
    assert list(tmp_path.iterdir()) == []
