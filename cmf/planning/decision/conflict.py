"""Why no plan meets everything, and what would have to give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from time import monotonic
from typing import TypeVar

from attrs import evolve, frozen

from cmf.planning.answer import PlanLimits, Planned
from cmf.planning.constraints import AtMost, Constraint, Share, Total
from cmf.planning.data import Diagram, PlanningProblem
from cmf.planning.decision.solver import Solve
from cmf.planning.lineup.pose import Posed
from cmf.problem.answer import Infeasible

ANY = PlanLimits(gap=Fraction(1))
"""Any plan is good enough."""

ROUGH = Fraction(1, 100)
"""How near to the least cost the plans are that show what can be reached."""

FINE = Fraction(1, 1000)
"""A share is loosened by steps of a tenth of a point."""

T = TypeVar("T")


@frozen
class Relaxation:
    """One bound that gives way so that a plan exists.

    Attributes
    ----------
    words
        The target or bound.
    reached
        What a plan can reach when everything else stands: a share, or a sum in base units.
    cost
        Cost of such a plan, within `ROUGH` of the least.
    """

    words: str
    reached: Fraction
    cost: int


@frozen
class Conflict:
    """Targets, bounds and vehicles that cannot go together.

    Attributes
    ----------
    words
        Targets and bounds; without any one of them there is a plan.
    vehicles
        Ids of the vehicles whose rules and briefs stand in the way: were one of them free to take
        any modules, there would be a plan. With none the targets contradict each other.
    fewest
        Whether it is known that none of `words` can be left out; not when time ran out first.
    minimal
        The same of `vehicles`.
    relaxations
        Cheapest first.
    """

    words: tuple[str, ...]
    vehicles: tuple[str, ...]
    fewest: bool
    minimal: bool
    relaxations: tuple[Relaxation, ...]


def conflict(posed: Posed, solve: Solve, seconds: float) -> Conflict:
    """A minimal set of targets, bounds and vehicles without a plan, and what loosens it.

    Parameters
    ----------
    posed
        A problem without a plan.
    seconds
        About how long to search; what is found later is left out.
    """
    end = monotonic() + seconds

    def hopeless(problem: PlanningProblem) -> bool:
        limits = evolve(ANY, seconds=max(0.1, end - monotonic()))
        return isinstance(solve(problem, limits, None), Infeasible)

    names = list(dict.fromkeys(each.words for each in posed.assumed))
    words, smallest = _smallest(names, lambda kept: hopeless(_with(posed, kept)), end)
    loosened = [
        found for name in words if (found := _relaxation(posed, name, solve, end)) is not None
    ]
    loosened.sort(key=lambda each: each.cost)
    fewer = _with(posed, words)
    everybody = frozenset(range(len(fewer.vehicles)))
    bound, needed = _smallest(
        sorted(everybody), lambda kept: hopeless(freed(fewer, everybody - set(kept))), end
    )
    vehicles = tuple(posed.builds[i].brief.vehicle.id for i in bound)
    return Conflict(tuple(words), vehicles, smallest, needed, tuple(loosened))


def _smallest(
    every: Sequence[T], hopeless: Callable[[Sequence[T]], bool], end: float
) -> tuple[list[T], bool]:
    """A part of the elements that is still hopeless, by leaving out ever smaller pieces.

    Returns
    -------
    the part, and whether no element of it can be left out
    """
    kept = list(every)
    size = max(1, len(kept) // 2)
    while True:
        place, shrunk = 0, False
        while place < len(kept):
            if monotonic() > end:
                return kept, False
            fewer = kept[:place] + kept[place + size :]
            if hopeless(fewer):
                kept, shrunk = fewer, True
            else:
                place += size
        if size == 1 and not shrunk:
            return kept, True
        size = max(1, size // 2)


def _with(posed: Posed, words: Sequence[str]) -> PlanningProblem:
    kept = tuple(each.constraint for each in posed.assumed if each.words in words)
    return evolve(posed.problem, constraints=kept)


def freed(problem: PlanningProblem, vehicles: Collection[int]) -> PlanningProblem:
    """The problem in which some vehicles may take any modules that some vehicle may take.

    They still differ in what their features add to a module.
    """
    anything: list[set[int]] = [set() for _ in problem.slots]
    for vehicle in problem.vehicles:
        for choices, layer in zip(anything, vehicle.diagram.layers, strict=True):
            choices |= {choice for _, choice, _ in layer}
    diagram = Diagram(tuple(tuple((0, c, 0) for c in sorted(each)) for each in anything))
    return evolve(
        problem,
        vehicles=tuple(
            evolve(vehicle, diagram=diagram, keep=False) if i in vehicles else vehicle
            for i, vehicle in enumerate(problem.vehicles)
        ),
    )


def _relaxation(posed: Posed, words: str, solve: Solve, end: float) -> Relaxation | None:
    """The least loosening of one target or bound, everything else standing.

    Halves the stretch between what a plan reaches and what none does.
    """
    places = [i for i, each in enumerate(posed.assumed) if each.words == words]
    if len(places) != 1:
        return None
    (place,) = places
    constraints = list(posed.problem.constraints)
    stated = _bound(constraints[place])
    if stated is None:
        return None
    impossible, fine = stated
    best: Relaxation | None = None
    wanted: Fraction | None = None
    while monotonic() < end:
        constraints[place] = _loosened(posed.assumed[place].constraint, wanted)
        problem = evolve(posed.problem, constraints=tuple(constraints))
        limits = PlanLimits(seconds=max(0.1, end - monotonic()), gap=ROUGH)
        answer = solve(problem, limits, None)
        if isinstance(answer, Planned):
            value = answer.evaluation.measured[place].value
            if value is None:
                break
            best = Relaxation(words, value, answer.cost)
        elif isinstance(answer, Infeasible) and wanted is not None:
            impossible = wanted
        else:
            break
        if best is None or abs(best.reached - impossible) <= fine:
            break
        wanted = (best.reached + impossible) / 2
    return best


def _bound(constraint: Constraint) -> tuple[Fraction, Fraction] | None:
    """The bound of a constraint that has one, and how fine it is looked for."""
    match constraint:
        case Share(bound=bound):
            return bound, FINE
        case Total(low=None, high=int(bound)) | Total(low=int(bound), high=None):
            return Fraction(bound), Fraction(1)
        case AtMost(most=bound):
            return Fraction(bound), Fraction(1)
        case _:
            return None


def _loosened(constraint: Constraint, bound: Fraction | None) -> Constraint:
    """The same constraint with another bound; with `None` without any."""
    match constraint:
        case Share():
            return evolve(constraint, bound=Fraction(0) if bound is None else bound)
        case Total(low=None):
            return evolve(constraint, high=None if bound is None else int(bound))
        case Total():
            return evolve(constraint, low=None if bound is None else -int(-bound))
        case AtMost(weights=weights):
            return evolve(constraint, most=sum(weights.values()) if bound is None else int(bound))
        case _:
            return constraint
