"""Units: every quantity is an exact integer of its dimension's base unit (semantics S2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from attrs import frozen

Dimension = tuple[tuple[str, int], ...]
"""Base dimensions with their non-zero exponents, sorted; ``()`` is a pure number."""

LIMIT = 10**15
"""Greatest magnitude, in base units, that a quantity may have."""

_SPACES = " \u00a0\u2009\u202f_"
_NUMBER = re.compile(rf"[+-]?[0-9]+(?:[{_SPACES}][0-9]{{3}})*(?:\.[0-9]+)?\Z")


@frozen
class Unit:
    """A unit of measure.

    Attributes
    ----------
    symbol
        As written, such as ``mm`` or ``EUR``.
    dimension
        What it measures; units of unlike dimension do not compare.
    factor
        Base units in one of this unit; a positive integer.
    """

    symbol: str
    dimension: Dimension
    factor: int = 1


PURE = Unit("1", ())


def _units() -> Mapping[str, Unit]:
    length, mass, volt, ampere, hour = "length", "mass", "voltage", "current", "time"
    power: Dimension = ((ampere, 1), (volt, 1))
    energy: Dimension = ((ampere, 1), (hour, 1), (volt, 1))
    table: list[Unit] = [
        PURE,
        Unit("mm", ((length, 1),)),
        Unit("cm", ((length, 1),), 10),
        Unit("m", ((length, 1),), 1000),
        Unit("g", ((mass, 1),)),
        Unit("kg", ((mass, 1),), 1000),
        Unit("t", ((mass, 1),), 1_000_000),
        Unit("V", ((volt, 1),)),
        Unit("kV", ((volt, 1),), 1000),
        Unit("A", ((ampere, 1),)),
        Unit("h", ((hour, 1),)),
        Unit("W", power),
        Unit("kW", power, 1000),
        Unit("Wh", energy),
        Unit("kWh", energy, 1000),
        Unit("MWh", energy, 10**6),
        Unit("GWh", energy, 10**9),
        Unit("Nm", (("torque", 1),)),
        Unit("cc", (("displacement", 1),)),
        Unit("L", (("displacement", 1),), 1000),
        Unit("in", (("rim", 1),)),
        Unit("year", (("calendar", 1),)),
    ]
    table += [
        Unit(code, ((code, 1),), minor)
        for code, minor in (("EUR", 100), ("USD", 100), ("GBP", 100), ("INR", 100), ("JPY", 1))
    ]
    return MappingProxyType({unit.symbol: unit for unit in table})


UNITS: Mapping[str, Unit] = _units()
CURRENCIES = ("EUR", "USD", "GBP", "INR", "JPY")


@lru_cache(maxsize=8192)
def parse_number(text: str) -> Fraction | None:
    """The exact number that `text` writes (``2 685``, ``12.50``, ``-3``), or `None`."""
    text = text.strip()
    if len(text) > 40 or not _NUMBER.match(text):
        return None
    if text.isdigit():
        return Fraction(int(text))
    return Fraction(re.sub(f"[{_SPACES}]", "", text))


def to_base(number: Fraction, unit: Unit) -> int | None:
    """`number` of `unit` in base units; `None` when it is not whole or beyond `LIMIT`."""
    value, rest = divmod(number.numerator * unit.factor, number.denominator)
    return value if rest == 0 and abs(value) <= LIMIT else None


def format_number(value: int, unit: Unit) -> str:
    """`value` base units, written in `unit` without rounding and without the symbol."""
    if unit.factor == 1:
        return str(value)
    whole, rest = divmod(abs(value), unit.factor)
    sign = "-" if value < 0 else ""
    if rest == 0:
        return f"{sign}{whole}"
    digits = len(str(unit.factor)) - 1
    return f"{sign}{whole}.{rest:0{digits}d}".rstrip("0")


def format_quantity(value: int, unit: Unit) -> str:
    """`value` base units in `unit`, with the symbol unless it is a pure number."""
    number = format_number(value, unit)
    return number if unit.symbol == "1" else f"{number} {unit.symbol}"


def multiply(left: Dimension, right: Dimension) -> Dimension:
    """The dimension of a product."""
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + exponent
    return tuple(sorted((n, e) for n, e in exponents.items() if e))


def describe(dimension: Dimension) -> str:
    """A dimension for people: the units that measure it, or ``a pure number``."""
    if not dimension:
        return "a pure number"
    symbols = [u.symbol for u in UNITS.values() if u.dimension == dimension]
    if symbols:
        return "/".join(symbols)
    return " x ".join(f"{n}^{e}" if e != 1 else n for n, e in dimension)
