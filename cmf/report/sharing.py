"""Sharing ratios of a line-up: as data, one ratio a row, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Result, Weight
from cmf.analysis.sharing import WEIGHTS, Sharing
from cmf.model.catalog import Scope
from cmf.model.units import Unit
from cmf.report.table import Column, Kind, Ratio, Row, Table, table

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
    Column("cause", Kind.PROSE),
)
"""Columns of the data; `view` is ``family``, ``vehicle``, ``brand`` … or ``pair``."""


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
