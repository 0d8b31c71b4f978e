"""The least and the greatest ratio of two sums over all pairs of variants.

Dinkelbach's method: with a ratio p/q that some pair has, a pair of least ``q N - p D`` either has a
smaller ratio N/D, which is tried next, or proves that there is none. All numbers are integers, so
the last step is a proof.

Source: Dinkelbach (1967), Management Science 13(7) 492-498.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from attrs import frozen

from cmf.analysis.census.tables import Tables
from cmf.engines.diagram.outline import Outline
from cmf.engines.diagram.pairs import Nearest, least

Pairing = tuple[Outline, Outline]
"""The variants that the first and the second of a pair are taken from."""

_SHORT = 1 << 29
_LONG = 1 << 61


@frozen
class Extreme:
    """A pair of extreme ratio.

    Attributes
    ----------
    numerator, denominator
        As counted; the denominator is positive.
    pairing
        Which of the pairings it is from.
    one, other
        Option of every variable that tells a content, in either variant.
    """

    numerator: int
    denominator: int
    pairing: int
    one: Mapping[int, int]
    other: Mapping[int, int]


def extreme(
    pairings: Iterable[Pairing], tables: Tables, measured: int, *, greatest: bool
) -> Extreme | None:
    """The first pair of least (or greatest) ratio; `None` when no denominator is positive.

    Parameters
    ----------
    measured
        Which of the denominators of `tables` to take.
    """
    search = _Search(tables, measured)
    # Every ratio lies between 0 and 1: a pair that beats the bound has a positive denominator.
    numerator, denominator = (0, 1) if greatest else (1, 1)
    best: Extreme | None = None
    tried: list[Pairing] = []
    for number, pairing in enumerate(pairings):
        tried.append(pairing)
        while True:
            factors = (-denominator, numerator) if greatest else (denominator, -numerator)
            value, nearest = search.least(pairing, *factors)
            if value >= 0:
                break
            best = search.extreme(number, nearest)
            numerator, denominator = best.numerator, best.denominator
        if best is not None and greatest and numerator == denominator:
            break
    return best or _any(search, tried)


def span(pairing: Pairing, tables: Tables, measured: int = 0) -> tuple[int, int]:
    """Bounds of a denominator over the pairs in which it is positive, when there is one."""
    search = _Search(tables, measured)
    low = search.least(pairing, 0, 1)[0]
    # Where some pair has nothing to weigh, others have at least one part with a weight.
    return max(low, 1), -search.least(pairing, 0, -1)[0]


def _any(search: _Search, pairings: Iterable[Pairing]) -> Extreme | None:
    """A pair with a positive denominator, where all such pairs have one ratio."""
    for number, pairing in enumerate(pairings):
        value, nearest = search.least(pairing, 0, -1)
        if value < 0:
            return search.extreme(number, nearest)
    return None


@frozen
class _Search:
    """Least values of combinations of numerator and denominator."""

    tables: Tables
    measured: int

    def least(self, pairing: Pairing, top: int, bottom: int) -> tuple[int, Nearest]:
        """A pair of least ``top N + bottom D``, with that value."""
        common, measured = self.tables.common, self.tables.measured[self.measured]
        reach = sum(
            abs(top) * int(common[v].max(initial=0)) + abs(bottom) * int(measured[v].max(initial=0))
            for v in common
        )
        kind: Any = np.int32 if reach < _SHORT else np.int64 if reach < _LONG else object
        costs = {
            v: (top * common[v].astype(kind) + bottom * measured[v].astype(kind)).astype(kind)
            for v in common
        }
        found = least(*pairing, costs)
        offset = top * self.tables.common_always
        offset += bottom * self.tables.measured_always[self.measured]
        return found.cost + offset, found

    def extreme(self, number: int, found: Nearest) -> Extreme:
        """The pair with its numerator and denominator."""
        top, bottom = self.tables.of_pair(found.one, found.other, self.measured)
        return Extreme(top, bottom, number, found.one, found.other)
