"""What options and arcs add to additive quantities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import FAR, Mask, least
from cmf.engines.diagram.optimise import Priced
from cmf.engines.diagram.relation import Ints
from cmf.problem.formula import CostTable
from cmf.problem.problem import Quantity


@frozen(eq=False, slots=False)
class Pricing:
    """Quantities on the diagram of a space, whatever the restriction.

    Attributes
    ----------
    options
        Shape (quantities, options): what each option adds.
    arcs
        Shape (quantities, arcs): what each arc adds further.
    offsets
        What every variant has.
    """

    compiled: Compiled
    options: Ints = field(repr=False)
    arcs: Ints = field(repr=False)
    offsets: tuple[int, ...]

    @classmethod
    def of(
        cls,
        compiled: Compiled,
        quantities: Sequence[Quantity],
        carry: Callable[[Sequence[Sequence[CostTable]]], Compiled],
    ) -> Pricing:
        """Options bear the tables of one variable; a diagram by `carry` bears wider ones."""
        options = np.zeros((len(quantities), len(compiled.slots)), dtype=np.int64)
        offsets = [_spread(compiled, q, row) for q, row in zip(quantities, options, strict=True)]
        wide = [[term for term in q.terms if len(term.scope) > 1] for q in quantities]
        if not any(wide):
            none = np.zeros((len(quantities), compiled.diagram.arcs), dtype=np.int64)
            return cls(compiled, options, none, tuple(offsets))
        carrier = carry(wide)
        diagram = carrier.diagram
        totals = [a + b for a, b in zip(offsets, diagram.offsets, strict=True)]
        return cls(carrier, options, diagram.arc_costs, tuple(totals))

    @cached_property
    def _both(self) -> tuple[Ints, Ints]:
        """The first quantity and its negative, side by side, for options and for arcs."""
        options, arcs = self.options[0], self.arcs[0]
        return np.stack([options, -options], axis=1), np.stack([arcs, -arcs], axis=1)

    def bounds(self, allowed: Mask) -> tuple[int, int] | None:
        """The least and the greatest value of the first quantity; `None` without a variant."""
        compiled = self.compiled
        if compiled.diagram.top < 0:
            return None
        options, arcs = self._both
        slots = np.where(compiled.hidden > 0, 0, FAR).repeat(2).reshape(-1, 2)
        np.minimum.at(slots, compiled.slots[allowed], options[allowed])
        slots[-1] = FAR
        low, high = least(compiled.diagram, slots, arcs)[compiled.diagram.top].tolist()
        return None if low >= FAR // 2 else (low + self.offsets[0], self.offsets[0] - high)

    def priced(self, number: int, sign: int) -> Priced:
        """One quantity, or its negative, to be made small."""
        return Priced(self.compiled, sign * self.options[number], sign * self.arcs[number])


def _spread(compiled: Compiled, quantity: Quantity, options: npt.NDArray[np.int64]) -> int:
    """Write what each option adds into `options`; what every variant has."""
    parts = compiled.split(options)
    offset = quantity.offset
    for term in quantity.terms:
        if not term.scope:
            offset += term.value(())
        elif len(term.scope) == 1:
            own = np.full(len(parts[term.scope[0]]), term.default, dtype=np.int64)
            own[term.rows[:, 0]] = term.costs
            parts[term.scope[0]][:] += own
    return offset
