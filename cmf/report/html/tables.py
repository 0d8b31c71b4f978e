"""Tables as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.report.html.markup import Html, tag
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table
from cmf.report.words import aligned, number, words

LONG = 12
"""Tables with more rows than this are folded."""

MOST = 2_000
"""Rows that a page shows; the workbook holds all."""

_NUMERIC = (Kind.WHOLE, Kind.NUMBER, Kind.RATIO, Kind.EXACT)


def html_table(table: Table, *, folded: bool | None = None) -> Html:
    """A table that scrolls inside its own frame; long ones are folded away.

    Parameters
    ----------
    folded
        Whether a click opens it; by default long ones are.
    """
    rows = tuple(table.rows)
    title = table.title or table.name
    body = tag(
        "div",
        tag(
            "table",
            tag("caption", title),
            tag("thead", tag("tr", (_heading(column) for column in table.columns))),
            tag("tbody", _body(table, rows[:MOST])),
        ),
        class_="scroll",
        role="region",
        tabindex=0,
        aria_label=title,
    )
    notes = [tag("p", note, class_="note") for note in table.notes]
    if len(rows) > MOST:
        more = f"{number(len(rows) - MOST)} more rows are in the workbook."
        notes.append(tag("p", more, class_="note"))
    if folded or (folded is None and len(rows) > LONG):
        summary = tag("summary", f"{title} ", tag("small", f"{number(len(rows))} rows"))
        return tag("details", summary, body, *notes)
    return tag("div", body, *notes, class_="table")


def _heading(column: Column) -> Html:
    style = _style(column)
    return tag("th", column.heading.replace("_", " "), scope="col", class_=style)


def _style(column: Column) -> str | None:
    if column.kind in _NUMERIC:
        return "number"
    return "prose" if column.kind is Kind.PROSE else None


def _body(table: Table, rows: tuple[Row, ...]) -> Iterator[Html]:
    texts = [
        aligned([row[place] for row in rows]) if column.kind is Kind.NUMBER else None
        for place, column in enumerate(table.columns)
    ]
    for line, row in enumerate(rows):
        cells = []
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            known = texts[place]
            text = known[line] if known is not None else None
            cells.append(_cell(cell, column, text, first=place == 0))
        yield tag("tr", cells)


def _cell(cell: Cell, column: Column, text: str | None, *, first: bool) -> Html:
    inside: tuple[Html | str, ...] = (text if text is not None else words(cell),)
    style = _style(column)
    if isinstance(cell, Ratio):
        top, bottom = number(cell.numerator), number(cell.denominator)
        inside = (words(cell), tag("small", f"{top} / {bottom}"))
    elif column.name == "verdict" and isinstance(cell, str):
        style = f"verdict {cell.replace(' ', '-')}"
    elif cell is None:
        style = f"{style or ''} none".strip()
    if first:
        return tag("th", inside, scope="row", class_=style)
    return tag("td", inside, class_=style)
