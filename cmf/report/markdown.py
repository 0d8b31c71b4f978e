"""Reports as Markdown, for a comment on a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from cmf.report.table import Column, Kind, Report, Row, Table
from cmf.report.words import aligned, words

LIMIT = 60_000
"""Characters after which tables are left out: hosting sites take about 65,000 in a comment."""

_NUMBERS = (Kind.WHOLE, Kind.NUMBER, Kind.RATIO, Kind.EXACT)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~])")


def markdown_pieces(report: Report) -> Iterator[str]:
    """The tables of a report that have rows: the first open, the others to be unfolded.

    Cells are text and nothing else: what Markdown or HTML would read as more is escaped.
    """
    shown = [(each, list(each.rows)) for each in report.layout or report.tables]
    written = 0
    left_out = []
    for number, (each, rows) in enumerate((t, rows) for t, rows in shown if rows):
        text = "".join(_section(each, rows, folded=number > 0))
        if written + len(text) > LIMIT:
            left_out.append(each.title or each.name)
            continue
        written += len(text)
        yield text
    if not any(rows for _, rows in shown):
        yield "Nothing to show.\n"
    if left_out:
        yield f"\nToo long for a comment: {', '.join(map(_escaped, left_out))}.\n"


def _section(each: Table, rows: Sequence[Row], *, folded: bool) -> Iterator[str]:
    title = each.title or each.name
    if folded:
        yield f"\n<details>\n<summary>{html.escape(title)}</summary>\n\n"
    else:
        yield f"### {_escaped(title)}\n\n"
    yield from _grid(each.columns, rows)
    for note in each.notes:
        yield f"\n{_escaped(note)}\n"
    if folded:
        yield "\n</details>\n"


def _grid(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[str]:
    texts = []
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows]
        plain = aligned(cells) if column.kind is Kind.NUMBER else [words(cell) for cell in cells]
        texts.append([_cell(column, text) for text in plain])
    yield _line([_escaped(column.heading) for column in columns])
    yield _line(["---:" if column.kind in _NUMBERS else "---" for column in columns])
    for row in zip(*texts, strict=True):
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(column: Column, text: str) -> str:
    escaped = _escaped(" ".join(text.split()))
    # Blanks between thousands must not break a number over two lines.
    return escaped.replace(" ", "\u00a0") if column.kind in _NUMBERS else escaped


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\u200b").replace("#", "\\#")
