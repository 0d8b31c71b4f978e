"""Cost against sharing: the greatest share, and the plans between."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import monotonic

from attrs import evolve, field, frozen

from cmf.planning.answer import OnProgress, PlanLimits, Planned
from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.solver import Answer, Solve
from cmf.planning.evaluate import share_of
from cmf.problem.answer import Infeasible

FINEST = Fraction(1, 10**6)
"""Shares of few plans that differ by less are not told apart."""

FINE = Fraction(1, 10**4)
"""The same of many plans: a hundredth of a point."""

FEW = 10_000
"""So many plans are few."""

COARSE = Fraction(1, 500)
"""How well the end of a front is known before its points are looked for."""


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


@frozen
class MostSharing:
    """The plan that shares most, of least cost among those.

    Attributes
    ----------
    impossible
        Proven: no plan shares as much; `None` when time ran out before anything was proven.
    finest
        Shares that differ by less were not told apart.
    """

    point: Point
    impossible: Fraction | None
    finest: Fraction

    @property
    def proven(self) -> bool:
        """Whether no plan shares more, as far as shares are told apart."""
        share = self.point.share
        return share == 1 or (
            self.impossible is not None and self.impossible <= share + self.finest
        )


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

    @property
    def finest(self) -> Fraction:
        """Shares that differ by less are not told apart."""
        return FINEST if few(self.problem) else FINE

    def at_least(self, bound: Fraction, gap: Fraction | None = None) -> Answer:
        """The plan of least cost whose share reaches a bound."""
        constraints = tuple(
            evolve(each, bound=bound) if each is self.share else each
            for each in self.problem.constraints
        )
        left = None if self._end is None else max(0.05, self._end - monotonic())
        limits = evolve(self.limits, seconds=left, gap=self.limits.gap if gap is None else gap)
        return self.solve(evolve(self.problem, constraints=constraints), limits, self.on_progress)

    def point(self, planned: Planned) -> Point:
        """A plan with its share."""
        shared, whole = share_of(self.problem, planned.evaluation.users, self.share)
        return Point(planned, Fraction(shared, whole))

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and monotonic() >= self._end


def most_sharing(search: Search, finest: Fraction | None = None) -> MostSharing | Answer:
    """The plan of greatest share, by halving what is possible and what is not.

    Parameters
    ----------
    finest
        Shares that differ by less are not told apart; `None` for that of the search.

    Returns
    -------
    the plan, proven or with the least share that is known to be impossible; `Infeasible` when no
    plan meets the other constraints, `Unknown` when none was found in time
    """
    found = search.at_least(Fraction(0), Fraction(1))
    if not isinstance(found, Planned):
        return found
    fine = search.finest if finest is None else finest
    best, impossible = search.point(found), 1 + fine
    while impossible > best.share + fine and not search.over:
        middle = (best.share + impossible) / 2
        # Between shares that are told apart by less, the next one is the only question.
        wanted = middle if impossible - best.share > 2 * fine else best.share + fine
        answer = search.at_least(min(wanted, Fraction(1)), Fraction(1))
        if isinstance(answer, Planned):
            best = search.point(answer)
            if best.share == 1:
                break
        elif isinstance(answer, Infeasible):
            impossible = wanted
        else:
            break
    cheapest = search.at_least(best.share)
    if isinstance(cheapest, Planned):
        best = search.point(cheapest)
    return MostSharing(best, impossible if impossible <= 1 else None, fine)


def pareto(search: Search, points: int) -> Iterator[Point]:
    """Plans of which none beats another in both cost and share, cheapest first.

    Every one is of least cost for its share, within the gap of the search. All such plans appear
    when there are few plans in all; otherwise `points` of them at even steps of the share.
    """
    least = search.at_least(Fraction(0))
    if not isinstance(least, Planned):
        return
    last = search.point(least)
    exact = few(search.problem)
    top = most_sharing(search, None if exact else COARSE)
    ceiling = top.point.share if isinstance(top, MostSharing) else last.share
    step = search.finest if exact else (ceiling - last.share) / max(1, points - 1)
    held = last
    while True:
        wanted = held.share + step
        if wanted > ceiling:
            wanted = ceiling
        if wanted <= held.share or search.over:
            break
        answer = search.at_least(wanted)
        if not isinstance(answer, Planned):
            break
        following = search.point(answer)
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
