"""The greatest share, by Dinkelbach's method.

W. Dinkelbach, On nonlinear fractional programming, Management Science 13 (1967): the greatest
N / D is the t at which ``max N - t D`` is 0. Each step takes t from the plan of the step before;
the steps converge faster than linearly. All shares are exact fractions; what is floating point is
the bound of a step, rounded to the safe side.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from time import monotonic

from attrs import evolve, frozen

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Progress
from cmf.planning.constraints import Share
from cmf.planning.data import Plan, PlanningProblem
from cmf.planning.decision.solver import Answer, Solve
from cmf.planning.evaluate import evaluate, share_of
from cmf.planning.excess import Excess, Going, excess
from cmf.problem.answer import Infeasible, Unknown

FINEST = Fraction(1, 10**6)
"""Shares that differ by less are not told apart, where the bound of the last step leaves some."""

Exceed = Callable[
    [PlanningProblem, Share, Fraction, float | None, Going],
    Excess,
]
"""The step of the method; see `cmf.planning.excess.excess`."""


@frozen
class Greatest:
    """What is known of the greatest share.

    Attributes
    ----------
    plan
        Shares most of all that were found; meets everything but the bound on the share.
    at_most
        Proven: no plan shares more; `None` when nothing is proven.
    steps
        Number of models that were solved.
    stopped
        Whether the user had enough.
    """

    plan: Plan
    share: Fraction
    at_most: Fraction | None
    steps: int
    stopped: bool = False

    @property
    def proven(self) -> bool:
        """Whether no plan shares more, as far as shares are told apart."""
        return self.at_most is not None and self.at_most <= self.share + FINEST


def greatest(
    problem: PlanningProblem,
    share: Share,
    seconds: float | None = None,
    on_progress: OnProgress | None = None,
    exceed: Exceed = excess,
) -> Greatest | Infeasible | Unknown:
    """The greatest share over the plans that meet everything else.

    Parameters
    ----------
    share
        A constraint of the problem; its bound does not matter.
    seconds
        Wall time for all steps; `None` is unlimited.
    on_progress
        Hears of every step; when it answers `False` the best so far is the answer.

    Returns
    -------
    the plan with what is proven; `Infeasible` when no plan meets everything else or none has a
    share, `Unknown` when none was found in time
    """
    began = monotonic()
    best, at_most = _today(problem, share), Fraction(1)
    steps, stopped = 0, False

    def going() -> bool:
        nonlocal stopped
        if on_progress is not None and not stopped:
            words = _words(best, at_most)
            stopped = on_progress(Progress(words, monotonic() - began, None, None)) is False
        return not stopped

    while at_most > (best[1] if best else -1) and going():
        left = None if seconds is None else seconds - (monotonic() - began)
        if left is not None and left <= 0:
            break
        ratio = best[1] if best else Fraction(0)
        found = exceed(problem, share, ratio, left, going)
        steps += 1
        if found.infeasible:
            return Infeasible()
        at_most = min(at_most, share_at_most(found, ratio))
        reached = Fraction(*found.share) if found.plan is not None else None
        if found.plan is None or reached is None or (best and reached <= best[1]):
            break
        best = found.plan, reached
    if best is None:
        return Unknown("the user" if stopped else f"{seconds:g} s" if seconds else "the solver")
    return Greatest(*best, at_most if at_most < 1 or best[1] == 1 else None, steps, stopped)


def share_at_most(found: Excess, ratio: Fraction) -> Fraction:
    """What no plan shares more than, by ``N - ratio D <= most`` and ``D >= least``."""
    if found.most is None:
        return Fraction(1)
    # N and D are whole, so the excess is a multiple of 1 / denominator.
    if found.most * ratio.denominator < 1:
        return ratio
    return min(Fraction(1), ratio + found.most / found.least)


def out_of_reach(
    problem: PlanningProblem,
    seconds: float | None = None,
    going: Going = lambda: True,
    exceed: Exceed = excess,
) -> bool | Plan | None:
    """Whether the bounds on shares alone show that there is no plan.

    Returns
    -------
    true when that is proven; a plan that meets everything when one was found on the way; `None`
    when neither is known
    """
    for share in problem.constraints:
        if not isinstance(share, Share):
            continue
        found = exceed(problem, share, share.bound, seconds, going)
        if found.infeasible or (found.most is not None and found.most < 0):
            return True
        if found.plan is not None and evaluate(problem, found.plan).meets_all:
            return found.plan
    return None


def cheapest(
    problem: PlanningProblem,
    solve: Solve,
    limits: PlanLimits,
    on_progress: OnProgress | None = None,
    exceed: Exceed = excess,
) -> Answer:
    """The plan of least cost; the bounds on shares are looked at by themselves first.

    What they rule out is ruled out soon, and a plan that meets them is the answer when the method
    finds no cheaper one. With a limit of work, and where today's plan meets everything, the method
    goes to work at once.
    """
    began = monotonic()

    def going() -> bool:
        news = Progress("shares that are within reach", monotonic() - began, None, None)
        return on_progress is None or on_progress(news) is not False

    known: bool | Plan | None = None
    if limits.work is None and not _meets_all(problem, today(problem)):
        seconds = None if limits.seconds is None else limits.seconds / 4
        known = out_of_reach(problem, seconds, going, exceed)
    if known is True:
        return Infeasible()
    left = None if limits.seconds is None else limits.seconds - (monotonic() - began)
    answer = solve(problem, evolve(limits, seconds=left), on_progress)
    if isinstance(answer, Unknown) and isinstance(known, Plan):
        answer = Planned.unproven(known, evaluate(problem, known), answer.limit)
    return _in_words_of(limits, answer)


def _in_words_of(limits: PlanLimits, answer: Answer) -> Answer:
    """The answer with the limit that was asked for, not what was left of it."""
    whole = "" if limits.seconds is None else f"{limits.seconds:g} s"
    if whole and isinstance(answer, Unknown) and answer.limit.endswith(" s"):
        return Unknown(whole)
    if whole and isinstance(answer, Planned) and answer.stopped_by.endswith(" s"):
        return evolve(answer, stopped_by=whole)
    return answer


def today(problem: PlanningProblem) -> Plan | None:
    """Today's plan, where every vehicle has one."""
    choices = [v.today for v in problem.vehicles if v.today is not None]
    return Plan(tuple(choices)) if len(choices) == len(problem.vehicles) else None


def _meets_all(problem: PlanningProblem, plan: Plan | None) -> bool:
    return plan is not None and evaluate(problem, plan).meets_all


def _today(problem: PlanningProblem, share: Share) -> tuple[Plan, Fraction] | None:
    """Today's plan with its share, if it meets everything else."""
    plan = today(problem)
    if plan is None:
        return None
    others = tuple(each for each in problem.constraints if each is not share)
    found = evaluate(evolve(problem, constraints=others), plan)
    shared, whole = share_of(problem, found.users, share)
    return (plan, Fraction(shared, whole)) if found.meets_all and whole else None


def _words(best: tuple[Plan, Fraction] | None, at_most: Fraction) -> str:
    words = ["greatest share"]
    if best:
        words.append(f"found {float(best[1]):.2%}")
    if at_most < 1:
        words.append(f"none above {float(at_most):.2%}")
    return ", ".join(words)
