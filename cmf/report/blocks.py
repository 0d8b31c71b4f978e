"""Breaking a wide table into blocks that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.report.table import Column

GAP = "  "
"""Between two columns."""


def blocks(columns: Sequence[Column], widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Column numbers of each block: a table that is too wide is broken between groups of columns.

    A group that is too wide alone is broken evenly. The first column, which names the row, is
    repeated in every block. A block may still be too wide when a single column is.
    """
    wide = [width + len(GAP) for width in widths]
    if sum(wide) <= room + len(GAP):
        yield list(range(len(columns)))
        return
    for piece in _pieces(_groups(columns), wide, room + len(GAP) - wide[0]):
        yield [0, *piece]


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
