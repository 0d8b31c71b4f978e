"""How much weight each group has on the parts of each other group: the exact matrix product."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.analysis.commonality.incidence import Index
from cmf.analysis.commonality.weigh import Exact, Weighed
from cmf.errors import LimitReached

MAX_GROUPS = 8_000
"""Groups of one matrix; a few matrices of this many squared numbers fit in 2 GB."""

MANTISSA = 53
"""Bits up to which sums of doubles are exact integers."""

HEAVY = 10
"""Columns that more than a tenth of the rows use are multiplied as dense blocks."""

BLOCK = 1_024
"""Dense columns in memory at a time."""

Doubles = npt.NDArray[np.float64]


@frozen(eq=False)
class _Columns:
    """Uses by column, where a column stands for all parts that the same groups use.

    Attributes
    ----------
    start
        Shape (columns + 1): the entries of column j are ``start[j]:start[j + 1]``.
    row
        Group of every entry, ascending in each column.
    order, target
        Use number ``order[t]`` adds to entry ``target[t]``.
    """

    start: Index
    row: Index
    order: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]

    def add(self, value: Doubles) -> Doubles:
        """The entries: values of the uses, added up over the parts of a column."""
        entries = np.bincount(self.target, value[self.order], len(self.row))
        return entries.astype(np.float64, copy=False)


def meet(weighed: Weighed) -> Exact:
    """``C[a, b]``: weight of the uses by group a, of the parts that group b uses too.

    The diagonal is the weight of each group. Shape (groups, groups); 64-bit integers, or Python
    integers (dtype object) when a sum could be greater.

    Computed in doubles, which are exact here: values are cut into limbs so short that no sum of
    a row leaves 53 bits. Parts that exactly the same groups use are added up first, as modules
    bring many such parts.

    Raises
    ------
    LimitReached
        More than `MAX_GROUPS` groups.
    """
    rows = len(weighed.labels)
    if rows > MAX_GROUPS:
        raise LimitReached(f"a matrix of {rows} groups; at most {MAX_GROUPS} are possible")
    columns = _columns(weighed)
    found: Exact = np.zeros((rows, rows), dtype=weighed.value.dtype)
    width = MANTISSA - int(np.bincount(weighed.row, minlength=1).max()).bit_length()
    for shift, limb in _limbs(weighed.value, width):
        product = _product(columns, columns.add(limb), rows)
        found += product.astype(np.int64).astype(found.dtype, copy=False) << shift
    return found


def _limbs(value: Exact, width: int) -> Iterator[tuple[int, Doubles]]:
    """The values as digits to the base ``2 ** width``, with the shift of each digit."""
    shift, mask = 0, (1 << width) - 1
    while True:
        yield shift, (value & mask).astype(np.float64)
        value = value >> width
        shift += width
        if not value.any():
            return


def _columns(weighed: Weighed) -> _Columns:
    from scipy.sparse import coo_array  # type: ignore[import-untyped,unused-ignore]

    uses = len(weighed.row)
    shape = (len(weighed.labels), weighed.parts)
    by_part = coo_array((np.arange(uses), (weighed.row, weighed.part)), shape=shape).tocsc()
    users, start = by_part.indices, by_part.indptr
    known: dict[bytes, int] = {}
    number = np.empty(weighed.parts, dtype=np.int64)
    first: list[int] = []
    for j in range(weighed.parts):
        number[j] = known.setdefault(users[start[j] : start[j + 1]].tobytes(), len(known))
        if number[j] == len(first):
            first.append(j)
    length = np.diff(start)
    new_start = np.concatenate(([0], np.cumsum(length[first])))
    kept = np.zeros(weighed.parts, dtype=np.bool_)
    kept[first] = True
    target = np.repeat(new_start[number] - start[:-1], length) + np.arange(uses)
    row = users[np.repeat(kept, length)]
    return _Columns(new_start.astype(np.int32), row.astype(np.int32), by_part.data, target)


def _product(columns: _Columns, value: Doubles, rows: int) -> Doubles:
    """``V @ X.T`` as a dense array, for entries `value` in V and 1 in X.

    A column with k users costs k^2 steps when sparse, rows^2 much cheaper steps when dense; so
    columns that many rows use go through the dense product.
    """
    from scipy.sparse import csc_array

    length = np.diff(columns.start)
    shape = (rows, len(length))
    left = csc_array((value, columns.row, columns.start), shape=shape)
    right = csc_array((np.ones_like(value), columns.row, columns.start), shape=shape)
    light = np.flatnonzero(length * HEAVY <= rows)
    heavy = np.flatnonzero(length * HEAVY > rows)
    found: Doubles = np.zeros((rows, rows))
    if light.size:
        found += (left[:, light].tocsr() @ right[:, light].T).toarray()
    for begin in range(0, len(heavy), BLOCK):
        block = heavy[begin : begin + BLOCK]
        found += left[:, block].toarray() @ right[:, block].toarray().T
    return found
