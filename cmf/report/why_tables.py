"""Reasons and repairs as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import evolve, frozen

from cmf.analysis.commonality.basis import Metric
from cmf.analysis.why import Conflict, Implied, Impossible, Possible, Repair, Replacement
from cmf.analysis.why.effect import Effect, Effects
from cmf.analysis.why.joining import Joining
from cmf.analysis.why.least import Least
from cmf.problem.problem import Constraint, Problem, Quantity
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.why import Sentences

SHARE_CHANGE = "share_difference"
"""Name of the column with the change of a line-up's sharing."""

_SHARE_CHANGE = Column(SHARE_CHANGE, Kind.TEXT, "± sharing", "points")

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
    joining
        Measures the sharing of a line-up with each repair; `None` when there is no line-up.
    """

    problem: Problem
    effects: Effects
    quantity: Quantity | None
    least: Least | None
    joining: Joining | None = None

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
        columns = [
            Column("repair", Kind.WHOLE, "no"),
            Column("weight", Kind.WHOLE),
            Column("give_up", Kind.PROSE, "give up"),
            Column("take", Kind.PROSE),
            Column("difference", Kind.NUMBER, f"± {name}", symbol),
            Column("kept", Kind.RATIO, "parts kept"),
        ]
        if self.least is not None:
            columns.append(Column("least", Kind.NUMBER, "least", symbol))
        if self.joining is not None:
            columns += [Column("share", Kind.RATIO), _SHARE_CHANGE]
        return tuple(columns)

    def _rows(self, repair: Repair) -> list[Row]:
        """A row for every replacement, the cheapest first."""
        given_up = "; ".join(map(_named, repair.given_up))
        if not repair.replacements:
            cells = (repair.weight, given_up, None, None, None)
            return [(*cells, *self._least(repair, None), *self._sharing(repair, None))]
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
                *self._sharing(repair, each),
            )
            for each, effect, least in measured
        ]

    def _least(self, repair: Repair, replacement: Replacement | None) -> tuple[Cell, ...]:
        """A cell with the least value, or none when it is not asked for."""
        if self.least is None:
            return ()
        return (self._shown(self.least.of(repair, replacement)),)

    def _sharing(self, repair: Repair, replacement: Replacement | None) -> tuple[Cell, ...]:
        """The share of the line-up with a repair and its change, when there is a line-up."""
        if self.joining is None:
            return ()
        shift = self.joining.of(repair, replacement)
        if shift is None or not isinstance(shift.new, Metric):
            return None, None
        change = None if shift.difference is None else str(shift.difference)
        return Ratio(shift.new.numerator, shift.new.denominator), change

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


def shortened_repairs(repairs: Table, notes: Iterable[str] = ()) -> Table:
    """A few replacements of each repair, for people, without columns that say nothing."""
    rows: list[Row] = []
    for _, group in groupby(_in_points(repairs), key=lambda row: row[0]):
        first, *others = group
        rows.append(first)
        rows += [("", "", "", *row[3:]) for row in others[: SHOWN - 1]]
        if len(others) >= SHOWN:
            more = f"or {len(others) - SHOWN + 1} more"
            rows.append(("", "", "", more, *[""] * (len(first) - 4)))
    names = [column.name for column in repairs.columns]
    told = [n for n, name in enumerate(names) if _says(rows, n) and name != "share"]
    shown = [[row[place] for place in told] for row in rows]
    columns = [
        evolve(column, kind=Kind.NUMBER) if column.name == SHARE_CHANGE else column
        for column in repairs.columns
    ]
    return table("repairs", [columns[place] for place in told], shown, notes=notes)


def _in_points(repairs: Table) -> Iterator[Row]:
    """The rows with the change of sharing in percentage points."""
    names = [column.name for column in repairs.columns]
    for row in repairs.rows:
        yield [
            points(Fraction(cell)) if name == SHARE_CHANGE and isinstance(cell, str) else cell
            for name, cell in zip(names, row, strict=True)
        ]


def points(difference: Fraction) -> str:
    """A difference of ratios in percentage points, such as ``+0.40``; for display only."""
    hundredths = round(abs(difference) * 10_000)
    sign = "-" if difference < 0 else "+" if difference else ""
    if difference and not hundredths:
        return f"{sign}0.00…"
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def sharing_note(joining: Joining, lineup: str) -> str:
    """What the change of sharing is a change of."""
    before = joining.before
    now = (
        f"now {before.percent()}, {before.numerator}/{before.denominator}"
        if isinstance(before, Metric)
        else before.cause
    )
    place = f"in place of {joining.instead}" if joining.instead else "as one more vehicle"
    return (
        f"± sharing: change of [{before.basis.text}] of line-up {lineup} ({now}) with the vehicle, "
        f"completed at least {joining.cheapest.quantity}, {place}"
    )


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
