"""Resolution of tables: every row lists combinations that go together."""

from __future__ import annotations

import re

from attrs import frozen

from cmf.errors import fail
from cmf.model.catalog import Choice, ChoiceSet, Flag, TableText, Value
from cmf.model.units import PURE, UNITS, Unit, parse_number, to_base
from cmf.rules import typed as t
from cmf.rules.faults import Faults, Piece
from cmf.rules.names import Names, Number, Typed, unit_remedy
from cmf.rules.parse import parse
from cmf.rules.printing import to_text
from cmf.rules.values import Values
from cmf.source import Text

ANYTHING = "*"
_NUMBER = re.compile(r"\s*([-+]?[0-9][0-9 _]*(?:\.[0-9]+)?)\s*([^\W\d]\w*)?\s*\Z")
_BLANKS = re.compile("[\u00a0\u202f]")


@frozen
class Column:
    """A column with its canonical header."""

    text: str
    typed: Typed


def match(names: Names, table: TableText) -> tuple[t.Match, tuple[Column, ...]]:
    """The typed table and its columns.

    Raises
    ------
    InputError
        With every fault of the header, or else of the rows.
    """
    faults = Faults()
    columns: list[Column] = []
    for header in table.columns:
        with faults:
            columns.append(_column(names, header, columns))
    faults.settle()
    if not table.rows:
        span = table.columns[0].span if table.columns else None
        raise fail("empty-table", "the table has no rows", span, "add a row, or remove the rule")
    rows: list[tuple[t.Test | None, ...]] = []
    for row in table.rows:
        if faults.full:
            break
        with faults:
            rows.append(_row(names, columns, row))
    faults.settle()
    return t.Match(tuple(c.typed.expr for c in columns), tuple(rows)), tuple(columns)


def _column(names: Names, header: Text, before: list[Column]) -> Column:
    tree = parse(header)
    typed = Values(names, header).value(tree)
    text = to_text(tree)
    if isinstance(typed.type, ChoiceSet):
        message = f"`{text}` is a set, and a cell holds one value"
        raise fail("type-clash", message, header.span, "write a rule with `in` instead")
    if any(column.text == text for column in before):
        raise fail("duplicate-column", f"the column `{text}` stands twice", header.span)
    return Column(text, typed)


def _row(names: Names, columns: list[Column], row: tuple[Text, ...]) -> tuple[t.Test | None, ...]:
    if len(row) != len(columns):
        message = f"the row has {len(row)} cells, the header has {len(columns)}"
        span = row[0].span if row else None
        raise fail("row-width", message, span, f"write `{ANYTHING}` where anything goes")
    faults = Faults()
    tests: list[t.Test | None] = []
    for column, cell in zip(columns, row, strict=True):
        with faults:
            tests.append(_cell(names, column, cell))
    faults.settle()
    return tuple(tests)


def _cell(names: Names, column: Column, cell: Text) -> t.Test | None:
    if cell.value.strip() == ANYTHING:
        return None
    accepted: list[Value | tuple[int, int]] = []
    faults = Faults()
    start = 0
    for part in cell.value.split("|"):
        begin = start + len(part) - len(part.lstrip())
        piece = Piece(cell, begin, begin + len(part.strip()))
        start += len(part) + 1
        with faults:
            accepted.append(_alternative(names, column, piece))
    faults.settle()
    return tuple(accepted)


def _alternative(names: Names, column: Column, piece: Piece) -> Value | tuple[int, int]:
    part = piece.written
    if not part:
        remedy = f"write `{ANYTHING}` where anything goes"
        raise piece.fault("empty-cell", f"a cell of `{column.text}` is empty", remedy)
    match column.typed.type:
        case Flag():
            if part in ("true", "false"):
                return part == "true"
            message = f"`{column.text}` is true or false, not `{part}`"
            raise piece.fault("type-clash", message, "write `true` or `false`")
        case Choice(domain):
            word = part[1:-1] if re.fullmatch(r"'[^']*'|\"[^\"]*\"", part) else part
            return names.find(word, domain, piece)
        case Number() as type_:
            return _Numeric(column.text, type_, piece).value()
    raise TypeError(column.typed.type)


@frozen
class _Numeric:
    """An alternative of a column of numbers: its name, its type, and the text."""

    name: str
    type: Number
    piece: Piece

    def value(self) -> int | tuple[int, int]:
        """A number or a closed range, in base units."""
        written = _BLANKS.sub(" ", self.piece.written)
        low, dots, high = written.partition("..")
        if not dots:
            return self._number(written, self.type.unit)
        found = _NUMBER.match(high)
        shared = found[2] if found else None  # `2530..2560 mm` gives both ends the unit
        first = self._number(low, UNITS.get(shared or "", self.type.unit))
        last = self._number(high, self.type.unit)
        if first > last:
            remedy = "write the smaller number first"
            raise self.piece.fault("empty-range", f"the range `{written}` is empty", remedy)
        return first, last

    def _number(self, text: str, unit: Unit | None) -> int:
        found = _NUMBER.match(text)
        number = parse_number(found[1]) if found else None
        if found is None or number is None:
            message = f"`{text.strip()}` is not a number; `{self.name}` is one"
            remedy = "write a number, `low..high`, or `a|b`"
            raise self.piece.fault("type-clash", message, remedy)
        if found[2]:
            unit = UNITS.get(found[2])
            if unit is None:
                message = f"there is no unit `{found[2]}`"
                raise self.piece.fault("unknown-unit", message, unit_remedy(found[2]))
        unit = unit or PURE
        if unit.dimension != self.type.dimension:
            own = self.type.unit
            message = f"`{text.strip()}` does not measure `{self.name}`"
            remedy = f"write it in {own.symbol}" if own else "write it with its unit"
            raise self.piece.fault("unit-clash", message, remedy)
        base = to_base(number, unit)
        if base is None:
            message = f"`{text.strip()}` is no whole number of the smallest unit, or too large"
            raise self.piece.fault("not-whole", message, "round it")
        return base
