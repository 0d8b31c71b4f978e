"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cmf.report.table import Cell, Column, Exact, Kind, Ratio, Table


def csv_pieces(table: Table) -> Iterator[str]:
    """The lines of a table, heading first, one by one.

    A ratio takes three columns: ``NAME`` (as a decimal), ``NAME.numerator``, ``NAME.denominator``.
    An empty cell is empty.
    """
    line = _Line()
    yield line.of([name for column in table.columns for name in _names(column)])
    ratios = [column.kind is Kind.RATIO for column in table.columns]
    for row in table.rows:
        cells: list[object] = []
        for cell, ratio in zip(row, ratios, strict=True):
            if ratio:
                cells += flat(cell)
            else:
                cells.append(_plain(cell))
        yield line.of(cells)


def flat(cell: Cell) -> tuple[object, object, object]:
    """A ratio as decimal, numerator and denominator; three empty cells when it is empty."""
    if not isinstance(cell, Ratio):
        return None, None, None
    return round(float(cell.value), 9), cell.numerator, cell.denominator


def _names(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.RATIO:
        return column.name, f"{column.name}.numerator", f"{column.name}.denominator"
    return (column.name,)


def _plain(cell: Cell) -> object:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return str(cell.value) if isinstance(cell, Exact) else cell


class _Line:
    """Writes one line after the other into the same buffer."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, lineterminator="\n")

    def of(self, cells: list[object]) -> str:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerow(cells)
        return self._buffer.getvalue()
