"""What holds between a few variables, whatever the others are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.engines.diagram.budget import Budget
from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.eliminate import Elimination, reduce_domains
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.lower import System, lower
from cmf.engines.diagram.order import Shape, eliminate, neighbours
from cmf.engines.diagram.relation import Relation
from cmf.errors import LimitReached
from cmf.problem.answer import Limits
from cmf.problem.formula import Formula, Member, Table

ROWS = 5_000_000
"""Rows of one table of a projection."""


def combinations(
    compiled: Compiled,
    allowed: Mask,
    formulas: Sequence[Formula],
    variables: Sequence[int],
    limits: Limits,
) -> list[Table]:
    """Tables over `variables`, numbered anew: together they admit what can be completed.

    The other variables are eliminated one after the other, so that nothing is enumerated but what
    the tables of bucket elimination hold.

    Raises
    ------
    LimitReached
        When a join outgrows the limits.
    """
    options = np.diff(compiled.first).tolist()
    masks = compiled.split(allowed)
    held = [
        Member(v, frozenset(np.flatnonzero(mask).tolist()))
        for v, mask in enumerate(masks)
        if not mask.all()
    ]
    system = lower(options, [*formulas, *held])
    relations = reduce_domains(system) if system.feasible else None
    if relations is None:
        return [_nothing(len(variables))]
    left = _eliminated(system, relations, variables, Budget(limits))
    if left is None:
        return [_nothing(len(variables))]
    place = {v: number for number, v in enumerate(variables)}
    return [_over_options(relation, system, place) for relation in left if relation.scope]


def _eliminated(
    system: System, relations: Sequence[Relation], variables: Sequence[int], budget: Budget
) -> list[Relation] | None:
    """Relations over classes of `variables`; `None` when nothing satisfies them."""
    count = len(system.sizes)
    shape = Shape.of(relations, system.sizes)
    graph = neighbours(count, [relation.scope for relation in relations])
    others = count - len(variables)
    tries = [eliminate(graph, shape.values, rule, 0, variables) for rule in ("fill", "size")]
    order = min(tries, key=lambda order: shape.cost(order, others))
    sizes = [*system.sizes, *([0] * count)]
    run = Elimination(order, budget, sizes, list(relations), (), count)
    if run.run(others) is None:
        return None
    left = run.left()
    return left if all(relation.size for relation in left) else None


def _over_options(relation: Relation, system: System, place: dict[int, int]) -> Table:
    """A relation over classes as a table of options."""
    columns = list(relation.columns)
    for number, variable in enumerate(relation.scope):
        labels = system.labels[variable]
        options = np.argsort(labels, kind="stable")[np.count_nonzero(labels < 0) :]
        members = np.bincount(labels[labels >= 0], minlength=system.sizes[variable])
        many = members[columns[number]]
        if int(many.sum()) > ROWS:
            raise LimitReached(f"{ROWS:,} rows in one table of a projection")
        rows = np.repeat(np.arange(len(many)), many)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        begin = np.cumsum(members) - members
        columns = [column[rows] for column in columns]
        columns[number] = options[begin[columns[number]] + within]
    cells = np.stack(columns, axis=1).astype(np.int32)
    return Table(tuple(place[v] for v in relation.scope), cells)


def _nothing(variables: int) -> Table:
    return Table(tuple(range(variables)), np.zeros((0, variables), dtype=np.int32))
