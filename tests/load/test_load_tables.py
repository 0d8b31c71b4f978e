"""Tables: CSV cell by cell, and workbooks that say the same."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.errors import InputError, MissingExtra
from cmf.load import read_catalog, read_lineup, workbook
from cmf.load.faults import Faults
from cmf.load.folder import Folder
from cmf.load.sheet import Sheet, read_sheet

FULL = Path(__file__).resolve().parent / "full"

CELL = st.text(st.sampled_from('ab1,"\n é*|.'), max_size=6)


def _read(path: Path) -> Sheet | None:
    faults = Faults()
    sheet = read_sheet(Folder(path.parent, faults), path.name)
    faults.raise_if_any()
    return sheet


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n))))
def test_csv_cells_are_those_of_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    width = len(rows[0]) if rows else 2
    header = [f"c{i}" for i in range(width)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8")
    sheet = _read(path)
    assert sheet is not None
    expected = csv.reader(io.StringIO(buffer.getvalue(), newline=""), strict=True)
    wanted = [[_as_read(cell) for cell in row] for row in expected]
    wanted = [row for row in wanted[1:] if any(row)]
    assert [[cell.value for cell in row] for row in sheet.rows] == wanted
    for row in sheet.rows:
        for cell in row:
            span = cell.span
            lines = span.source.text.split("\n")
            end = lines[span.end_line - 1][: span.end_column - 1]
            if span.line == span.end_line:
                assert end[span.column - 1 :] == cell.value.replace('"', '""') or (
                    end[span.column - 1 :] == cell.value
                )
            else:
                first = cell.value.replace('"', '""').split("\n")[0]
                assert lines[span.line - 1][span.column - 1 :] == first


def _as_read(cell: str) -> str:
    """Blanks around a cell count only in quotes, which the writer adds where they are needed."""
    return cell if any(c in cell for c in ',"\n') else cell.strip(" ")


def test_csv_places(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text('a, b ,c\n"x, y" ,"p\nq", é \n,"",z\n')
    sheet = _read(path)
    assert sheet is not None
    assert [(c.value, c.span.column) for c in sheet.header] == [("a", 1), ("b", 4), ("c", 7)]
    found = [[(c.value, c.span.line, c.span.column) for c in row] for row in sheet.rows]
    assert found == [
        [("x, y", 2, 2), ("p\nq", 2, 10), ("é", 3, 5)],
        [("", 4, 1), ("", 4, 3), ("z", 4, 5)],
    ]


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ('a,b\n1,"2\n', "2:3", "bad-csv"),
        ('a,b\n1,"2"x\n', "2:3", "bad-csv"),
        ('a,b\n"1\n2",3\nx,"y\n', "4:3", "bad-csv"),
        ("a;b\n1;2\n", "1:1", "bad-csv"),
        ("a\tb\n1\t2\n", "1:1", "bad-csv"),
        ("a,,b\n1,2,3\n", "1:3", "empty-column"),
        ("a,b,a\n1,2,3\n", "1:5", "duplicate-column"),
        ("a,b\n1,2,3\n", "2:5", "ragged-row"),
        ("a,b\n1\n", "2:1", "ragged-row"),
        (",,,\n\n", "1:1", "empty-file"),
    ],
)
def test_csv_faults(tmp_path: Path, text: str, place: str, code: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        _read(path)
    found = [(d.span.place, d.code) for d in caught.value.diagnostics if d.span]
    assert found == [(f"{path}:{place}", code)]


def test_empty_cells_at_the_end_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "trailing.csv"
    path.write_text("a,b,,\n1,2,,,,\n3,,,\n")
    sheet = _read(path)
    assert sheet is not None
    assert [[c.value for c in row] for row in sheet.rows] == [["1", "2"], ["3", ""]]


def _grid(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((FULL / name).read_text(), newline="")))


def _as_number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def _to_xlsx(path: Path, grid: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(grid):
            for c, cell in enumerate(row):
                value = _as_number(cell)
                if value is not None:
                    sheet.write(r, c, value)


def _to_parquet(path: Path, grid: list[list[str]]) -> None:
    header, *rows = [row for row in grid if any(row)]
    columns: dict[str, pl.Series] = {}
    for i, name in enumerate(header):
        values = [_as_number(row[i]) for row in rows]
        if all(v is None or isinstance(v, float) for v in values):
            columns[name] = pl.Series(values, dtype=pl.Float64)
        else:
            columns[name] = pl.Series([row[i] for row in rows], dtype=pl.String)
    pl.DataFrame(columns).write_parquet(path)


@pytest.mark.parametrize(("ending", "write"), [(".xlsx", _to_xlsx), (".parquet", _to_parquet)])
def test_workbooks_say_what_csv_says(tmp_path: Path, ending: str, write: object) -> None:
    assert callable(write)
    copy = tmp_path / "books"
    shutil.copytree(FULL, copy)
    for name in ("parts", "bom", "cars"):
        (copy / f"{name}.csv").unlink()
        write(copy / f"{name}{ending}", _grid(f"{name}.csv"))
    (copy / "lineup.yaml").write_text(
        (FULL / "lineup.yaml").read_text().replace("cars.csv", f"cars{ending}")
    )
    plain, books = read_catalog(FULL), read_catalog(copy)
    assert books.parts == plain.parts
    assert books.bom == plain.bom
    assert read_lineup(copy).vehicles == read_lineup(FULL).vehicles


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(84.5, 8450), (0.1 + 0.2, 30), (2.0, 200), (1e5, 10_000_000), (12, 1200), ("7 EUR", 700)],
)
def test_workbook_numbers_are_exact(tmp_path: Path, value: object, wanted: int) -> None:
    copy = _base(tmp_path)
    (copy / "parts.csv").unlink()
    with xlsxwriter.Workbook(copy / "parts.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["number", "name", "unit_cost", "mass"])
        for row, number in enumerate(("P-1", "P-2", "P-3"), 1):
            sheet.write_row(row, 0, [number, "Part", value, 1])
    assert read_catalog(copy).parts["P-1"].unit_cost == wanted


def _base(tmp_path: Path) -> Path:
    copy = tmp_path / "base"
    shutil.copytree(Path(__file__).resolve().parents[1] / "broken" / "_base", copy)
    return copy


def test_places_in_workbooks(tmp_path: Path) -> None:
    """Rows keep their numbers, also below empty ones."""
    copy = _base(tmp_path)
    (copy / "parts.csv").unlink()
    with xlsxwriter.Workbook(copy / "parts.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 0, ["number", "name", "unit_cost", "mass"])
        sheet.write_row(4, 0, ["P-1", "Part", -4, 1])
        sheet.write_row(5, 0, ["P-2", "Part", 4, "1 mm"])
        sheet.write_row(6, 0, ["P-3", "Pa\x0brt", 4, 1])
    with pytest.raises(InputError) as caught:
        read_catalog(copy)
    found = [d.span.place.removeprefix(f"{copy}/") for d in caught.value.diagnostics if d.span]
    assert found == ["parts.xlsx:7:2"]
    with xlsxwriter.Workbook(copy / "parts.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 0, ["number", "name", "unit_cost", "mass"])
        sheet.write_row(4, 0, ["P-1", "Part", -4, 1])
        sheet.write_row(5, 0, ["P-2", "Part", 4, "1 mm"])
        sheet.write_row(6, 0, ["P-3", "Part", 4.001, 1])
    with pytest.raises(InputError) as caught:
        read_catalog(copy)
    found = [d.span.place.removeprefix(f"{copy}/") for d in caught.value.diagnostics if d.span]
    assert found[-3:] == ["parts.xlsx:5:3", "parts.xlsx:6:4", "parts.xlsx:7:3"]


def test_a_cell_in_the_far_corner_does_not_exhaust_memory(tmp_path: Path) -> None:
    copy = _base(tmp_path)
    (copy / "bom.csv").unlink()
    with xlsxwriter.Workbook(copy / "bom.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "part")
        sheet.write(1_048_575, 16_383, "far")
    with pytest.raises(InputError, match="more than 1000000 cells"):
        read_catalog(copy)


def test_a_packed_workbook_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 2**20)
    copy = _base(tmp_path)
    (copy / "bom.csv").unlink()
    with zipfile.ZipFile(copy / "bom.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 * 2**20))
    with pytest.raises(InputError, match="more than"):
        read_catalog(copy)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    copy = _base(tmp_path_factory.mktemp("damaged"))
    (copy / "bom.csv").unlink()
    _to_xlsx(copy / "bom.xlsx", [["part", "quantity", "slot", "module"], ["P-1", "1", "rear", "*"]])
    assert len(read_catalog(copy).bom) == 1
    return copy, (copy / "bom.xlsx").read_bytes()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_workbooks(books: tuple[Path, bytes], data: st.DataObject) -> None:
    copy, good = books
    at = data.draw(st.integers(0, len(good) - 1))
    gone = data.draw(st.integers(0, 40))
    (copy / "bom.xlsx").write_bytes(
        good[:at] + data.draw(st.binary(max_size=8)) + good[at + gone :]
    )
    with contextlib.suppress(InputError):
        assert len(read_catalog(copy).bom) <= 1


def test_damaged_parquet(tmp_path: Path) -> None:
    copy = _base(tmp_path)
    (copy / "bom.csv").rename(copy / "bom.parquet")
    with pytest.raises(InputError, match="bad-workbook"):
        read_catalog(copy)


def test_columns_that_are_no_text_or_number(tmp_path: Path) -> None:
    copy = _base(tmp_path)
    (copy / "bom.csv").unlink()
    pl.DataFrame({"part": ["P-1"], "quantity": [[1]]}).write_parquet(copy / "bom.parquet")
    with pytest.raises(InputError) as caught:
        read_catalog(copy)
    (found,) = caught.value.diagnostics
    assert found.code == "bad-workbook"
    assert found.span is not None
    assert found.span.place.endswith("bom.parquet:1:2")


def test_without_the_extra_the_message_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = _base(tmp_path)
    (copy / "bom.csv").rename(copy / "bom.xlsx")
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(MissingExtra, match=r"pip install cmf\[excel\]"):
        read_catalog(copy)
