"""Least common quantity of every pair of groups, by levels."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.incidence import Incidence
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
    order = np.lexsort((pieces.value, pieces.part))
    part, value = pieces.part[order], pieces.value[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (part[1:] != part[:-1]) | (value[1:] != value[:-1])
    level = np.cumsum(new) - 1
    level_part, level_value = part[new], value[new]
    first = np.ones(len(level_part), dtype=np.bool_)
    first[1:] = level_part[1:] != level_part[:-1]
    step = np.diff(level_value, prepend=0)
    step[first] = level_value[first]
    lowest = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    repeats = level - lowest[level] + 1
    if int(repeats.sum()) > MAX_LEVEL_USES:
        raise LimitReached(f"more than {MAX_LEVEL_USES} uses after the split of quantities")
    use = np.repeat(np.arange(len(order)), repeats)
    offset = np.arange(len(use)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    wide = lowest[level][use] + offset
    weighed = Weighed(
        weight,
        pieces.labels,
        pieces.row[order][use],
        wide.astype(np.int32),
        times(units[level_part][wide], step[wide]),
        len(level_part),
    )
    return pieces.labels, meet(_by_row(weighed))


def _by_row(weighed: Weighed) -> Weighed:
    order = np.lexsort((weighed.part, weighed.row))
    return evolve(
        weighed,
        row=weighed.row[order],
        part=weighed.part[order],
        value=weighed.value[order],
    )
