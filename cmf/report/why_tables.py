"""Reasons and repairs as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import frozen

from cmf.analysis.why import Conflict, Implied, Impossible, Possible, Repair, Replacement
from cmf.analysis.why.effect import Effect, Effects
from cmf.analysis.why.least import Least
from cmf.problem.problem import Constraint, Problem, Quantity
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.why import Sentences

SHOWN = 3
"""Other options of one choice that a terminal shows."""


def conflict_table(answer: Impossible) -> Table:
    """Every choice and rule of every conflict, one a row."""
    columns = (
        Column("conflict", Kind.WHOLE),
        Column("kind"),
        Column("name"),
        Column("says", Kind.PROSE),
        Column("reason", Kind.PROSE),
        Column("owner"),
        Column("source"),
        Column("file"),
        Column("line", Kind.WHOLE),
    )
    rows = [
        row
        for number, conflict in enumerate(answer.conflicts, start=1)
        for row in _constraint_rows(number, conflict)
    ]
    return table("conflicts", columns, rows)


def _constraint_rows(number: int, conflict: Conflict) -> Iterator[Row]:
    for each in conflict.constraints:
        origin = each.origin
        yield (
            number,
            origin.kind,
            origin.name,
            origin.text or None,
            origin.reason or None,
            origin.owner or None,
            origin.source or None,
            origin.span.source.name if origin.span and origin.kind != "choice" else None,
            origin.span.line if origin.span and origin.kind != "choice" else None,
        )


def sentence_table(sentences: Sentences, conflicts: Sequence[Conflict]) -> Table:
    """The chain of every conflict, one sentence a row."""
    columns = (
        Column("conflict", Kind.WHOLE),
        Column("step", Kind.WHOLE),
        Column("sentence", Kind.PROSE),
    )
    rows = [
        (number, step, sentence)
        for number, conflict in enumerate(conflicts, start=1)
        for step, sentence in enumerate(sentences.conflict(conflict), start=1)
    ]
    return table("sentences", columns, rows)


def implied_table(problem: Problem, answer: Possible) -> Table:
    """Options that are forced, with the choices and rules that force them."""
    columns = (Column("axis"), Column("option"), Column("forced_by", Kind.PROSE))
    return table("implied", columns, (_implied_row(problem, each) for each in answer.implied))


def _implied_row(problem: Problem, implied: Implied) -> Row:
    axis = problem.variables[implied.fact.variable]
    causes = [
        each.origin.name
        for each in implied.conflict.constraints
        if each.origin.kind != "supposition"
    ]
    (option,) = implied.fact.options
    return axis.name, axis.options[option], "; ".join(causes)


@frozen
class RepairRows:
    """Repairs with the effect of what takes the place of a choice.

    Attributes
    ----------
    quantity
        What differences are of; `None` for nothing.
    least
        Finds the least value with each repair; `None` when it is not asked for.
    """

    problem: Problem
    effects: Effects
    quantity: Quantity | None
    least: Least | None

    def table(self, repairs: Iterable[Repair]) -> Table:
        """All repairs with all replacements, the cheapest first."""
        rows = [
            (number, *row)
            for number, repair in enumerate(repairs, start=1)
            for row in self._rows(repair)
        ]
        return table("repairs", self._columns(), rows)

    def _columns(self) -> tuple[Column, ...]:
        quantity = self.quantity
        name = quantity.name if quantity else "cost"
        symbol = quantity.unit.symbol if quantity and quantity.unit.symbol != "1" else ""
        columns = (
            Column("repair", Kind.WHOLE, "no"),
            Column("weight", Kind.WHOLE),
            Column("give_up", Kind.PROSE, "give up"),
            Column("take", Kind.PROSE),
            Column("difference", Kind.NUMBER, f"± {name}", symbol),
            Column("kept", Kind.RATIO, "parts kept"),
        )
        if self.least is None:
            return columns
        return (*columns, Column("least", Kind.NUMBER, "least", symbol))

    def _rows(self, repair: Repair) -> list[Row]:
        """A row for every replacement, the cheapest first."""
        given_up = "; ".join(map(_named, repair.given_up))
        if not repair.replacements:
            cells = (repair.weight, given_up, None, None, None)
            return [(*cells, *self._least(repair, None))]
        measured = [
            (each, self.effects.of(each), self._least(repair, each)) for each in repair.replacements
        ]
        measured.sort(key=lambda row: _order(*row[2], row[1].difference))
        return [
            (
                repair.weight,
                given_up,
                self._names(each),
                self._shown(effect.difference),
                _kept(effect),
                *least,
            )
            for each, effect, least in measured
        ]

    def _least(self, repair: Repair, replacement: Replacement | None) -> tuple[Cell, ...]:
        """A cell with the least value, or none when it is not asked for."""
        if self.least is None:
            return ()
        return (self._shown(self.least.of(repair, replacement)),)

    def _names(self, replacement: Replacement) -> str:
        variables = self.problem.variables
        return "; ".join(
            f"{variables[v].name} == {variables[v].options[o]}"
            for v, o in replacement.options.items()
        )

    def _shown(self, value: int | None) -> Cell:
        if value is None or self.quantity is None:
            return None
        shown = Fraction(value, self.quantity.unit.factor)
        return int(shown) if shown.denominator == 1 else float(shown)


def shortened_repairs(repairs: Table) -> Table:
    """A few replacements of each repair, for people, without columns that say nothing."""
    rows: list[Row] = []
    for _, group in groupby(repairs.rows, key=lambda row: row[0]):
        first, *others = group
        rows.append(first)
        rows += [("", "", "", *row[3:]) for row in others[: SHOWN - 1]]
        if len(others) >= SHOWN:
            more = f"or {len(others) - SHOWN + 1} more"
            rows.append(("", "", "", more, *[""] * (len(first) - 4)))
    told = [place for place in range(len(repairs.columns)) if _says(rows, place)]
    shown = [[row[place] for place in told] for row in rows]
    return table("repairs", [repairs.columns[place] for place in told], shown)


def _order(*values: Cell) -> list[tuple[bool, float]]:
    """Small values first, unknown ones last."""
    return [(value is None, value if isinstance(value, int | float) else 0) for value in values]


def _says(rows: Sequence[Row], place: int) -> bool:
    """Whether any cell of a column has a value."""
    return any(row[place] not in (None, "") for row in rows)


def _named(constraint: Constraint) -> str:
    """What is given up: a choice as it was written, or what the catalogue says."""
    origin = constraint.origin
    if origin.kind == "choice":
        return origin.name
    what = {"effectivity": "the effectivity of ", "rule": "rule "}.get(origin.kind, "")
    owner = f" (owner {origin.owner})" if origin.owner else ""
    return f"{what}{origin.name}{owner}"


def _kept(effect: Effect) -> Cell:
    return Ratio(effect.kept, effect.wished) if effect.wished else None
