"""Reports as XLSX workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from cmf.errors import MissingExtra, fail
from cmf.report.csv_text import flat
from cmf.report.json_text import plain_fact
from cmf.report.table import Cell, Column, Exact, Kind, Ratio, Report, Table
from cmf.report.words import shortened, words

if TYPE_CHECKING:
    import xlsxwriter

SHEET_ROWS = 1_048_575
"""Rows that one sheet holds below its heading."""

EXACT = 10**15
"""Integers from here on are written as text: a sheet keeps 15 digits only."""

_READABLE = 220
"""Letters across that a page holds in a size that can be read."""

_PROSE = 45.0
"""Letters across that a column of sentences has."""

_LINE = 15
"""Height of a line in points."""

_LOOKED_AT = 2_000
"""Rows that decide how wide a column is."""

_WHOLE, _NUMBER, _PERCENT = "[<10000]0;#,##0", "#,##0.0##", "0.0%"
"""Formats of numbers; years and other numbers of four digits have no comma."""

_FORMATS = {
    Kind.WHOLE: _WHOLE,
    Kind.NUMBER: _NUMBER,
    Kind.RATIO: _PERCENT,
    Kind.EXACT: _NUMBER,
}

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
"""What no name of a sheet may hold."""

_CELL = 32_767
"""Letters that a cell may hold."""

_NAME = 31
"""Letters that a name of a sheet may have."""


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
            taken = {"about", "history"}
            for table in report.tables:
                _sheet(book, table, _sheet_name(table.name, taken))
            _facts(book, report)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that is allowed and not yet taken; case makes no difference to a workbook."""
    plain = name.translate(_FORBIDDEN).strip(" '") or "table"
    found, number = plain[:_NAME], 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: _NAME - len(str(number)) - 1]} {number}"
    taken.add(found.casefold())
    return found


def _sheet(book: xlsxwriter.Workbook, table: Table, name: str) -> None:
    sheet = book.add_worksheet(name)
    styles = _styles(book)
    spreads = [_spread(table, place) for place in range(len(table.columns))]
    columns = [each for spread in spreads for each in spread]
    widths = _widths(table, spreads)
    for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(number, number, width, _style(styles, column, None))
        heading = styles["right" if column.kind in _FORMATS else "bold"]
        sheet.write_string(0, number, column.heading, heading)
    sheet.freeze_panes(1, 1)
    _paper(sheet, sum(widths))
    last = 0
    for last, row in enumerate(table.rows, start=1):
        if last > SHEET_ROWS:
            raise fail(
                "too-many-rows",
                f"a sheet holds {SHEET_ROWS:,} rows, and `{table.name}` has more",
                None,
                "write .csv or .parquet, or narrow the conditions",
            )
        lines = max(map(_lines, row, table.columns), default=1)
        if lines > 1:
            sheet.set_row(last, _LINE * lines)
        place = 0
        for cell, spread in zip(row, spreads, strict=True):
            for column, value in zip(spread, _values(cell, spread), strict=True):
                _write(sheet, last, place, value, _style(styles, column, cell))
                place += 1
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """The formats of cells by name, those of numbers by their code."""
    heading = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    return {
        "bold": book.add_format({**heading, "indent": 1}),
        "right": book.add_format({**heading, "align": "right"}),
        "text": book.add_format({"indent": 1, "valign": "top"}),
        "prose": book.add_format({"indent": 1, "valign": "top", "text_wrap": True}),
        **{
            code: book.add_format({"num_format": code, "valign": "top"})
            for code in (_WHOLE, _NUMBER, _PERCENT)
        },
    }


def _style(styles: dict[str, Any], column: Column, cell: Cell) -> Any:
    """The format of a cell; of a column as a whole where there is no cell."""
    if column.kind is Kind.EXACT and isinstance(cell, Exact):
        whole = cell.value.denominator == 1
        return styles[_PERCENT if cell.ratio else _WHOLE if whole else _NUMBER]
    if column.kind is Kind.RATIO and isinstance(cell, Ratio) and not cell.percent:
        return styles[_NUMBER]
    if column.kind in _FORMATS:
        return styles[_FORMATS[column.kind]]
    return styles["prose" if column.kind is Kind.PROSE else "text"]


def _lines(cell: Cell, column: Column) -> int:
    """Lines that a cell takes; rows do not grow by themselves everywhere."""
    if column.kind is not Kind.PROSE or not isinstance(cell, str):
        return 1
    return len(wrap(cell, int(_PROSE))) or 1


def _paper(sheet: Any, width: float) -> None:
    """Across, the heading on every page; as wide as the page where that can be read."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    if width <= _READABLE:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(60)
        sheet.repeat_columns(0)


def _spread(table: Table, place: int) -> tuple[Column, ...]:
    """The columns of a sheet that one column takes.

    A ratio is a number with what was counted; a number that is no short decimal also has its exact
    text.
    """
    column = table.columns[place]
    name = column.title or column.name
    if column.kind is Kind.EXACT:
        rows = table.rows if isinstance(table.rows, Sequence) else ()
        cells = (row[place] for row in rows)
        if rows and all(_decimal(cell.value) for cell in cells if isinstance(cell, Exact)):
            return (column,)
        return column, Column(f"{column.name}.exact", Kind.TEXT, f"{name}, exact")
    if column.kind is not Kind.RATIO:
        return (column,)
    parts = (("numerator", Kind.WHOLE), ("denominator", Kind.WHOLE))
    return (
        column,
        *(Column(f"{column.name}.{p}", kind, f"{name}, {p}", column.unit) for p, kind in parts),
    )


def _decimal(value: Fraction) -> bool:
    """Whether a sheet holds a number exactly: it keeps 15 digits."""
    return 10**6 % value.denominator == 0 and abs(value) * value.denominator < EXACT


def _values(cell: Cell, spread: Sequence[Column]) -> Sequence[object]:
    """What stands in the columns that one column takes."""
    if spread[0].kind is Kind.RATIO:
        return flat(cell)
    if spread[0].kind is not Kind.EXACT:
        return (cell,)
    value = cell.value if isinstance(cell, Exact) else None
    exact = None if value is None or _decimal(value) else str(value)
    return (value, exact)[: len(spread)]


def _write(sheet: Any, row: int, column: int, value: object, style: object) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Fraction) and -EXACT < value < EXACT:
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, shortened(str(value), _CELL))


def _facts(book: xlsxwriter.Workbook, report: Report) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
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


def _widths(table: Table, spreads: Sequence[Sequence[Column]]) -> list[float]:
    """As wide as the heading, and where rows are at hand as their texts, within limits."""
    rows = table.rows[:_LOOKED_AT] if isinstance(table.rows, Sequence) else ()
    widths = []
    for place, spread in enumerate(spreads):
        for column in spread:
            longest = 0
            if column.kind in (Kind.TEXT, Kind.EXACT):
                cells = (row[place] for row in rows)
                texts = (_plain(cell, column) for cell in cells if cell is not None)
                longest = max(map(len, texts), default=0)
            heading = min(len(column.heading) + 3, 30)
            prose = column.kind is Kind.PROSE
            widths.append(_PROSE if prose else float(max(10, heading, min(longest, 45) + 3)))
    return widths


def _plain(cell: Cell, column: Column) -> str:
    """About what a person sees in a cell."""
    if isinstance(cell, Exact) and column.kind is not Kind.EXACT:
        return str(cell.value)
    return words(cell)
