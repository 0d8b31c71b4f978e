"""Sharing ratios of a line-up: as data, one ratio a row, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Result, Weight
from cmf.analysis.sharing import WEIGHTS, Sharing
from cmf.model.catalog import Scope
from cmf.model.units import Unit
from cmf.report.table import Column, Kind, Ratio, Row, Table, table
from cmf.report.words import number, percent

NOT_EVALUABLE = "not evaluable"

COLUMNS = (
    Column("scope"),
    Column("view"),
    Column("of"),
    Column("with"),
    Column("metric"),
    Column("weight"),
    Column("unit"),
    Column("level"),
    Column("population"),
    Column("k", Kind.WHOLE),
    Column("share", Kind.RATIO),
    Column("cause"),
)
"""Columns of the data; `view` is ``family``, ``vehicle``, ``brand`` … or ``pair``."""

_CAUSES = 3
"""Causes that are printed below one table."""

_TITLES: Mapping[Weight, str] = {
    Weight.PART_NUMBER: "part numbers",
    Weight.INSTANCE: "instances",
    Weight.SPEND: "spend",
    Weight.MASS: "mass",
    Weight.INVESTMENT: "investment",
    Weight.LIST_COST: "list cost",
}


@frozen
class ScopeShares:
    """All ratios of one scope.

    Attributes
    ----------
    currency
        Unit of costs and investments.
    names
        Vehicle id to its name.
    """

    sharing: Sharing
    scope: Scope
    k: int
    currency: Unit
    names: Mapping[str, str]

    @property
    def crossing(self) -> tuple[str, ...]:
        """The populations of several vehicles each: brands, companies."""
        return tuple(name for name in self.sharing.populations if name != "vehicle")

    def rows(self) -> Iterator[Row]:
        """The data, in the order of `COLUMNS`."""
        for result in self.sharing.family(self.k):
            yield self._row("family", "", "", result)
        for view, population in self.views():
            for group, results in self.sharing.of(view, population, self.k).items():
                for result in results:
                    yield self._row(view, group, "", result)
        for population in self.crossing:
            for weight in WEIGHTS:
                yield from self._pairs(population, weight)

    def views(self) -> Iterator[tuple[str, str]]:
        """Whose parts are looked at, and between whom they must be shared."""
        for population in self.sharing.populations:
            yield "vehicle", population
        for population in self.crossing:
            yield population, population

    def _pairs(self, population: str, weight: Weight) -> Iterator[Row]:
        matrix = self.sharing.matrix(population, weight)
        if isinstance(matrix, NotEvaluable):
            yield self._row("pair", "", "", matrix)
            return
        for a in matrix.labels:
            for b in matrix.labels:
                if a != b:
                    yield self._row("pair", a, b, matrix.at(a, b))

    def _row(self, view: str, of: str, other: str, result: Result) -> Row:
        basis = result.basis
        return (
            self.scope.name,
            view,
            of or None,
            other or None,
            basis.metric,
            basis.weight.value if basis.weight else None,
            self.unit(basis.weight),
            basis.level,
            basis.population,
            basis.k,
            Ratio(result.numerator, result.denominator) if isinstance(result, Metric) else None,
            result.cause if isinstance(result, NotEvaluable) else None,
        )

    def unit(self, weight: Weight | None) -> str:
        """Unit of numerator and denominator."""
        match weight:
            case Weight.PART_NUMBER:
                return "part numbers"
            case Weight.INSTANCE:
                return "pieces"
            case Weight.MASS:
                return "g"
            case _:
                symbol = self.currency.symbol
                factor = self.currency.factor
                return symbol if factor == 1 else f"1/{factor} {symbol}"


def sharing_table(scopes: Sequence[ScopeShares]) -> Table:
    """The ratios of all scopes as data."""
    return table("shares", COLUMNS, [row for scope in scopes for row in scope.rows()])


def sharing_layout(shares: ScopeShares) -> Iterator[Table]:
    """The ratios of one scope for people."""
    yield _family(shares)
    for population in shares.crossing:
        yield _groups(shares, population, population)
        for weight in (Weight.PART_NUMBER, Weight.SPEND):
            yield _matrix(shares, population, weight)
    yield _groups(shares, "vehicle", "vehicle")
    for population in shares.crossing[:1]:
        yield _groups(shares, "vehicle", population)


def _family(shares: ScopeShares) -> Table:
    results = shares.sharing.family(shares.k)
    per = len(WEIGHTS)
    rows = []
    for place, weight in enumerate(WEIGHTS):
        family = [results[start + place] for start in range(0, len(results), per)]
        scale = _Scale.of(shares, weight, family)
        rows.append((_title(weight, scale), *(scale.cell(result) for result in family)))
    columns = [
        Column(f"by {population}", Kind.RATIO, f"in ≥ {shares.k} {_plural(population)}")
        for population in shares.sharing.populations
    ]
    causes = _causes(results)
    title = (
        f"Scope {shares.scope.name} ({_scope_words(shares.scope)}): share of the line-up "
        f"on parts used in ≥ k  [metric share, k = {shares.k}]"
    )
    return table("family", [Column("weight"), *columns], rows, title=title, notes=causes)


def _groups(shares: ScopeShares, by: str, population: str) -> Table:
    found = shares.sharing.of(by, population, shares.k)
    scales = [
        _Scale.of(shares, weight, [results[place] for results in found.values()])
        for place, weight in enumerate(WEIGHTS)
    ]
    columns = [
        Column(weight.value, Kind.RATIO, _TITLES[weight], scale.unit, group=weight.value)
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
        f"Scope {shares.scope.name}: share of each {by} on parts used in "
        f"≥ {shares.k} {_plural(population)}  [metric share, k = {shares.k}]"
    )
    causes = _causes([result for results in found.values() for result in results])
    return table(f"{by}_{population}", [Column(by), *columns], rows, title=title, notes=causes)


def _matrix(shares: ScopeShares, population: str, weight: Weight) -> Table:
    title = (
        f"Scope {shares.scope.name}: {_TITLES[weight]} of the {population} in the row on parts "
        f"that the {population} in the column uses  [metric carry-over]"
    )
    matrix = shares.sharing.matrix(population, weight)
    if isinstance(matrix, NotEvaluable):
        columns = [Column("share"), Column("cause")]
        return table("matrix", columns, [(NOT_EVALUABLE, matrix.cause)], title=title)
    results = {a: {b: matrix.at(a, b) for b in matrix.labels} for a in matrix.labels}
    scale = _Scale.of(shares, weight, [r for row in results.values() for r in row.values()])
    rows = [
        (a, *("·" if a == b else scale.cell(results[a][b]) for b in matrix.labels))
        for a in matrix.labels
    ]
    columns = [Column(population), *(Column(b, Kind.RATIO) for b in matrix.labels)]
    if scale.unit:
        title = f"{title} [{scale.unit}]"
    return table(f"{population}_{weight.value}", columns, rows, title=title)


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
        greatest = max((r.denominator for r in results if isinstance(r, Metric)), default=0)
        if weight is Weight.MASS:
            base, prefixes = 1000, (("kg", 1), ("t", 1000), ("kt", 10**6))
        else:
            symbol = shares.currency.symbol
            base = shares.currency.factor
            prefixes = ((symbol, 1), (f"k {symbol}", 10**3), (f"M {symbol}", 10**6))
        for unit, factor in prefixes:
            if greatest < 10**5 * base * factor:
                return cls(base * factor, unit)
        unit, factor = prefixes[-1]
        return cls(base * factor, unit)

    def cell(self, result: Result) -> str:
        """``72.2 %  13/18``."""
        if isinstance(result, NotEvaluable):
            return NOT_EVALUABLE
        upper, lower = (self._number(each) for each in (result.numerator, result.denominator))
        return f"{percent(result.value)}  {upper}/{lower}"

    def _number(self, value: object) -> str:
        if not isinstance(value, int):
            return str(value)
        return number(
            value if self.divisor == 1 else (2 * value + self.divisor) // (2 * self.divisor)
        )


def _title(weight: Weight, scale: _Scale) -> str:
    return f"{_TITLES[weight]} [{scale.unit}]" if scale.unit else _TITLES[weight]


def _called(shares: ScopeShares, by: str, group: str) -> str:
    return f"{group} {shares.names[group]}" if by == "vehicle" and group in shares.names else group


def _plural(population: str) -> str:
    return f"{population[:-1]}ies" if population.endswith("y") else f"{population}s"


def _scope_words(scope: Scope) -> str:
    parts = [scope.title] if scope.title else [", ".join(scope.slots)]
    if scope.exclude:
        parts.append(f"without {', '.join(sorted(scope.exclude))}")
    return ", ".join(parts)


def _causes(results: Sequence[Result]) -> tuple[str, ...]:
    causes = dict.fromkeys(r.cause for r in results if isinstance(r, NotEvaluable))
    notes = [f"{NOT_EVALUABLE}: {cause}" for cause in causes]
    more = len(notes) - _CAUSES
    return (*notes[:_CAUSES], f"and {more} more") if more > 0 else tuple(notes)
