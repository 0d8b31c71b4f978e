"""All variants as arrays, and in declared order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import Mask, alive
from cmf.engines.diagram.relation import Ints
from cmf.engines.diagram.sample import holders_of


def expand(compiled: Compiled, allowed: Sequence[Mask], weights: Ints) -> Ints:
    """Every variant, in declared order.

    Returns
    -------
    shape (variants, variables of the problem)
    """
    diagram = compiled.diagram
    slots = weights > 0
    nodes = alive(diagram, slots)
    good = slots[diagram.arc_slot] & nodes[diagram.left] & nodes[diagram.right]
    live = np.flatnonzero(good)
    owners = np.repeat(np.arange(len(nodes)), np.diff(diagram.node_arcs))[live]
    lengths = np.bincount(owners, minlength=len(nodes))
    begin = np.cumsum(lengths) - lengths
    holders = holders_of(diagram)
    columns: dict[int, Ints] = {}
    current: dict[int, Ints] = {len(diagram.parts) - 1: np.array([diagram.top])}
    for number in range(len(diagram.parts) - 1, -1, -1):
        part = diagram.parts[len(diagram.parts) - 1 - number]
        here = current.pop(number)
        rows, arcs = _spread(begin[here], lengths[here])
        arcs = live[arcs]
        if len(rows) != len(here) or lengths[here].max() > 1:
            current = {key: column[rows] for key, column in current.items()}
            columns = {key: column[rows] for key, column in columns.items()}
        for side in (diagram.left, diagram.right):
            below = side[arcs]
            if below[0]:
                current[int(holders[below[0]])] = below
        if 0 <= part.variable < len(compiled.labels):
            variable = part.variable
            members = np.flatnonzero(allowed[variable] & (compiled.labels[variable] >= 0))
            members = members[np.argsort(compiled.labels[variable][members], kind="stable")]
            counts = weights[diagram.slots[variable] : diagram.slots[variable + 1]]
            classes = diagram.arc_slot[arcs] - diagram.slots[variable]
            rows, places = _spread((np.cumsum(counts) - counts)[classes], counts[classes])
            if len(rows) != len(classes):
                current = {key: column[rows] for key, column in current.items()}
                columns = {key: column[rows] for key, column in columns.items()}
            columns[variable] = members[places]
    names = range(len(compiled.labels))
    if not names:
        return np.zeros((1, 0), dtype=np.int64)
    order = np.lexsort([columns[v] for v in reversed(names)])
    return np.stack([columns[v][order] for v in names], axis=1)


def _spread(begin: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Rows repeated by `lengths`, and for each repetition a running place from `begin`."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    first = np.cumsum(lengths) - lengths
    return rows, np.arange(len(rows)) - np.repeat(first - begin, lengths)
