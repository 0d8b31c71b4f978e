"""What a restricted space says of a few variables: its diagram without everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram import fold
from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.relation import Ints, Numbers, equal_sets, group, pack, ranked
from cmf.engines.diagram.structure import Part


@frozen(eq=False)
class Layer:
    """The nodes of one part of the diagram that are left.

    Attributes
    ----------
    variable
        The variable on which the nodes branch; -1 where it is not looked at.
    owners
        Node of every arc, ascending.
    choices
        For every arc the choice of the variable, a number into `Outline.choices`; 0 where the
        variable is not looked at.
    weights
        How many assignments of the variables that are not looked at an arc stands for.
    children
        Numbers of the layers below, each with the node to which every arc leads.
    """

    variable: int
    owners: Ints = field(repr=False)
    choices: Ints = field(repr=False)
    weights: Numbers = field(repr=False)
    children: tuple[tuple[int, Ints], ...] = field(repr=False)

    @property
    def starts(self) -> Ints:
        """First arc of every node."""
        return np.searchsorted(self.owners, np.arange(self.owners[-1] + 1))


@frozen(eq=False)
class Outline:
    """A restricted space, seen through some of its variables.

    Outlines of one compiled diagram that look at the same variables have the same layers, so that
    two restrictions of it can be walked side by side.

    Attributes
    ----------
    layers
        By number of the part of the diagram, children first; the last one has a single node. Parts
        below which no variable is looked at have none.
    choices
        For every variable that is looked at, the allowed options behind each choice.
    """

    layers: Mapping[int, Layer] = field(repr=False)
    choices: Mapping[int, tuple[Ints, ...]] = field(repr=False)


def outline(compiled: Compiled, allowed: Mask, seen: Collection[int], *, counted: bool) -> Outline:
    """The outline of a restricted space, which must not be empty.

    Parameters
    ----------
    seen
        Variables that are looked at.
    counted
        Whether arcs carry how many variants they stand for (as machine floats). Without it, nodes
        that differ only in that are one.
    """
    diagram = compiled.diagram
    weights = compiled.weights(allowed)
    live = fold.used(diagram, weights > 0, fold.alive(diagram, weights > 0))
    counts = fold.counts(diagram, weights.astype(np.float64)) if counted else None
    choices, numbers = _choices(compiled, allowed, seen)
    layers: dict[int, Layer] = {}
    nodes = np.zeros(diagram.top + 1, dtype=np.int64)
    last = len(diagram.parts) - 1
    for number, part in enumerate(diagram.parts):
        visible = part.variable in seen
        sides = ((part.left, diagram.left), (part.right, diagram.right))
        if not visible and number != last and not any(child in layers for child, _ in sides):
            continue
        arcs = np.flatnonzero(live[part.first_arc : part.last_arc]) + part.first_arc
        slots = diagram.arc_slot[arcs]
        many = np.ones(len(arcs))
        if counts is not None:
            many = many if visible else weights[slots].astype(np.float64)
            for child, target in sides:
                many = many if child in layers else many * counts[target[arcs]]
        targets = [(child, nodes[target[arcs]]) for child, target in sides if child in layers]
        chosen = numbers[slots] if visible else np.zeros(len(arcs), dtype=np.int64)
        owners = _owners(compiled, part, arcs)
        variable = part.variable if visible else -1
        layers[number], merged = _layer(variable, owners, chosen, many, targets)
        nodes[part.first_node + np.unique(owners)] = merged
    return Outline(layers, choices)


def _choices(
    compiled: Compiled, allowed: Mask, seen: Collection[int]
) -> tuple[dict[int, tuple[Ints, ...]], Ints]:
    """The allowed options behind every choice; and for every slot the number of its choice."""
    numbers = np.zeros(len(compiled.hidden), dtype=np.int64)
    choices: dict[int, tuple[Ints, ...]] = {}
    for variable in seen:
        first, last = compiled.first[variable : variable + 2]
        slots = compiled.slots[first:last]
        options = np.flatnonzero(allowed[first:last])
        options = options[slots[options] < len(compiled.hidden) - 1]
        kinds, which = np.unique(slots[options], return_inverse=True)
        numbers[kinds] = np.arange(len(kinds))
        choices[variable] = tuple(options[which == kind] for kind in range(len(kinds)))
    return choices, numbers


def _owners(compiled: Compiled, part: Part, arcs: Ints) -> Ints:
    """Node of every arc, numbered from the first node of the part."""
    ends = compiled.diagram.node_arcs[part.first_node : part.last_node + 1]
    return np.searchsorted(ends, arcs, side="right") - 1


def _layer(
    variable: int,
    owners: Ints,
    choices: Ints,
    many: Numbers,
    targets: list[tuple[int, Ints]],
) -> tuple[Layer, Ints]:
    """A layer without equal arcs and equal nodes; and the new number of every node."""
    present, owners = np.unique(owners, return_inverse=True)
    columns = [owners, choices, *(nodes for _, nodes in targets)]
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    keys, space = pack(columns, sizes, len(owners))
    distinct, rows = group(keys, space)
    many = np.bincount(distinct, weights=many, minlength=len(rows)) if len(many) else many
    if not np.any(many > 1):
        many = np.ones(len(rows))
    ranks = ranked(many)
    elements, space = pack(
        [column[rows] for column in columns[1:]] + [ranks],
        [*sizes[1:], int(ranks.max(initial=0)) + 1],
        len(rows),
    )
    kinds, samples = group(elements, space)
    merged, leaders = equal_sets(owners[rows], len(present), kinds, len(samples))
    keep = leaders[merged[owners[rows]]] == owners[rows]
    order = np.flatnonzero(keep)
    order = order[np.argsort(merged[owners[rows[order]]], kind="stable")]
    chosen = rows[order]
    layer = Layer(
        variable,
        merged[owners[chosen]],
        choices[chosen],
        many[order],
        tuple((child, nodes[chosen]) for child, nodes in targets),
    )
    return layer, merged


def point(whole: Outline) -> Outline:
    """The outline of a space of one variant, in the same layers: to walk an outline by itself."""
    none = np.zeros(1, dtype=np.int64)
    layers = {
        number: Layer(
            layer.variable, none, none, np.ones(1), tuple((c, none) for c, _ in layer.children)
        )
        for number, layer in whole.layers.items()
    }
    return Outline(layers, dict.fromkeys(whole.choices, (none,)))
