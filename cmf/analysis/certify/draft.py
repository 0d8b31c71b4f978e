"""Builds the diagram of a certificate, from the rules as `cmf.verify` reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import define, field

from cmf.analysis.certify.order import orders
from cmf.engines.protocols import Space
from cmf.errors import LimitReached
from cmf.model.catalog import Catalog
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog
from cmf.verify import Certificate, Claim, Refused, verify
from cmf.verify.check import parts, statements
from cmf.verify.meaning import NEVER, TRUE, Meaning, OutOfBudget

LIMITS = ((4_000, 6), (16_000, 6), (64_000, 4), (300_000, 2))
"""Nodes up to which orders are tried, and how many of them, the most promising first."""
BUDGET = 20_000_000

Key = tuple[tuple[int, int], ...]
"""Half-decided statements by their number, each with its state."""


def certify(
    resolved: ResolvedCatalog,
    claim: Claim,
    space: Space | None = None,
    only: Collection[str] | None = None,
) -> Certificate:
    """A certificate of `claim`, checked before it is returned.

    Parameters
    ----------
    space
        A variant space of the catalogue, from which a good order of the axes is learned.
    only
        Names of the statements that suffice; `None` for all.

    Raises
    ------
    LimitReached
        When no certificate is found within bounds: the text says which.
    """
    asked = statements(resolved, claim)
    kept = {name: expr for name, expr in asked.items() if only is None or name in only}
    try:
        certificate = _smallest(resolved, claim, kept, space)
        verify(certificate, resolved)
    except OutOfBudget:
        raise LimitReached("a statement speaks of too many combinations to be certified") from None
    except Refused as refused:
        raise LimitReached(f"no certificate: {refused}") from None
    return certificate


def _smallest(
    resolved: ResolvedCatalog, claim: Claim, asked: Mapping[str, t.Expr], space: Space | None
) -> Certificate:
    found = orders(resolved, list(asked.values()), space)
    for limit, many in LIMITS:
        for order in found[:many]:
            certificate = _Draft.of(resolved, claim, asked, order, limit)
            if certificate is not None:
                return certificate
    raise LimitReached(f"no certificate of less than {LIMITS[-1][0]:,} nodes was found")


@define
class _Draft:
    """A diagram in the making, level by level.

    Attributes
    ----------
    rules
        How many must hold.
    """

    meaning: Meaning
    sizes: Sequence[int]
    rules: int
    limit: int
    layers: list[dict[Key, int]] = field(factory=list)
    rows: list[list[list[int]]] = field(factory=list)

    @classmethod
    def of(
        cls,
        resolved: ResolvedCatalog,
        claim: Claim,
        asked: Mapping[str, t.Expr],
        order: Sequence[str],
        limit: int,
    ) -> Certificate | None:
        """The certificate by one order; `None` when it exceeds the limit."""
        meaning = Meaning(resolved, order, BUDGET)
        states = [meaning.state(expr) for expr in asked.values()]
        sizes = [len(resolved.axes[name].options) for name in order]
        draft = cls(meaning, sizes, len(states), limit)
        if claim.kind == "best":
            states += draft.weights(claim.quantity)
        if not draft.grow(states):
            return None
        nodes, used = draft.folded(keep=claim.kind == "best")
        catalog: Catalog = resolved.catalog
        names = list(asked)
        reasons = [names[rule] for rule in used]
        return Certificate(catalog.name, catalog.digest, claim, list(order), reasons, nodes)

    def weights(self, quantity: str) -> Iterator[int]:
        """States of statements on several axes that weigh in a quantity."""
        known = {expr: None for _, expr in parts(self.meaning.resolved, t.QuantityRef(quantity))}
        for state in dict.fromkeys(map(self.meaning.state, known)):
            level = self.meaning.level(state)
            if level != NEVER:
                after = {self.meaning.step(state, level, o) for o in range(self.sizes[level])}
                if {abs(each) for each in after} != {TRUE}:
                    yield state

    def grow(self, states: Sequence[int]) -> bool:
        """Decide axis by axis; whether that stays within the limit."""
        starting: dict[int, Key] = {}
        for number, state in enumerate(states):
            if state != TRUE:
                level = 0 if state == -TRUE else self.meaning.level(state)
                starting[level] = (*starting.get(level, ()), (number, state))
        layer: dict[Key, int] = {(): 0}
        total = 0
        for level, size in enumerate(self.sizes):
            below: dict[Key, int] = {}
            rows = []
            begun = starting.get(level, ())
            for key in layer:
                rows.append([self._target(key + begun, level, o, below) for o in range(size)])
                if total + len(below) > self.limit:
                    return False
            total += len(layer)
            self.layers.append({key + begun: place for key, place in layer.items()})
            self.rows.append(rows)
            layer = below
        return True

    def _target(self, key: Key, level: int, option: int, below: dict[Key, int]) -> int:
        """The key behind an option by its number in `below`, or ``-r - 1`` for rule r refuses."""
        left = []
        for number, state in key:
            after = self.meaning.step(state, level, option)
            if after == -TRUE and number < self.rules:
                return -number - 1
            if abs(after) != TRUE:
                left.append((number, after))
        left.sort()
        return below.setdefault(tuple(left), len(below))

    def folded(self, *, keep: bool) -> tuple[list[list[list[int]]], list[int]]:
        """The nodes from the bottom up, equal ones once, and the rules that refuse somewhere.

        Parameters
        ----------
        keep
            Whether nodes stay apart whose statements weigh differently, and stay where all options
            lead on to the same.
        """
        known: dict[object, int] = {}
        nodes: list[list[list[int]]] = []
        used: dict[int, int] = {}
        under = [0]
        for level in range(len(self.sizes) - 1, -1, -1):
            numbers = []
            for key, row in zip(self.layers[level], self.rows[level], strict=True):
                arcs = self._arcs(row, under, used)
                targets = list(arcs)
                if not keep and len(arcs) == 1 and targets[0] >= 0 and (level or nodes):
                    numbers.append(targets[0])
                    continue
                weighing = tuple(each for each in key if each[0] >= self.rules) if keep else ()
                name = (
                    level,
                    tuple((to, tuple(options)) for to, options in arcs.items()),
                    weighing,
                )
                if name not in known:
                    nodes.append([[level], *([to, *options] for to, options in arcs.items())])
                    known[name] = len(nodes)
                numbers.append(known[name])
            under = numbers
        return nodes, list(used)

    def _arcs(
        self, row: Sequence[int], under: Sequence[int], used: dict[int, int]
    ) -> dict[int, list[int]]:
        """Options by target: a node, 0, or a refusing rule by its place among those used."""
        arcs: dict[int, list[int]] = {}
        for option, target in enumerate(row):
            refused = target < 0
            to = -1 - used.setdefault(-target - 1, len(used)) if refused else under[target]
            arcs.setdefault(to, []).append(option)
        return arcs
