"""Sparse relations over finite domains, and the joins by which a diagram is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

Ints = npt.NDArray[np.int64]

Numbers = npt.NDArray[Any]
"""Machine words, or Python integers where those are too short."""

_WORD = 1 << 62
"""Packed keys stay below this, so that they fit a signed word."""

_DIRECT = 1 << 16
"""Key ranges up to this, or up to a few times the number of keys, are looked up in a table."""


@frozen(eq=False)
class Relation:
    """Rows of values of a few variables; no row twice.

    Attributes
    ----------
    scope
        Distinct variables.
    columns
        For each variable its value in every row.
    size
        Number of rows; a relation without variables has one row (true) or none (false).
    """

    scope: tuple[int, ...]
    columns: tuple[Ints, ...] = field(repr=False)
    size: int

    @classmethod
    def of(cls, scope: Sequence[int], rows: npt.NDArray[np.integer]) -> Relation:
        """From a matrix of shape (rows, variables)."""
        columns = tuple(np.ascontiguousarray(column, dtype=np.int64) for column in rows.T)
        return cls(tuple(scope), columns, len(rows))

    def column(self, variable: int) -> Ints:
        """Values of one variable."""
        return self.columns[self.scope.index(variable)]

    def take(self, chosen: npt.NDArray[np.generic]) -> Relation:
        """The rows chosen by numbers or by a mask."""
        columns = tuple(column[chosen] for column in self.columns)
        size = int(np.count_nonzero(chosen)) if chosen.dtype == np.bool_ else len(chosen)
        return Relation(self.scope, columns, size)


def sort_order(keys: Ints, space: int) -> Ints:
    """The stable permutation that sorts `keys`, all of them in ``range(space)``."""
    count = len(keys)
    if count and space < _WORD // count:
        # Sorting one word that carries key and row is faster than sorting by reference.
        return np.sort(keys * count + np.arange(count)) % count
    return np.argsort(keys, kind="stable").astype(np.int64, copy=False)


def group(keys: Ints, space: int) -> tuple[Ints, Ints]:
    """Number the distinct keys in ascending order.

    Returns
    -------
    number of every key, and for every number the position of one key that has it
    """
    if space <= max(_DIRECT, 4 * len(keys)):
        where = np.full(space, -1, dtype=np.int64)
        where[keys] = np.arange(len(keys))
        present = np.flatnonzero(where >= 0)
        numbers = np.empty(space, dtype=np.int64)
        numbers[present] = np.arange(len(present))
        return numbers[keys], where[present]
    order = sort_order(keys, space)
    ordered = keys[order]
    fresh = np.empty(len(keys), dtype=np.bool_)
    fresh[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[order] = np.cumsum(fresh) - 1
    return numbers, order[fresh]


def pack(columns: Sequence[Ints], sizes: Sequence[int], count: int) -> tuple[Ints, int]:
    """One key a row that tells rows apart, and the range of the keys.

    Parameters
    ----------
    columns
        Values of every column, column `i` in ``range(sizes[i])``.
    count
        Number of rows (there may be no column).
    """
    keys = np.zeros(count, dtype=np.int64)
    space = 1
    for column, size in zip(columns, sizes, strict=True):
        if space * size >= _WORD:
            keys, first = group(keys, space)
            space = max(len(first), 1)
        keys = keys * size + column if space > 1 else column
        space *= size
    return keys, space


def pack_alike(
    left: Sequence[Ints], right: Sequence[Ints], sizes: Sequence[int], counts: tuple[int, int]
) -> tuple[Ints, Ints, int]:
    """Keys of two lists of rows that are equal where the rows are."""
    space = 1
    for size in sizes:
        space *= size
    if space < _WORD:
        return pack(left, sizes, counts[0])[0], pack(right, sizes, counts[1])[0], space
    both = [np.concatenate(pair) for pair in zip(left, right, strict=True)]
    keys, space = pack(both, sizes, sum(counts))
    return keys[: counts[0]], keys[counts[0] :], space


def matches(left: Ints, right: Ints, space: int) -> tuple[Ints, Ints]:
    """For every key of `left`, where its equals start in sorted `right`, and how many there are."""
    if space <= max(_DIRECT, 4 * (len(left) + len(right))):
        counts = np.bincount(right, minlength=space)
        starts = np.cumsum(counts) - counts
        return starts[left], counts[left]
    ordered = np.sort(right)
    begin = np.searchsorted(ordered, left, "left")
    return begin, np.searchsorted(ordered, left, "right") - begin


def join(left: Relation, right: Relation, sizes: Sequence[int], most: int) -> Relation | None:
    """The natural join; `None` when it has more than `most` rows.

    Parameters
    ----------
    sizes
        Number of values of every variable.
    """
    shared = [v for v in left.scope if v in right.scope]
    extra = [v for v in right.scope if v not in left.scope]
    lkeys, rkeys, space = pack_alike(
        [left.column(v) for v in shared],
        [right.column(v) for v in shared],
        [sizes[v] for v in shared],
        (left.size, right.size),
    )
    begin, counts = matches(lkeys, rkeys, space)
    total = int(counts.sum())
    if total > most:
        return None
    if not extra:
        return left if total == left.size else left.take(counts > 0)
    order = sort_order(rkeys, space)
    lrows = np.repeat(np.arange(left.size), counts)
    offsets = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    rrows = order[np.repeat(begin, counts) + offsets]
    columns = [column[lrows] for column in left.columns]
    columns += [right.column(v)[rrows] for v in extra]
    return Relation((*left.scope, *extra), tuple(columns), total)


def semijoin(left: Relation, right: Relation, sizes: Sequence[int]) -> Relation:
    """The rows of `left` that agree with some row of `right`."""
    shared = [v for v in left.scope if v in right.scope]
    lkeys, rkeys, space = pack_alike(
        [left.column(v) for v in shared],
        [right.column(v) for v in shared],
        [sizes[v] for v in shared],
        (left.size, right.size),
    )
    if space <= max(_DIRECT, 4 * (left.size + right.size)):
        present = np.zeros(space, dtype=np.bool_)
        present[rkeys] = True
        keep = present[lkeys]
    else:
        keep = np.isin(lkeys, rkeys)
    return left if keep.all() else left.take(keep)


def equal_sets(owners: Ints, count: int, elements: Ints, space: int) -> tuple[Ints, Ints]:
    """Number the owners so that two have one number exactly when they own the same elements.

    Parameters
    ----------
    owners
        Owner of each row, all of ``range(count)``; an owner may have no row.
    elements
        Element of each row, in ``range(space)``; no pair twice.

    Returns
    -------
    number of every owner, and for every number one owner that has it
    """
    if space and count < _WORD // space:
        pairs = np.sort(owners * space + elements)
        owners, elements = pairs // space, pairs % space
    else:
        order = np.lexsort((elements, owners))
        owners, elements = owners[order], elements[order]
    lengths = np.bincount(owners, minlength=count)
    begin = np.cumsum(lengths) - lengths
    salt = 0
    while True:
        words = scrambled(elements, salt).view(np.int64) >> 2
        sums = np.concatenate([[0], np.cumsum(words)])
        keys = (sums[begin + lengths] - sums[begin]) & (_WORD - 1)
        numbers, first = group(keys, _WORD)
        leader = first[numbers]
        if np.array_equal(lengths[leader], lengths):
            rows = np.repeat(begin[leader] - begin, lengths) + np.arange(len(elements))
            if np.array_equal(elements[rows], elements):
                return numbers, first
        salt += 1


def scrambled(words: Ints, salt: int = 0) -> npt.NDArray[np.uint64]:
    """A fixed pseudo-random word for every number; sums of them tell sets apart."""
    # Each salt has a multiplier of its own: with just an offset, words of different salts would
    # be equal in pairs.
    seed = (salt + 1) * 0x9E3779B97F4A7C15 % 2**64
    seed = (seed ^ (seed >> 32)) * 0xD6E8FEB86659FD93 % 2**64
    mixed = (words.astype(np.uint64) ^ np.uint64(seed)) * np.uint64(seed | 1)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(32))


def ranked(values: Numbers) -> Ints:
    """The rank of every value among the distinct ones."""
    ranks: Ints = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return ranks
