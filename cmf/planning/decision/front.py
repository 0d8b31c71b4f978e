"""Cost against sharing: the greatest share, and the plans between."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import monotonic

from attrs import evolve, field, frozen

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Status, gap_of
from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.greatest import FINEST, Greatest, greatest
from cmf.planning.decision.solver import Answer, Solve
from cmf.planning.evaluate import evaluate, share_of

FEW = 10_000
"""So many plans are few."""


@frozen
class Point:
    """A plan of least cost among those that share as much.

    Attributes
    ----------
    share
        Of the plan, exact.
    """

    planned: Planned = field(repr=False)
    share: Fraction

    @classmethod
    def of(cls, planned: Planned, shared: int, whole: int) -> Point:
        """A plan with the weight on common items and the weight in use."""
        return cls(planned, Fraction(shared, whole))

    @property
    def level(self) -> Level:
        """Without the plan itself."""
        return Level(self.share, self.planned.cost, self.planned.bound, self.planned.status)


@frozen
class Level:
    """The least cost of a share.

    Attributes
    ----------
    bound
        No plan with that share costs less.
    """

    share: Fraction
    cost: int
    bound: int
    status: Status

    @property
    def gap(self) -> Fraction:
        """How far the cost may be above the least one, as a part of the cost."""
        return gap_of(self.cost, self.bound)


@frozen
class MostSharing:
    """The plan that shares most, of least cost among those.

    Attributes
    ----------
    at_most
        Proven: no plan shares more; `None` when time ran out before anything was proven.
    steps
        Number of steps of Dinkelbach's method.
    """

    point: Point
    at_most: Fraction | None
    steps: int

    @property
    def proven(self) -> bool:
        """Whether no plan shares more, as far as shares are told apart."""
        return self.at_most is not None and self.at_most <= self.point.share + FINEST


@frozen
class Search:
    """Plans of one problem for different bounds on one share.

    Attributes
    ----------
    share
        Stands among the constraints of the problem; its bound is what is varied.
    """

    problem: PlanningProblem = field(repr=False)
    share: Share = field(repr=False)
    solve: Solve = field(repr=False)
    limits: PlanLimits
    on_progress: OnProgress | None = field(repr=False)
    _end: float | None

    @classmethod
    def of(
        cls,
        problem: PlanningProblem,
        share: Share,
        solve: Solve,
        limits: PlanLimits,
        on_progress: OnProgress | None = None,
    ) -> Search:
        """A search whose wall time is that of `limits` for all plans together."""
        end = None if limits.seconds is None else monotonic() + limits.seconds
        return cls(problem, share, solve, limits, on_progress, end)

    def at_least(self, bound: Fraction) -> Answer:
        """The plan of least cost whose share reaches a bound."""
        left = None if self._end is None else max(0.05, self._end - monotonic())
        limits = evolve(self.limits, seconds=left)
        return self.solve(self._bounded(bound), limits, self.on_progress)

    def _bounded(self, bound: Fraction) -> PlanningProblem:
        constraints = (
            evolve(each, bound=bound) if each is self.share else each
            for each in self.problem.constraints
        )
        return evolve(self.problem, constraints=tuple(constraints))

    def unproven(self, found: Greatest) -> Planned:
        """The plan of greatest share, of whose cost nothing is known."""
        reached = evaluate(self._bounded(found.share), found.plan)
        by = "the user" if found.stopped else "the time"
        return Planned.unproven(found.plan, reached, by)

    def point(self, planned: Planned) -> Point:
        """A plan with its share."""
        shared, whole = share_of(self.problem, planned.evaluation.users, self.share)
        return Point.of(planned, shared, whole)

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and monotonic() >= self._end


def most_sharing(search: Search) -> MostSharing | Answer:
    """The plan of greatest share, and of least cost among those.

    Half of the time is for the share, the rest for the cost.

    Returns
    -------
    the plan, with what is proven of share and cost; `Infeasible` when no plan meets the other
    constraints, `Unknown` when none was found in time
    """
    seconds = None if search.limits.seconds is None else search.limits.seconds / 2
    found = greatest(search.problem, search.share, seconds, search.on_progress)
    if not isinstance(found, Greatest):
        return found
    cheapest = None if found.stopped else search.at_least(found.share)
    if not isinstance(cheapest, Planned):
        cheapest = search.unproven(found)
    return MostSharing(search.point(cheapest), found.at_most, found.steps)


def pareto(search: Search, points: int) -> Iterator[Point]:
    """Plans of which none beats another in both cost and share, cheapest first.

    Every one is of least cost for its share, within the gap of the search. All such plans appear
    when there are few plans in all; otherwise `points` of them at even steps of the share.
    """
    least = search.at_least(Fraction(0))
    if not isinstance(least, Planned):
        return
    last = search.point(least)
    top = most_sharing(search)
    ceiling = top.point.share if isinstance(top, MostSharing) else last.share
    exact = few(search.problem)
    step = FINEST if exact else (ceiling - last.share) / max(1, points - 1)
    held = last
    while True:
        wanted = held.share + step
        wanted = min(wanted, ceiling)
        if wanted <= held.share:
            break
        answer = search.at_least(wanted) if wanted < ceiling and not search.over else None
        if isinstance(answer, Planned):
            following = search.point(answer)
        elif isinstance(top, MostSharing):
            following = top.point
        else:
            break
        if following.planned.cost > held.planned.cost:
            yield held
        held = following
    yield held


def few(problem: PlanningProblem) -> bool:
    """Whether there are few plans."""
    number = 1
    for vehicle in problem.vehicles:
        number *= vehicle.diagram.count()
        if number > FEW:
            return False
    return True
