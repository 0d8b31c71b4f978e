"""Small changes of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve, frozen

from cmf.errors import InputError
from cmf.model.catalog import TableText
from cmf.rules.edits import Editor, near, shifted
from cmf.rules.parse import parse
from cmf.source import Text

_NUMBER = re.compile(r"\d[\d _]*(?:\.\d+)?")


@frozen
class Altered:
    """A table with one change."""

    table: TableText
    operator: str
    before: str
    after: str


def table_changes(editor: Editor, table: TableText) -> Iterator[Altered]:
    """Every row dropped, and every cell altered."""
    for place, row in enumerate(table.rows):
        rest = (*table.rows[:place], *table.rows[place + 1 :])
        shown = ",".join(cell.value for cell in row)
        if rest:
            yield Altered(evolve(table, rows=rest), "drop row", shown, "")
        for column, cell in enumerate(row):
            for value in _cells(editor, table.columns[column], cell.value):
                changed = (*row[:column], Text(value, cell.span), *row[column + 1 :])
                rows = (*table.rows[:place], changed, *table.rows[place + 1 :])
                after = ",".join(each.value for each in changed)
                yield Altered(evolve(table, rows=rows), "alter cell", shown, after)


def _cells(editor: Editor, header: Text, cell: str) -> Iterator[str]:
    """Cells near a cell: an alternative dropped or swapped, a number moved."""
    try:
        words = editor.domain(parse(header))
    except InputError:
        return
    alternatives = [word.strip() for word in cell.split("|")]
    if set(alternatives) <= set(words):
        for place, word in enumerate(alternatives):
            if len(alternatives) > 1:
                yield "|".join((*alternatives[:place], *alternatives[place + 1 :]))
            for other in near(words, word, alternatives)[:1]:
                yield "|".join((*alternatives[:place], other, *alternatives[place + 1 :]))
        return
    for found in _NUMBER.finditer(cell):
        written = found.group().rstrip()
        try:
            value = Fraction(written.replace(" ", "").replace("_", ""))
        except ValueError:
            continue
        for moved in shifted(value):
            end = found.start() + len(written)
            yield cell[: found.start()] + _decimal(moved) + cell[end:]


def _decimal(value: Fraction) -> str:
    """A value with a finite decimal expansion."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
