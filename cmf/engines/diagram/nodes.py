"""Nodes of one variable, and how equal ones are found: what both builders share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram.relation import Ints, equal_sets, group, pack, ranked, sort_order


@frozen(eq=False)
class Branch:
    """The nodes of one variable.

    Attributes
    ----------
    variable
        The variable on which the nodes branch.
    children
        Variables of the subtrees below.
    owners, values
        For every arc its node (ascending) and the value of the variable.
    targets
        Shape (children, arcs): node of each child to which the arc leads.
    costs
        Shape (quantities, arcs): cost of each arc, the least of every node being 0.
    count
        Number of nodes.
    """

    variable: int
    children: tuple[int, ...]
    owners: Ints = field(repr=False)
    values: Ints = field(repr=False)
    targets: Ints = field(repr=False)
    costs: Ints = field(repr=False)
    count: int


@frozen(eq=False)
class Forest:
    """All branches, children before parents, and the cost that every solution has at least."""

    branches: tuple[Branch, ...]
    offsets: tuple[int, ...]


def relative(costs: Ints, owners: Ints, count: int) -> tuple[Ints, Ints]:
    """Costs less the least cost of their owner; and that least.

    Parameters
    ----------
    costs
        Shape (quantities, rows).
    owners
        Owner of every row; each of ``range(count)`` has one at least.
    """
    least = np.full((len(costs), count), np.iinfo(np.int64).max)
    for lowest, row in zip(least, costs, strict=True):
        np.minimum.at(lowest, owners, row)
    return costs - least[:, owners] if len(costs) else costs, least


def hash_consed(
    variable: int,
    children: Sequence[int],
    size: int,
    owners: Ints,
    count: int,
    values: Ints,
    targets: Sequence[Ints],
    costs: Ints,
) -> tuple[Ints, Branch]:
    """Make owners with the same arcs one node.

    Parameters
    ----------
    size
        Number of values of the variable.
    owners
        Owner of every row; each of ``range(count)`` has one at least.
    values, targets, costs
        What each row says: value, node of every child, cost by quantity.

    Returns
    -------
    node of every owner, and the nodes
    """
    bounds = [int(column.max(initial=0)) + 1 for column in targets]
    ranks = [ranked(cost) for cost in costs]
    bounds += [int(rank.max(initial=0)) + 1 for rank in ranks]
    keys, space = pack([values, *targets, *ranks], [size, *bounds], len(owners))
    arcs, samples = group(keys, space)
    numbers, leaders = equal_sets(owners, count, arcs, len(samples))
    rows = np.flatnonzero(leaders[numbers][owners] == owners)
    keys, space = pack([numbers[owners[rows]], arcs[rows]], [count, len(samples)], len(rows))
    rows = rows[sort_order(keys, space)]
    branch = Branch(
        variable,
        tuple(children),
        numbers[owners[rows]],
        values[rows],
        np.array([c[rows] for c in targets], dtype=np.int64).reshape(len(targets), len(rows)),
        costs[:, rows],
        len(leaders),
    )
    return numbers, branch
