"""What a target costs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve, frozen

from cmf.planning.answer import OnProgress, PlanLimits, Planned
from cmf.planning.constraints import Constraint, Share
from cmf.planning.decision.solver import Answer, Solve
from cmf.planning.lineup.pose import Posed

POINT = Fraction(1, 100)
"""A point of sharing."""


Saving = tuple[int, int]
"""Least and greatest possible difference of two least costs; equal when both are proven."""


@frozen
class Price:
    """What a plan would save without a target, or with a little less of it.

    Attributes
    ----------
    words
        The target.
    whole
        What is saved without the target; `None` when no plan was found within the limits.
    point
        What is saved with one point less; `None` also when the target is no share.
    """

    words: str
    whole: Saving | None
    point: Saving | None


def saved(planned: Planned, other: Planned | None) -> Saving | None:
    """The difference of the least costs that two plans stand for.

    A looser constraint never makes a plan dearer.
    """
    if other is None:
        return None
    return max(0, planned.bound - other.cost), max(0, planned.cost - other.bound)


def prices(
    posed: Posed,
    planned: Planned,
    solve: Solve,
    limits: PlanLimits,
    on_progress: OnProgress | None = None,
) -> Iterator[Price]:
    """The price of every target that the plan is held to.

    Parameters
    ----------
    planned
        The plan that meets every target.
    limits
        For each of the further plans.
    """
    names = dict.fromkeys(each.words for each in posed.assumed if each.target is not None)
    for name in names:
        others: list[Constraint] = []
        looser: list[Constraint] = []
        is_share = False
        for each in posed.assumed:
            if each.words != name:
                others.append(each.constraint)
                looser.append(each.constraint)
            elif isinstance(each.constraint, Share):
                is_share = True
                bound = max(Fraction(0), each.constraint.bound - POINT)
                looser.append(evolve(each.constraint, bound=bound))
        whole = _solved(posed, others, solve, limits, on_progress)
        point = _solved(posed, looser, solve, limits, on_progress) if is_share else None
        yield Price(name, saved(planned, whole), saved(planned, point))


def _solved(
    posed: Posed,
    constraints: list[Constraint],
    solve: Solve,
    limits: PlanLimits,
    on_progress: OnProgress | None,
) -> Planned | None:
    problem = evolve(posed.problem, constraints=tuple(constraints))
    found: Answer = solve(problem, limits, on_progress)
    return found if isinstance(found, Planned) else None
