"""Folds over the diagram: one pass up gives a value to every node, one pass down to every use."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import TRUE, Diagram

Mask = npt.NDArray[np.bool_]


def alive(diagram: Diagram, slots: Mask) -> Mask:
    """Which nodes have a solution when only some slots may be taken.

    Parameters
    ----------
    slots
        For every slot whether it may be taken.
    """
    nodes = np.zeros(len(diagram.node_arcs) - 1, dtype=np.bool_)
    nodes[TRUE] = True
    open_ = slots[diagram.arc_slot]
    for level in diagram.levels:
        arcs = slice(level.first_arc, level.last_arc)
        good = open_[arcs] & nodes[diagram.left[arcs]] & nodes[diagram.right[arcs]]
        starts = diagram.node_arcs[level.first_node : level.last_node] - level.first_arc
        nodes[level.first_node : level.last_node] = np.logical_or.reduceat(good, starts)
    return nodes


def used(diagram: Diagram, slots: Mask, nodes: Mask) -> Mask:
    """Which arcs lie on a solution, given the nodes that are alive."""
    good = slots[diagram.arc_slot] & nodes[diagram.left] & nodes[diagram.right]
    reached = np.zeros(len(nodes), dtype=np.bool_)
    reached[diagram.top] = nodes[diagram.top]
    for level in reversed(diagram.levels):
        arcs = slice(level.first_arc, level.last_arc)
        lengths = np.diff(diagram.node_arcs[level.first_node : level.last_node + 1])
        live = np.repeat(reached[level.first_node : level.last_node], lengths)
        live &= good[arcs]
        good[arcs] = live
        reached[diagram.left[arcs][live]] = True
        reached[diagram.right[arcs][live]] = True
    return good


def counts(diagram: Diagram, weights: Numbers) -> Numbers:
    """Number of solutions below every node.

    Parameters
    ----------
    weights
        For every slot, how many options it stands for. The result has the same kind of numbers
        (machine words or Python integers); the caller makes sure that they fit.
    """
    nodes = np.zeros(len(diagram.node_arcs) - 1, dtype=weights.dtype)
    nodes[TRUE] = 1
    factor = weights[diagram.arc_slot]
    for level in diagram.levels:
        arcs = slice(level.first_arc, level.last_arc)
        total = factor[arcs] * nodes[diagram.left[arcs]] * nodes[diagram.right[arcs]]
        starts = diagram.node_arcs[level.first_node : level.last_node] - level.first_arc
        nodes[level.first_node : level.last_node] = np.add.reduceat(total, starts)
    return nodes


def shares(diagram: Diagram, weights: Numbers, nodes: Numbers) -> Numbers:
    """Number of solutions through every slot, for one option of the slot.

    Parameters
    ----------
    nodes
        Result of `counts` for the same weights.
    """
    above = np.zeros_like(nodes)
    above[diagram.top] = 1
    slots = np.zeros_like(weights)
    for level in reversed(diagram.levels):
        arcs = slice(level.first_arc, level.last_arc)
        lengths = np.diff(diagram.node_arcs[level.first_node : level.last_node + 1])
        context = np.repeat(above[level.first_node : level.last_node], lengths)
        slot, left, right = diagram.arc_slot[arcs], diagram.left[arcs], diagram.right[arcs]
        np.add.at(slots, slot, context * nodes[left] * nodes[right])
        context = context * weights[slot]
        np.add.at(above, left, context * nodes[right])
        np.add.at(above, right, context * nodes[left])
    return slots


FAR = 1 << 60
"""Value of what has no solution; real values stay below a quarter of it in size."""


def least(diagram: Diagram, slot_costs: Ints, arc_costs: Ints) -> Ints:
    """Least cost of a solution below every node; `FAR` where there is none.

    Parameters
    ----------
    slot_costs
        Cost of every slot, `FAR` when it may not be taken.
    arc_costs
        Further cost of every arc.
    """
    nodes = np.full(len(diagram.node_arcs) - 1, FAR, dtype=np.int64)
    nodes[TRUE] = 0
    own = slot_costs[diagram.arc_slot] + arc_costs
    for level in diagram.levels:
        arcs = slice(level.first_arc, level.last_arc)
        # At most four times FAR, so the sum fits.
        total = own[arcs] + nodes[diagram.left[arcs]] + nodes[diagram.right[arcs]]
        starts = diagram.node_arcs[level.first_node : level.last_node] - level.first_arc
        found = np.minimum.reduceat(total, starts)
        found[found > FAR // 2] = FAR
        nodes[level.first_node : level.last_node] = found
    return nodes


def least_through(diagram: Diagram, slot_costs: Ints, arc_costs: Ints, nodes: Ints) -> Ints:
    """For every slot the least cost of a solution that takes it, the cost of the slot left out.

    Parameters
    ----------
    nodes
        Result of `least` for the same costs.
    """
    above = np.full(len(nodes), FAR, dtype=np.int64)
    above[diagram.top] = 0
    slots = np.full(len(slot_costs), FAR, dtype=np.int64)
    for level in reversed(diagram.levels):
        arcs = slice(level.first_arc, level.last_arc)
        lengths = np.diff(diagram.node_arcs[level.first_node : level.last_node + 1])
        context = np.repeat(above[level.first_node : level.last_node], lengths) + arc_costs[arcs]
        slot, left, right = diagram.arc_slot[arcs], diagram.left[arcs], diagram.right[arcs]
        np.minimum.at(slots, slot, context + nodes[left] + nodes[right])
        context += slot_costs[slot]
        np.minimum.at(above, left, np.minimum(context + nodes[right], FAR))
        np.minimum.at(above, right, np.minimum(context + nodes[left], FAR))
    slots[slots > FAR // 2] = FAR
    return slots
