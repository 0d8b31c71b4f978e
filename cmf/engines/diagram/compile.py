"""From a problem to its compiled space."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram.budget import Budget
from cmf.engines.diagram.eliminate import build
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.lower import lower
from cmf.engines.diagram.order import best_order
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.structure import Diagram, assemble
from cmf.problem.answer import Limits
from cmf.problem.formula import CostTable, Formula

_log = logging.getLogger(__name__)

RESTARTS = 2
"""Elimination orders are cheap to try and good at once; more tries gain little."""


@frozen(eq=False)
class Compiled:
    """A diagram over classes of options.

    Attributes
    ----------
    labels
        For every variable of the problem the class of each option, -1 for options that no variant
        takes. Further variables of the diagram are hidden: functions of these.
    """

    labels: tuple[Ints, ...] = field(repr=False)
    diagram: Diagram

    def slot_weights(self, allowed: Sequence[Mask]) -> Ints:
        """For every slot the number of allowed options that it stands for."""
        slots = self.diagram.slots
        weights = np.ones(slots[-1], dtype=np.int64)
        for first, labels, mask in zip(slots.tolist(), self.labels, allowed, strict=False):
            kept = labels[mask & (labels >= 0)]
            size = int(labels.max(initial=-1)) + 1
            weights[first : first + size] = np.bincount(kept, minlength=size)
        return weights

    def options_of(self, variable: int, slots: Numbers) -> Numbers:
        """What `slots` says of every option of a variable; 0 for options that no variant takes."""
        labels = self.labels[variable]
        values: Numbers = slots[self.diagram.slots[variable] + np.maximum(labels, 0)]
        values[labels < 0] = 0
        return values


def compile_formulas(
    options: Sequence[int],
    formulas: Sequence[Formula],
    limits: Limits,
    quantities: Sequence[Sequence[CostTable]] = (),
) -> Compiled:
    """Compile a conjunction.

    Parameters
    ----------
    options
        Number of options of every variable.
    quantities
        For each quantity that the arcs shall carry, its cost tables of two variables and more.

    Raises
    ------
    LimitReached
        When a limit is reached first.
    """
    budget = Budget(limits)
    system = lower(options, formulas, quantities)
    scopes = [relation.scope for relation in system.relations]
    scopes += [price.relation.scope for prices in system.costs for price in prices]
    order = best_order(len(system.sizes), scopes, system.sizes, RESTARTS)
    budget.check()
    diagram = assemble(build(system, order, budget), system.sizes, len(quantities))
    _log.info("diagram of %d nodes and %d arcs", diagram.nodes, diagram.arcs)
    return Compiled(system.labels, diagram)
