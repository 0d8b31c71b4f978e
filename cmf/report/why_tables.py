"""Reasons and repairs as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from attrs import frozen

from cmf.analysis.why import Conflict, Implied, Impossible, Possible, Repair, Replacement
from cmf.analysis.why.effect import Effect, Effects
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
    """

    problem: Problem
    effects: Effects
    quantity: Quantity | None

    def table(self, repairs: Iterable[Repair]) -> Table:
        """All repairs with all replacements, the cheapest first."""
        rows = [
            (number, *row)
            for number, repair in enumerate(repairs, start=1)
            for row in self._rows(repair)
        ]
        return table("repairs", self._columns(), rows)

    def layout(self, repairs: Iterable[Repair]) -> Table:
        """The same for people: a few replacements of each."""
        rows: list[Row] = []
        for number, repair in enumerate(repairs, start=1):
            first, *others = self._rows(repair)
            rows.append((number, *first))
            rows += [("", "", "", *row[2:]) for row in others[: SHOWN - 1]]
            if len(others) >= SHOWN:
                rows.append(("", "", "", f"or {len(others) - SHOWN + 1} more", "", ""))
        return table("repairs", self._columns(), rows)

    def _columns(self) -> tuple[Column, ...]:
        quantity = self.quantity
        name = quantity.name if quantity else "cost"
        symbol = quantity.unit.symbol if quantity and quantity.unit.symbol != "1" else ""
        return (
            Column("repair", Kind.WHOLE, "no"),
            Column("weight", Kind.WHOLE),
            Column("give_up", Kind.PROSE, "give up"),
            Column("take", Kind.PROSE),
            Column("difference", Kind.NUMBER, name, symbol),
            Column("kept", Kind.RATIO, "parts kept"),
        )

    def _rows(self, repair: Repair) -> list[Row]:
        """A row for every replacement, the cheapest first."""
        given_up = "; ".join(map(_named, repair.given_up))
        measured = [(each, self.effects.of(each)) for each in repair.replacements]
        measured.sort(key=lambda pair: (pair[1].difference is None, pair[1].difference or 0))
        if not measured:
            return [(repair.weight, given_up, None, None, None)]
        return [
            (repair.weight, given_up, self._names(each), self._change(effect), _kept(effect))
            for each, effect in measured
        ]

    def _names(self, replacement: Replacement) -> str:
        variables = self.problem.variables
        return "; ".join(
            f"{variables[v].name} == {variables[v].options[o]}"
            for v, o in replacement.options.items()
        )

    def _change(self, effect: Effect) -> Cell:
        if effect.difference is None or self.quantity is None:
            return None
        change = Fraction(effect.difference, self.quantity.unit.factor)
        return int(change) if change.denominator == 1 else float(change)


def _named(constraint: Constraint) -> str:
    """What is given up: a choice as it was written, or what the catalogue says."""
    origin = constraint.origin
    if origin.kind == "choice":
        return origin.name
    what = "the effectivity of" if origin.kind == "effectivity" else origin.kind
    owner = f" (owner {origin.owner})" if origin.owner else ""
    return f"{what} {origin.name}{owner}"


def _kept(effect: Effect) -> Cell:
    return Ratio(effect.kept, effect.wished) if effect.wished else None
