"""How much weight each group has on the parts of each other group: the exact matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cmf.analysis.commonality.incidence import Index
from cmf.analysis.commonality.weigh import Exact, Weighed
from cmf.errors import LimitReached

MAX_GROUPS = 8_000
"""Groups of one matrix; a few matrices of this many squared numbers fit in 2 GB."""

MANTISSA = 53
"""Bits up to which sums of doubles are exact integers."""

HEAVY = 16
"""Columns that more than a sixteenth of the rows use are multiplied as dense blocks."""

BLOCK = 2_048
"""Dense columns in memory at a time."""


def meet(weighed: Weighed) -> Exact:
    """``C[a, b]``: weight of the uses by group a, of the parts that group b uses too.

    The diagonal is the weight of each group. Shape (groups, groups); 64-bit integers, or Python
    integers (dtype object) when a sum could be greater.

    Computed in doubles, which are exact here: values are cut into limbs so short that no sum of
    a row leaves 53 bits. Parts that exactly the same groups use are added up first, as modules
    bring hundreds of such parts each.

    Raises
    ------
    LimitReached
        More than `MAX_GROUPS` groups.
    """
    rows = len(weighed.labels)
    if rows > MAX_GROUPS:
        raise LimitReached(f"a matrix of {rows} groups; at most {MAX_GROUPS} are possible")
    column, columns = _classes(weighed.row, weighed.part, rows, weighed.parts)
    ones = np.ones(len(column))
    pattern = _sparse(ones, weighed.row, column, (rows, columns))
    pattern.data[:] = 1.0
    found: Exact = np.zeros((rows, rows), dtype=weighed.value.dtype)
    width = MANTISSA - int(np.bincount(weighed.row, minlength=1).max()).bit_length()
    for shift, limb in _limbs(weighed.value, width):
        values = _sparse(limb, weighed.row, column, (rows, columns))
        found += _product(values, pattern).astype(np.int64).astype(found.dtype) << shift
    return found


def _limbs(value: Exact, width: int) -> list[tuple[int, npt.NDArray[np.float64]]]:
    """The values as digits to the base ``2 ** width``, with the shift of each digit."""
    limbs = []
    rest, shift, mask = value, 0, (1 << width) - 1
    while True:
        limbs.append((shift, (rest & mask).astype(np.float64)))
        rest = rest >> width
        shift += width
        if not rest.any():
            return limbs


def _classes(row: Index, part: Index, rows: int, parts: int) -> tuple[Index, int]:
    """For each use, the number of its part's class; parts of one class have the same users."""
    order = np.argsort(part, kind="stable")
    users = row[order].tobytes()
    size = row.itemsize
    bounds = np.searchsorted(part[order], np.arange(parts + 1)) * size
    known: dict[bytes, int] = {}
    number = np.empty(parts, dtype=np.int32)
    for j in range(parts):
        number[j] = known.setdefault(users[bounds[j] : bounds[j + 1]], len(known))
    return number[part], len(known)


def _sparse(
    data: npt.NDArray[np.float64], row: Index, column: Index, shape: tuple[int, int]
) -> Any:
    from scipy.sparse import csr_array  # type: ignore[import-untyped,unused-ignore]

    matrix = csr_array((data, (row, column)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _product(values: Any, pattern: Any) -> npt.NDArray[np.float64]:
    """``values @ pattern.T`` as a dense array.

    A column with k users costs k^2 steps when sparse, rows^2 much cheaper steps when dense; so
    columns that many rows use go through the dense product.
    """
    rows = pattern.shape[0]
    used = np.bincount(pattern.indices, minlength=pattern.shape[1])
    light = np.flatnonzero(used * HEAVY <= rows)
    heavy = np.flatnonzero(used * HEAVY > rows)
    left, right = values.tocsc(), pattern.tocsc()
    found: npt.NDArray[np.float64] = np.zeros((rows, rows))
    if light.size:
        found += (left[:, light].tocsr() @ right[:, light].T.tocsr()).toarray()
    for begin in range(0, len(heavy), BLOCK):
        block = heavy[begin : begin + BLOCK]
        found += left[:, block].toarray() @ right[:, block].toarray().T
    return found
