"""Least weight of broken wishes, by unsatisfiable cores.

The method is OLL: a core of wishes that cannot all hold raises the lower bound by the least of
their weights; from then on a counter over the core says how many of them are broken, and each
further one is a new wish. When all wishes hold, the lower bound is the optimum. (Andres, Kaufmann,
Matheis, Schaub: Unsatisfiability-based optimization in clasp, ICLP 2012; Morgado, Dodaro,
Marques-Silva: Core-guided MaxSAT with soft cardinality constraints, CP 2014.)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from attrs import define, field

from cmf.engines.sat.encode import Encoding
from cmf.engines.sat.oracle import Budget, Oracle

SHRINKING = 100
"""Conflicts for every attempt to leave a wish out of a core."""


@define
class Minimiser:
    """Finds the least weight of broken wishes.

    Attributes
    ----------
    wishes
        Literals that should hold, each with the weight of breaking it (above 0).
    assumptions
        Literals that do hold.
    bound
        No variant breaks wishes of less weight.
    """

    oracle: Oracle
    budget: Budget
    wishes: dict[int, int]
    assumptions: Sequence[int] = ()
    bound: int = 0
    _further: dict[int, int] = field(factory=dict)

    def run(self, effort: int | None = None) -> bool | None:
        """Raise `bound` until a model reaches it; False when there is no model, `None`: not yet.

        Afterwards the models under `face` are exactly those that reach the bound. Clauses may be
        added in between.

        Parameters
        ----------
        effort
            Conflicts and solves after which to give up; a later call goes on from there.
        """
        level = max(self.wishes.values(), default=1)
        end = None if effort is None else self.oracle.effort + effort
        while True:
            active = [wish for wish, weight in self.wishes.items() if weight >= level]
            held = [*self.assumptions, *active]
            answer = self.oracle.within(held, self.budget, end)
            if answer is None:
                return None
            if answer and level == 1:
                return True
            if answer:
                # Heavy wishes first: their cores raise the bound most.
                lighter = [weight for weight in self.wishes.values() if weight < level]
                level = max(1, min(level // 2, max(lighter, default=1)))
                continue
            core = self._shrunk([x for x in self.oracle.core() if x in self.wishes])
            if not core:
                return False
            self._relax(core)

    def face(self) -> list[int]:
        """Assumptions under which exactly the optimal models remain."""
        return [*self.assumptions, *self.wishes]

    def _shrunk(self, core: list[int]) -> list[int]:
        """A smaller core, tried literal by literal with little effort for each."""
        for literal in list(core):
            if literal not in core:
                continue
            rest = [other for other in core if other != literal]
            held = [*self.assumptions, *rest]
            if self.oracle.attempt(held, self.budget, SHRINKING) is False:
                left = set(self.oracle.core())
                core = [other for other in rest if other in left]
        return core

    def _relax(self, core: Sequence[int]) -> None:
        weight = min(self.wishes[wish] for wish in core)
        self.bound += weight
        for wish in core:
            self.wishes[wish] -= weight
            if not self.wishes[wish]:
                del self.wishes[wish]
            if wish in self._further:
                self._wish(self._further[wish], weight)
        outputs = count_true(self.oracle.encoding, [-wish for wish in core])
        for output, further in itertools.pairwise(outputs):
            self._further[-output] = -further
        if len(outputs) > 1:
            self._wish(-outputs[1], weight)

    def _wish(self, literal: int, weight: int) -> None:
        self.wishes[literal] = self.wishes.get(literal, 0) + weight


def count_true(encoding: Encoding, literals: Sequence[int]) -> list[int]:
    """Literals of which the k-th (from 0) is true when more than k of `literals` are."""
    if len(literals) <= 1:
        return list(literals)
    half = len(literals) // 2
    left = count_true(encoding, literals[:half])
    right = count_true(encoding, literals[half:])
    outputs = [encoding.new() for _ in literals]
    for taken in range(len(left) + 1):
        for added in range(len(right) + 1):
            if taken + added:
                premises = [
                    *(-x for x in left[taken - 1 : taken]),
                    *(-x for x in right[added - 1 : added]),
                ]
                encoding.clause(*premises, outputs[taken + added - 1])
    return outputs


def wishes_of(encoding: Encoding, groups: Iterable[Iterable[tuple[int, int]]]) -> dict[int, int]:
    """Wishes whose broken weight is what a sum is above its least conceivable value."""
    wishes: dict[int, int] = {}
    for group in groups:
        pairs = list(group)
        costs = sorted({cost for _, cost in pairs})
        steps = {cost: encoding.new() for cost in costs[1:]}
        for lower, upper in itertools.pairwise(costs):
            wishes[-steps[upper]] = upper - lower
            if lower in steps:
                encoding.clause(-steps[upper], steps[lower])
        for literal, cost in pairs:
            if cost in steps:
                encoding.clause(-literal, steps[cost])
    return wishes
