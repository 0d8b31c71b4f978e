"""Reports as JSON: stable keys, exact numbers, one row a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from cmf.report.table import Cell, Exact, Fact, Ratio, Report, Table

FORMAT = 1
"""Raised when a key changes its meaning or goes away."""


def json_pieces(report: Report) -> Iterator[str]:
    """The JSON document of a report, piece by piece, so that great tables need no memory.

    Integers are exact and of any size. A ratio is an object with ``ratio`` (reduced, as text),
    ``decimal``, ``numerator`` and ``denominator``, an exact number its text.
    """
    head: Mapping[str, Fact] = {"format": FORMAT, "command": report.command, **report.facts}
    yield "{\n"
    yield ",\n".join(f"  {_key(name)}: {_text(plain_fact(fact))}" for name, fact in head.items())
    for table in report.tables:
        yield f",\n  {_key(table.name)}: ["
        yield from _rows(table)
        yield "]"
    yield "\n}\n"


def plain(cell: Cell) -> object:
    """A cell as JSON data."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, Ratio):
        return {
            "ratio": str(cell.value),
            "decimal": round(float(cell.value), 9),
            "numerator": _exact(cell.numerator),
            "denominator": _exact(cell.denominator),
        }
    return str(cell.value) if isinstance(cell, Exact) else cell


def plain_fact(fact: Fact) -> object:
    """A fact as JSON data."""
    if fact is None or isinstance(fact, str | int | float | Ratio | Exact):
        return plain(fact)
    return dict(fact) if isinstance(fact, Mapping) else list(fact)


def _rows(table: Table) -> Iterator[str]:
    names = [column.name for column in table.columns]
    separator = "\n    "
    for row in table.rows:
        cells = {name: plain(cell) for name, cell in zip(names, row, strict=True)}
        yield separator + _text(cells)
        separator = ",\n    "
    if separator.startswith(","):
        yield "\n  "


def _exact(number: object) -> int | str:
    return number if isinstance(number, int) else str(number)


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)
