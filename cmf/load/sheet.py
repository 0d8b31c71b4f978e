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

_QUOTED = re.compile(r'[ \t]*"([^"]*+(?:""[^"]*+)*+)"[ \t]*(?=,|\n|\Z)')
_PLAIN = re.compile(r"[^,\n]*")
_BLANKS = " \t\xa0"


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
    records: list[list[Text]] = []
    text, at, line, cells = source.text, 0, 1, 0
    while at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        cells += text.count(",", at, stop) + 1
        if cells > CELL_LIMIT:
            report_size(source, faults)
            return None
        if text.find('"', at, stop) < 0:
            record = _plain_record(text[at:stop], source, line)
            at, line = stop + 1, line + 1
        else:
            quoted = _quoted_record(source, at, line, faults)
            if quoted is None:
                return None
            record, at, line = quoted
        records.append(record)
    return records


def _plain_record(text: str, source: Source, line: int) -> list[Text]:
    record = []
    start = 1
    for piece in text.split(","):
        value = piece.strip(_BLANKS)
        column = start + (len(piece) - len(piece.lstrip(_BLANKS)) if value else 0)
        record.append(Text(value, Span(source, line, column, line, column + len(value))))
        start += len(piece) + 1
    return record


def _quoted_record(
    source: Source, at: int, line: int, faults: Faults
) -> tuple[list[Text], int, int] | None:
    """A record with cells in quotes, where the next one starts, and in which line."""
    text, record = source.text, list[Text]()
    line_start = at
    while True:
        match = _QUOTED.match(text, at)
        if match is None:
            match = _PLAIN.match(text, at)
            piece = match.group() if match else ""
            if piece.lstrip(_BLANKS).startswith('"'):
                start = at + piece.index('"')
                faults.add(
                    "bad-csv",
                    "a cell in quotes is not closed, or something follows its closing quote",
                    source.span(start, start + 1),
                    'close it, and write a quotation mark inside as `""`',
                )
                return None
            (cell,) = _plain_record(piece, source, line)
            moved = at - line_start
            span = Span(source, line, cell.span.column + moved, line, cell.span.end_column + moved)
            record.append(Text(cell.value, span))
            at += len(piece)
        else:
            inner, start = match.group(1), match.start(1)
            first, column = line, start - line_start + 1
            if "\n" in inner:
                line += inner.count("\n")
                line_start = start + inner.rindex("\n") + 1
            span = Span(source, first, column, line, match.end(1) - line_start + 1)
            record.append(Text(inner.replace('""', '"'), span))
            at = match.end()
        if at >= len(text) or text[at] == "\n":
            return record, at + 1, line + 1
        if len(record) > CELL_LIMIT:
            report_size(source, faults)
            return None
        at += 1


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
    header = _cut(filled[0], 0)
    body = [_cut(row, len(header)) for row in filled[1:]]
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


def _cut(row: list[Text], width: int) -> list[Text]:
    """The row without empty cells at its end, as spreadsheets leave them, but `width` at least."""
    end = len(row)
    while end > width and not row[end - 1].value:
        end -= 1
    return row[:end]


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
