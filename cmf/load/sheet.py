"""Tables as rows of texts with places; CSV is read here, workbooks in `cmf.load.workbook`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import define, frozen

from cmf.load.faults import Faults, Suggestion
from cmf.load.folder import Folder
from cmf.source import Source, Span, Text

CELL_LIMIT = 1_000_000
ENDINGS = (".csv", ".xlsx", ".parquet")

_QUOTED = re.compile(r'[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*(?=,|\n|\Z)')
_PLAIN = re.compile(r"[^,\n]*")


@frozen
class Sheet:
    """A table that was read.

    Attributes
    ----------
    rows
        Each as long as the header.
    complete
        Whether every row could be read; a fault may hide some.
    """

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    span: Span
    complete: bool = True


@define
class Row:
    """One row by the names of its columns."""

    cells: Mapping[str, Text]
    faults: Faults
    first: Span

    def text(self, column: str) -> Text | None:
        """The cell; `None` when it is empty or the column is missing."""
        cell = self.cells.get(column)
        return cell if cell is not None and cell.value else None

    def string(self, column: str) -> str:
        """The cell's text; empty when the column is missing."""
        cell = self.cells.get(column)
        return cell.value if cell is not None else ""

    def required(self, column: str) -> Text | None:
        """The cell; `None` after a reported fault when it is empty."""
        cell = self.text(column)
        if cell is None and column in self.cells:
            self.faults.add(
                "missing-value", f"`{column}` is empty", self.cells[column].span, "write a value"
            )
        return cell


def read_sheet(folder: Folder, relative: str) -> Sheet | None:
    """Read a table of any of the three kinds; `None` after a reported fault."""
    if relative.endswith(".csv"):
        source = folder.text(relative)
        records = None if source is None else _csv_records(source, folder.faults)
        begin = None if source is None else source.whole()
    else:
        from cmf.load.workbook import workbook_records

        records = workbook_records(folder, relative)
        begin = folder.source(relative).whole()
    if records is None or begin is None:
        return None
    return _sheet(records, begin, folder.faults)


def _csv_records(source: Source, faults: Faults) -> list[list[Text]] | None:
    records: list[list[Text]] = [[]]
    text, at, cells = source.text, 0, 0
    line, line_start = 1, 0
    while True:
        match = _QUOTED.match(text, at)
        quoted = match is not None
        if match is None:
            match = _PLAIN.match(text, at)
            assert match is not None  # noqa: S101 (the pattern matches the empty text)
            if match.group().lstrip(" \t").startswith('"'):
                start = at + match.group().index('"')
                faults.add(
                    "bad-csv",
                    "a cell in quotes is not closed, or something follows its closing quote",
                    source.span(start, start + 1),
                    'close it, and write a quotation mark inside as `""`',
                )
                return None
        whole = match.group()
        inner = match.group(1) if quoted else whole.strip(" \t\xa0")
        start = match.start(1) if quoted else at + len(whole) - len(whole.lstrip(" \t\xa0"))
        if not inner and not quoted:
            start = at
        end_line, end_start = line, line_start
        breaks = inner.count("\n")
        if breaks:
            end_line, end_start = line + breaks, start + inner.rindex("\n") + 1
        end = start + len(inner)
        span = Span(source, line, start - line_start + 1, end_line, end - end_start + 1)
        records[-1].append(Text(inner.replace('""', '"') if quoted else inner, span))
        line, line_start = end_line, end_start
        at, cells = match.end(), cells + 1
        if at >= len(text) or cells > CELL_LIMIT:
            break
        if text[at] == "\n":
            line, line_start = line + 1, at + 1
            records.append([])
        at += 1
    if cells > CELL_LIMIT:
        report_size(source, faults)
        return None
    return records


def report_size(source: Source, faults: Faults) -> None:
    """Report a table with too many cells."""
    message = f"the table has more than {CELL_LIMIT} cells"
    faults.add("too-large-file", message, source.whole(), "split it or drop what is not needed")


def _sheet(records: list[list[Text]], begin: Span, faults: Faults) -> Sheet | None:
    filled = [record for record in records if any(cell.value for cell in record)]
    if not filled:
        faults.add(
            "empty-file", "the table is empty", begin, "write a header and rows, or delete it"
        )
        return None
    header, *body = filled
    while (
        header
        and not header[-1].value
        and all(len(row) < len(header) or not row[len(header) - 1].value for row in body)
    ):
        body = [row[: len(header) - 1] for row in body]
        header = header[:-1]
    if len(header) == 1 and re.search("[;\t]", header[0].value):
        message = "the cells are not separated by commas"
        faults.add("bad-csv", message, header[0].span, "separate them with commas")
        return None
    if not _good_header(header, faults):
        return None
    rows = []
    for row in body:
        if len(row) == len(header):
            rows.append(tuple(row))
        else:
            _ragged(row, len(header), faults)
    return Sheet(tuple(header), tuple(rows), begin, len(rows) == len(body))


def _good_header(header: list[Text], faults: Faults) -> bool:
    before = faults.count()
    seen: set[str] = set()
    for cell in header:
        if not cell.value:
            faults.add("empty-column", "a column has no name", cell.span, "name it or delete it")
        elif cell.value in seen:
            faults.add(
                "duplicate-column",
                f"the column `{cell.value}` stands twice",
                cell.span,
                "keep one of them",
            )
        seen.add(cell.value)
    return faults.count() == before


def _ragged(row: list[Text], width: int, faults: Faults) -> None:
    place = row[width] if len(row) > width else row[0]
    faults.add(
        "ragged-row",
        f"the row has {len(row)} cells, but the header has {width}",
        place.span,
        "add or remove commas; put text that has a comma in quotes",
    )


def rows_of(
    sheet: Sheet, what: str, required: tuple[str, ...], optional: tuple[str, ...], faults: Faults
) -> Iterator[Row]:
    """The rows by column name, after a check that the columns are the ones expected."""
    names = [cell.value for cell in sheet.header]
    known = (*required, *optional)
    for cell in sheet.header:
        if cell.value not in known:
            remedy = Suggestion(cell.value, known, what="column")
            faults.add("unknown-column", f"{what} has no column `{cell.value}`", cell.span, remedy)
    for name in required:
        if name not in names:
            faults.add(
                "missing-column",
                f"{what} needs the column `{name}`",
                sheet.header[0].span,
                f"add it; the header needs {', '.join(required)}",
            )
    for row in sheet.rows:
        yield Row(dict(zip(names, row, strict=True)), faults, row[0].span)
