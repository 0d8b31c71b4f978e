"""Tables as few boxes: products of sets of options.

The tables of real configuration models have thousands of rows and few boxes, because most columns
do not matter for most rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

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
    width = rows.shape[1]
    numbers: list[dict[frozenset[int], int]] = [{} for _ in range(width)]
    for column in range(width):
        for option in np.unique(rows[:, column]).tolist():
            numbers[column][frozenset({option})] = len(numbers[column])
    sets = [list(known) for known in numbers]
    coded = [
        tuple(numbers[column][frozenset({option})] for column, option in enumerate(row))
        for row in rows.tolist()
    ]
    for column in sorted(range(width), key=lambda c: (-len(sets[c]), c)):
        joined: dict[tuple[int, ...], list[int]] = {}
        for code in coded:
            joined.setdefault(code[:column] + code[column + 1 :], []).append(code[column])
        coded = []
        for rest, merged in joined.items():
            union = frozenset().union(*(sets[column][number] for number in merged))
            number = numbers[column].setdefault(union, len(sets[column]))
            if number == len(sets[column]):
                sets[column].append(union)
            coded.append((*rest[:column], number, *rest[column:]))
    return [tuple(sets[column][number] for column, number in enumerate(code)) for code in coded]


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
