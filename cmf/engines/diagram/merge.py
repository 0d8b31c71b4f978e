"""Interchangeable options: those that no constraint tells apart share one class.

The cost of a diagram then grows with what the constraints distinguish, not with the number of
options.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.engines.diagram.relation import Ints, Relation, group, pack, ranked, scrambled, semijoin


def stacked(parts: Sequence[Ints]) -> tuple[Ints, int]:
    """The coarsest classes that refine every one of `parts` (same length); and their number.

    Classes are numbered in the order of their first member.
    """
    keys, space = pack(parts, [int(p.max(initial=0)) + 1 for p in parts], len(parts[0]))
    numbers, first = group(keys, space)
    rank = np.empty(len(first), dtype=np.int64)
    smallest = np.full(len(first), len(numbers), dtype=np.int64)
    np.minimum.at(smallest, numbers, np.arange(len(numbers)))
    rank[np.argsort(smallest, kind="stable")] = np.arange(len(first))
    return rank[numbers], len(first)


def representatives(labels: Ints, count: int) -> Ints:
    """The first member of every class."""
    first = np.full(count, len(labels), dtype=np.int64)
    np.minimum.at(first, labels, np.arange(len(labels)))
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
    total = np.zeros(relation.size, dtype=np.uint64)
    salted = []
    for number, (column, size) in enumerate(zip(relation.columns, sizes, strict=True)):
        salted.append(scrambled(np.arange(size), number)[column])
        total += salted[-1]
    if extra is not None:
        total += scrambled(extra, len(sizes))
    classes = []
    for column, part, size in zip(relation.columns, salted, sizes, strict=True):
        sums = np.zeros(size, dtype=np.uint64)
        np.add.at(sums, column, scrambled((total - part).view(np.int64)))
        classes.append(stacked([ranked(sums)])[0])
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
    mapped = [lead[column] for lead, column in zip(first, relation.columns, strict=True)]
    columns, bounds = list(relation.columns), list(sizes)
    if extra is not None:
        cost, costs = stacked([ranked(extra)])
        mapped.append(cost)
        columns.append(cost)
        bounds.append(costs)
    names = tuple(range(len(columns)))
    whole = Relation(names, tuple(mapped), relation.size)
    leaders = Relation(names, tuple(c[keep] for c in columns), int(keep.sum()))
    return semijoin(whole, leaders, bounds).size == relation.size


def merged(relation: Relation, classes: Sequence[Ints]) -> Relation:
    """The relation over classes instead of values."""
    leaders = [representatives(c, int(c.max(initial=-1)) + 1) for c in classes]
    keep = np.ones(relation.size, dtype=np.bool_)
    for column, labels, first in zip(relation.columns, classes, leaders, strict=True):
        keep &= first[labels[column]] == column
    columns = tuple(
        labels[column[keep]] for column, labels in zip(relation.columns, classes, strict=True)
    )
    return Relation(relation.scope, columns, int(keep.sum()))
