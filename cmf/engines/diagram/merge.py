"""Interchangeable options: those that no constraint tells apart share one class.

The cost of a diagram then grows with what the constraints distinguish, not with the number of
options.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.engines.diagram.relation import Ints, Numbers, Relation, pack, scrambled, semijoin


def stacked(parts: Sequence[Ints]) -> tuple[Ints, int]:
    """The coarsest classes that refine every one of `parts` (same length); and their number.

    Classes are numbered in the order of their first member.
    """
    keys, _ = pack(parts, [int(p.max(initial=0)) + 1 for p in parts], len(parts[0]))
    return numbered(keys)


def numbered(values: Numbers) -> tuple[Ints, int]:
    """Number equal values alike, in the order of their first place; and how many there are."""
    distinct, first, numbers = np.unique(values, return_index=True, return_inverse=True)
    if len(distinct) == len(values):
        return np.arange(len(values)), len(values)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[numbers], len(first)


def representatives(labels: Ints, count: int) -> Ints:
    """The first member of every class."""
    first = np.zeros(count, dtype=np.int64)
    first[labels[::-1]] = np.arange(len(labels))[::-1]
    return first


def relation_classes(
    relation: Relation, sizes: Sequence[int], extra: Ints | None = None
) -> list[Ints]:
    """For every column of a relation, the class of each value that it can tell apart.

    Parameters
    ----------
    sizes
        Number of values of every column.
    extra
        A further number for each row that must agree too (a cost).
    """
    counts = [np.bincount(c, minlength=n) for c, n in zip(relation.columns, sizes, strict=True)]
    classes = [np.arange(size) for size in sizes]
    # Values alike have equally many rows; where no two have, there is nothing to look at.
    doubtful = [i for i, c in enumerate(counts) if len(set(c.tolist())) < len(c)]
    if not doubtful:
        return classes
    total = np.zeros(relation.size, dtype=np.uint64)
    salted = []
    for number, (column, size) in enumerate(zip(relation.columns, sizes, strict=True)):
        salted.append(scrambled(np.arange(size), number)[column])
        total += salted[-1]
    if extra is not None:
        total += scrambled(extra, len(sizes))
    for number in doubtful:
        sums = np.zeros(sizes[number], dtype=np.uint64)
        rest = (total - salted[number]).view(np.int64)
        np.add.at(sums, relation.columns[number], scrambled(rest))
        classes[number] = numbered(sums)[0]
    if _confirmed(relation, sizes, classes, extra):
        return classes
    return [np.arange(size) for size in sizes]


def _confirmed(
    relation: Relation, sizes: Sequence[int], classes: Sequence[Ints], extra: Ints | None
) -> bool:
    """Whether the relation really is a union of products of classes (hashes may collide)."""
    counts = [int(c.max(initial=-1)) + 1 for c in classes]
    if counts == list(sizes):
        return True
    first = [representatives(c, n)[c] for c, n in zip(classes, counts, strict=True)]
    keep = np.ones(relation.size, dtype=np.bool_)
    many = np.ones(relation.size, dtype=np.float64)
    for column, lead, labels, n in zip(relation.columns, first, classes, counts, strict=True):
        keep &= lead[column] == column
        many *= np.bincount(labels, minlength=n)[labels][column]
    if many[keep].sum() != relation.size:
        return False
    if len(relation.columns) == 1 and extra is None:
        return True
    mapped = [lead[column] for lead, column in zip(first, relation.columns, strict=True)]
    columns, bounds = list(relation.columns), list(sizes)
    if extra is not None:
        cost, costs = numbered(extra)
        mapped.append(cost)
        columns.append(cost)
        bounds.append(costs)
    names = tuple(range(len(columns)))
    whole = Relation(names, tuple(mapped), relation.size)
    leaders = Relation(names, tuple(c[keep] for c in columns), int(keep.sum()))
    return semijoin(whole, leaders, bounds).size == relation.size


def merged(relation: Relation, classes: Sequence[Ints]) -> Relation:
    """The relation over classes instead of values."""
    if all(int(c.max(initial=-1)) + 1 == len(c) for c in classes):
        return relation
    leaders = [representatives(c, int(c.max(initial=-1)) + 1) for c in classes]
    keep = np.ones(relation.size, dtype=np.bool_)
    for column, labels, first in zip(relation.columns, classes, leaders, strict=True):
        keep &= first[labels[column]] == column
    columns = tuple(
        labels[column[keep]] for column, labels in zip(relation.columns, classes, strict=True)
    )
    return Relation(relation.scope, columns, int(keep.sum()))
