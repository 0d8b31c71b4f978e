"""Cost against sharing: the greatest share, and the plans between."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import monotonic

from attrs import evolve, field, frozen

from cmf.planning.answer import OnProgress, PlanLimits, Planned
from cmf.planning.constraints import Counting, Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.solver import Answer, Solve
from cmf.planning.evaluate import share_of
from cmf.problem.answer import Infeasible

FINEST = Fraction(1, 10**6)
"""Shares that differ by less are not told apart where the weights are large numbers."""


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
    """

    point: Point
    impossible: Fraction | None

    def proven(self, finest: Fraction) -> bool:
        """Whether no plan shares more, as far as shares are told apart."""
        return self.impossible is not None and self.impossible <= self.point.share + finest


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
        """A step in the share that no two different shares fall below, or `FINEST`."""
        whole = _greatest(self.problem, self.share)
        return max(FINEST, Fraction(1, whole * whole)) if whole else FINEST

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


def most_sharing(search: Search) -> MostSharing | Answer:
    """The plan of greatest share, by halving what is possible and what is not.

    Returns
    -------
    the plan, proven or with the least share that is known to be impossible; `Infeasible` when no
    plan meets the other constraints, `Unknown` when none was found in time
    """
    found = search.at_least(Fraction(0), Fraction(1))
    if not isinstance(found, Planned):
        return found
    best, impossible = search.point(found), None
    finest = search.finest
    while not search.over:
        ceiling = Fraction(1) if impossible is None else impossible
        far = (best.share + ceiling) / 2
        wanted = far if ceiling - best.share > 1000 * finest else best.share + finest
        if wanted > 1:
            impossible = wanted
            break
        answer = search.at_least(min(wanted, ceiling), Fraction(1))
        if isinstance(answer, Planned):
            best = search.point(answer)
        elif isinstance(answer, Infeasible):
            impossible = wanted
        else:
            break
        if impossible is not None and impossible <= best.share + finest:
            break
    cheapest = search.at_least(best.share)
    if isinstance(cheapest, Planned):
        best = search.point(cheapest)
    return MostSharing(best, impossible)


def pareto(search: Search, points: int) -> Iterator[Point]:
    """Plans of which none beats another in both cost and share, cheapest first.

    Every one is of least cost for its share, within the gap of the search. All such plans appear
    when there are no more than `points`; otherwise plans at even steps up to the greatest share.
    """
    least = search.at_least(Fraction(0))
    if not isinstance(least, Planned):
        return
    last = search.point(least)
    top = most_sharing(search)
    ceiling = top.point.share if isinstance(top, MostSharing) else last.share
    step = max(search.finest, (ceiling - last.share) / max(1, points - 1))
    if _few(search, points):
        step = search.finest
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


def _few(search: Search, points: int) -> bool:
    """Whether there are so few plans that the whole front is within reach."""
    number = 1
    for vehicle in search.problem.vehicles:
        number *= vehicle.diagram.count()
        if number > 1000 * points:
            return False
    return True


def _greatest(problem: PlanningProblem, share: Share) -> int:
    """No plan has a greater whole weight."""
    total = 0
    for item, weight in share.weights.items():
        if share.counting is Counting.ONCE:
            total += weight
            continue
        for i in range(len(problem.vehicles)):
            factor = share.factors[i] if share.factors else 1
            if factor:
                total += weight * factor * _most_pieces(problem, i, item)
        if total * total > FINEST.denominator:
            return total
    return total


def _most_pieces(problem: PlanningProblem, vehicle: int, item: int) -> int:
    most = 0
    for layer in problem.vehicles[vehicle].diagram.layers:
        choices = {choice for _, choice, _ in layer}
        most += max(
            sum(use.quantity for use in problem.uses(vehicle, choice) if use.item == item)
            for choice in choices
        )
    return most
