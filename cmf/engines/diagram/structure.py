"""The diagram: an AND/OR graph in flat arrays, ordered from the leaves to the top."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from attrs import define, evolve, field, frozen

from cmf.engines.diagram.nodes import Branch, Forest
from cmf.engines.diagram.relation import Ints, group, pack

TRUE = 0
"""Number of the node that every assignment of no variable satisfies."""

ALWAYS = 0
"""Slot of the single arc of a node that only combines two others."""


@frozen
class Level:
    """Nodes of one height; all their arcs lead to lower levels. Half-open ranges."""

    first_node: int
    last_node: int
    first_arc: int
    last_arc: int


@frozen(eq=False)
class Step:
    """One level in the form that folds use.

    Attributes
    ----------
    nodes, arcs
        Where the level lies in arrays over all nodes and all arcs.
    starts
        Where the arcs of each node start within the level.
    owners, left, right
        For every arc of the level its node and its children.
    """

    nodes: slice
    arcs: slice
    starts: Ints
    owners: Ints
    left: Ints
    right: Ints


@frozen
class Part:
    """Nodes that belong together: of one variable, or combining the same subtrees.

    Attributes
    ----------
    variable
        -1 where the nodes only combine two others.
    first_node, last_node, first_arc, last_arc
        Half-open ranges.
    left, right
        Numbers of the parts to which the arcs lead; -1 for `TRUE`.
    """

    variable: int
    first_node: int
    last_node: int
    first_arc: int
    last_arc: int
    left: int
    right: int


@frozen(eq=False)
class Diagram:
    """An OR node chooses one of its arcs; an arc takes a value and needs both of its children.

    Attributes
    ----------
    slots
        Length (variables + 1): slot of the first value of every variable. A slot is a value of a
        variable; slot 0 belongs to none.
    node_arcs
        Length (nodes + 1): first arc of every node. Node 0 is TRUE and has none.
    arc_slot, left, right
        For every arc its slot and its two children (`TRUE` where it has fewer).
    arc_costs
        Shape (quantities, arcs): what each arc adds to the quantities that the diagram carries.
    offsets
        What every variant adds to them.
    levels
        From the leaves to the top.
    parts
        From the leaves to the top: children come before their parents.
    top
        The node of the whole space; -1 when it is empty.
    """

    slots: Ints = field(repr=False)
    node_arcs: Ints = field(repr=False)
    arc_slot: Ints = field(repr=False)
    left: Ints = field(repr=False)
    right: Ints = field(repr=False)
    arc_costs: Ints = field(repr=False)
    offsets: tuple[int, ...]
    levels: tuple[Level, ...] = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    top: int

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What a fold needs of every level, from the leaves to the top."""
        return tuple(
            Step(
                slice(level.first_node, level.last_node),
                slice(level.first_arc, level.last_arc),
                self.node_arcs[level.first_node : level.last_node] - level.first_arc,
                np.repeat(
                    np.arange(level.first_node, level.last_node),
                    np.diff(self.node_arcs[level.first_node : level.last_node + 1]),
                ),
                self.left[level.first_arc : level.last_arc],
                self.right[level.first_arc : level.last_arc],
            )
            for level in self.levels
        )

    @property
    def nodes(self) -> int:
        """Number of nodes, TRUE left out."""
        return len(self.node_arcs) - 2

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return len(self.arc_slot)


@frozen(eq=False)
class _Draft:
    """Nodes of one part before they have their final numbers.

    `left` and `right` number nodes within the parts `left_part` and `right_part` (-1: TRUE).
    """

    variable: int
    height: int
    count: int
    owners: Ints
    values: Ints
    costs: Ints
    left_part: int
    left: Ints
    right_part: int
    right: Ints


@define(eq=False)
class _Assembly:
    drafts: list[_Draft] = field(factory=list)

    def add(self, new: _Draft, targets: list[tuple[int, Ints]]) -> int:
        """Add the nodes of a variable; more than two children are combined pairwise first."""
        waiting = [(self._height(part), part, number) for number, (part, _) in enumerate(targets)]
        columns = [nodes for _, nodes in targets]
        heapq.heapify(waiting)
        while len(waiting) > 2:
            # The two lowest first, which keeps the diagram flat.
            (_, a, i), (_, b, j) = heapq.heappop(waiting), heapq.heappop(waiting)
            sizes = [self.drafts[a].count, self.drafts[b].count]
            keys, space = pack([columns[i], columns[j]], sizes, len(new.owners))
            numbers, rows = group(keys, space)
            both = self._push(
                _draft(-1, len(rows), np.arange(len(rows)), quantities=len(new.costs)),
                [(a, columns[i][rows]), (b, columns[j][rows])],
            )
            columns.append(numbers)
            heapq.heappush(waiting, (self._height(both), both, len(columns) - 1))
        return self._push(new, [(part, columns[i]) for _, part, i in waiting])

    def _height(self, part: int) -> int:
        return self.drafts[part].height if part >= 0 else -1

    def _push(self, draft: _Draft, targets: list[tuple[int, Ints]]) -> int:
        none = (-1, np.zeros(len(draft.owners), dtype=np.int64))
        (left_part, left), (right_part, right) = [*targets, none, none][:2]
        height = 1 + max(self._height(left_part), self._height(right_part))
        self.drafts.append(
            evolve(
                draft,
                height=height,
                left_part=left_part,
                left=left,
                right_part=right_part,
                right=right,
            )
        )
        return len(self.drafts) - 1


def _draft(
    variable: int,
    count: int,
    owners: Ints,
    values: Ints | None = None,
    costs: Ints | None = None,
    quantities: int = 0,
) -> _Draft:
    """Nodes that have no children yet."""
    none = np.zeros(len(owners), dtype=np.int64)
    return _Draft(
        variable,
        0,
        count,
        owners,
        none if values is None else values,
        np.zeros((quantities, len(owners)), dtype=np.int64) if costs is None else costs,
        -1,
        none,
        -1,
        none,
    )


def assemble(forest: Forest | None, sizes: Sequence[int], quantities: int) -> Diagram:
    """Flat arrays for the nodes that can be reached from the top.

    Parameters
    ----------
    forest
        `None` for the empty space.
    sizes
        Number of values of every variable.
    quantities
        Number of quantities that the arcs carry.
    """
    slots = np.concatenate([[1], 1 + np.cumsum(np.asarray(sizes, dtype=np.int64))])
    if forest is None:
        none = np.zeros(0, dtype=np.int64)
        ends = np.zeros(2, dtype=np.int64)
        costs = np.zeros((quantities, 0), dtype=np.int64)
        return Diagram(slots, ends, none, none, none, costs, (0,) * quantities, (), (), -1)
    reached = _reached(forest.branches)
    numbers = {v: np.cumsum(keep) - 1 for v, keep in reached.items()}
    assembly = _Assembly()
    part_of: dict[int, int] = {}
    for branch in forest.branches:
        arcs = reached[branch.variable][branch.owners]
        draft = _draft(
            branch.variable,
            int(reached[branch.variable].sum()),
            numbers[branch.variable][branch.owners[arcs]],
            branch.values[arcs],
            branch.costs[:, arcs],
        )
        targets = [
            (part_of[child], numbers[child][nodes[arcs]])
            for child, nodes in zip(branch.children, branch.targets, strict=True)
        ]
        part_of[branch.variable] = assembly.add(draft, targets)
    below = {child for branch in forest.branches for child in branch.children}
    roots = [part_of[b.variable] for b in forest.branches if b.variable not in below]
    one = np.zeros(1, dtype=np.int64)
    assembly.add(_draft(-1, 1, one, quantities=quantities), [(root, one) for root in roots])
    return _flat(assembly.drafts, slots, forest.offsets)


def _reached(branches: Sequence[Branch]) -> dict[int, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """For every variable, which of its nodes the top reaches."""
    below = {child for branch in branches for child in branch.children}
    reached = {b.variable: np.full(b.count, b.variable not in below) for b in branches}
    for branch in reversed(branches):
        arcs = reached[branch.variable][branch.owners]
        for child, nodes in zip(branch.children, branch.targets, strict=True):
            reached[child][nodes[arcs]] = True
    return reached


def _flat(drafts: Sequence[_Draft], slots: Ints, offsets: tuple[int, ...]) -> Diagram:
    order = sorted(range(len(drafts)), key=lambda i: (drafts[i].height, i))
    place = {number: i for i, number in enumerate(order)}
    starts = [0] * len(drafts)
    node = 1
    for number in order:
        starts[number] = node
        node += drafts[number].count
    arc_slot, left, right, costs = [], [], [], []
    lengths = [np.zeros(1, dtype=np.int64)]
    levels: list[Level] = []
    parts: list[Part] = []
    arc = 0
    for number in order:
        draft = drafts[number]
        first = starts[number]
        shift = slots[draft.variable] if draft.variable >= 0 else 0
        arc_slot.append(draft.values + shift)
        left.append(draft.left + (starts[draft.left_part] if draft.left_part >= 0 else 0))
        right.append(draft.right + (starts[draft.right_part] if draft.right_part >= 0 else 0))
        costs.append(draft.costs)
        lengths.append(np.bincount(draft.owners, minlength=draft.count))
        last_node, last_arc = first + draft.count, arc + len(draft.owners)
        if len(levels) == draft.height + 1:
            levels[-1] = Level(levels[-1].first_node, last_node, levels[-1].first_arc, last_arc)
        else:
            levels.append(Level(first, last_node, arc, last_arc))
        children = [-1 if p < 0 else place[p] for p in (draft.left_part, draft.right_part)]
        parts.append(Part(draft.variable, first, last_node, arc, last_arc, *children))
        arc = last_arc
    counts = np.concatenate(lengths)
    return Diagram(
        slots,
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate(arc_slot),
        np.concatenate(left),
        np.concatenate(right),
        np.concatenate(costs, axis=1),
        offsets,
        tuple(levels),
        tuple(parts),
        node - 1,
    )
