"""Tables from XLSX workbooks and Parquet files: the same rows of texts as a CSV file gives.

Faults point at row and column of the sheet, the header being row 1; there is no text to quote.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cmf.errors import MissingExtra
from cmf.load.faults import Faults
from cmf.load.folder import UNUSUAL, Folder
from cmf.load.sheet import CELL_LIMIT, report_size
from cmf.source import Source, Span, Text

if TYPE_CHECKING:
    import polars as pl

UNPACKED_LIMIT = 128 * 2**20

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on archives that are cut, altered, or encrypted."""

_PLACE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")


def workbook_records(folder: Folder, relative: str) -> list[list[Text]] | None:
    """All rows, header first; `None` after a reported fault.

    Raises
    ------
    MissingExtra
        When the reader of workbooks is not installed.
    """
    data = folder.data(relative)
    if data is None:
        return None
    source = folder.source(relative)
    faults = folder.faults
    if relative.endswith(".xlsx"):
        rows = _excel_rows(data, source, faults)
    else:
        rows = _parquet_rows(data, source, faults)
    return None if rows is None else _records(rows, source, faults)


def _records(
    rows: Iterable[Sequence[object]], source: Source, faults: Faults
) -> list[list[Text]] | None:
    records = []
    before = faults.count()
    for line, row in enumerate(rows, 1):
        record = []
        for column, value in enumerate(row, 1):
            span = Span(source, line, column, line, column + 1)
            text = _text(value).strip()
            if UNUSUAL.search(text):
                message = "this cell holds a control character"
                faults.add("bad-character", message, span, "delete it")
            record.append(Text(text, span))
        records.append(record)
    return records if faults.count() == before else None


def _text(value: object) -> str:
    """A cell as somebody would write it; numbers exactly as shown, never rounded again."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            exact = Decimal(repr(value))
            if not exact.is_finite():
                return str(value)
            whole = exact.to_integral_value()
            return f"{whole if whole == exact else exact:f}"
        case _:
            return str(value)


def _excel_rows(data: bytes, source: Source, faults: Faults) -> Iterator[tuple[object, ...]] | None:
    try:
        import fastexcel
    except ImportError as error:
        message = f"{source.name}: reading workbooks needs an extra: pip install cmf[excel]"
        raise MissingExtra(message) from error
    try:
        reason = _oversized(data)
        if reason is None:
            # Text cells of `skip_rows=0` keep their row numbers, also below empty rows.
            sheet = fastexcel.read_excel(data).load_sheet(
                0, header_row=None, skip_rows=0, dtypes="string"
            )
            return iter(sheet.to_polars().iter_rows())
    except (*_DAMAGED, fastexcel.FastExcelError) as error:
        reason = (str(error).splitlines() or ["it is damaged"])[0]
        faults.add(
            "bad-workbook",
            f"this is no workbook that can be read: {reason}",
            source.whole(),
            "save it again as .xlsx, or use CSV",
        )
        return None
    report_size(source, faults)
    return None


def _oversized(data: bytes) -> str | None:
    """Why a workbook would need too much memory; `None` when it would not.

    Readers lay out a dense grid up to the last cell, so one cell in the far corner is enough to
    exhaust memory. Places of cells are therefore looked up before the sheet is opened.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.getinfo("xl/workbook.xml")
        if sum(info.file_size for info in archive.infolist()) > UNPACKED_LIMIT:
            return "it unpacks to too much"
        for info in archive.infolist():
            if not info.filename.startswith("xl/worksheets/"):
                continue
            rows = columns = 1
            for letters, digits in _PLACE.findall(archive.read(info)):
                rows = max(rows, int(digits))
                columns = max(columns, _column(letters))
            if rows * columns > CELL_LIMIT:
                return "it has too many cells"
    return None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _parquet_rows(
    data: bytes, source: Source, faults: Faults
) -> Iterator[tuple[object, ...]] | None:
    import polars as pl

    try:
        schema = pl.read_parquet_schema(io.BytesIO(data))
        height = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        if height * max(1, len(schema)) > CELL_LIMIT:
            report_size(source, faults)
            return None
        for column, (name, kind) in enumerate(schema.items(), 1):
            if kind.is_nested() or kind.is_temporal() or kind in (pl.Binary, pl.Object):
                message = f"the column `{name}` holds {kind}, which is neither text nor number"
                span = Span(source, 1, column, 1, column + 1)
                faults.add("bad-workbook", message, span, "store it as text")
                return None
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = (str(error).splitlines() or ["it is damaged"])[0]
        message = f"this is no Parquet file that can be read: {reason}"
        faults.add("bad-workbook", message, source.whole(), "write it again, or use CSV")
        return None
    return _with_header(frame)


def _with_header(frame: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    yield tuple(frame.columns)
    yield from frame.iter_rows()
