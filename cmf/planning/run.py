"""One call of the method: the best plan and bound so far, and who hears of them."""

from __future__ import annotations

from fractions import Fraction
from time import monotonic

from attrs import define, field

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Progress, Status
from cmf.planning.data import Plan, PlanningProblem
from cmf.planning.evaluate import evaluate
from cmf.planning.mip import TOLERANCE
from cmf.problem.answer import Infeasible, Unknown

Answer = Planned | Infeasible | Unknown

EXACT = 400_000
"""Up to such a cost the tolerance of the solver is less than one, and the gap must be 0."""


class Stopped(Exception):
    """The user has enough."""


@define(eq=False, slots=False)
class Run:
    """One call of `solve`: the best plan and bound so far, and who hears of them."""

    problem: PlanningProblem
    limits: PlanLimits
    on_progress: OnProgress | None
    began: float = field(factory=monotonic)
    plan: Plan | None = None
    cost: int | None = None
    bound: int | None = None
    phase: str = "first plans"

    def seconds(self) -> float:
        """Since the call."""
        return monotonic() - self.began

    def left(self) -> float | None:
        """Seconds that are left; `None` without a limit of time."""
        return None if self.limits.seconds is None else self.limits.seconds - self.seconds()

    def over(self) -> bool:
        """Whether the time is over or the answer good enough."""
        left = self.left()
        return (left is not None and left <= 0) or self.proven()

    def proven(self) -> bool:
        """Whether the gap is small enough."""
        if self.cost is None or self.bound is None:
            return False
        allowed = max(self.limits.gap, Fraction(TOLERANCE).limit_denominator(10**6) * 2)
        exact = self.cost <= EXACT and not self.limits.gap
        return self.cost - self.bound <= (0 if exact else allowed * abs(self.cost))

    def offer(self, plan: Plan | None) -> bool:
        """A plan; it counts when it meets everything and costs less, by exact evaluation."""
        if plan is None:
            return False
        found = evaluate(self.problem, plan)
        if not found.meets_all or (self.cost is not None and found.cost.total >= self.cost):
            return False
        self.plan, self.cost = plan, found.cost.total
        self.tell()
        return True

    def prove(self, bound: int | None) -> None:
        """A bound."""
        if bound is not None and (self.bound is None or bound > self.bound):
            self.bound = bound
            self.tell()

    def tell(self) -> None:
        """Tell who listens; raises `Stopped` when that one has enough."""
        if self.on_progress is not None:
            bound = (
                self.bound
                if self.cost is None or self.bound is None
                else min(self.bound, self.cost)
            )
            news = Progress(self.phase, self.seconds(), self.cost, bound, self.plan)
            if self.on_progress(news) is False:
                raise Stopped

    def answer(self, infeasible: bool = False, stopped_by: str = "") -> Answer:
        """What is known at the end."""
        if infeasible and self.plan is None:
            return Infeasible()
        if self.plan is None or self.cost is None:
            return Unknown(stopped_by or self.limit())
        bound = self.bound if self.bound is not None else min(0, self.cost)
        bound = min(bound, self.cost)
        done = self.proven()
        return Planned(
            self.plan,
            evaluate(self.problem, self.plan),
            bound,
            Status.OPTIMAL if done else Status.STOPPED,
            "" if done else stopped_by or self.limit(),
        )

    def limit(self) -> str:
        """The limit, in words."""
        if self.limits.seconds is not None and (self.left() or 0) <= 0:
            return f"{self.limits.seconds:g} s"
        if self.limits.work is not None:
            return f"{self.limits.work} steps"
        return "the tolerance of the solver"
