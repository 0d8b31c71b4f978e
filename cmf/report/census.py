"""Shares over whole variant spaces: as data, one comparison a row, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from cmf.analysis.census import Comparison, Witnessed
from cmf.analysis.commonality.basis import Metric, NotEvaluable
from cmf.analysis.commonality.bounds import Bounds
from cmf.problem.answer import Unknown
from cmf.problem.problem import Problem
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent, shortened

if TYPE_CHECKING:
    Figure = Witnessed | Metric | Bounds | NotEvaluable | Unknown

COLUMNS = (
    Column("one"),
    Column("other"),
    Column("variants_one", Kind.WHOLE),
    Column("variants_other", Kind.WHOLE),
    Column("pairs", Kind.WHOLE),
    Column("not_evaluable", Kind.WHOLE),
    Column("least", Kind.RATIO),
    Column("mean", Kind.RATIO),
    Column("mean_low", Kind.RATIO),
    Column("mean_high", Kind.RATIO),
    Column("greatest", Kind.RATIO),
    Column("expected", Kind.RATIO),
    Column("cause", Kind.PROSE),
)
"""Columns of the data; `mean` has a value where it is one fraction, its bounds always."""

FIGURES = ("least", "mean", "greatest", "expected")


def census_table(comparisons: Sequence[Comparison]) -> Table:
    """The comparisons as data."""
    rows = [
        (
            each.one,
            each.other,
            *each.variants,
            each.pairs,
            each.not_evaluable,
            _ratio(each.least),
            _ratio(each.mean),
            _ratio(each.mean.low) if isinstance(each.mean, Bounds) else None,
            _ratio(each.mean.high) if isinstance(each.mean, Bounds) else None,
            _ratio(each.greatest),
            _ratio(each.expected),
            "; ".join(causes(each)) or None,
        )
        for each in comparisons
    ]
    return table("census", COLUMNS, rows)


def witness_table(problem: Problem, comparisons: Sequence[Comparison]) -> Table:
    """The variants of the pairs of least and of greatest share, as data."""
    names = [variable.name for variable in problem.variables]
    columns = (
        Column("one"),
        Column("other"),
        Column("figure"),
        Column("side"),
        *(Column(f"axis:{name}", title=name) for name in names),
    )
    rows: list[Row] = []
    for each in comparisons:
        for figure in ("least", "greatest"):
            found = getattr(each, figure)
            if isinstance(found, Witnessed):
                for side, variant in (("one", found.one), ("other", found.other)):
                    options = problem.names(variant).values()
                    rows.append((each.one, each.other, figure, side, *options))
    return table("witnesses", columns, rows)


def census_layout(
    problem: Problem, comparisons: Sequence[Comparison], labels: Sequence[str]
) -> Iterator[Table]:
    """For people: matrices of several briefs, or one comparison with its witnesses."""
    if len(comparisons) == 1:
        yield from _one(problem, comparisons[0])
        return
    for figure in ("greatest", "least", "expected", "mean"):
        yield _matrix(comparisons, labels, figure)


def causes(comparison: Comparison) -> list[str]:
    """Why figures have no value."""
    found: dict[str, None] = {}
    for name in FIGURES:
        match getattr(comparison, name):
            case NotEvaluable(_, cause):
                found[f"{name} not evaluable: {cause}"] = None
            case Unknown(limit):
                found[f"{name} unknown: no answer within {limit}"] = None
            case _:
                pass
    return list(found)


def unknown(comparisons: Sequence[Comparison]) -> bool:
    """Whether a limit was reached before some figure."""
    return any(isinstance(getattr(each, name), Unknown) for each in comparisons for name in FIGURES)


_TITLES = {
    "least": "Least share of any pair of variants",
    "mean": "Mean share over all pairs of variants",
    "greatest": "Greatest share of any pair of variants",
    "expected": "Expected share of two independent builds (ratio of the means)",
}


def _matrix(comparisons: Sequence[Comparison], labels: Sequence[str], figure: str) -> Table:
    cells = {(each.one, each.other): each for each in comparisons}
    rows = [(one, *(_shown(cells.get((one, other)), figure) for other in labels)) for one in labels]
    columns = [Column("brief", title=""), *(Column(label, Kind.RATIO) for label in labels)]
    remarks = [
        f"{each.one}, {each.other}: {cause}"
        for each in comparisons
        for cause in causes(each)
        if cause.startswith(figure)
    ]
    title = f"{_TITLES[figure]}  [{_basis(comparisons[0])}]"
    return table(figure, columns, rows, title=title, notes=remarks[:3])


def _basis(comparison: Comparison) -> str:
    basis = comparison.basis
    weight = basis.weight.value if basis.weight else ""
    return f"{basis.metric}, weight {weight}, level {basis.level}, scope {basis.scope}"


def _shown(comparison: Comparison | None, figure: str) -> Cell:
    if comparison is None:
        return ""
    value = share_of(getattr(comparison, figure))
    return "-" if value is None else percent(value)


def _one(problem: Problem, comparison: Comparison) -> Iterator[Table]:
    for figure in ("least", "greatest"):
        found = getattr(comparison, figure)
        if isinstance(found, Witnessed):
            yield _witnesses(problem, comparison, figure, found)
    rows = [
        (_TITLES[name], _in_words(getattr(comparison, name)), _counted(getattr(comparison, name)))
        for name in FIGURES
    ]
    columns = [Column("figure", Kind.PROSE), Column("share", Kind.RATIO), Column("exact")]
    count = [number(many) for many in comparison.variants]
    pairs = f"{number(comparison.pairs)} pairs"
    if comparison.one == comparison.other:
        pairs += f" of different variants, {count[0]} variants meet {comparison.one}."
    else:
        pairs += f": {count[0]} variants meet {comparison.one}, {count[1]} meet {comparison.other}."
    notes = [pairs, *(f"{cause}." for cause in causes(comparison))]
    if comparison.not_evaluable:
        notes.append(f"{number(comparison.not_evaluable)} pairs have nothing to weigh.")
    title = f"{comparison.basis.direction}  [{_basis(comparison)}]"
    yield table("census", columns, rows, title=title, notes=notes)


def _witnesses(problem: Problem, comparison: Comparison, figure: str, found: Witnessed) -> Table:
    """A pair side by side, where they differ first."""
    one, other = problem.names(found.one), problem.names(found.other)
    apart = [(name, one[name], other[name]) for name in one if one[name] != other[name]]
    same = [f"{name} {one[name]}" for name in one if one[name] == other[name]]
    columns = [
        Column("axis", title=""),
        Column("one", title=shortened(comparison.one, 40)),
        Column("other", title=shortened(comparison.other, 40)),
    ]
    notes = [f"Alike: {', '.join(same)}."] if same else []
    title = f"A pair of {figure} share: {percent(found.ratio.value)}"
    return table(figure, columns, apart, title=title, notes=notes)


def share_of(figure: Figure) -> Fraction | None:
    """The share, of an enclosed mean the middle; `None` when it has no value."""
    match figure:
        case Witnessed(ratio):
            return ratio.value
        case Metric():
            return figure.value
        case Bounds(low, high):
            return (low + high) / 2
        case _:
            return None


def _in_words(figure: Figure) -> str:
    value = share_of(figure)
    if value is not None:
        return percent(value)
    return "unknown" if isinstance(figure, Unknown) else "not evaluable"


def _counted(figure: Figure) -> str | None:
    """What was counted, or how closely a mean is known."""
    match figure:
        case Witnessed(ratio):
            return f"{number(ratio.numerator)} / {number(ratio.denominator)}"
        case Metric():
            return f"{figure.value.numerator} / {figure.value.denominator}" if (
                figure.value.denominator < 10**9) else f"≈ {float(figure.value):.12f}"  # fmt: skip
        case Bounds(low, high) if low == high:
            return f"{low.numerator} / {low.denominator}" if low.denominator < 10**9 else (
                f"≈ {float(low):.12f}")  # fmt: skip
        case Bounds(low, high):
            return f"≈ {float((low + high) / 2):.12f} ± {float(high - low) / 2:.0e}"
        case _:
            return None


def _ratio(figure: Figure | Fraction) -> Ratio | None:
    match figure:
        case Fraction():
            return Ratio(figure.numerator, figure.denominator)
        case Witnessed(ratio):
            return Ratio(ratio.numerator, ratio.denominator)
        case Metric():
            return Ratio(figure.value.numerator, figure.value.denominator)
        case Bounds(low, high) if low == high:
            return Ratio(low.numerator, low.denominator)
        case _:
            return None
