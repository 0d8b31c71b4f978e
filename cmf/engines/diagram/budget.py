"""What a compilation may spend; every overrun is a `LimitReached` in words for the user."""

from __future__ import annotations

import time

from attrs import define, field

from cmf.engines.diagram.nodes import Branch
from cmf.engines.diagram.relation import Relation
from cmf.errors import LimitReached
from cmf.problem.answer import Limits

ROW_BYTES = 300
"""Memory that one row of a join takes at its peak, all intermediate arrays included."""

DEFAULT_ROWS = 5_000_000

WAY_BYTES = 160
"""Memory that one partial assignment takes at the peak of a descent."""

DEFAULT_WAYS = 12_000_000


class TooLarge(LimitReached):
    """One way of building needs too much memory; another may not."""


@define(eq=False)
class Budget:
    """Counts nodes and time against the limits."""

    limits: Limits
    started: float = field(factory=time.monotonic)
    nodes: int = 0
    arcs: int = 0

    @property
    def rows(self) -> int:
        """Most rows of one join."""
        if self.limits.memory is None:
            return DEFAULT_ROWS
        return max(1, self.limits.memory // ROW_BYTES)

    @property
    def ways(self) -> int:
        """Most partial assignments of one descent, and most arcs of one diagram."""
        if self.limits.memory is None:
            return DEFAULT_WAYS
        return max(1, self.limits.memory // WAY_BYTES)

    def check(self) -> None:
        """Raise when time is up."""
        seconds = self.limits.seconds
        if seconds is not None and time.monotonic() - self.started > seconds:
            raise LimitReached(f"{seconds:g} s")

    def add(self, branch: Branch) -> None:
        """Count new nodes and arcs; raise when there are too many."""
        self.nodes += branch.count
        self.arcs += len(branch.owners)
        if self.arcs > self.ways:
            raise TooLarge(f"{self.ways:,} arcs")
        if self.limits.nodes is not None and self.nodes > self.limits.nodes:
            raise LimitReached(f"{self.limits.nodes:,} nodes")

    def joined(self, relation: Relation | None) -> Relation:
        """A join that stayed within the rows."""
        self.check()
        if relation is None:
            raise TooLarge(f"{self.rows:,} rows in one join")
        return relation
