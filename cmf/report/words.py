"""Cells as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cmf.report.table import Cell, Exact, Ratio

EMPTY = "-"
_DIGITS = 5


def words(cell: Cell) -> str:
    """A cell as a person reads it; ``-`` when it has no value."""
    match cell:
        case None:
            return EMPTY
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            return number(cell)
        case Ratio():
            return percent(cell.value) if cell.percent else number(cell.value)
        case Exact():
            return percent(cell.value) if cell.ratio else number(cell.value)
        case _:
            return cell


def number(value: int | float | Fraction, decimals: int | None = None) -> str:
    """A number with blanks between thousands: ``2 685``.

    Parameters
    ----------
    decimals
        Digits behind the point; `None` for as many as needed, three at most.
    """
    if decimals is None:
        decimals = places(value)
    scaled = round(Fraction(value) * 10**decimals)
    whole, rest = divmod(abs(scaled), 10**decimals)
    sign = "-" if scaled < 0 else ""
    text = sign + f"{whole:,}".replace(",", " ")
    return f"{text}.{rest:0{decimals}d}" if decimals else text


def places(value: int | float | Fraction) -> int:
    """Decimals that a number needs, three at most."""
    thousandths = round(Fraction(value) * 1000)
    return next(n for n in range(4) if thousandths % 10 ** (3 - n) == 0)


def aligned(cells: Sequence[Cell]) -> list[str]:
    """Numbers of one column as text, with the same decimals.

    As many as the longest needs, but of the greatest number not more than five digits in all, the
    whole ones always: ``8 021.2``, ``11 612``.
    """
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    needed = max(map(places, numbers), default=0)
    whole = max((len(str(int(abs(cell)))) for cell in numbers), default=0)
    decimals = min(needed, max(0, _DIGITS - whole))
    return [
        number(cell, decimals) if isinstance(cell, int | float) else words(cell) for cell in cells
    ]


def percent(value: Fraction, digits: int = 1) -> str:
    """A ratio in per cent, rounded half up: ``72.2 %``.

    Only a whole is written as ``100.0 %`` and only nothing as ``0.0 %``: what would be rounded to
    one of them is ``> 99.9 %`` or ``< 0.1 %``.
    """
    scaled = abs(value) * 100 * 10**digits
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    full = 100 * 10**digits
    if value and not rounded:
        return f"< {_decimal(1, digits)} %"
    if rounded == full and value < 1:
        return f"> {_decimal(full - 1, digits)} %"
    return f"{'-' if value < 0 else ''}{_decimal(rounded, digits)} %"


def shortened(name: str, length: int = 26) -> str:
    """A name of at most `length` letters."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _decimal(value: int, digits: int) -> str:
    whole, rest = divmod(value, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)
