"""Uniform random variants: one walk from the top to the leaves for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import Diagram

_BITS = 62


def thresholds(diagram: Diagram, weights: Numbers, nodes: Numbers) -> tuple[Ints, list[int]]:
    """Running share of every arc among the solutions of its node, in units of 2**-62, rounded down.

    Returns
    -------
    thresholds, and the exact running totals
    """
    arcs = weights[diagram.arc_slot].astype(object)
    arcs = (arcs * nodes[diagram.left] * nodes[diagram.right]).tolist()
    bounds = diagram.node_arcs.tolist()
    totals: list[int] = [0] * len(arcs)
    rounded = np.zeros(len(arcs), dtype=np.int64)
    for first, last in pairwise(bounds[1:]):
        running = 0
        for arc in range(first, last):
            running += int(arcs[arc])
            totals[arc] = running
        if running:
            rounded[first:last] = [(t << _BITS) // running for t in totals[first:last]]
    return rounded, totals


def draw(
    compiled: Compiled,
    allowed: Sequence[Mask],
    weights: Numbers,
    nodes: Numbers,
    size: int,
    seed: int,
) -> Ints:
    """`size` variants, uniformly and independently.

    A random word of 62 bits picks the arc. Where it falls on the rounded border between two arcs
    further bits decide, so the draw is exactly uniform.

    Returns
    -------
    shape (size, variables of the problem)
    """
    diagram = compiled.diagram
    source = np.random.default_rng(seed)
    rounded, totals = thresholds(diagram, weights, nodes)
    variants = np.zeros((size, len(compiled.labels)), dtype=np.int64)
    holders = holders_of(diagram)
    current: dict[int, Ints] = {len(diagram.parts) - 1: np.full(size, diagram.top)}
    for number in range(len(diagram.parts) - 1, -1, -1):
        part = diagram.parts[len(diagram.parts) - 1 - number]
        here = current.pop(number)
        words = source.integers(0, 1 << _BITS, size, dtype=np.int64)
        arcs = _pick(diagram, here, words, rounded, totals, source)
        for side in (diagram.left, diagram.right):
            below = side[arcs]
            if below[0]:
                current[holders[below[0]]] = below
        if 0 <= part.variable < len(compiled.labels):
            classes = diagram.arc_slot[arcs] - diagram.slots[part.variable]
            variants[:, part.variable] = _options(
                compiled.labels[part.variable], allowed[part.variable], classes, source
            )
    return variants


def holders_of(diagram: Diagram) -> Ints:
    """For every node the number of its part, counted from the leaves."""
    parts = diagram.parts[::-1]
    lengths = [1, *(part.last_node - part.first_node for part in parts)]
    return np.repeat(np.arange(-1, len(parts)), lengths)


def _pick(
    diagram: Diagram,
    here: Ints,
    words: Ints,
    rounded: Ints,
    totals: list[int],
    source: np.random.Generator,
) -> Ints:
    """The first arc of each node whose running share exceeds the random word."""
    low = diagram.node_arcs[here]
    high = diagram.node_arcs[here + 1] - 1
    last = high.copy()
    while (low < high).any():
        middle = (low + high) >> 1
        above = rounded[middle] > words
        high = np.where(above, middle, high)
        low = np.where(above, low, np.minimum(middle + 1, high))
    close = (rounded[low] == words) | (
        (low > diagram.node_arcs[here]) & (rounded[np.maximum(low - 1, 0)] == words)
    )
    for row in np.flatnonzero(close):
        low[row] = _exact(
            int(diagram.node_arcs[here[row]]), int(last[row]), int(words[row]), totals, source
        )
    return low


def _exact(first: int, last: int, word: int, totals: list[int], source: np.random.Generator) -> int:
    """Decide by further bits between arcs whose rounded borders equal the word."""
    total = totals[last]
    bits = _BITS
    while True:
        low = next((a for a in range(first, last + 1) if (totals[a] << bits) > word * total), last)
        high = next(
            (a for a in range(first, last + 1) if (totals[a] << bits) >= (word + 1) * total), last
        )
        if low == high:
            return low
        word = (word << 32) | int(source.integers(0, 1 << 32))
        bits += 32


def _options(labels: Ints, allowed: Mask, classes: Ints, source: np.random.Generator) -> Ints:
    """One of the allowed options of each class, uniformly."""
    members = np.flatnonzero(allowed & (labels >= 0))
    members = members[np.argsort(labels[members], kind="stable")]
    counts = np.bincount(labels[members], minlength=int(labels.max(initial=0)) + 1)
    begin = np.cumsum(counts) - counts
    places = begin[classes]
    if counts.max(initial=0) > 1:
        places = places + source.integers(0, counts[classes])
    chosen: Ints = members[places]
    return chosen
