"""Variants for property-based tests: a random one, and the way from it towards a reference.

Such a test draws numbers, and makes them smaller once it fails. Here the numbers name a random
variant and the variables in which it is kept; all others are pulled to the reference as far as that
leaves a valid variant. So every example on the way is valid, and the last one differs from the
reference only where the failure needs it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

import numpy as np
from attrs import define, field, frozen

from cmf.engines.diagram import fold
from cmf.engines.diagram.fold import FAR, Mask
from cmf.engines.diagram.relation import Numbers
from cmf.engines.diagram.space import DiagramSpace
from cmf.engines.diagram.structure import Part
from cmf.engines.diagram.weigh import Weighing
from cmf.engines.protocols import Weights
from cmf.problem.problem import Variant

_BITS = 160
"""Random bits for one choice: shares are right to within the number of variants by 2**-160."""

Offer = tuple[int, int, int]
"""Option (-1 for none), and the nodes below on both sides."""


@frozen
class _Choice:
    """What a node offers, with the weight of the offers up to and including each."""

    offers: list[Offer]
    running: list[int]

    def pick(self, source: Random) -> Offer:
        """An offer, as often as it weighs."""
        if len(self.offers) == 1:
            return self.offers[0]
        word = source.getrandbits(_BITS)
        return self.offers[bisect_right(self.running, word * self.running[-1] >> _BITS)]


@define(eq=False)
class Guide:
    """Random variants of a space, and variants near a reference."""

    space: DiagramSpace = field(repr=False)
    reference: Variant
    _weighing: Weighing = field(repr=False)
    _counts: Numbers = field(repr=False)
    _known: dict[int, _Choice] = field(factory=dict, repr=False)

    @classmethod
    def of(
        cls, space: DiagramSpace, reference: Sequence[int], weights: Weights | None = None
    ) -> Guide:
        """Prepare.

        Parameters
        ----------
        reference
            Any variant, valid or not.
        weights
            Weight of every option; a variant is drawn as often as the product of its weights says.

        Raises
        ------
        LimitReached
            When the weights need too many bits together.
        ValueError
            When the space has no variant of some weight.
        """
        compiled = space.compiled
        weighing = Weighing.of(compiled, space.allowed, weights)
        counts = fold.counts(compiled.diagram, weighing.slots) if not space.empty else None
        if counts is None or not counts[compiled.diagram.top]:
            raise ValueError("there is no variant to draw")
        return cls(space, tuple(reference), weighing, counts)

    def draw(self, source: Random) -> Variant:
        """A random variant."""
        diagram = self.space.compiled.diagram
        found = [0] * (len(self.space.compiled.first) - 1)
        last = len(diagram.parts) - 1
        current = {last: diagram.top}
        for number in range(last, -1, -1):
            part = diagram.parts[number]
            option, left, right = self._choice(part, current.pop(number)).pick(source)
            if option >= 0:
                found[part.variable] = option
            if part.left >= 0:
                current[part.left] = left
            if part.right >= 0:
                current[part.right] = right
        return tuple(found)

    def nearest(self, kept: Mapping[int, int]) -> Variant | None:
        """The variant with the options `kept` that differs from the reference in fewest variables.

        Of several the first by declared order of the options, from the top of the diagram. `None`
        when no variant has these options.
        """
        compiled = self.space.compiled
        allowed = self._weighing.options > 0
        for variable, option in kept.items():
            first, last = compiled.first[variable : variable + 2]
            allowed[first : first + option] = False
            allowed[first + option + 1 : last] = False
        costs = np.ones(len(allowed), dtype=np.int64)
        costs[compiled.first[:-1] + np.array(self.reference, dtype=np.int64)] = 0
        return self._descended(allowed, costs)

    def _descended(self, allowed: Mask, costs: Numbers) -> Variant | None:
        """The variant of least cost of its options."""
        compiled = self.space.compiled
        diagram, first = compiled.diagram, compiled.first
        slots = np.where(compiled.hidden > 0, 0, FAR)
        np.minimum.at(slots, compiled.slots[allowed], costs[allowed])
        slots[-1] = FAR
        nodes = fold.least(diagram, slots, np.zeros(diagram.arcs, dtype=np.int64))
        if nodes[diagram.top] > FAR // 2:
            return None
        cheapest = np.where(allowed & (costs == slots[compiled.slots]), 1, 0)
        found = [0] * (len(first) - 1)
        last = len(diagram.parts) - 1
        current = {last: diagram.top}
        for number in range(last, -1, -1):
            part, node = diagram.parts[number], current.pop(number)
            begin, end = diagram.node_arcs[node : node + 2]
            left, right = diagram.left[begin:end], diagram.right[begin:end]
            total = slots[diagram.arc_slot[begin:end]] + nodes[left] + nodes[right]
            best = int(total.argmin())
            if 0 <= part.variable < len(found):
                low, high = first[part.variable : part.variable + 2]
                same = compiled.slots[low:high] == diagram.arc_slot[begin + best]
                found[part.variable] = int((same & (cheapest[low:high] > 0)).argmax())
            if part.left >= 0:
                current[part.left] = int(left[best])
            if part.right >= 0:
                current[part.right] = int(right[best])
        return tuple(found)

    def _choice(self, part: Part, node: int) -> _Choice:
        choice = self._known.get(node)
        if choice is None:
            choice = self._known[node] = self._offered(part, node)
        return choice

    def _offered(self, part: Part, node: int) -> _Choice:
        diagram = self.space.compiled.diagram
        begin, end = (int(arc) for arc in diagram.node_arcs[node : node + 2])
        offers: list[Offer] = []
        weights: list[int] = []
        for arc in range(begin, end):
            left, right = int(diagram.left[arc]), int(diagram.right[arc])
            below = int(self._counts[left]) * int(self._counts[right])
            for option, weight in self._options(part, int(diagram.arc_slot[arc])):
                if weight * below:
                    offers.append((option, left, right))
                    weights.append(weight * below)
        return _Choice(offers, list(accumulate(weights)))

    def _options(self, part: Part, slot: int) -> list[tuple[int, int]]:
        """The options that a slot stands for, each with its weight."""
        compiled = self.space.compiled
        if not 0 <= part.variable < len(compiled.first) - 1:
            return [(-1, int(self._weighing.slots[slot]))]
        first, last = compiled.first[part.variable : part.variable + 2]
        options = np.flatnonzero(compiled.slots[first:last] == slot)
        weights = self._weighing.options[first:last]
        return [(int(option), int(weights[option])) for option in options]
