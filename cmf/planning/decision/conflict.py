"""Why no plan meets everything, and what would have to give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from time import monotonic

from attrs import define, evolve, frozen

from cmf.errors import LimitReached
from cmf.model.catalog import RuleText, Severity
from cmf.planning.answer import PlanLimits, Planned
from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.freedom import freed
from cmf.planning.decision.greatest import Exceed, out_of_reach
from cmf.planning.decision.minimal import minimal
from cmf.planning.decision.relaxation import Kind, Relaxation, relaxations
from cmf.planning.decision.solver import Solve
from cmf.planning.excess import excess
from cmf.planning.lineup.pose import Posed
from cmf.problem.answer import Infeasible

ANY = PlanLimits(gap=Fraction(1))
"""Any plan is good enough."""

AT_ONCE = 8
"""Vehicles that are freed at once: free ones make the models large."""

LONGEST = 15.0
"""Seconds that one question may take."""

Without = Callable[[frozenset[str]], Posed]
"""The problem without some rules, by their ids; raises `LimitReached` when it is too large."""


@frozen
class Conflict:
    """Targets, bounds, rules and vehicles that cannot go together.

    Attributes
    ----------
    words
        Targets and bounds.
    rules
        Rules of the catalogue.
    vehicles
        Ids of the vehicles that are held to their brief and the rules; the others may take any
        modules, and there is still no plan. With none the targets contradict each other.
    undecided
        Of these the names that perhaps can be left out: time ran out first.
    void
        Targets on a share that has no value in any plan, because all that it counts weighs nothing.
    relaxations
        What would have to give, cheapest first.
    """

    words: tuple[str, ...]
    rules: tuple[RuleText, ...]
    vehicles: tuple[str, ...]
    undecided: frozenset[str]
    void: frozenset[str]
    relaxations: tuple[Relaxation, ...]

    @property
    def minimal(self) -> bool:
        """Whether nothing can be left out."""
        return not self.undecided


@define
class _Judge:
    """Says whether a problem has no plan, within what is left of the time."""

    solve: Solve
    exceed: Exceed
    end: float
    stopped: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more is asked: the time is over, or the user has enough."""
        return self.stopped or monotonic() >= self.end

    def __call__(self, problem: PlanningProblem) -> bool | None:
        if self.over:
            return None
        left = min(LONGEST, self.end - monotonic())
        try:
            if any(isinstance(each, Share) for each in problem.constraints):
                found = out_of_reach(problem, left, exceed=self.exceed)
                if found is not None:
                    return found is True
            answer = self.solve(problem, evolve(ANY, seconds=left), None)
        except KeyboardInterrupt:
            # What is known so far is the answer.
            self.stopped = True
            return None
        return (
            True
            if isinstance(answer, Infeasible)
            else False
            if isinstance(answer, Planned)
            else None
        )


def conflict(
    posed: Posed,
    solve: Solve,
    seconds: float,
    without: Without | None = None,
    exceed: Exceed = excess,
) -> Conflict:
    """A minimal set of targets, bounds, rules and vehicles without a plan, and what loosens it.

    Parameters
    ----------
    posed
        A problem without a plan.
    seconds
        About how long to search; the smallest set so far is the answer, and says so.
    without
        Poses the problem without some rules; with `None` rules are not looked at.
    """
    began = monotonic()
    judge = _Judge(solve, exceed, began + seconds * 0.15)
    names = list(dict.fromkeys(each.words for each in posed.assumed))
    words, unknown_words = minimal(names, lambda kept: judge(held_to(posed, kept)))
    # What would have to give is worth more than the smallest set: it comes before the long part.
    judge.end = began + seconds * 0.45
    loosened: list[Relaxation] = []
    try:
        if not judge.stopped:
            loosened.extend(relaxations(posed, words, solve, exceed, judge.end))
    except KeyboardInterrupt:
        judge.stopped = True
    loosened.sort(key=lambda each: each.cost)
    judge.end = began + seconds * 0.65
    rules, left, unknown_rules = _rules(posed, words, without, judge)
    judge.end = began + seconds
    fewer = held_to(left, words)
    by_volume = sorted(range(len(fewer.vehicles)), key=lambda i: fewer.vehicles[i].volume)
    ids = [build.brief.vehicle.id for build in posed.builds]
    enough = [set(each.names) for each in loosened if each.kind is Kind.VEHICLES]

    def hopeless(kept: Sequence[int]) -> bool | None:
        free = set(by_volume) - set(kept)
        if any(names <= {ids[i] for i in free} for names in enough):
            return False
        return judge(freed(fewer, free))

    bound, unknown = minimal(by_volume, hopeless, AT_ONCE)
    undecided = {*unknown_words, *unknown_rules, *(ids[i] for i in unknown)}
    vehicles = tuple(ids[i] for i in sorted(bound))
    void = {
        each.words
        for each in posed.assumed
        if isinstance(each.constraint, Share) and not _weighs(each.constraint)
    }
    return Conflict(
        tuple(words), rules, vehicles, frozenset(undecided), frozenset(void), tuple(loosened)
    )


def _weighs(share: Share) -> bool:
    """Whether anything that a share counts can weigh something."""
    return any(share.weights.values()) and (not share.factors or any(share.factors))


def _rules(
    posed: Posed, words: Sequence[str], without: Without | None, judge: _Judge
) -> tuple[tuple[RuleText, ...], Posed, list[str]]:
    """The rules that are needed, the problem with these alone, and the ids of undecided ones."""
    hard = [r for r in posed.lowered.resolved.catalog.rules if r.severity is Severity.HARD]
    if without is None:
        return (), posed, []
    every = [rule.id for rule in hard]
    smallest = posed

    def hopeless(kept: Sequence[str]) -> bool | None:
        nonlocal smallest
        if judge.over:
            return None
        try:
            looser = without(frozenset(every) - set(kept))
        except LimitReached:
            return None
        except KeyboardInterrupt:
            judge.stopped = True
            return None
        answer = judge(held_to(looser, words))
        if answer:
            smallest = looser
        return answer

    kept, unknown = minimal(every, hopeless)
    return tuple(rule for rule in hard if rule.id in kept), smallest, unknown


def held_to(posed: Posed, words: Sequence[str]) -> PlanningProblem:
    """The problem with some of its targets and bounds."""
    kept = tuple(each.constraint for each in posed.assumed if each.words in words)
    return evolve(posed.problem, constraints=kept)
