"""Random variants: one walk from the top to the leaves for all of them at once."""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
from attrs import frozen

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import counts
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import Diagram, Part
from cmf.engines.diagram.weigh import Weighing

_BITS = 62


@frozen(eq=False)
class Sampler:
    """Draws variants of a restricted space.

    A random word of 62 bits picks each arc. Where it falls on the rounded border between two arcs,
    further bits decide, so every variant has exactly the chance of its weight.

    Attributes
    ----------
    borders
        For every arc, the share of the solutions of its node that it and the arcs before it have,
        in units of 2**-62, rounded down.
    totals
        The same as a number of solutions.
    options, begin
        Allowed options sorted by slot, and where each slot starts among them.
    running
        For every one of `options` the weight of all up to and including it.
    """

    compiled: Compiled
    borders: Ints
    totals: list[int]
    options: Ints
    begin: Ints
    running: Ints

    @classmethod
    def of(cls, compiled: Compiled, weighing: Weighing) -> Sampler:
        """Prepare; the space must have a variant of some weight."""
        slots = weighing.slots
        nodes = counts(compiled.diagram, slots)
        borders, totals = _borders(compiled.diagram, slots, nodes)
        options = compiled.by_slot[weighing.options[compiled.by_slot] > 0]
        begin = np.searchsorted(compiled.slots[options], np.arange(len(slots) + 1))
        running = np.cumsum(weighing.options[options])
        return cls(compiled, borders, totals, options, begin, running)

    def draw(self, size: int, seed: int) -> Ints:
        """`size` variants, independent of each other.

        Returns
        -------
        shape (size, variables of the problem)
        """
        diagram, source = self.compiled.diagram, np.random.default_rng(seed)
        variants = np.empty((len(self.compiled.first) - 1, size), dtype=np.int64)
        current: dict[int, Ints | int] = {len(diagram.parts) - 1: diagram.top}
        for number in range(len(diagram.parts) - 1, -1, -1):
            part = diagram.parts[number]
            arcs = self._arcs(part, current.pop(number), source, size)
            for child, nodes in ((part.left, diagram.left), (part.right, diagram.right)):
                if child >= 0:
                    below = diagram.parts[child]
                    lone = below.last_node - below.first_node == 1
                    current[child] = below.first_node if lone else nodes[arcs]
            if 0 <= part.variable < len(variants):
                variants[part.variable] = self._options(part, arcs, source, size)
        return variants.T

    def _options(
        self, part: Part, arcs: Ints | int, source: np.random.Generator, size: int
    ) -> Ints:
        """Draw an option of the slot of each arc."""
        slots = self.compiled.diagram.arc_slot[part.first_arc : part.last_arc]
        begin, end = self.begin[slots], self.begin[slots + 1]
        place = arcs - part.first_arc
        first = self.compiled.first[part.variable]
        if int((end - begin).max()) < 2:
            # A slot without options is never drawn; what stands there does not matter.
            lone = self.options.take(begin, mode="clip") - first
            found: Ints = lone.take(place)
            return found
        before = np.where(begin > 0, self.running.take(begin - 1, mode="wrap"), 0)
        weight = np.where(end > begin, self.running.take(end - 1) - before, 1)
        drawn = source.integers(0, np.broadcast_to(weight[place], size))
        chosen = before[place] + drawn
        if int(self.running[-1]) != len(self.options):
            chosen = np.searchsorted(self.running, chosen, "right")
        some: Ints = self.options[chosen] - first
        return some

    def _arcs(
        self, part: Part, here: Ints | int, source: np.random.Generator, size: int
    ) -> Ints | int:
        """Draw an arc for each node."""
        if part.last_node - part.first_node == part.last_arc - part.first_arc:
            return here + (part.first_arc - part.first_node)
        words = source.integers(0, 1 << _BITS, size, dtype=np.int64)
        node_arcs = self.compiled.diagram.node_arcs
        first: Ints
        arcs: Ints
        if isinstance(here, int):
            first = np.full(size, part.first_arc)
            borders = self.borders[part.first_arc : part.last_arc]
            arcs = np.searchsorted(borders, words, "right") + part.first_arc
        else:
            first = node_arcs.take(here)
            arcs = self._search(first, node_arcs.take(here + 1) - 1, words)
        close = (self.borders.take(arcs - 1, mode="clip") == words) & (arcs > first)
        for row in np.flatnonzero(close):
            node = here if isinstance(here, int) else int(here[row])
            arcs[row] = self._exact(node, int(words[row]), source)
        return arcs

    def _search(self, low: Ints, high: Ints, words: Ints) -> Ints:
        """The first arc from `low` to `high` whose border lies above the word."""
        for _ in range(int((high - low).max()).bit_length()):
            middle = (low + high) >> 1
            above = self.borders.take(middle) > words
            high = np.where(above, middle, high)
            low = np.where(above, low, np.minimum(middle + 1, high))
        return low

    def _exact(self, node: int, word: int, source: np.random.Generator) -> int:
        """Decide between arcs of which a border lies within the unit that the word stands for."""
        first, last = (int(a) for a in self.compiled.diagram.node_arcs[node : node + 2])
        totals = self.totals[first:last]
        bits = _BITS
        while True:
            low = next(i for i, t in enumerate(totals) if t << bits > word * totals[-1])
            high = next(i for i, t in enumerate(totals) if t << bits >= (word + 1) * totals[-1])
            if low == high:
                return first + low
            word = (word << 32) | int(source.integers(0, 1 << 32))
            bits += 32


def _borders(diagram: Diagram, weights: Numbers, nodes: Numbers) -> tuple[Ints, list[int]]:
    arcs = weights[diagram.arc_slot].astype(object)
    totals = [int(n) for n in arcs * nodes[diagram.left] * nodes[diagram.right]]
    borders = [1 << _BITS if total else 0 for total in totals]
    for first, last in pairwise(diagram.node_arcs[1:].tolist()):
        if last - first > 1:  # most nodes have one arc, and nothing to draw
            totals[first:last] = accumulate(totals[first:last])
            whole = totals[last - 1]
            borders[first:last] = [
                (t << _BITS) // whole if whole else 0 for t in totals[first:last]
            ]
    return np.array(borders, dtype=np.int64), totals
