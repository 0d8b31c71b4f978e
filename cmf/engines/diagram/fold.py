"""Folds over the diagram: one pass up gives a value to every node, one pass down to every use."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import TRUE, Diagram

Mask = npt.NDArray[np.bool_]

FAR = 1 << 60
"""Cost of what has no solution; real costs stay below a quarter of it in size."""


def alive(diagram: Diagram, slots: Mask) -> Mask:
    """Which nodes have a solution when only some slots may be taken.

    Parameters
    ----------
    slots
        For every slot whether it may be taken.
    """
    nodes = np.zeros(len(diagram.node_arcs) - 1, dtype=np.bool_)
    nodes[TRUE] = True
    open_ = slots.take(diagram.arc_slot)
    for step in diagram.steps:
        good = open_[step.arcs]
        good &= nodes.take(step.left)
        good &= nodes.take(step.right)
        np.logical_or.reduceat(good, step.starts, out=nodes[step.nodes])
    return nodes


def used(diagram: Diagram, slots: Mask, nodes: Mask) -> Mask:
    """Which arcs lie on a solution.

    Parameters
    ----------
    nodes
        Result of `alive` for the same slots.
    """
    good = slots.take(diagram.arc_slot)
    good &= nodes.take(diagram.left)
    good &= nodes.take(diagram.right)
    reached = np.zeros(len(nodes), dtype=np.bool_)
    reached[diagram.top] = nodes[diagram.top]
    for step in reversed(diagram.steps):
        live = good[step.arcs]
        live &= reached.take(step.owners)
        reached[step.left[live]] = True
        reached[step.right[live]] = True
    return good


def one_solution(diagram: Diagram, slots: Mask, nodes: Mask) -> Ints:
    """The arcs of one solution; the same for the same slots. The top must be alive.

    Parameters
    ----------
    nodes
        Result of `alive` for the same slots.
    """
    good = slots.take(diagram.arc_slot)
    good &= nodes.take(diagram.left)
    good &= nodes.take(diagram.right)
    arcs = np.flatnonzero(good)
    # For every node its first good arc; a dead one gets some arc and is never reached.
    first = arcs.take(np.searchsorted(arcs, diagram.node_arcs[:-1]), mode="clip")
    reached = np.zeros(len(nodes), dtype=np.bool_)
    reached[diagram.top] = True
    for step in reversed(diagram.steps):
        taken = first[step.nodes][reached[step.nodes]]
        reached[diagram.left[taken]] = True
        reached[diagram.right[taken]] = True
    reached[TRUE] = False
    found: Ints = first[reached]
    return found


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
    factor = weights.take(diagram.arc_slot)
    for step in diagram.steps:
        total = factor[step.arcs] * nodes.take(step.left)
        total *= nodes.take(step.right)
        nodes[step.nodes] = np.add.reduceat(total, step.starts)
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
    for step in reversed(diagram.steps):
        slot = diagram.arc_slot[step.arcs]
        context = above.take(step.owners)
        left, right = nodes.take(step.left), nodes.take(step.right)
        np.add.at(slots, slot, context * left * right)
        context *= weights.take(slot)
        np.add.at(above, step.left, context * right)
        np.add.at(above, step.right, context * left)
    return slots


def least(diagram: Diagram, slot_costs: Ints, arc_costs: Ints) -> Ints:
    """Least cost of a solution below every node; `FAR` where there is none.

    Parameters
    ----------
    slot_costs
        Cost of every slot, `FAR` when it may not be taken. Further axes hold other costs, for each
        of which there is a result.
    arc_costs
        Further cost of every arc, with the same further axes.
    """
    nodes = np.full((len(diagram.node_arcs) - 1, *slot_costs.shape[1:]), FAR, dtype=np.int64)
    nodes[TRUE] = 0
    own = slot_costs.take(diagram.arc_slot, axis=0) + arc_costs
    for step in diagram.steps:
        # At most four times FAR, so the sum fits.
        total = own[step.arcs] + nodes.take(step.left, axis=0)
        total += nodes.take(step.right, axis=0)
        found = np.minimum.reduceat(total, step.starts, axis=0)
        found[found > FAR // 2] = FAR
        nodes[step.nodes] = found
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
    for step in reversed(diagram.steps):
        slot = diagram.arc_slot[step.arcs]
        context = above.take(step.owners) + arc_costs[step.arcs]
        left, right = nodes.take(step.left), nodes.take(step.right)
        np.minimum.at(slots, slot, context + left + right)
        context += slot_costs.take(slot)
        np.minimum.at(above, step.left, np.minimum(context + right, FAR))
        np.minimum.at(above, step.right, np.minimum(context + left, FAR))
    slots[slots > FAR // 2] = FAR
    return slots
