"""Three ways to build a diagram, and which one a problem gets.

``joins``
    Bucket elimination. The cost grows with the combinations of values that are consistent in the
    context of a variable, so problems with structure are cheap.
``states``
    From the top down. The cost grows with the forms of what partial assignments leave open, so
    rules between single options are cheap.
``bdd``
    Conjunction of binary decision diagrams. Nothing is estimated beforehand, and different ways
    to say the same thing cost nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from attrs import define, field

from cmf.engines.diagram.budget import Budget, TooLarge
from cmf.engines.diagram.clusters import clustering
from cmf.engines.diagram.decide import decide
from cmf.engines.diagram.descend import Descent, TooWide
from cmf.engines.diagram.eliminate import build, reduce_domains
from cmf.engines.diagram.lower import System
from cmf.engines.diagram.nodes import Forest
from cmf.engines.diagram.order import HOPELESS, Order, Shape, best_order
from cmf.engines.diagram.relation import Relation
from cmf.engines.diagram.residual import Tree, lay_out
from cmf.engines.diagram.width import MOST, Cuts, narrow_order
from cmf.problem.formula import Formula

_log = logging.getLogger(__name__)

BUILDERS = ("auto", "joins", "states", "bdd")

RESTARTS = 2
"""Elimination orders are cheap to try and good at once; more tries gain little."""

LARGE = 1_000
"""Variables from which each order is tried once only."""

JOINS = 20.0
"""Bucket elimination is used where it is expected to meet at most 2 to this power rows."""

TRIES = (200_000, 2_000_000)
"""Partial assignments after which one order is given up for the next, before the last round."""


@define(eq=False)
class _Growth:
    """One problem to be built.

    Attributes
    ----------
    more
        Sizes of the variables that a builder added to those of the system.
    """

    formulas: Sequence[Formula]
    system: System
    relations: Sequence[Relation]
    budget: Budget
    more: list[int] = field(factory=list)

    def order(self) -> tuple[Order, float]:
        """An elimination order, and about how many rows it meets (base-2 logarithm)."""
        scopes = [relation.scope for relation in self.relations]
        scopes += [price.relation.scope for prices in self.system.costs for price in prices]
        shape = Shape.of(self.relations, self.system.sizes)
        restarts = RESTARTS if len(self.system.sizes) < LARGE else 1
        order, cost = best_order(shape, scopes, restarts)
        _log.info("elimination order of about 2^%.1f rows", cost)
        return order, cost

    def joins(self, order: Order) -> Forest | None:
        return build(self.system, self.relations, order, self.budget)

    def states(self, trees: Sequence[Tree], tries: Sequence[int]) -> Forest | None:
        """The first tree that needs few partial assignments; raises `TooLarge`."""
        for most in (min(n, self.budget.ways) for n in tries):
            for tree in trees:
                sizes, costs = self.system.sizes, self.system.costs
                layout = lay_out(tree, sizes, self.relations, costs)
                try:
                    return Descent(layout, self.budget, len(costs), most).run()
                except TooWide:
                    _log.info("more than %d partial assignments", most)
        raise TooLarge(f"{tries[-1]:,} partial assignments")

    def trees(self, order: Order) -> list[Tree]:
        """Trees for building from the top down."""
        trees = [Tree.of(order)]
        if 1 < len(self.system.sizes) <= MOST:
            cuts = Cuts.of(self.relations, self.system.sizes)
            trees.insert(0, Tree.line(narrow_order(cuts)))
        return trees

    def bdd(self) -> Forest | None:
        """Over clusters of variables where there are any; those come after all other variables."""
        labels, sizes = self.system.labels, self.system.sizes
        found = clustering(labels, sizes[: len(labels)], self.formulas, len(sizes))
        if found is None:
            return decide(dict(enumerate(labels)), self.formulas, self.budget)
        _log.info("%d clusters decide %d variables", len(found.clusters), len(found.owners))
        every = {v: own for v, own in enumerate(labels) if v not in found.owners}
        every |= {number: np.arange(len(c.rows)) for number, c in found.clusters.items()}
        self.more = [len(cluster.rows) for cluster in found.clusters.values()]
        forest = decide(every, found.formulas, self.budget)
        return None if forest is None else found.attached(forest, sizes)

    def any(self) -> Forest | None:
        """By the builder that is expected to be cheap; by the next where it is not."""
        order, cost = self.order()
        if cost <= JOINS:
            try:
                return self.joins(order)
            except TooLarge as reached:
                self._gave_up("joins", reached)
        few = len(self.system.sizes) <= MOST
        if few or self.system.costs or cost <= HOPELESS:
            try:
                return self.states(
                    self.trees(order), (*TRIES, self.budget.ways) if few else TRIES[:1]
                )
            except TooLarge as reached:
                if self.system.costs:
                    raise
                self._gave_up("states", reached)
        return self.bdd()

    def _gave_up(self, builder: str, reached: TooLarge) -> None:
        _log.info("%s: more than %s", builder, reached)
        self.budget.nodes = self.budget.arcs = 0


def grow(
    formulas: Sequence[Formula], system: System, budget: Budget, builder: str
) -> tuple[Forest | None, tuple[int, ...]]:
    """All nodes (`None` when there is no solution), and the number of values of every variable.

    Parameters
    ----------
    system
        What the formulas were lowered to.
    builder
        One of `BUILDERS`; ``auto`` goes from the one that is expected to be cheap to the next.

    Raises
    ------
    LimitReached
        When a limit is reached first.
    """
    relations = reduce_domains(system) if system.feasible else None
    if relations is None:
        return None, system.sizes
    budget.check()
    growth = _Growth(formulas, system, relations, budget)
    if builder == "joins":
        forest = growth.joins(growth.order()[0])
    elif builder == "states":
        forest = growth.states(growth.trees(growth.order()[0]), [*TRIES, budget.ways])
    elif builder == "bdd" and not system.costs:
        forest = growth.bdd()
    else:
        forest = growth.any()
    return forest, (*system.sizes, *growth.more)
