"""The searches and the relaxation, in turns, each hearing what the others found."""

from __future__ import annotations

from typing import Any

from cmf.planning.assortment import Assortments
from cmf.planning.compiled import Compiled
from cmf.planning.data import Plan
from cmf.planning.evaluate import evaluate
from cmf.planning.relax import Relaxation
from cmf.planning.run import Run
from cmf.planning.search import Search

FLAT = 3
"""Rounds of the relaxation without a better bound before it rests."""

TIRED = 150
"""Moves without a better assortment before the search makes pauses."""

TURNS_A_PRICE = 5
"""Turns between two looks of one search at the prices of the other."""

THRIFTIER = 1.15
"""Step of the factor on entry costs that makes more of the line-up be shared."""

MOVES_A_TURN = 20
WARMTH = 0.0005
"""How much worse a plan the search still goes on from at the beginning, as a part of the cost."""


class Workers:
    """The searches and the relaxation, in turns.

    Attributes
    ----------
    rises
        Whether the bound of the relaxation still rose of late.
    """

    def __init__(self, run: Run, compiled: Compiled) -> None:
        self.run = run
        self.relaxation = Relaxation(compiled)
        run.prove(self.relaxation.bound)
        self.search = Search(compiled, run.limits.seed)
        self.search.begin(run.over)
        run.offer(self.search.best)
        self.assortments = Assortments(compiled, run.limits.seed)
        self.assortments.begin(self.search.current())
        self.flat = self.turns = 0
        self.thrift = 1.0

    @property
    def rises(self) -> bool:
        """Whether the bound of the relaxation rose of late."""
        return self.flat < FLAT

    def turn(self, left: float) -> None:
        """A turn of everyone.

        Parameters
        ----------
        left
            The part of the time or the work that is left.
        """
        run = self.run
        run.phase = "search"
        if self.assortments.move():
            self.take(self.assortments.plan())
        if self.search.matters and not run.over():
            self._one_by_one(left)
        if self.rises and not run.over():
            run.phase = "relaxation"
            self.flat = 0 if self.relaxation.ascend(rounds=1) else self.flat + 1
            run.prove(self.relaxation.bound)

    def _one_by_one(self, left: float) -> None:
        """Moves of the search that sees everything; then what it costs now is news to the other."""
        run = self.run
        for _ in range(MOVES_A_TURN):
            self.search.move(WARMTH * left * left)
            if run.over():
                break
        run.offer(self.search.best)
        self.turns += 1
        if run.problem.constraints and self.turns % TURNS_A_PRICE == 0 and not run.over():
            self._reprice()

    def _reprice(self) -> None:
        """In turn: the prices of the other search, and thrift, which shares without looking."""
        plain = self.search.uses.cost
        if self.turns % (2 * TURNS_A_PRICE):
            self.assortments.reprice(self.search.priced())
        else:
            met = evaluate(self.run.problem, self.assortments.plan()).meets_all
            self.thrift = max(1.0, self.thrift / THRIFTIER if met else self.thrift * THRIFTIER)
            self.assortments.reprice(plain, self.thrift)
        self.take(self.assortments.plan())

    def hear(self, kind: str, value: Any) -> None:
        """News of the proof."""
        if kind == "bound":
            self.run.phase = "proof by cases"
            self.run.prove(value)
            self.flat = FLAT
        elif kind == "plan":
            self.take(value)
        elif kind == "weights":
            self.assortments.lean(value)

    @property
    def tired(self) -> bool:
        """Whether the searches have found nothing for long, so that others may have the time."""
        return not self.search.matters and self.assortments.idle > TIRED

    def take(self, plan: Plan) -> None:
        """A plan from elsewhere."""
        self.run.offer(plan)
        if self.search.matters:
            self.search.consider(plan)
            self.run.offer(self.search.best)
