"""Tables as few boxes: products of sets of options.

The tables of real configuration models have thousands of rows and few boxes, because most columns
do not matter for most rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cmf.problem.formula import Rows

Box = tuple[frozenset[int], ...]
"""For every variable of a scope some of its options; it stands for their product."""

COMPLEMENT = 500_000
"""Greatest number of combinations that are gone through to find the ones that are missing."""


def boxes(rows: Rows) -> list[Box]:
    """Disjoint boxes that hold exactly `rows` (shape (rows, variables), no row twice).

    Greedy: for one column after another, the one with the most options first, boxes that differ in
    this column alone are joined. The result is small, not minimal.
    """
    if not len(rows):
        return []
    columns = range(rows.shape[1])
    codes = rows.astype(np.int64)
    sets = [[frozenset({o}) for o in range(int(codes[:, c].max()) + 1)] for c in columns]
    for column in sorted(columns, key=lambda c: (-len(np.unique(codes[:, c])), c)):
        others = _numbered(np.delete(codes, column, axis=1))
        order = np.lexsort((codes[:, column], others))
        values, others = codes[order, column], others[order]
        starts = np.flatnonzero(np.diff(others, prepend=-1))
        known: dict[bytes, int] = {}
        joined = []
        for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
            together = values[start:end]
            joined.append(known.setdefault(together.tobytes(), len(known)))
        sets[column] = [
            frozenset().union(*(sets[column][code] for code in np.frombuffer(key, dtype=np.int64)))
            for key in known
        ]
        codes = codes[order[starts]]
        codes[:, column] = joined
    return [tuple(sets[column][code] for column, code in enumerate(row)) for row in codes.tolist()]


def _numbered(columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same number for equal rows, from 0."""
    numbers = np.zeros(len(columns), dtype=np.int64)
    for column in columns.T:
        # Renumbered each time, so that no product of many columns overflows.
        pairs = numbers * (int(column.max()) + 1) + column
        numbers = np.unique(pairs, return_inverse=True)[1]
    return numbers


def complement(rows: Rows, sizes: Sequence[int]) -> Rows | None:
    """The combinations that are not among `rows`; `None` when there are too many to look at.

    Parameters
    ----------
    sizes
        Number of options of every column.
    """
    combinations = math.prod(sizes)
    if combinations > COMPLEMENT:
        return None
    missing = np.ones(combinations, dtype=bool)
    missing[np.ravel_multi_index(tuple(rows.T), tuple(sizes))] = False
    return np.stack(np.unravel_index(np.flatnonzero(missing), tuple(sizes)), axis=1).astype(
        np.int32
    )
