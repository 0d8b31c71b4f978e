"""The mean overlap of large spaces: the sum of ``N / min(w(A), w(B))``, pairs taken by size.

With a weight that counts a part once, w(A) is a matter of the first variant and w(B) of the second.
So the pairs need not be walked: N is a sum over contents, and for every content it is enough to
know how many variants of either side take each part list of it at each size. That is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from cmf.analysis.census.population import Population
from cmf.analysis.census.tables import Tables
from cmf.analysis.commonality.bounds import Bounds
from cmf.engines.diagram.sizes import MOST, by_size
from cmf.problem.answer import Unknown

SIZES = 20_000
"""Distinct sizes of a part list up to which pairs are taken by size."""

DIGITS = 2**128
"""Fractions of one over this are lost where sizes divide."""

_REACH = 1 << 62

Sized = dict[int, npt.NDArray[Any]]
"""By content: numbers of variants, shape (options, sizes)."""


def sum_by_size(one: Population, other: Population, tables: Tables) -> Bounds | Unknown:
    """The sum of the overlap over all ordered pairs, enclosed between two fractions.

    Parameters
    ----------
    tables
        Of the overlap, with a weight that counts a part once.
    """
    if max(one.count, other.count) >= MOST:
        return Unknown(f"{int(MOST):,} variants of a brief")
    sides = [_sizes(tables, side) for side in range(2)]
    least = min(tables.measured_always[0] + sum(low) for _, low, _ in sides)
    spans = [sum(high) - sum(low) for _, low, high in sides]
    reach = max(spans)
    if reach >= SIZES:
        return Unknown(f"{SIZES:,} sizes of a part list")
    first = _sized(one, sides[0][0], reach)
    second = first if one is other else _sized(other, sides[1][0], reach)
    found = _by_least(first, second, one, other, tables)
    low = high = 0
    for step, numerator in enumerate(found):
        size = least + step
        if size > 0:
            low += int(numerator) * DIGITS // size
            high += -(-int(numerator) * DIGITS // size)
    return Bounds(Fraction(low, DIGITS), Fraction(high, DIGITS))


def _sizes(
    tables: Tables, side: int
) -> tuple[dict[int, npt.NDArray[np.int64]], list[int], list[int]]:
    """What each option adds above the least of its content; the least ones, and the greatest."""
    added, low, high = {}, [], []
    for v, table in tables.measured[side].items():
        own = table[:, 0] if side == 0 else table[0, :]
        low.append(int(own.min()))
        high.append(int(own.max()))
        added[v] = np.array([int(size) - low[-1] for size in own], dtype=np.int64)
    return added, low, high


def _sized(side: Population, sizes: Mapping[int, npt.NDArray[np.int64]], reach: int) -> Sized:
    """Held against the numbers of variants by option alone, which are counted exactly."""
    sized = by_size(side.weights, sizes, reach) if sizes else {}
    for v, counts in sized.items():
        if [int(n) for n in counts.sum(axis=1)] != [int(n) for n in side.draw.counts[v]]:
            raise ArithmeticError("numbers of variants by size do not add up")
    return sized


def _by_least(
    first: Sized, second: Sized, one: Population, other: Population, tables: Tables
) -> list[int]:
    """For every size the sum of N over the pairs of which it is the lesser size."""
    most = max((int(table.max(initial=0)) for table in tables.common.values()), default=0)
    bound = one.count * other.count * (most * len(tables.common) + tables.common_always)
    kind: Any = np.int64 if bound < _REACH else object
    found: Any = 0
    for v, common in tables.common.items():
        mine, others = first[v].astype(kind), second[v].astype(kind)
        # Pairs whose first size is the lesser one or equal, then those whose second one is less.
        shared = common.astype(kind)
        found = found + (mine * (shared @ _from(others))).sum(axis=0)
        found = found + ((shared.T @ _beyond(mine)) * others).sum(axis=0)
    if tables.common_always:
        mine, others = _all(first, one).astype(kind), _all(second, other).astype(kind)
        pairs = mine * _from(others) + _beyond(mine) * others
        found = found + tables.common_always * pairs
    return [int(value) for value in found]


def _all(sized: Sized, side: Population) -> npt.NDArray[Any]:
    """Numbers of variants of each size, whatever they take."""
    for counts in sized.values():
        return np.asarray(counts.sum(axis=0))
    return np.array([side.count])


def _from(counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Numbers of variants of each size or more."""
    found: npt.NDArray[Any] = np.flip(np.cumsum(np.flip(counts, axis=-1), axis=-1), axis=-1)
    return found


def _beyond(counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Numbers of variants of more than each size."""
    found: npt.NDArray[Any] = _from(counts) - counts
    return found
