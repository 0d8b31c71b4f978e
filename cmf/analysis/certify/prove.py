"""Finds a certificate: of counts by deciding everything, of a best by deciding what is needed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import define, field

from cmf.analysis.certify.draft import Draft
from cmf.analysis.certify.order import orders
from cmf.analysis.certify.patience import Patience
from cmf.engines.protocols import Space
from cmf.errors import LimitReached
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog
from cmf.verify import Certificate, Claim, Refused, verify
from cmf.verify.meaning import Meaning, State, parts, statements

LIMITS = ((4_000, 6), (16_000, 6), (64_000, 4), (300_000, 2))
"""Nodes up to which orders are tried, and how many of them, the most promising first."""
BUDGET = 20_000_000
ADDED = 4
"""Statements that one way which breaks them adds to those that are followed."""


@define
class _Timed(Meaning):
    patience: Patience = field(factory=Patience)

    def spend(self, work: int) -> None:
        self.patience.check()
        Meaning.spend(self, work)


def certify(
    resolved: ResolvedCatalog,
    claim: Claim,
    space: Space | None = None,
    only: Collection[str] | None = None,
    patience: Patience | None = None,
) -> Certificate:
    """A certificate of `claim`, checked before it is returned.

    Parameters
    ----------
    space
        A variant space of the catalogue, from which a good order of the axes is learned.
    only
        Names of the statements that suffice; `None` for all.
    patience
        How long to search; by default without a limit.

    Raises
    ------
    LimitReached
        When no certificate is found within bounds: the text says which.
    """
    asked = statements(resolved, claim)
    kept = {name: expr for name, expr in asked.items() if only is None or name in only}
    search = _Search(resolved, claim, kept, patience or Patience())
    certificate = search.found(orders(resolved, list(kept.values()), space))
    try:
        verify(certificate, resolved)
    except Refused as refused:
        raise LimitReached(f"no certificate: {refused}") from None
    return certificate


def _grown(state: State, options: Sequence[int]) -> int:
    """By how much a sum grows on a way."""
    begin = state.least
    for level, option in enumerate(options):
        state = state.after(level, option)
    return state.least - begin


@define
class _Search:
    resolved: ResolvedCatalog
    claim: Claim
    asked: Mapping[str, t.Expr]
    patience: Patience

    def found(self, ranked: Sequence[list[str]]) -> Certificate:
        """The first certificate within the limits, by the most promising order."""
        for limit, many in LIMITS:
            for order in ranked[:many]:
                certificate = self._by(order, limit)
                if certificate is not None:
                    return certificate
        raise LimitReached(f"no certificate of less than {LIMITS[-1][0]:,} nodes was found")

    def _by(self, order: list[str], limit: int) -> Certificate | None:
        meaning = _Timed(self.resolved, order, BUDGET, patience=self.patience)
        sizes = [len(self.resolved.axes[name].options) for name in order]
        states = dict(enumerate(meaning.state({expr: 1}) for expr in self.asked.values()))
        if self.claim.kind == "best":
            draft = self._least(meaning, sizes, states, limit)
        else:
            free = [[0] * size for size in sizes]
            draft = Draft(sizes, states, {}, free, None, limit, self.patience)
            draft = draft if draft.grow() else None
        if draft is None:
            return None
        nodes, used = draft.folded()
        names = list(self.asked)
        catalog = self.resolved.catalog
        reasons = [names[number] for number in used]
        return Certificate(catalog.name, catalog.digest, self.claim, order, reasons, nodes)

    def _least(
        self,
        meaning: Meaning,
        sizes: Sequence[int],
        states: Mapping[int, State],
        limit: int,
    ) -> Draft | None:
        """A diagram that leaves nothing better than the variant, with as little in it as suffices.

        It begins with sums on one axis alone. As long as a way through it is better than the
        variant, what that way breaks is followed too, or else the sum that it passes over.
        """
        sums = list(self._sums(meaning))
        costs = [[0] * size for size in sizes]
        several: dict[int, State] = {}
        for number, state in enumerate(sums, len(states)):
            if any(part.level < len(sizes) for part in state.behind):
                several[number] = state
            for option, after in enumerate(state.behind if number not in several else ()):
                costs[state.level][option] += after.least - state.least
        room = self._value() - sum(state.least for state in sums)
        followed: dict[int, State] = {}
        summed: dict[int, State] = {}
        while True:
            draft = Draft(sizes, followed, summed, costs, room, limit, self.patience)
            if not draft.grow():
                return None
            growth, options = draft.cheapest() or (room, [])
            if growth >= room:
                return draft
            chosen = zip(meaning.order, options, strict=True)
            names = {axis: self.resolved.axes[axis].names[option] for axis, option in chosen}
            world = semantics.World(self.resolved, names)
            broken = [n for n, e in enumerate(self.asked.values()) if not semantics.holds(e, world)]
            if broken:
                followed.update((n, states[n]) for n in broken[:ADDED])
                continue
            passed = {n: _grown(s, options) for n, s in several.items() if n not in summed}
            if not any(passed.values()):
                raise LimitReached("no certificate: there is a better variant")
            most = max(passed, key=lambda number: passed[number])
            summed[most] = several[most]

    def _quantity(self) -> t.Expr:
        """What is to be small."""
        quantity = t.QuantityRef(self.claim.quantity)
        return t.Negate(quantity) if self.claim.greatest else quantity

    def _value(self) -> int:
        """Its value on the variant of the claim."""
        variant = {pair[0]: pair[1] for pair in self.claim.variant}
        value = semantics.evaluate(self._quantity(), semantics.World(self.resolved, variant))
        if not isinstance(value, int):
            raise LimitReached("no certificate: the quantity has no value")
        return value

    def _sums(self, meaning: Meaning) -> Iterator[State]:
        """The quantity as sums, one for all of its parts that read the same axes."""
        sums: dict[frozenset[str], Counter[t.Expr]] = defaultdict(Counter)
        try:
            for by, expr in parts(self.resolved, self._quantity()):
                sums[frozenset(axis for axis, _ in meaning.reads(expr))][expr] += by
        except Refused as refused:
            raise LimitReached(f"no certificate: {refused}") from None
        for weights in sums.values():
            yield meaning.state(weights)
