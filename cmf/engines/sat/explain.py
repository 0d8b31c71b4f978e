"""Why there is no variant, and what to give up so that there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, frozen

from cmf.engines.sat.core import Core
from cmf.engines.sat.minimise import Minimiser
from cmf.engines.sat.oracle import Budget, Oracle
from cmf.engines.sat.walk import Walk
from cmf.problem.formula import holds
from cmf.problem.problem import Problem, Variant


@frozen
class Repair:
    """Constraints to give up so that a variant exists; giving up fewer of them does not do.

    Attributes
    ----------
    cost
        Sum of the costs of what is given up.
    constraints
        Indices into the constraints of the problem, ascending; empty when nothing is in conflict.
    variant
        The first variant in declared order that satisfies all the others.
    """

    cost: int
    constraints: tuple[int, ...]
    variant: Variant


@define
class Explainer:
    """A solver of its own in which every constraint holds only where its selector is assumed.

    It starts fresh, so that what it finds does not depend on earlier questions.
    """

    oracle: Oracle
    selectors: list[int]
    budget: Budget

    @classmethod
    def of(cls, core: Core, restrictions: Sequence[Sequence[int]], budget: Budget) -> Explainer:
        """Over the constraints of the core and, behind them, restrictions (assumptions each)."""
        oracle = core.separate(selected=False)
        selectors = list(core.selectors)
        for assumptions in restrictions:
            selector = oracle.encoding.new()
            oracle.encoding.clause(selector, -selector)
            for literal in assumptions:
                oracle.encoding.clause(-selector, literal)
            selectors.append(selector)
        return cls(oracle, selectors, budget)

    def consistent(self, constraints: Sequence[int]) -> bool:
        """Whether some variant satisfies these constraints."""
        return self.oracle.solve([self.selectors[c] for c in constraints], self.budget)

    def conflict(self, among: Sequence[int]) -> tuple[int, ...] | None:
        """A minimal conflict, see `SatSpace.conflict`."""
        background = sorted(set(range(len(self.selectors))) - set(among))
        if self.consistent([*background, *among]):
            return None
        core = self._named(among)
        for constraint in reversed(core):
            if constraint not in core:
                continue
            rest = [other for other in core if other != constraint]
            if not self.consistent([*background, *rest]):
                core = self._named(rest)
        return tuple(sorted(core))

    def _named(self, among: Sequence[int]) -> list[int]:
        """Those of `among` that the last proof of a contradiction used."""
        used = set(self.oracle.core())
        return [constraint for constraint in among if self.selectors[constraint] in used]

    def repairs(self, problem: Problem, costs: Mapping[int, int], top: int) -> list[Repair]:
        """Up to `top` repairs among the constraints that have costs, cheapest first."""
        fixed = [s for c, s in enumerate(self.selectors) if c not in costs]
        wishes = {self.selectors[constraint]: cost for constraint, cost in costs.items()}
        minimiser = Minimiser(self.oracle, self.budget, wishes, fixed)
        found: list[Repair] = []
        while len(found) < top and minimiser.run():
            while len(found) < top and self.oracle.solve(minimiser.face(), self.budget):
                variant = self.oracle.variant()
                given_up = [
                    c for c in sorted(costs) if not holds(problem.constraints[c].formula, variant)
                ]
                kept = [s for c, s in enumerate(self.selectors) if c not in given_up]
                first = next(Walk(self.oracle, self.budget, kept).variants())
                cost = sum(costs[constraint] for constraint in given_up)
                found.append(Repair(cost, tuple(given_up), first))
                if not given_up:
                    return found
                # Whatever gives up all of these and more is no repair.
                self.oracle.encoding.clause(*(self.selectors[c] for c in given_up))
        return sorted(found, key=lambda repair: (repair.cost, repair.constraints))
