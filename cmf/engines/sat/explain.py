"""Why there is no variant, and what to give up so that there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from attrs import define, evolve, frozen

from cmf.engines.sat.core import Core
from cmf.engines.sat.minimise import Minimiser
from cmf.engines.sat.oracle import Budget, Oracle
from cmf.engines.sat.walk import Walk
from cmf.problem.formula import holds
from cmf.problem.problem import Constraint, Variant


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
        A variant that satisfies all the others.
    """

    cost: int
    constraints: tuple[int, ...]
    variant: Variant


@define
class Explainer:
    """A solver of its own in which every constraint holds only where its selector is assumed.

    It starts fresh, so that what it finds does not depend on earlier questions. Its methods raise
    `LimitReached` when the time is over.

    Attributes
    ----------
    constraints
        All constraints; their indices name them.
    """

    constraints: Sequence[Constraint]
    oracle: Oracle
    selectors: list[int]
    budget: Budget

    @classmethod
    def of(
        cls,
        core: Core,
        constraints: Sequence[Constraint],
        restrictions: Sequence[Sequence[int]],
        budget: Budget,
    ) -> Explainer:
        """Over the constraints of the core and, behind them, restrictions (assumptions each)."""
        oracle = core.separate(selected=False)
        selectors = list(core.selectors)
        for assumptions in restrictions:
            selector = oracle.encoding.new()
            oracle.encoding.clause(selector, -selector)
            for literal in assumptions:
                oracle.encoding.clause(-selector, literal)
            selectors.append(selector)
        return cls(constraints, oracle, selectors, budget)

    def consistent(self, constraints: Sequence[int]) -> bool:
        """Whether some variant satisfies these constraints."""
        return self.oracle.solve([self.selectors[c] for c in constraints], self.budget)

    def variant(
        self, constraints: Sequence[int], options: Mapping[int, int] = MappingProxyType({})
    ) -> Variant | None:
        """A combination that satisfies these constraints and takes these options (by variable)."""
        literals = [self.oracle.encoding.options[v][option] for v, option in options.items()]
        held = [*(self.selectors[c] for c in constraints), *literals]
        return self.oracle.variant() if self.oracle.solve(held, self.budget) else None

    def met(self) -> Callable[[int], bool]:
        """Whether the last variant is known to satisfy a constraint, held or not."""
        model = self.oracle.values()
        return lambda constraint: model[self.selectors[constraint] - 1] > 0

    def prefer_constraints(self, constraints: Iterable[int]) -> None:
        """Constraints that variants tend to satisfy without being held to."""
        self.oracle.prefer([self.selectors[c] for c in constraints])

    def forced(self, constraints: Sequence[int]) -> dict[int, int]:
        """Variables of which these constraints leave a single option, with it."""
        first = self.variant(constraints)
        left = {} if first is None else dict(enumerate(first))
        held = [self.selectors[c] for c in constraints]
        forced = {}
        while left:
            variable, option = next(iter(left.items()))
            literal = self.oracle.encoding.options[variable][option]
            if self.oracle.solve([*held, -literal], self.budget):
                other = self.oracle.variant()
                left = {v: o for v, o in left.items() if other[v] == o}
            else:
                forced[variable] = left.pop(variable)
        return forced

    def conflict(self, among: Sequence[int]) -> tuple[int, ...] | None:
        """A minimal conflict, see `SatSpace.conflict`."""
        background = sorted(set(range(len(self.selectors))) - set(among))
        return self._shrunk(among, [self.selectors[c] for c in background])

    def reason(self, variable: int, option: int) -> tuple[int, ...] | None:
        """A minimal set of constraints that leaves a variable no other option."""
        literal = self.oracle.encoding.options[variable][option]
        # From behind, so that the choices are what is left out last.
        return self._shrunk(range(len(self.selectors))[::-1], [-literal])

    def exclusion(self, variable: int, option: int) -> tuple[int, ...] | None:
        """A minimal set of constraints that excludes an option."""
        literal = self.oracle.encoding.options[variable][option]
        return self._shrunk(range(len(self.selectors)), [literal])

    def _shrunk(self, among: Sequence[int], held: Sequence[int]) -> tuple[int, ...] | None:
        """A minimal subset of `among` that contradicts the literals `held`, the first preferred."""
        if self.oracle.solve([*held, *(self.selectors[c] for c in among)], self.budget):
            return None
        core = self._named(among)
        for constraint in reversed(core):
            if constraint not in core:
                continue
            rest = [other for other in core if other != constraint]
            if not self.oracle.solve([*held, *(self.selectors[c] for c in rest)], self.budget):
                core = self._named(rest)
        return tuple(sorted(core))

    def _named(self, among: Sequence[int]) -> list[int]:
        """Those of `among` that the last proof of a contradiction used."""
        used = set(self.oracle.core())
        return [constraint for constraint in among if self.selectors[constraint] in used]

    def repairs(self, costs: Mapping[int, int], top: int) -> list[Repair]:
        """Up to `top` repairs among the constraints that have costs, cheapest first."""
        # What is found is forbidden only for this search.
        search = self.oracle.encoding.new()
        fixed = [search, *(s for c, s in enumerate(self.selectors) if c not in costs)]
        wishes = {self.selectors[constraint]: cost for constraint, cost in costs.items()}
        minimiser = Minimiser(self.oracle, self.budget, wishes, fixed)
        found: list[Repair] = []
        while len(found) < top and minimiser.run():
            while len(found) < top and self.oracle.solve(minimiser.face(), self.budget):
                variant = self.oracle.variant()
                given_up = [
                    c for c in sorted(costs) if not holds(self.constraints[c].formula, variant)
                ]
                cost = sum(costs[constraint] for constraint in given_up)
                found.append(Repair(cost, tuple(given_up), variant))
                if not given_up:
                    return found
                # Whatever gives up all of these and more is no repair.
                self.oracle.encoding.clause(-search, *(self.selectors[c] for c in given_up))
        return sorted(found, key=lambda repair: (repair.cost, repair.constraints))

    def first(self, repair: Repair) -> Repair:
        """The repair with the first variant in declared order."""
        kept = [s for c, s in enumerate(self.selectors) if c not in repair.constraints]
        return evolve(repair, variant=next(Walk(self.oracle, self.budget, kept).variants()))
