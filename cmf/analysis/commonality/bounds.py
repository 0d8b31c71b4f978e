"""A number that is known exactly, or only between two fractions."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen


@frozen
class Bounds:
    """A real number between two fractions, both included.

    Attributes
    ----------
    low, high
        ``low <= high``; equal where the number is known exactly.
    """

    low: Fraction
    high: Fraction

    @classmethod
    def exactly(cls, value: Fraction | int) -> Bounds:
        """The number itself."""
        return cls(Fraction(value), Fraction(value))

    @property
    def exact(self) -> bool:
        """Whether the number is known exactly."""
        return self.low == self.high

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Bounds) -> Bounds:
        return Bounds(self.low - other.high, self.high - other.low)

    def times(self, factor: Fraction | int) -> Bounds:
        """The number times an exact factor of any sign."""
        ends = sorted((self.low * factor, self.high * factor))
        return Bounds(ends[0], ends[1])

    def decimal(self, digits: int) -> str:
        """The number with `digits` decimals, for display only."""
        middle = (self.low + self.high) / 2 * 10**digits
        rounded = (2 * middle.numerator + middle.denominator) // (2 * middle.denominator)
        sign, rounded = ("-" if rounded < 0 else ""), abs(rounded)
        whole, rest = divmod(rounded, 10**digits)
        return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"
