"""What planning answers, and what it may spend."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction

from attrs import field, frozen

from cmf.planning.data import Plan
from cmf.planning.evaluate import Evaluation


class Status(Enum):
    """How sure the answer is."""

    OPTIMAL = "optimal"
    """Proven within the gap that was asked for."""
    STOPPED = "stopped"
    """The best plan so far, with a valid bound, when a limit or the user stopped the work."""


@frozen
class Planned:
    """A plan that meets everything.

    Attributes
    ----------
    evaluation
        Of the plan, exact, by code that knows no solver.
    bound
        No plan that meets everything costs less.
    stopped_by
        The limit, in words; empty when proven.
    """

    plan: Plan = field(repr=False)
    evaluation: Evaluation = field(repr=False)
    bound: int
    status: Status
    stopped_by: str = ""

    @classmethod
    def unproven(cls, plan: Plan, evaluation: Evaluation, stopped_by: str) -> Planned:
        """A plan of which nothing is known but what it is."""
        bound = min(0, evaluation.cost.total)
        return cls(plan, evaluation, bound, Status.STOPPED, stopped_by)

    @property
    def cost(self) -> int:
        """Cost of the plan."""
        return self.evaluation.cost.total

    @property
    def gap(self) -> Fraction:
        """How far the cost may be above the least one, as a part of the cost; 0 is proven."""
        return gap_of(self.cost, self.bound)


def gap_of(cost: int, bound: int) -> Fraction:
    """The part of a cost that lies above a bound."""
    return Fraction(cost - bound, cost) if cost > bound else Fraction(0)


@frozen
class PlanLimits:
    """What planning may spend.

    Attributes
    ----------
    seconds
        Wall time; `None` is unlimited. With it the answer may differ from run to run.
    work
        Deterministic limit, counted in steps of the method (about a hundred to ten thousand a
        second); the same work gives the same answer.
    gap
        A plan proven within this part of its cost is good enough.
    seed
        Of the search for good plans.
    """

    seconds: float | None = None
    work: int | None = None
    gap: Fraction = Fraction(0)
    seed: int = 0


@frozen
class Progress:
    """Where planning stands.

    Attributes
    ----------
    phase
        What it is doing, in words.
    cost
        Of the best plan so far; `None` before the first.
    bound
        Proven so far; `None` before the first.
    plan
        The best plan so far.
    """

    phase: str
    seconds: float
    cost: int | None
    bound: int | None
    plan: Plan | None = field(default=None, repr=False)


OnProgress = Callable[[Progress], bool | None]
"""Hears of every new plan and bound; `False` as an answer stops the work, with the best plan."""
