"""Resolution of tables: every row lists combinations that go together."""

from __future__ import annotations

import re

from attrs import frozen

from cmf.errors import InputError, fail
from cmf.model.catalog import Choice, ChoiceSet, Flag, TableText, Value
from cmf.model.units import PURE, UNITS, Unit, parse_number, to_base
from cmf.rules import typed as t
from cmf.rules.faults import Faults
from cmf.rules.names import Names, Number, Typed, unit_remedy
from cmf.rules.parse import parse
from cmf.rules.printing import to_text
from cmf.rules.values import Values
from cmf.source import Span, Text

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
        margin = len(part) - len(part.lstrip())
        place = cell.locate(start + margin, start + margin + len(part.strip()))
        start += len(part) + 1
        with faults:
            accepted.append(_alternative(names, column, part.strip(), place))
    faults.settle()
    return tuple(accepted)


def _alternative(names: Names, column: Column, part: str, place: Span) -> Value | tuple[int, int]:
    if not part:
        remedy = f"write `{ANYTHING}` where anything goes"
        raise fail("empty-cell", f"a cell of `{column.text}` is empty", place, remedy)
    part = _BLANKS.sub(" ", part)
    match column.typed.type:
        case Flag():
            if part in ("true", "false"):
                return part == "true"
            message = f"`{column.text}` is true or false, not `{part}`"
            raise fail("type-clash", message, place, "write `true` or `false`")
        case Choice(domain):
            word = part[1:-1] if re.fullmatch(r"'[^']*'|\"[^\"]*\"", part) else part
            return names.find(word, domain, place)
        case Number() as type_:
            return _numeric(part, place, column.text, type_)
    raise TypeError(column.typed.type)


def _numeric(part: str, place: Span, name: str, type_: Number) -> int | tuple[int, int]:
    low, dots, high = part.partition("..")
    if not dots:
        return _number(part, place, name, type_, type_.unit)
    unit = _unit_of(high) or type_.unit  # `2530..2560 mm` gives both ends the unit
    first = _number(low, place, name, type_, unit)
    last = _number(high, place, name, type_, unit)
    if first > last:
        message = f"the range `{part}` is empty"
        raise fail("empty-range", message, place, "write the smaller number first")
    return first, last


def _unit_of(text: str) -> Unit | None:
    found = _NUMBER.match(text)
    return UNITS.get(found[2]) if found and found[2] else None


def _number(text: str, place: Span, name: str, type_: Number, unit: Unit | None) -> int:
    found = _NUMBER.match(text)
    number = parse_number(found[1]) if found else None
    if found is None or number is None:
        message = f"`{text.strip()}` is not a number; `{name}` is one"
        remedy = "write a number, `low..high`, or `a|b`"
        raise fail("type-clash", message, place, remedy)
    if found[2]:
        unit = UNITS.get(found[2])
        if unit is None:
            message = f"there is no unit `{found[2]}`"
            raise fail("unknown-unit", message, place, unit_remedy(found[2]))
    unit = unit or PURE
    if unit.dimension != type_.dimension:
        raise _clash(text.strip(), place, name, type_)
    base = to_base(number, unit)
    if base is None:
        message = f"`{text.strip()}` is not a whole number of the smallest unit, or too large"
        raise fail("not-whole", message, place)
    return base


def _clash(text: str, place: Span, name: str, type_: Number) -> InputError:
    unit = type_.unit.symbol if type_.unit else None
    wanted = f"in {unit}" if unit else "of another dimension"
    return fail("unit-clash", f"`{text}` does not measure `{name}`, which is {wanted}", place)
