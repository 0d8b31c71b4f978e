"""Amounts of money as people read them."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from cmf.model.units import Unit
from cmf.report.words import number, percent

_MILLION = 10**6
_LARGE = 10**8
"""Amounts of so many units of the currency are shown in millions."""


@frozen
class Money:
    """How the amounts of one answer are written.

    Attributes
    ----------
    currency
        Its factor is the number of minor units.
    millions
        Whether amounts are in millions.
    """

    currency: Unit
    millions: bool

    @classmethod
    def fitting(cls, currency: Unit, greatest: int) -> Money:
        """The way to write amounts (in minor units) up to `greatest`."""
        return cls(currency, greatest >= _LARGE * currency.factor)

    @property
    def unit(self) -> str:
        """Heading of a column of amounts."""
        return f"million {self.currency.symbol}" if self.millions else self.currency.symbol

    def figure(self, minor: int | Fraction) -> Fraction:
        """An amount in the unit, as a number."""
        return Fraction(minor) / (self.currency.factor * (_MILLION if self.millions else 1))

    def amount(self, minor: int | Fraction) -> str:
        """An amount without its unit."""
        return number(self.figure(minor), 1 if self.millions else None)

    def words(self, minor: int | Fraction) -> str:
        """An amount with its unit."""
        return f"{self.amount(minor)} {self.unit}"

    def change(self, minor: int) -> str:
        """A difference with its sign."""
        sign = "+" if minor > 0 else ""
        return f"{sign}{self.amount(minor)}"


def change(value: Fraction | None) -> str | None:
    """A relative change with its sign: ``-35.2 %``."""
    if value is None:
        return None
    text = percent(abs(value))
    sign = "+" if value > 0 else "-" if value < 0 else ""
    # A change too small to be shown: `< +0.1 %`.
    return f"< {sign}{text[2:]}" if text.startswith("< ") else f"{sign}{text}"
