"""Weights in the units that people use."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from attrs import frozen

from cmf.analysis.commonality.basis import Metric, Result, Weight
from cmf.model.units import Unit
from cmf.report.table import Ratio
from cmf.report.words import number

NAMES: Mapping[Weight, str] = MappingProxyType(
    {
        Weight.PART_NUMBER: "part numbers",
        Weight.INSTANCE: "pieces",
        Weight.SPEND: "spend",
        Weight.MASS: "mass",
        Weight.INVESTMENT: "investment",
        Weight.LIST_COST: "list cost",
    }
)

_STEPS = ("", "k ", "M ", "bn ")


@frozen
class Amount:
    """The unit of a weight.

    Attributes
    ----------
    factor
        Counted units in one of `unit`.
    """

    factor: int
    unit: str

    @classmethod
    def of(cls, weight: Weight | None, currency: Unit) -> Amount:
        """Costs in the currency, masses in kilograms, all else in pieces."""
        match weight:
            case Weight.SPEND | Weight.INVESTMENT | Weight.LIST_COST:
                year = "/a" if weight is Weight.SPEND else ""
                return cls(currency.factor, f"{currency.symbol}{year}")
            case Weight.MASS:
                return cls(1000, "kg")
            case Weight.INSTANCE:
                return cls(1, "pieces")
            case _:
                return cls(1, "part numbers")

    def ratio(self, result: Result) -> Ratio | None:
        """Numerator and denominator in the unit; `None` when not evaluable."""
        if not isinstance(result, Metric):
            return None
        if self.factor == 1:
            return Ratio(result.numerator, result.denominator)
        return Ratio(self.value(result.numerator), self.value(result.denominator))

    def value(self, counted: int | Fraction) -> int | Fraction:
        """A weight in the unit, exact."""
        found = Fraction(counted, self.factor)
        return found.numerator if found.denominator == 1 else found

    def words(self, counted: int | Fraction) -> str:
        """A weight with its unit, in three or four digits: ``34.4 bn EUR``."""
        value = Fraction(counted, self.factor)
        money = self.unit.removesuffix("/a") not in ("kg", "pieces", "part numbers")
        if not money or value < 10_000:
            return f"{number(round(value, 2) if value < 100 else round(value))} {self.unit}"
        step = next((n for n in (1, 2, 3) if value < 1000 ** (n + 1)), 3)
        scaled = value / 1000**step
        return f"{number(scaled, 1 if scaled < 1000 else 0)} {_STEPS[step]}{self.unit}"


def plural(population: str, count: int = 2) -> str:
    """``brand`` → ``brands``, ``company`` → ``companies``."""
    if count == 1:
        return population
    return f"{population[:-1]}ies" if population.endswith("y") else f"{population}s"
