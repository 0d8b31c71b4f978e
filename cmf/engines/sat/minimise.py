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

TRIM = 30
"""Cores of up to this many wishes are made minimal before they are used."""


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

    def run(self) -> bool:
        """Raise `bound` until it is reached by a model; False when there is no model at all.

        Afterwards the models under `face` are exactly those that reach the bound. Clauses may be
        added in between.
        """
        level = max(self.wishes.values(), default=1)
        while True:
            active = [wish for wish, weight in self.wishes.items() if weight >= level]
            if not self.oracle.solve([*self.assumptions, *active], self.budget):
                core = [literal for literal in self.oracle.core() if literal in self.wishes]
                core = self._shrunk(core)
                if not core:
                    return False
                self._relax(core)
            elif level == 1:
                return True
            else:
                # Heavy wishes first: their cores raise the bound most.
                lighter = [weight for weight in self.wishes.values() if weight < level]
                level = max(1, min(level // 2, max(lighter, default=1)))

    def face(self) -> list[int]:
        """Assumptions under which exactly the optimal models remain."""
        return [*self.assumptions, *self.wishes]

    def _shrunk(self, core: list[int]) -> list[int]:
        """A minimal core, tried literal by literal, when it is small enough for that to pay."""
        if len(core) > TRIM:
            return core
        for literal in list(core):
            rest = [other for other in core if other != literal]
            if literal in core and not self.oracle.solve([*self.assumptions, *rest], self.budget):
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
