"""Exact range of a ratio of linear functions when some of the variables are only bounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen


@frozen
class Affine:
    """``base + sum of slope_u (v_u - low_u)``, of numerator and denominator.

    Attributes
    ----------
    top, bottom
        Numerator and denominator when every unknown is at its least value.
    rises
        For each unknown, how much numerator and denominator rise on its way to its greatest value.
        Denominators stay positive.
    """

    top: Fraction
    bottom: Fraction
    rises: tuple[tuple[Fraction, Fraction], ...]

    def fixed(self, unknown: int, part: Fraction) -> Affine:
        """The same with one unknown fixed at a part of its way, 0..1."""
        up, down = self.rises[unknown]
        rises = (*self.rises[:unknown], *self.rises[unknown + 1 :])
        return evolve(self, top=self.top + part * up, bottom=self.bottom + part * down, rises=rises)

    def highest(self) -> Fraction:
        """Greatest value of numerator / denominator.

        Dinkelbach's iteration: at the value x so far, every unknown whose rise helps
        ``numerator - x denominator`` goes to its end; the ratio there is the next x. It is exact,
        rises with every step and visits no corner twice.
        """
        value = self.top / self.bottom
        while True:
            chosen = [(up, down) for up, down in self.rises if up - value * down > 0]
            top = self.top + sum((up for up, _ in chosen), Fraction(0))
            bottom = self.bottom + sum((down for _, down in chosen), Fraction(0))
            if top - value * bottom <= 0:
                return value
            value = top / bottom

    def lowest(self) -> Fraction:
        """Least value of numerator / denominator."""
        rises = tuple((-up, down) for up, down in self.rises)
        return -evolve(self, top=-self.top, rises=rises).highest()

    def width(self) -> Fraction:
        """Greatest value minus least value."""
        return self.highest() - self.lowest()


def most_important(ratio: Affine) -> tuple[int, Fraction]:
    """The unknown that, fixed at the middle of its interval, leaves the narrowest range.

    Returns
    -------
    Its number and the width that is left. Of equals the first.
    """
    widths: Sequence[Fraction] = [
        ratio.fixed(unknown, Fraction(1, 2)).width() for unknown in range(len(ratio.rises))
    ]
    best = min(range(len(widths)), key=widths.__getitem__)
    return best, widths[best]
