"""Variants and options as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from attrs import evolve, frozen

from cmf.analysis.takerates import Taken
from cmf.model.catalog import AxisKind, Catalog
from cmf.problem.formula import TRUE, holds
from cmf.problem.problem import Problem, Quantity, Variant
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.words import words

_GROUPS = {AxisKind.FEATURE: "Vehicle", AxisKind.SLOT: "Modules"}
_FIGURES = "Figures"
_DIGITS = 10**12
_FEW = 4
"""Excluded options of one axis that are listed one by one."""


def variant_columns(catalog: Catalog, problem: Problem) -> tuple[Column, ...]:
    """A column for every axis, then one for every quantity, in declared order."""
    kinds = {axis.name: axis.kind for axis in catalog.axes}
    axes = [
        Column(variable.name, group=_GROUPS[kinds.get(variable.name, AxisKind.FEATURE)])
        for variable in problem.variables
    ]
    return (*axes, *(_quantity_column(quantity) for quantity in problem.quantities.values()))


def variant_rows(problem: Problem, variants: Iterable[Variant]) -> Iterator[Row]:
    """Option names and quantities of each variant, in the order of the columns."""
    figures = [_Figure.of(quantity) for quantity in problem.quantities.values()]
    names = [variable.options for variable in problem.variables]
    for variant in variants:
        cells: list[Cell] = [options[o] for options, o in zip(names, variant, strict=True)]
        cells += [figure.on(variant) for figure in figures]
        yield cells


def variant_table(catalog: Catalog, problem: Problem, rows: Iterable[Row]) -> Table:
    """Variants, one a row; `rows` in the order of `variant_columns`, walked once."""
    return Table("variants", variant_columns(catalog, problem), rows)


def variant_layout(variants: Table) -> tuple[Table, ...]:
    """Variants for people: what all have in common once, then the columns in which they differ."""
    rows = list(variants.rows)
    if not rows:
        return ()
    order = _in_reading_order(variants.columns)
    alike = [n for n in order if len({words(row[n]) for row in rows}) == 1]
    differ = [n for n in order if n not in alike]
    common = table(
        "common",
        [
            Column("name", title="In common" if len(rows) > 1 else "Variant"),
            Column("value", title=" "),
        ],
        [(variants.columns[n].name, _with_unit(variants.columns[n], rows[0][n])) for n in alike],
    )
    shown = table(
        "variants",
        [Column("no", Kind.WHOLE), *(variants.columns[n] for n in differ)],
        [(number, *(row[n] for n in differ)) for number, row in enumerate(rows, start=1)],
    )
    return (common,) if len(rows) == 1 else (common, shown)


def _in_reading_order(columns: Sequence[Column]) -> list[int]:
    """Column numbers: what the vehicle is, what it is built of, what comes out."""
    order: Mapping[str, int] = {"Vehicle": 0, "Modules": 1, _FIGURES: 2}
    return sorted(range(len(columns)), key=lambda n: (order.get(columns[n].group, 3), n))


def _with_unit(column: Column, cell: Cell) -> str:
    return f"{words(cell)} {column.unit}".rstrip() if cell is not None else words(cell)


def _quantity_column(quantity: Quantity) -> Column:
    factor = quantity.unit.factor
    whole = quantity.offset % factor == 0 and all(
        int(term.default) % factor == 0 and not (term.costs % factor).any()
        for term in quantity.terms
    )
    unit = quantity.unit.symbol
    return Column(
        quantity.name,
        Kind.WHOLE if whole else Kind.NUMBER,
        unit="" if unit == "1" else unit,
        group=_FIGURES,
    )


@frozen(eq=False)
class _Figure:
    """A quantity whose cost tables are looked up instead of searched, for very many variants."""

    quantity: Quantity
    terms: tuple[tuple[tuple[int, ...], Mapping[tuple[int, ...], int], int], ...]

    @classmethod
    def of(cls, quantity: Quantity) -> _Figure:
        terms = []
        for term in quantity.terms:
            keys = map(tuple, term.rows.tolist())
            terms.append(
                (term.scope, dict(zip(keys, term.costs.tolist(), strict=True)), term.default)
            )
        return cls(quantity, tuple(terms))

    def on(self, variant: Variant) -> int | float | None:
        """The value in the unit of the quantity."""
        if self.quantity.defined != TRUE and not holds(self.quantity.defined, variant):
            return None
        value = self.quantity.offset + sum(
            known.get(tuple([variant[v] for v in scope]), default)
            for scope, known, default in self.terms
        )
        factor = self.quantity.unit.factor
        return value // factor if value % factor == 0 else value / factor


def option_table(states: Iterable[tuple[str, str, str, int | None, Ratio | None]]) -> Table:
    """Options, one a row: axis, option, status, variants that take it, their share of all."""
    columns = (
        Column("axis"),
        Column("option"),
        Column("status"),
        Column("variants", Kind.WHOLE),
        Column("share", Kind.RATIO),
    )
    return table("options", columns, states)


def option_layout(options: Table) -> Table:
    """Options for people: each axis named once, many excluded options in one row."""
    rows: list[Row] = []
    for axis, group in groupby(options.rows, key=itemgetter(0)):
        own = [list(row) for row in group]
        excluded = [row for row in own if row[2] == "excluded"]
        if len(excluded) > _FEW:
            names = ", ".join(words(row[1]) for row in excluded)
            own = [row for row in own if row[2] != "excluded"]
            own.append([axis, names, f"{len(excluded)} excluded", *excluded[0][3:]])
        rows += [["" if number else axis, *row[1:]] for number, row in enumerate(own)]
    columns = tuple(
        evolve(column, kind=Kind.PROSE) if column.name == "option" else column
        for column in options.columns
    )
    return Table(options.name, columns, rows)


def rate_table(taken: Iterable[Taken]) -> Table:
    """Take rates of options, and the shares with which they are drawn, to twelve digits."""
    columns = (
        Column("axis"),
        Column("option"),
        Column("rate", Kind.RATIO),
        Column("share", Kind.RATIO),
    )
    rows = [
        (each.axis, each.option, _rounded(each.rate), _rounded(each.share))
        for each in taken
        if each.rate or each.share
    ]
    return table("take_rates", columns, rows)


def _rounded(part: Fraction) -> Ratio:
    if part.denominator > _DIGITS:
        part = Fraction(round(part * _DIGITS), _DIGITS)
    return Ratio(part.numerator, part.denominator)


def count_table(names: Sequence[str], counts: Iterable[tuple[Sequence[str], int]]) -> Table:
    """Numbers of variants by the options of some axes."""
    columns = [*(Column(name) for name in names), Column("variants", Kind.WHOLE)]
    return table("counts", columns, [(*options, number) for options, number in counts])
