"""The FORCE order: variables that meet in constraints are drawn together along a line.

Aloul, Markov, Sakallah: FORCE, a fast and easy-to-implement variable-ordering heuristic, 2003.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.engines.diagram.relation import Ints

_ROUNDS = 100
_RESTARTS = 6
_PLACES = 6_000
"""Variables times starts; the fewer variables, the more starts."""


def force_order(count: int, scopes: Sequence[Sequence[int]]) -> list[int]:
    """An order in which constraints span little; the best of several starts."""
    wide = [scope for scope in scopes if len(scope) > 1]
    if not wide:
        return list(range(count))
    members = np.concatenate([np.asarray(scope, dtype=np.int64) for scope in wide])
    starts = np.cumsum([0, *map(len, wide)])[:-1]
    source = np.random.default_rng(0)
    starts_made = min(10 * _RESTARTS, max(_RESTARTS, _PLACES // max(count, 1)))
    found = [_settled(np.arange(count), members, starts)]
    found += [_settled(source.permutation(count), members, starts) for _ in range(starts_made - 1)]
    order = min(found, key=lambda pair: pair[0])[1]
    return [int(v) for v in order]


def _settled(order: Ints, members: Ints, starts: Ints) -> tuple[int, Ints]:
    """Move variables to the mean of their constraints' centres; the best order on the way."""
    count = len(order)
    place = np.empty(count, dtype=np.float64)
    lengths = np.diff(np.append(starts, len(members)))
    uses = np.bincount(members, minlength=count)
    best = (1 << 62, order)
    for _ in range(_ROUNDS):
        place[order] = np.arange(count)
        found = place[members]
        span = np.maximum.reduceat(found, starts) - np.minimum.reduceat(found, starts)
        total = int(span.sum())
        if total < best[0]:
            best = (total, order)
        centres = np.add.reduceat(found, starts) / lengths
        pull = np.bincount(members, weights=np.repeat(centres, lengths), minlength=count)
        place = np.where(uses > 0, pull / np.maximum(uses, 1), place)
        order = np.argsort(place, kind="stable")
    return best
