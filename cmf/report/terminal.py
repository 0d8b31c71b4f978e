"""Reports for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType

from attrs import frozen
from rich.cells import cell_len, chop_cells

from cmf.report.blocks import GAP, blocks
from cmf.report.table import Column, Kind, Report, Table
from cmf.report.words import aligned, words

_PROSE = 30
"""Width that a column of prose claims when a table is broken; it takes what is left."""
_RIGHT = (Kind.WHOLE, Kind.NUMBER, Kind.RATIO, Kind.EXACT)
_BOLD = "1"
_DIM = "2"
_STYLES: Mapping[str, str] = MappingProxyType(
    {"not evaluable": "33", "chosen": _BOLD, "implied": _BOLD, "excluded": _DIM, "-": _DIM}
)

Texts = Sequence[str]
"""The cells of a row as text."""


def terminal_pieces(report: Report, width: int, *, colours: bool) -> Iterator[str]:
    """The tables of a report that have rows, line by line.

    Parameters
    ----------
    width
        Columns of the terminal; no line is longer.
    colours
        Whether to write escape sequences.
    """
    pen = _Pen(colours)
    shown = [(table, _texts(table)) for table in report.layout or report.tables]
    for number, (table, rows) in enumerate((t, rows) for t, rows in shown if rows):
        if number:
            yield "\n"
        for title in _wrapped(table.title, width):
            yield pen(title, _BOLD) + "\n"
        claims = [_claim(column, rows, n) for n, column in enumerate(table.columns)]
        for place, numbers in enumerate(blocks(table.columns, claims, width)):
            if place:
                yield "\n"
            yield from _grid(_Block(table.columns, numbers), rows, width, pen)
        for note in table.notes:
            yield from (f"{line}\n" for line in _wrapped(note, width))


@frozen
class _Pen:
    """Writes styles, or not."""

    colours: bool

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colours and style and text.strip() else text


@frozen
class _Block:
    """Columns that stand side by side, by their number in the table."""

    table: Sequence[Column]
    numbers: Sequence[int]

    @property
    def columns(self) -> list[Column]:
        return [self.table[number] for number in self.numbers]


def _texts(table: Table) -> list[Texts]:
    """The cells as text, the decimals of a column aligned."""
    rows = list(table.rows)
    columns = [[row[number] for row in rows] for number in range(len(table.columns))]
    texts = [
        aligned(cells) if column.kind is Kind.NUMBER else [words(cell) for cell in cells]
        for column, cells in zip(table.columns, columns, strict=True)
    ]
    return list(zip(*texts, strict=True))


def _grid(block: _Block, rows: Sequence[Texts], room: int, pen: _Pen) -> Iterator[str]:
    """Heading, rule and rows of a block."""
    widths = _fitted(block, rows, room)
    heads = [_heading(column) for column in block.columns]
    height = max(map(len, heads))
    for level in range(height):
        head = [each[level - height] if level >= height - len(each) else "" for each in heads]
        yield _line(block, head, widths, lambda text: pen(text, _BOLD))
    yield pen("─" * (sum(widths) + len(GAP) * (len(widths) - 1)), _DIM) + "\n"
    for row in rows:
        cells = [_wrapped(row[n], width) for n, width in zip(block.numbers, widths, strict=True)]
        for level in range(max(map(len, cells), default=1) or 1):
            line = [cell[level] if level < len(cell) else "" for cell in cells]
            yield _line(block, line, widths, lambda text: pen(text, _STYLES.get(text.strip(), "")))


def _line(
    block: _Block, cells: Sequence[str], widths: Sequence[int], style: Callable[[str], str]
) -> str:
    """Cells side by side, without blanks at the end."""
    padded = []
    for column, cell, width in zip(block.columns, cells, widths, strict=True):
        blanks = " " * (width - cell_len(cell))
        padded.append(blanks + style(cell) if column.kind in _RIGHT else style(cell) + blanks)
    return GAP.join(padded).rstrip() + "\n"


def _fitted(block: _Block, rows: Sequence[Texts], room: int) -> list[int]:
    """Widths of the columns of a block; where they do not fit the widest give way."""
    widths = [_width(c, rows, n) for c, n in zip(block.columns, block.numbers, strict=True)]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - room
    while excess > 0 and max(widths) > 1:
        widest = max(range(len(widths)), key=lambda n: (widths[n], n))
        rest = [width for n, width in enumerate(widths) if n != widest]
        cut = min(excess, max(1, widths[widest] - max(rest, default=1)))
        widths[widest] -= cut
        excess -= cut
    return widths


def _wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` columns."""
    if cell_len(text) <= width and "\n" not in text:
        return [text] if text else []
    lines = [line for part in text.splitlines() for line in wrap(part, width)]
    return [piece for line in lines for piece in chop_cells(line, width)]


def _claim(column: Column, rows: Sequence[Texts], number: int) -> int:
    """Columns of the terminal that a column claims when a table is broken into blocks."""
    width = _width(column, rows, number)
    return min(width, _PROSE) if column.kind is Kind.PROSE else width


def _width(column: Column, rows: Sequence[Texts], number: int) -> int:
    """Columns of the terminal that the longest line of a column takes."""
    lines = [line for row in rows for line in row[number].splitlines()]
    return max(map(cell_len, [*lines, *_heading(column)]))


def _heading(column: Column) -> list[str]:
    """Title above the unit."""
    title = column.title or column.name
    return [title, column.unit] if column.unit else [title]
