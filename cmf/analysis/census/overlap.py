"""The least overlap: a ratio whose denominator is the less of two sums.

``N / min(L, R)`` is the greater of ``N/L`` and ``N/R``, hence at least ``N / (t L + (1 - t) R)``
for any t between 0 and 1. The least of that over all pairs is a bound, good for the right t. Where
it is not reached, the options of one side are split and the bound is taken of either half.

Source: Lagrangian relaxation and branch and bound, as in Geoffrion (1974), Mathematical
Programming Study 2, 82-114.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from fractions import Fraction
from itertools import count

from attrs import evolve, field, frozen

from cmf.analysis.census.extremes import Extreme, extreme
from cmf.analysis.census.population import Population
from cmf.analysis.census.tables import Tables
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import Member

MIXES = 16
"""Parts into which the weights of the two sums are divided."""

BOXES = 300
"""Restrictions that may be looked at."""


@frozen
class Overlap:
    """A pair with its overlap.

    Attributes
    ----------
    sides
        The populations of which it is a pair.
    """

    found: Extreme
    sides: tuple[Population, Population] = field(repr=False)

    @property
    def value(self) -> Fraction:
        """The overlap."""
        return Fraction(self.found.numerator, self.found.denominator)


def least_overlap(
    boxes: Iterable[tuple[Population, Population]], tables: Tables
) -> Overlap | Unknown | None:
    """The first pair of least overlap; `None` when there is no pair.

    Parameters
    ----------
    boxes
        Populations whose pairs count; every variant of them has a weight.
    """
    best: Overlap | None = None
    order = count()
    waiting: list[tuple[Fraction, int, tuple[Population, Population]]] = []

    def look(sides: tuple[Population, Population]) -> None:
        nonlocal best
        bound, pairs = _bound(*sides, tables, None if best is None else best.value)
        for pair in pairs:
            if best is None or pair.value < best.value:
                best = pair
        if best is not None and bound < best.value:
            heapq.heappush(waiting, (bound, next(order), sides))

    for sides in boxes:
        look(sides)
    for _ in range(BOXES):
        if not waiting or best is None or waiting[0][0] >= best.value:
            return best
        for half in _halves(*heapq.heappop(waiting)[2], tables):
            if not any(side.space.empty for side in half):
                look(half)
    return Unknown(f"{BOXES:,} restrictions")


def _bound(
    one: Population, other: Population, tables: Tables, known: Fraction | None
) -> tuple[Fraction, list[Overlap]]:
    """A lower bound of the overlap, and pairs that were met on the way.

    The search for the best bound ends as soon as one reaches an overlap that is known already, or
    that of a pair that was met.
    """
    bound = Fraction(0)
    met: list[Overlap] = []
    low, high = 0, MIXES
    while low <= high:
        mix = (low + high) // 2
        found = extreme([(one.shapes, other.shapes)], _mixed(tables, mix), 0, greatest=False)
        if found is None:
            break
        bound = max(bound, Fraction(found.numerator, found.denominator))
        left, right = (tables.of_pair(found.one, found.other, place)[1] for place in range(2))
        top = tables.of_pair(found.one, found.other, 0)[0]
        pair = evolve(found, numerator=top, denominator=min(left, right))
        met.append(Overlap(pair, (one, other)))
        known = met[-1].value if known is None else min(known, met[-1].value)
        if left == right or bound >= known:
            break
        if left < right:
            low = mix + 1
        else:
            high = mix - 1
    return bound, met


def _mixed(tables: Tables, mix: int) -> Tables:
    """The ratio with a weighted mean of both sums below."""
    left, right = tables.measured
    rest = MIXES - mix
    return evolve(
        tables,
        common={v: MIXES * table for v, table in tables.common.items()},
        measured=({v: mix * left[v] + rest * right[v] for v in left},),
        common_always=MIXES * tables.common_always,
        measured_always=(mix * tables.measured_always[0] + rest * tables.measured_always[1],),
    )


def _halves(
    one: Population, other: Population, tables: Tables
) -> list[tuple[Population, Population]]:
    """Two restrictions that together are the whole: the content of widest weight is split."""
    widest = (-1, 0, 0, frozenset[int](), frozenset[int]())
    for side, population in enumerate((one, other)):
        possible = population.space.possible()
        if not isinstance(possible, Solved):
            return []
        for v in tables.common:
            options = sorted(possible.value[v], key=lambda o: (int(tables.common[v][o, o]), o))
            if len(options) < 2:
                continue
            first, last = (int(tables.common[v][o, o]) for o in (options[0], options[-1]))
            if last - first > widest[0]:
                middle = len(options) // 2
                widest = (
                    last - first,
                    side,
                    v,
                    frozenset(options[:middle]),
                    frozenset(options[middle:]),
                )
    gap, side, v, small, great = widest
    if gap < 0:
        return []
    if side == 0:
        return [(one.narrowed(Member(v, part)), other) for part in (small, great)]
    return [(one, other.narrowed(Member(v, part))) for part in (small, great)]
