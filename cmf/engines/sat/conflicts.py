"""All minimal conflicts, the smallest first.

The method is the implicit hitting set dualisation: every minimal conflict meets every correction
set, so a smallest set that meets all correction sets known so far is either a conflict, and then a
smallest one, or it can be extended to a maximal consistent set, whose complement is a further
correction set. (Ignatiev, Previti, Liffiton, Marques-Silva: Smallest MUS extraction with minimal
hitting set dualization, CP 2015.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from cmf.engines.sat.encode import Encoding
from cmf.engines.sat.explain import Explainer
from cmf.engines.sat.minimise import Minimiser
from cmf.engines.sat.oracle import Oracle


@frozen
class Conflicts:
    """Minimal conflicts of a problem.

    Attributes
    ----------
    found
        Indices into the constraints of the problem, ascending in each conflict; the smallest
        conflicts first.
    complete
        Whether there are no others.
    """

    found: tuple[tuple[int, ...], ...]
    complete: bool


@define
class Dualisation:
    """Minimal conflicts one by one, the smallest first.

    Attributes
    ----------
    among
        Constraints of which conflicts are made.
    granted
        Constraints that are taken for granted; by default all others.
    """

    explainer: Explainer
    among: Sequence[int]
    granted: Sequence[int] = field()
    _map: Encoding = field(factory=Encoding, init=False)
    _chosen: dict[int, int] = field(init=False)
    """For every constraint of `among` the literal that puts it into the next candidate."""

    @granted.default
    def _(self) -> list[int]:
        return sorted(set(range(len(self.explainer.constraints))) - set(self.among))

    @_chosen.default
    def _(self) -> dict[int, int]:
        literals = {constraint: self._map.new() for constraint in self.among}
        for literal in literals.values():
            self._map.clause(literal, -literal)
        return literals

    def conflicts(self) -> Iterator[tuple[int, ...]]:
        """The minimal conflicts; raises `LimitReached` when the time is over."""
        self.explainer.prefer_constraints(self.among)
        wishes = {-literal: 1 for literal in self._chosen.values()}
        smallest = Minimiser(Oracle(self._map), self.explainer.budget, wishes)
        while smallest.run():
            model = smallest.oracle.model()
            candidate = [c for c in self.among if self._chosen[c] in model]
            if self._extend(candidate):
                continue
            yield tuple(sorted(candidate))
            self._map.clause(*(-self._chosen[c] for c in candidate))

    def _extend(self, candidate: Sequence[int]) -> bool:
        """Learn correction sets that the candidate misses, disjoint ones; whether there is one."""
        reached = list(candidate)
        learned = False
        while self.explainer.consistent([*self.granted, *reached]):
            correction = self._correction(reached)
            self._map.clause(*(self._chosen[c] for c in correction))
            learned = True
            if not correction:
                break
            reached += correction
        return learned

    def _correction(self, consistent: Sequence[int]) -> list[int]:
        """A minimal correction set that meets nothing of a consistent set, after its solve."""
        kept = set(consistent)
        rest = self._broken([c for c in self.among if c not in kept], kept)
        correction = []
        # From behind: choices stand behind the rules, and giving up few of them is what is wanted.
        while rest:
            tried = rest.pop()
            if self.explainer.consistent([*self.granted, *sorted(kept), tried]):
                kept.add(tried)
                rest = self._broken(rest, kept)
            else:
                correction.append(tried)
        return sorted(correction)

    def _broken(self, constraints: Sequence[int], kept: set[int]) -> list[int]:
        """Those that the last variant may break; all others are kept from now on."""
        met = self.explainer.met()
        broken = [c for c in constraints if not met(c)]
        kept.update(set(constraints) - set(broken))
        return broken
