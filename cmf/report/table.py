"""Neutral tables: what is said, apart from how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from fractions import Fraction

from attrs import field, frozen


@frozen
class Ratio:
    """An exact ratio with what was counted, not reduced.

    Attributes
    ----------
    denominator
        Positive.
    percent
        Whether people read it in per cent; a number otherwise, such as a mean.
    """

    numerator: int | Fraction
    denominator: int | Fraction
    percent: bool = True

    @property
    def value(self) -> Fraction:
        """The reduced ratio."""
        return Fraction(self.numerator) / Fraction(self.denominator)


@frozen
class Exact:
    """An exact number that stands for itself; data hold it as text such as ``13/18``.

    Attributes
    ----------
    ratio
        Whether people read it in per cent.
    """

    value: Fraction
    ratio: bool = False


Cell = str | int | float | bool | Ratio | Exact | None
"""`None` is an empty cell: undefined, not evaluable, or not asked for."""

Row = Sequence[Cell]

Fact = Cell | Sequence[str] | Mapping[str, str]
"""What is said about a whole report: one value, a list of words, or words by name."""


class Kind(Enum):
    """What the cells of a column hold; prose is text that may be wrapped."""

    TEXT = "text"
    PROSE = "prose"
    WHOLE = "whole"
    NUMBER = "number"
    RATIO = "ratio"
    EXACT = "exact"
    FLAG = "flag"


@frozen
class Column:
    """A column.

    Attributes
    ----------
    name
        Key in JSON, CSV and Parquet; stable.
    title
        Heading for people; the name when empty.
    unit
        Symbol of the unit of every cell; empty for none.
    group
        Heading of neighbouring columns that belong together; may be empty.
    """

    name: str
    kind: Kind = Kind.TEXT
    title: str = ""
    unit: str = ""
    group: str = ""

    @property
    def heading(self) -> str:
        """Title with the unit."""
        title = self.title or self.name
        return f"{title} [{self.unit}]" if self.unit else title


@frozen
class Table:
    """Rows of cells.

    Attributes
    ----------
    name
        Key in JSON, name of the sheet in a workbook; stable.
    rows
        May be an iterator that can be walked once: a table that is larger than memory.
    notes
        Whole sentences printed below.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row] = field(repr=False)
    title: str = ""
    notes: tuple[str, ...] = ()


@frozen
class Report:
    """What a command answers.

    Attributes
    ----------
    command
        The command that asked, such as ``variants``.
    facts
        What holds for the whole answer, by a stable key.
    tables
        The data, the principal table first: JSON and workbooks hold all of them, CSV and Parquet
        the first.
    layout
        What a terminal shows instead of `tables`; empty when it shows the same.
    """

    command: str
    facts: Mapping[str, Fact]
    tables: tuple[Table, ...]
    layout: tuple[Table, ...] = ()


def table(
    name: str,
    columns: Iterable[Column],
    rows: Iterable[Row],
    *,
    title: str = "",
    notes: Iterable[str] = (),
) -> Table:
    """A table with its rows in memory."""
    return Table(name, tuple(columns), tuple(rows), title, tuple(notes))
