"""The same table in every format."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cmf.errors import InputError
from cmf.report.csv_text import csv_pieces
from cmf.report.files import WRITERS, save
from cmf.report.json_text import json_pieces
from cmf.report.table import Column, Exact, Kind, Ratio, Report, Row, table
from cmf.report.terminal import terminal_pieces
from cmf.report.workbook import EXACT, SHEET_ROWS

COLUMNS = (
    Column("name"),
    Column("pieces", Kind.WHOLE),
    Column("mass", Kind.NUMBER, "Mass", "kg"),
    Column("share", Kind.RATIO),
    Column("common", Kind.FLAG),
)
ROWS: tuple[Row, ...] = (
    ("FU-001", 12, 18.5, Ratio(26, 36), True),
    ("=1+1", 0, 2.0, Ratio(0, 7), False),
    ("Träger, „links“\nzweite Zeile", None, None, None, None),
)
REPORT = Report("test", {"count": 10**30, "list": ["a", "b"]}, (table("parts", COLUMNS, ROWS),))

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
ratios = st.tuples(st.integers(0, 10**20), st.integers(1, 10**20)).map(lambda pair: Ratio(*pair))
rows = st.lists(
    st.tuples(
        texts,
        st.none() | st.integers(),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | ratios,
        st.none() | st.booleans(),
    ),
    max_size=5,
)


def text_of(report: Report, width: int) -> str:
    return "".join(terminal_pieces(report, width, colours=False))


@settings(deadline=None, database=None, derandomize=True)
@given(rows)
def test_json_keeps_every_value_exactly(cells: list[Row]) -> None:
    report = Report("test", {"count": 10**30}, (table("parts", COLUMNS, cells),))
    document = json.loads("".join(json_pieces(report)))
    assert document["count"] == 10**30
    assert len(document["parts"]) == len(cells)
    for found, row in zip(document["parts"], cells, strict=True):
        assert list(found) == [column.name for column in COLUMNS]
        name, pieces, mass, share, common = row
        assert (found["name"], found["pieces"], found["common"]) == (name, pieces, common)
        assert found["mass"] == mass
        if isinstance(share, Ratio):
            assert Fraction(found["share"]["ratio"]) == share.value
            assert found["share"]["numerator"] == share.numerator
            assert found["share"]["denominator"] == share.denominator
        else:
            assert found["share"] is None


def test_json_has_one_row_a_line() -> None:
    lines = "".join(json_pieces(REPORT)).splitlines()
    assert sum(line.startswith("    {") for line in lines) == len(ROWS)


@settings(deadline=None, database=None, derandomize=True)
@given(rows)
def test_csv_keeps_every_value(cells: list[Row]) -> None:
    text = "".join(csv_pieces(table("parts", COLUMNS, cells)))
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["name"] for row in found] == [row[0] for row in cells]
    for line, row in zip(found, cells, strict=True):
        assert line["pieces"] == ("" if row[1] is None else str(row[1]))
        ratio = row[3]
        shown = (line["share.numerator"], line["share.denominator"])
        wanted = (
            (str(ratio.numerator), str(ratio.denominator)) if isinstance(ratio, Ratio) else ("", "")
        )
        assert shown == wanted


def test_workbook_has_numbers_formats_filters_and_no_formula(tmp_path: Path) -> None:
    save(REPORT, tmp_path / "out.xlsx")
    frame = pl.read_excel(tmp_path / "out.xlsx", sheet_name="parts")
    assert frame["pieces"].to_list() == [12, 0, None]
    assert frame["Mass [kg]"].to_list() == [18.5, 2.0, None]
    assert frame["share, numerator"].to_list() == [26, 0, None]
    assert frame["name"].to_list()[1] == "=1+1"
    about = pl.read_excel(tmp_path / "out.xlsx", sheet_name="about", has_header=False)
    assert dict(about.iter_rows()) == {"command": "test", "count": str(10**30), "list": "a; b"}
    with ZipFile(tmp_path / "out.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "<autoFilter" in sheet
    assert 'state="frozen"' in sheet
    assert '"0.0%"' in styles


def test_workbook_writes_great_integers_as_text(tmp_path: Path) -> None:
    cells = [(EXACT - 1,), (EXACT,)]
    report = Report("test", {}, (table("n", [Column("n", Kind.WHOLE)], cells),))
    save(report, tmp_path / "out.xlsx")
    with ZipFile(tmp_path / "out.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert f"<v>{EXACT - 1}</v>" in sheet
        assert f"<v>{EXACT}</v>" not in sheet


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def test_workbook_is_what_strict_programs_take(tmp_path: Path) -> None:
    """What Excel repairs or refuses: names, references, styles, order, letters, formulas."""
    long = "parts for a target with a name that goes on and on"
    columns = (Column("name", Kind.PROSE), Column("x", Kind.EXACT), Column("r", Kind.RATIO))
    cells: list[Row] = [
        ("=cmd|' /C calc'!A0", Exact(Fraction(1, 3)), Ratio(1, 3)),
        ("+1 @SUM(A1)\x07\x1f", Exact(Fraction(2026)), None),
        ("z" * 40_000, Exact(Fraction(7, 10), ratio=True), Ratio(10**20, 10**21)),
        (None, None, None),
    ]
    names = [long, long.upper(), "a/b:c?[d]*", "''", "About", "history"]
    save(
        Report("test", {}, tuple(table(name, columns, cells) for name in names)),
        tmp_path / "x.xlsx",
    )
    with ZipFile(tmp_path / "x.xlsx") as book:
        assert book.testzip() is None
        files = {name: book.read(name) for name in book.namelist()}
    xml = {n: ET.fromstring(data) for n, data in files.items() if n.endswith((".xml", ".rels"))}  # noqa: S314
    declared = {each.get("PartName") for each in xml["[Content_Types].xml"]}
    assert {f"/{n}" for n in xml if "rels" not in n and not n.startswith("[")} <= declared
    sheets = list(xml["xl/workbook.xml"].iter(f"{MAIN}sheet"))
    shown = [sheet.get("name", "") for sheet in sheets]
    assert len({name.casefold() for name in shown}) == len(shown) == len(names) + 1
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in shown)
    assert not any(name.startswith("'") or name.endswith("'") for name in shown)
    targets = {each.get("Id"): each.get("Target") for each in xml["xl/_rels/workbook.xml.rels"]}
    styles = len(xml["xl/styles.xml"].find(f"{MAIN}cellXfs") or ())
    for sheet in sheets:
        root = xml[f"xl/{targets[sheet.get(RELATION)]}"]
        assert list(root.iter(f"{MAIN}f")) == []
        numbers = [int(row.get("r", "0")) for row in root.iter(f"{MAIN}row")]
        assert numbers == sorted(set(numbers))
        places = [cell.get("r", "") for cell in root.iter(f"{MAIN}c")]
        assert len(places) == len(set(places))
        assert all(int(cell.get("s", "0")) < styles for cell in root.iter(f"{MAIN}c"))
        assert all(len(text.text or "") <= 32_767 for text in root.iter(f"{MAIN}t"))
    frame = pl.read_excel(tmp_path / "x.xlsx", sheet_name=shown[0])
    assert frame["x"].to_list()[:3] == pytest.approx([1 / 3, 2026, 0.7])
    assert frame["x, exact"].to_list()[:3] == ["1/3", None, None]
    assert frame["name"].to_list()[0] == "=cmd|' /C calc'!A0"
    assert len(frame["name"].to_list()[2]) == 32_767


def test_an_exact_number_in_every_format(tmp_path: Path) -> None:
    columns = (Column("x", Kind.EXACT), Column("y", Kind.EXACT))
    cells = [
        (Exact(Fraction(13, 18), ratio=True), None),
        (Exact(Fraction(7)), Exact(Fraction(1, 8))),
    ]
    report = Report("test", {}, (table("n", columns, cells),))
    data = json.loads("".join(json_pieces(report)))
    assert data["n"] == [{"x": "13/18", "y": None}, {"x": "7", "y": "1/8"}]
    assert "".join(csv_pieces(report.tables[0])).splitlines() == ["x,y", "13/18,", "7,1/8"]
    assert "72.2 %" in text_of(report, 80)
    save(report, tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["x"].to_list() == ["13/18", "7"]


def test_workbook_refuses_more_rows_than_a_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SHEET_ROWS == 2**20 - 1
    monkeypatch.setattr("cmf.report.workbook.SHEET_ROWS", 2)
    with pytest.raises(InputError, match="a sheet holds 2 rows"):
        save(REPORT, tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_parquet_has_types(tmp_path: Path) -> None:
    save(REPORT, tmp_path / "out.parquet")
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.schema["pieces"] == pl.Int64
    assert frame.schema["mass"] == pl.Float64
    assert frame.schema["common"] == pl.Boolean
    assert frame["share.numerator"].to_list() == ["26", "0", None]
    assert frame["share"].to_list()[0] == pytest.approx(13 / 18)


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_a_link_stays_a_link(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / f"out{suffix}"
    link = tmp_path / f"link{suffix}"
    link.symlink_to(target)
    save(REPORT, link)
    assert link.is_symlink()
    assert target.stat().st_size > 0


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_a_table_without_rows_is_a_file_too(tmp_path: Path, suffix: str) -> None:
    empty = Report("test", {}, (table("parts", COLUMNS, []),))
    save(empty, tmp_path / f"out{suffix}")
    assert (tmp_path / f"out{suffix}").stat().st_size > 0


@settings(max_examples=50, deadline=None, database=None, derandomize=True)
@given(rows, st.integers(40, 160))
def test_terminal_stays_inside_its_width(cells: list[Row], width: int) -> None:
    shown = text_of(Report("test", {}, (table("parts", COLUMNS, cells),)), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())


def test_terminal_breaks_a_wide_table_between_groups() -> None:
    columns = [
        Column("no", Kind.WHOLE),
        *(Column(f"brand_{n}", group="Vehicle") for n in range(3)),
        *(Column(f"module_{n}", group="Modules") for n in range(3)),
    ]
    report = Report("test", {}, (table("v", columns, [(1, *("x" * 8 for _ in range(6)))]),))
    blocks = text_of(report, 50).split("\n\n")
    assert len(blocks) == 2
    assert all(name in blocks[0] for name in ("no", "brand_0", "brand_2"))
    assert all(name in blocks[1] for name in ("no", "module_0", "module_2"))


STREAM = """
import re, sys
from pathlib import Path
from cmf.report.files import save
from cmf.report.table import Column, Kind, Report, Table
def rows():
    for n in range({rows}):
        yield (f"option_{{n % 7}}", n, n / 8)
columns = (Column("a"), Column("n", Kind.WHOLE), Column("x", Kind.NUMBER))
save(Report("test", {{}}, (Table("t", columns, rows()),)), Path(sys.argv[1]))
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_great_tables_need_no_memory(tmp_path: Path, suffix: str) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("reads the peak memory from /proc")
    peaks = []
    for number in (100_000, 400_000):
        target = tmp_path / f"out{suffix}"
        code = STREAM.format(rows=number)
        done = subprocess.run(
            [sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout))
    # Held in memory, the greater table takes over 50 MB more.
    assert peaks[1] - peaks[0] < 25_000, peaks
