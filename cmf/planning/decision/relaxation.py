"""What would have to give so that there is a plan, and what the plan would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from time import monotonic

from attrs import define, evolve, frozen

from cmf.model.catalog import RuleText
from cmf.planning.answer import PlanLimits, Planned
from cmf.planning.constraints import AtMost, Constraint, Share, Total
from cmf.planning.data import Plan, PlanningProblem
from cmf.planning.decision.breaks import broken_rules
from cmf.planning.decision.freedom import freed
from cmf.planning.decision.greatest import Exceed, Greatest, greatest, out_of_reach
from cmf.planning.decision.minimal import minimal
from cmf.planning.decision.solver import Solve
from cmf.planning.evaluate import evaluate
from cmf.planning.lineup.pose import Posed
from cmf.problem.answer import Infeasible

ROUGH = Fraction(1, 100)
"""How near to the least cost the plans are that show what can be reached."""

COSTING = 8.0
"""Seconds that the cost of one of them may take."""

CANDIDATES = 5
"""Vehicles, those of most volume, that are tried one by one; the best `SHOWN` are told."""

SHOWN = 2


class Kind(Enum):
    """What gives way."""

    BOUND = "target or bound"
    VEHICLES = "rules and briefs of"


@frozen
class Relaxation:
    """Something that gives way so that a plan exists.

    Attributes
    ----------
    names
        The target or bound; the ids of the vehicles that may then take any modules.
    reached
        For a target or bound what a plan can reach when all else stands: a share, or a sum in
        base units. `None` for vehicles: everything is then met.
    cost
        Cost of such a plan, within `ROUGH` of the least when there was time.
    ratio
        Whether what is reached is a share.
    against
        The rules of the catalogue that the vehicles then break.
    """

    kind: Kind
    names: tuple[str, ...]
    reached: Fraction | None
    cost: int
    ratio: bool = False
    against: tuple[RuleText, ...] = ()

    @property
    def words(self) -> str:
        """The names, for people."""
        return ", ".join(self.names)


@define
class _Loosening:
    posed: Posed
    solve: Solve
    exceed: Exceed
    end: float

    @property
    def left(self) -> float:
        """Seconds."""
        return self.end - monotonic()

    def cheap(self, problem: PlanningProblem, known: Plan | None = None) -> Planned | None:
        """A plan that is nearly of least cost; the known one when there is no time for better."""
        limits = PlanLimits(seconds=max(0.1, min(COSTING, self.left)), gap=ROUGH)
        answer = self.solve(problem, limits, None)
        if isinstance(answer, Planned):
            return answer
        return None if known is None else _as_found(problem, known)


def relaxations(
    posed: Posed, words: Sequence[str], solve: Solve, exceed: Exceed, end: float
) -> Iterator[Relaxation]:
    """Each target or bound of a conflict loosened as little as it takes, and vehicles freed.

    Parameters
    ----------
    words
        Targets and bounds that cannot go together.
    end
        When to stop, on the monotonic clock.

    Returns
    -------
    what there is time for
    """
    work = _Loosening(posed, solve, exceed, end)
    for name in words:
        loosened = _bound(work, name)
        if loosened is not None:
            yield loosened
    yield from _vehicles(work)


def _bound(work: _Loosening, words: str) -> Relaxation | None:
    """The least loosening of one target or bound, everything else standing."""
    places = [i for i, each in enumerate(work.posed.assumed) if each.words == words]
    if len(places) != 1 or work.left <= 0:
        return None
    constraint = work.posed.problem.constraints[places[0]]
    if isinstance(constraint, Share):
        return _share(work, places[0], constraint)
    return _number(work, places[0], constraint)


def _share(work: _Loosening, place: int, share: Share) -> Relaxation | None:
    problem = work.posed.problem
    most = greatest(problem, share, max(0.1, work.left / 2), None, work.exceed)
    if not isinstance(most, Greatest):
        return None
    reached = _replaced(problem, place, evolve(share, bound=most.share))
    planned = work.cheap(reached, most.plan)
    if planned is None:
        return None
    return Relaxation(Kind.BOUND, (share.name,), most.share, planned.cost, ratio=True)


def _number(work: _Loosening, place: int, constraint: Constraint) -> Relaxation | None:
    """A bound that is a whole number: halves what lies between what is and what is not reached."""
    words = work.posed.assumed[place].words
    match constraint:
        case Total(low=None, high=int(bound)) | Total(low=int(bound), high=None):
            impossible = bound
        case AtMost(most=bound):
            impossible = bound
        case _:
            return None
    best: Relaxation | None = None
    wanted: int | None = None
    while work.left > 0:
        loose = _replaced(work.posed.problem, place, _loosened(constraint, wanted))
        limits = PlanLimits(seconds=max(0.1, work.left), gap=ROUGH)
        answer = work.solve(loose, limits, None)
        if isinstance(answer, Planned):
            value = answer.evaluation.measured[place].value
            if value is None:
                break
            best = Relaxation(Kind.BOUND, (words,), value, answer.cost)
        elif isinstance(answer, Infeasible) and wanted is not None:
            impossible = wanted
        else:
            break
        if best is None or best.reached is None or abs(best.reached - impossible) <= 1:
            break
        wanted = int((best.reached + impossible) / 2)
    return best


def _loosened(constraint: Constraint, bound: int | None) -> Constraint:
    """The same constraint with another bound; with `None` without any."""
    match constraint:
        case Total(low=None):
            return evolve(constraint, high=bound)
        case Total():
            return evolve(constraint, low=bound)
        case AtMost(weights=weights):
            return evolve(constraint, most=sum(weights.values()) if bound is None else bound)
        case _:
            return constraint


def _vehicles(work: _Loosening) -> Iterator[Relaxation]:
    """Vehicles that may take any modules, as few as it takes; those of most volume first."""
    problem = work.posed.problem
    order = sorted(range(len(problem.vehicles)), key=lambda i: -problem.vehicles[i].volume)
    alone = [(i, plan) for i in order[:CANDIDATES] if (plan := _plan_with(work, [i]))]
    for i, plan in alone[:SHOWN]:
        yield from _costed(work, [i], plan)
    size = 2
    while not alone and work.left > 0:
        several = order[:size]
        plan = _plan_with(work, several)
        if plan is not None:
            fewest, _ = minimal(several[::-1], lambda kept: bool(_plan_with(work, kept)) or None)
            yield from _costed(work, sorted(fewest), _plan_with(work, fewest) or plan)
            return
        if size >= len(order):
            return
        size *= 2


def _plan_with(work: _Loosening, vehicles: Sequence[int]) -> Plan | None:
    """A plan that meets everything when some vehicles may take any modules."""
    if work.left <= 0 or not vehicles:
        return None
    problem = freed(work.posed.problem, vehicles)
    if any(isinstance(each, Share) for each in problem.constraints):
        found = out_of_reach(problem, work.left, exceed=work.exceed)
        if found is not None:
            return found if isinstance(found, Plan) else None
    answer = work.solve(problem, PlanLimits(seconds=max(0.1, work.left), gap=Fraction(1)), None)
    return answer.plan if isinstance(answer, Planned) else None


def _costed(work: _Loosening, vehicles: Sequence[int], plan: Plan) -> Iterator[Relaxation]:
    names = tuple(work.posed.builds[i].brief.vehicle.id for i in vehicles)
    planned = work.cheap(freed(work.posed.problem, vehicles), plan)
    if planned is not None:
        broken = [
            rule for i in vehicles for rule in broken_rules(work.posed, i, planned.plan.choices[i])
        ]
        rules = tuple({rule.id: rule for rule in broken}.values())
        yield Relaxation(Kind.VEHICLES, names, None, planned.cost, against=rules)


def _replaced(problem: PlanningProblem, place: int, constraint: Constraint) -> PlanningProblem:
    constraints = list(problem.constraints)
    constraints[place] = constraint
    return evolve(problem, constraints=tuple(constraints))


def _as_found(problem: PlanningProblem, plan: Plan) -> Planned:
    found = evaluate(problem, plan)
    return Planned.unproven(plan, found, "the time")
