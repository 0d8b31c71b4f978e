"""Reports as XLSX workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmf.errors import MissingExtra, fail
from cmf.report.csv_text import flat
from cmf.report.json_text import plain_fact
from cmf.report.table import Cell, Column, Kind, Report, Table

if TYPE_CHECKING:
    import xlsxwriter

SHEET_ROWS = 1_048_575
"""Rows that one sheet holds below its heading."""

EXACT = 10**15
"""Integers from here on are written as text: a sheet keeps 15 digits only."""

_LOOKED_AT = 2_000
"""Rows that decide how wide a column is."""

_FORMATS = {Kind.WHOLE: "#,##0", Kind.NUMBER: "#,##0.0##", Kind.RATIO: "0.0%"}


def write_workbook(report: Report, path: Path) -> None:
    """Write one sheet for every table, and one with the facts.

    Raises
    ------
    MissingExtra
        When the library is not installed.
    InputError
        When a table has more rows than a sheet.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtra("writing .xlsx needs the extra: pip install 'cmf[excel]'") from None
    from xlsxwriter.exceptions import FileCreateError

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            # The same input gives the same bytes: no time of day in the file.
            book.set_properties({"title": f"cmf {report.command}", "created": datetime(2000, 1, 1)})
            for table in report.tables:
                _sheet(book, table)
            _facts(book, report)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _sheet(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.name[:31])
    heading = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    bold = book.add_format({**heading, "indent": 1})
    right = book.add_format({**heading, "align": "right"})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    text = book.add_format({"indent": 1})
    columns = [each for column in table.columns for each in _spread(column)]
    widths = _widths(table, columns)
    for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(number, number, width, formats.get(column.kind, text))
        style = right if column.kind in _FORMATS else bold
        sheet.write_string(0, number, column.heading, style)
    sheet.freeze_panes(1, 1)
    # On paper: across, as wide as the page, the heading on every one.
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        if last > SHEET_ROWS:
            raise fail(
                "too-many-rows",
                f"a sheet holds {SHEET_ROWS:,} rows, and `{table.name}` has more",
                None,
                "write .csv or .parquet, or narrow the conditions",
            )
        place = 0
        for cell, column in zip(row, table.columns, strict=True):
            values = flat(cell) if column.kind is Kind.RATIO else (cell,)
            for value in values:
                _write(sheet, last, place, value, formats.get(columns[place].kind, text))
                place += 1
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))


def _spread(column: Column) -> tuple[Column, ...]:
    if column.kind is not Kind.RATIO:
        return (column,)
    name = column.title or column.name
    parts = (("numerator", Kind.WHOLE), ("denominator", Kind.WHOLE))
    return (
        column,
        *(Column(f"{column.name}.{p}", kind, f"{name}, {p}", column.unit) for p, kind in parts),
    )


def _write(sheet: Any, row: int, column: int, value: object, style: object) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Fraction) and -EXACT < value < EXACT:
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, str(value))


def _facts(book: xlsxwriter.Workbook, report: Report) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    row = 0
    facts = {"command": report.command, **report.facts}
    for name, fact in facts.items():
        value = plain_fact(fact)
        sheet.write_string(row, 0, name)
        _write(sheet, row, 1, _listed(value), None)
        row += 1
    for table in report.tables:
        if table.title:
            sheet.write_string(row, 0, table.name)
            sheet.write_string(row, 1, table.title)
            row += 1
    for note in (note for table in report.tables for note in table.notes):
        sheet.write_string(row, 1, note)
        row += 1


def _listed(value: object) -> Cell:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{name} {word}" for name, word in value.items())
    return value if isinstance(value, str | int | float) else None


def _widths(table: Table, columns: Sequence[Column]) -> list[float]:
    """As wide as the heading, and where rows are at hand as their texts, within limits."""
    rows = table.rows[:_LOOKED_AT] if isinstance(table.rows, Sequence) else ()
    longest = {
        column.name: max((len(str(row[place])) for row in rows if row[place]), default=0)
        for place, column in enumerate(table.columns)
        if column.kind is Kind.TEXT
    }
    return [
        60.0
        if column.kind is Kind.PROSE
        else float(
            max(10, min(len(column.heading) + 3, 30), min(longest.get(column.name, 0), 45) + 3)
        )
        for column in columns
    ]
