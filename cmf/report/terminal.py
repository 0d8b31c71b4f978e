"""Reports for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import frozen

from cmf.report.table import Column, Kind, Report, Table
from cmf.report.words import aligned, words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_GAP = 2
_RIGHT = (Kind.WHOLE, Kind.NUMBER, Kind.RATIO)
_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "not evaluable": "yellow",
        "chosen": "bold",
        "implied": "bold",
        "excluded": "dim",
        "-": "dim",
    }
)

Texts = Sequence[str]
"""The cells of a row as text."""


def show(report: Report, console: Console) -> None:
    """Print the tables that have rows, each as wide as the console at most."""
    tables = [(table, _texts(table)) for table in report.layout or report.tables]
    for number, (table, rows) in enumerate((t, rows) for t, rows in tables if rows):
        if number:
            console.print()
        _show(table, rows, console)


def _show(table: Table, rows: Sequence[Texts], console: Console) -> None:
    if table.title:
        console.print(table.title, style="bold", markup=False, highlight=False)
    for number, block in enumerate(_blocks(table.columns, rows, console.width)):
        if number:
            console.print()
        _print(block, rows, console)
    for note in table.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=False)


@frozen
class _Block:
    """Columns that stand side by side, by number; a table that is too wide has several."""

    columns: tuple[Column, ...]
    numbers: tuple[int, ...]


def _blocks(columns: Sequence[Column], rows: Sequence[Texts], room: int) -> Iterator[_Block]:
    """Break a wide table between groups of columns, or inside a group that is too wide alone.

    The first column, which names the row, is repeated in every block.
    """
    widths = [_width(column, rows, number) + _GAP for number, column in enumerate(columns)]
    room += _GAP
    numbers = [list(range(len(columns)))]
    if sum(widths) > room:
        numbers = [[0, *piece] for piece in _pieces(_groups(columns), widths, room - widths[0])]
    for each in numbers:
        yield _Block(tuple(columns[n] for n in each), tuple(each))


def _pieces(groups: Sequence[Sequence[int]], widths: Sequence[int], room: int) -> list[list[int]]:
    """Column numbers in pieces that fit: whole groups together, wide groups in equal parts."""
    pieces: list[list[int]] = []
    for group in groups:
        parts = _even(group, widths, room)
        if len(parts) == 1 and pieces and sum(widths[n] for n in pieces[-1] + parts[0]) <= room:
            pieces[-1] += parts[0]
        else:
            pieces += parts
    return pieces


def _even(group: Sequence[int], widths: Sequence[int], room: int) -> list[list[int]]:
    """A group in as few parts as fit, the widest of them as narrow as can be."""
    fewest = len(_filled(group, widths, room))
    return next(
        parts
        for limit in range(1, room + 1)
        if len(parts := _filled(group, widths, limit)) == fewest or limit == room
    )


def _filled(group: Sequence[int], widths: Sequence[int], limit: int) -> list[list[int]]:
    """A group in parts that are filled up to `limit`; a column that is wider stands alone."""
    parts: list[list[int]] = []
    used = 0
    for number in group:
        used += widths[number]
        if not parts or used > limit:
            parts.append([])
            used = widths[number]
        parts[-1].append(number)
    return parts


def _groups(columns: Sequence[Column]) -> list[list[int]]:
    """Numbers of neighbouring columns of one group, without the first column."""
    groups: list[list[int]] = []
    last = None
    for number, column in enumerate(columns[1:], start=1):
        if column.group != last or not groups:
            groups.append([])
        groups[-1].append(number)
        last = column.group
    return groups


def _width(column: Column, rows: Sequence[Texts], number: int) -> int:
    from rich.cells import cell_len

    body = max((cell_len(row[number]) for row in rows), default=0)
    return max(body, max(cell_len(line) for line in _heading(column).split("\n")))


def _heading(column: Column) -> str:
    """Title above the unit."""
    title = column.title or column.name
    return f"{title}\n{column.unit}" if column.unit else title


def _print(block: _Block, rows: Sequence[Texts], console: Console) -> None:
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for column in block.columns:
        right = column.kind in _RIGHT
        grid.add_column(
            _heading(column),
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
            vertical="top",
        )
    for row in rows:
        grid.add_row(*(_styled(row[n]) for n in block.numbers))
    console.print(grid, markup=False, highlight=False)


def _texts(table: Table) -> list[Texts]:
    """The cells as text, the decimals of a column aligned."""
    rows = list(table.rows)
    columns = [[row[number] for row in rows] for number in range(len(table.columns))]
    texts = [
        aligned(cells) if column.kind is Kind.NUMBER else [words(cell) for cell in cells]
        for column, cells in zip(table.columns, columns, strict=True)
    ]
    return list(zip(*texts, strict=True))


def _styled(text: str) -> Text:
    from rich.text import Text

    return Text(text, style=_STYLES.get(text, ""))
