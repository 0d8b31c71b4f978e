"""Least common quantity of every pair of groups, by levels."""

from __future__ import annotations

import numpy as np

from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.incidence import Counts, Incidence
from cmf.analysis.commonality.meet import meet
from cmf.analysis.commonality.weigh import Exact, Lack, Weighed, times, unit_weights, weigh
from cmf.errors import LimitReached

MAX_LEVEL_USES = 50_000_000
"""Uses after the split into levels, about 1 GB."""


def least_pieces(
    incidence: Incidence, weight: Weight, population: str
) -> tuple[tuple[str, ...], Exact] | Lack:
    """``M[a, b] = sum_j w_j min(q_aj, q_bj)`` with ``w_j`` the weight of one piece, and the labels.

    A minimum is no product of matrices, but a sum over levels is: with the distinct quantities
    ``v_1 < v_2 < …`` of a part, ``min(q_a, q_b) = sum_t (v_t - v_(t-1)) [q_a >= v_t][q_b >= v_t]``.
    So every level of a part becomes a part of its own.

    Raises
    ------
    LimitReached
        The levels make more than `MAX_LEVEL_USES` uses.
    """
    pieces = weigh(incidence, Weight.INSTANCE, population)
    if isinstance(pieces, Lack):
        return pieces
    units = unit_weights(incidence, weight)
    if isinstance(units, Lack):
        return units
    rank, start, step = _levels(pieces)
    if int(rank.sum()) + len(rank) > MAX_LEVEL_USES:
        raise LimitReached(f"more than {MAX_LEVEL_USES} uses after the split of quantities")
    # Uses of one level keep their order, so that each new column has its rows in order.
    alive = np.arange(len(rank))
    uses, levels = [], []
    for t in range(int(rank.max()) + 1):
        alive = alive[rank[alive] >= t]
        uses.append(alive)
        levels.append(start[pieces.part[alive]] + t)
    use, level = np.concatenate(uses), np.concatenate(levels)
    value = times(units[pieces.part[use]], step[level])
    split = Weighed(
        weight, pieces.labels, pieces.row[use], level.astype(np.int32), value, len(step)
    )
    return pieces.labels, meet(split)


def _levels(pieces: Weighed) -> tuple[Counts, Counts, Counts]:
    """Rank of each use among the distinct quantities of its part, first level of each part, and
    how much each level adds to the one before."""
    quantities, number = np.unique(pieces.value, return_inverse=True)
    kinds = len(quantities)
    key = pieces.part.astype(np.int64) * kinds + number
    levels, level = np.unique(key, return_inverse=True)
    part = levels // kinds
    start = np.searchsorted(part, np.arange(pieces.parts + 1))
    step = np.diff(quantities[levels % kinds], prepend=0)
    first = np.unique(start[:-1][start[:-1] < start[1:]])
    step[first] = quantities[levels[first] % kinds]
    return level - start[pieces.part], start, step
