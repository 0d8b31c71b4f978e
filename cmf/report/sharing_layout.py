"""Sharing ratios of a line-up as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from attrs import frozen

from cmf.analysis.commonality.basis import VEHICLE, Metric, NotEvaluable, Result, Weight
from cmf.analysis.sharing import WEIGHTS
from cmf.model.catalog import Scope
from cmf.report.sharing import ScopeShares
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import number, percent, shortened

NOT_EVALUABLE = "not evaluable"

_CAUSES = 3
"""Causes that are printed below one table."""

_TITLES: Mapping[Weight, str] = MappingProxyType(
    {
        Weight.PART_NUMBER: "part numbers",
        Weight.INSTANCE: "instances",
        Weight.SPEND: "spend",
        Weight.MASS: "mass",
        Weight.INVESTMENT: "investment",
        Weight.LIST_COST: "list cost",
    }
)


def sharing_layout(scopes: Sequence[ScopeShares]) -> Iterator[Table]:
    """The ratios from the particular to the general, so that the line-up's own stand last.

    The first scope is shown in full; of the others what each brand shares. The data hold all.
    """
    first = scopes[0]
    yield _groups(first, VEHICLE, VEHICLE)
    for population in first.crossing[:1]:
        yield _groups(first, VEHICLE, population)
    for shares in scopes:
        for population in first.crossing if shares is first else first.crossing[:1]:
            yield _matrix(shares, population, Weight.PART_NUMBER)
            if shares is first:
                yield _matrix(shares, population, Weight.SPEND)
            yield _groups(shares, population, population)
    yield _family(scopes)


def _family(scopes: Sequence[ScopeShares]) -> Table:
    """The line-up as a whole: a line for every scope and weight."""
    k, populations = scopes[0].k, scopes[0].sharing.populations
    rows: list[Row] = []
    found: list[Result] = []
    for shares in scopes:
        results = shares.sharing.family(k)
        found += results
        for place, weight in enumerate(WEIGHTS):
            family = results[place :: len(WEIGHTS)]
            scale = _Scale.of(shares, weight, family)
            scope = "" if place else shares.scope.name
            rows.append((scope, _title(weight, scale), *map(scale.cell, family)))
    columns = [
        Column("scope"),
        Column("weight"),
        *(Column(p, Kind.RATIO, f"in ≥ {k} {_plural(p)}") for p in populations),
    ]
    title = f"Share of the line-up on parts used in ≥ {k}  [metric share, level part, k = {k}]"
    notes = [*map(_scope_words, (each.scope for each in scopes)), *_causes(found)]
    return table("family", columns, rows, title=title, notes=notes)


def _groups(shares: ScopeShares, by: str, population: str) -> Table:
    """Every vehicle (brand, company) seen for itself."""
    found = shares.sharing.of(by, population, shares.k)
    scales = [
        _Scale.of(shares, weight, [results[place] for results in found.values()])
        for place, weight in enumerate(WEIGHTS)
    ]
    columns = [
        Column(weight.value, Kind.RATIO, _TITLES[weight], scale.unit)
        for weight, scale in zip(WEIGHTS, scales, strict=True)
    ]
    rows = [
        (
            _called(shares, by, group),
            *(scale.cell(result) for scale, result in zip(scales, results, strict=True)),
        )
        for group, results in found.items()
    ]
    title = (
        f"{shares.scope.name}: share of each {by} on parts used in "
        f"≥ {shares.k} {_plural(population)}  [metric share, k = {shares.k}]"
    )
    causes = _causes([result for results in found.values() for result in results])
    return table(f"{by}_{population}", [Column(by), *columns], rows, title=title, notes=causes)


def _matrix(shares: ScopeShares, population: str, weight: Weight) -> Table:
    """What each brand (company) shares with each other."""
    title = (
        f"{shares.scope.name}: {_TITLES[weight]} of the row's {population} "
        f"on parts of the column's {population}"
    )
    matrix = shares.sharing.matrix(population, weight)
    if isinstance(matrix, NotEvaluable):
        columns = [Column("share"), Column("cause", Kind.PROSE)]
        return table("matrix", columns, [(NOT_EVALUABLE, matrix.cause)], title=title)
    results = {a: {b: matrix.at(a, b) for b in matrix.labels} for a in matrix.labels}
    scale = _Scale.of(shares, weight, [r for row in results.values() for r in row.values()])
    rows = [
        (a, *("·" if a == b else scale.cell(results[a][b]) for b in matrix.labels))
        for a in matrix.labels
    ]
    columns = [Column(population), *(Column(b, Kind.RATIO) for b in matrix.labels)]
    basis = f"[carry-over, {scale.unit}]" if scale.unit else "[carry-over]"
    return table("matrix", columns, rows, title=f"{title}  {basis}")


@frozen
class _Scale:
    """How numerators and denominators of one column are printed.

    Attributes
    ----------
    divisor
        Base units in one of the printed unit.
    """

    divisor: int
    unit: str

    @classmethod
    def of(cls, shares: ScopeShares, weight: Weight, results: Sequence[Result]) -> _Scale:
        if weight in (Weight.PART_NUMBER, Weight.INSTANCE):
            return cls(1, "")
        symbol = shares.currency.symbol
        base, units = shares.currency.factor, [symbol, f"k {symbol}", f"M {symbol}", f"bn {symbol}"]
        if weight is Weight.MASS:
            base, units = 1000, ["kg", "t", "kt"]
        greatest = max((r.denominator for r in results if isinstance(r, Metric)), default=0)
        steps = [base * 1000**step for step in range(len(units))]
        fitting = (n for n, divisor in enumerate(steps) if greatest < 10**5 * divisor)
        chosen = next(fitting, len(units) - 1)
        return cls(steps[chosen], units[chosen])

    def cell(self, result: Result) -> str:
        """``72.2 %  13/18``."""
        if isinstance(result, NotEvaluable):
            return NOT_EVALUABLE
        upper, lower = (self._number(each) for each in (result.numerator, result.denominator))
        return f"{percent(result.value)}  {upper}/{lower}"

    def _number(self, value: int | Fraction) -> str:
        return number(Fraction(value, self.divisor), 0)


def _title(weight: Weight, scale: _Scale) -> str:
    return f"{_TITLES[weight]} [{scale.unit}]" if scale.unit else _TITLES[weight]


def _called(shares: ScopeShares, by: str, group: str) -> str:
    if by != VEHICLE:
        return group
    return shortened(f"{group} {shares.names[group]}")


def _plural(population: str) -> str:
    return f"{population[:-1]}ies" if population.endswith("y") else f"{population}s"


def _scope_words(scope: Scope) -> str:
    parts = [scope.title] if scope.title else [", ".join(scope.slots)]
    if scope.exclude:
        parts.append(f"without {', '.join(sorted(scope.exclude))}")
    return f"{scope.name}: {', '.join(parts)}"


def _causes(results: Sequence[Result]) -> tuple[str, ...]:
    causes = dict.fromkeys(r.cause for r in results if isinstance(r, NotEvaluable))
    notes = [f"{NOT_EVALUABLE}: {cause}" for cause in causes]
    more = len(notes) - _CAUSES
    return (*notes[:_CAUSES], f"and {more} more") if more > 0 else tuple(notes)
