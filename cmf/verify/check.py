"""Checks a certificate by sweeping its diagram for every statement, from the top to the end.

What arrives at a node is the set of states that the statement may be in there. Where an arc says
that it refuses, all of them must say so; numbers and bounds are summed up along the same ways.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import add, or_
from typing import TypeVar

from attrs import define

from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog
from cmf.verify.certificate import Certificate, Refused
from cmf.verify.meaning import Meaning, State, parts, statements

BUDGET = 50_000_000
States = frozenset[State]
Arc = tuple[int, int, int, Sequence[int]]
"""Level and number of a node, where the arc leads, and its options."""
T = TypeVar("T")


def verify(certificate: Certificate, resolved: ResolvedCatalog, budget: int = BUDGET) -> None:
    """Return when the claim is proven; raise `Refused`, `LimitReached` or `InputError` if not."""
    claim, order = certificate.claim, certificate.order
    if certificate.digest != resolved.catalog.digest:
        raise Refused("it is about another state of the catalogue")
    if sorted(order) != sorted(resolved.axes) or claim.kind not in ("count", "always", "best"):
        raise Refused("its axes or its kind of claim are unknown")
    asked = statements(resolved, claim)
    if not asked.keys() >= set(certificate.reasons):
        raise Refused("it names a reason that the catalogue does not have")
    check = Check(certificate, Meaning(resolved, order, budget))
    check.shape([len(resolved.axes[name].options) for name in order])
    for name, expr in asked.items():
        if name in certificate.reasons or claim.kind == "count":
            check.follow(name, expr)
    if claim.kind == "best":
        check.best(asked)
    elif check.count() != (claim.number if claim.kind == "count" else 0):
        raise Refused(f"its diagram has {check.count()} variants")


@define
class Check:
    """A certificate that is swept."""

    certificate: Certificate
    meaning: Meaning

    def shape(self, sizes: Sequence[int]) -> None:
        """Refuse what is no diagram: axis by axis, every option once, arcs to earlier nodes."""
        levels, reasons = [len(sizes)], len(self.certificate.reasons)
        for number, node in enumerate(self.certificate.nodes or [[]], 1):
            (level, *more), *arcs = node if node and node[0] else [[-1]]
            options = sorted(option for arc in arcs for option in arc[1:])
            known = not more and 0 <= level < len(sizes) and all(len(arc) > 1 for arc in arcs)
            if not known or options != list(range(sizes[level])):
                raise Refused(f"its node {number} is no decision on an axis")
            for to in (arc[0] for arc in arcs):
                if not -reasons <= to < number or (to >= 0 and levels[to] != level + 1):
                    raise Refused(f"its node {number} leads to {to}, which it must not")
            levels.append(level)
        if levels[-1] != 0:
            raise Refused("its last node is not the top")

    def sweep(self, top: T, along: Callable[[T, Arc], T], join: Callable[[T, T], T]) -> T | None:
        """What arrives where everything is valid, of what starts at the top; `None` for nothing."""
        nodes = self.certificate.nodes
        here = {len(nodes): top}
        for number in range(len(nodes), 0, -1):
            (level,), *arcs = nodes[number - 1]
            for to, *options in arcs if number in here else ():
                found = along(here[number], (level, number, to, options))
                if to >= 0:
                    here[to] = join(here[to], found) if to in here else found
        return here.get(0)

    def behind(self, states: States, arc: Arc) -> States:
        """The states behind all options of an arc."""
        level, _, _, options = arc
        asked = options if any(state.level == level for state in states) else options[:1]
        self.meaning.spend(len(states) * len(asked))
        return States(state.after(level, option) for state in states for option in asked)

    def follow(self, name: str, expr: t.Expr) -> None:
        """Refuse what is wrong by one statement."""
        refusals = [-1 - n for n, reason in enumerate(self.certificate.reasons) if reason == name]

        def along(before: States, arc: Arc) -> States:
            behind = self.behind(before, arc)
            if arc[2] in refusals and any(state.most > 0 for state in behind):
                raise Refused(f"{name} does not exclude a branch that is cut by it")
            return behind

        last = self.sweep(States({self.meaning.state({expr: 1})}), along, or_) or ()
        if self.certificate.claim.kind == "count" and any(state.least < 1 for state in last):
            raise Refused(f"{name} excludes a variant that is counted")

    def count(self) -> int:
        """Number of variants that the diagram holds."""
        return self.sweep(1, lambda number, arc: number * len(arc[3]), add) or 0

    def best(self, asked: Mapping[str, t.Expr]) -> None:
        """Refuse a variant that is not valid, not of that value, or not proven to be best."""
        claim, resolved = self.certificate.claim, self.meaning.resolved
        variant = {pair[0]: pair[-1] for pair in claim.variant if pair}
        known = [variant.get(axis) in options for axis, options in resolved.options.items()]
        if not all(known) or len(variant) > len(known):
            raise Refused("its variant is none of the catalogue")
        world = semantics.World(resolved, variant)
        value = semantics.evaluate(t.QuantityRef(claim.quantity), world)
        if value != claim.number or not all(semantics.holds(e, world) for e in asked.values()):
            raise Refused("its variant is not valid or has another value")
        small: t.Expr = t.QuantityRef(claim.quantity)  # it, or for the greatest its negative
        small = t.Negate(small) if claim.greatest else small
        if self.bound(small) != semantics.evaluate(small, world):
            raise Refused("its diagram leaves room for a better variant")

    def bound(self, quantity: t.Expr) -> int | None:
        """A lower bound of a quantity on what the diagram leaves; `None` when nothing is left.

        What a sum comes to at least grows on the way; a node counts the growth of all its states.
        """
        sums: dict[frozenset[str], Counter[t.Expr]] = defaultdict(Counter)
        for by, expr in parts(self.meaning.resolved, quantity):
            sums[frozenset(axis for axis, _ in self.meaning.reads(expr))][expr] += by
        starts = [self.meaning.state(weights) for weights in sums.values()]
        growth = Counter[tuple[int, int]]()

        def grown(before: States, arc: Arc) -> States:
            level, number, _, options = arc
            behind = self.behind(before, arc)
            for o in options:
                growth[number, o] += min(s.after(level, o).least - s.least for s in before)
            return behind

        for start in starts:
            self.sweep(States({start}), grown, or_)
        base = sum(start.least for start in starts)
        return self.sweep(base, lambda c, arc: c + min(growth[arc[1], o] for o in arc[3]), min)
