"""The plan of least cost, proven or with the gap that is left.

Four workers help each other. Two searches find good plans: among *assortments*, what is on offer at
all (`cmf.planning.assortment`), and vehicle by vehicle, which sees constraints and volume prices
(`cmf.planning.search`). A *relaxation* proves, in whole numbers, what no plan can cost less than
(`cmf.planning.relax`), within seconds. A *proof by cases* (`cmf.planning.tree`) closes what is left
between the two, in a process of its own, and the whole model with its constraints comes after it.
Small problems go to the model at once.

With a limit of work instead of time the three take turns in one process, each with a fixed amount
of steps, so that the same limit gives the same answer.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from time import monotonic, sleep
from typing import Any

from attrs import define, evolve, field

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Progress, Status
from cmf.planning.assortment import Assortments
from cmf.planning.compiled import Compiled, compile_problem
from cmf.planning.data import Diagram, Plan, PlanningProblem, Vehicle
from cmf.planning.evaluate import accepts, evaluate
from cmf.planning.mip import TOLERANCE, Outcome, solve_mip
from cmf.planning.proof import Proof, cases
from cmf.planning.relax import Relaxation
from cmf.planning.search import Search
from cmf.problem.answer import Infeasible, Unknown

Answer = Planned | Infeasible | Unknown

SMALL = 3000
"""Up to as many uses of groups by pairs the model is solved at once, without the other workers."""

SMALL_SECONDS = 2.0
EXACT = 400_000
"""Up to such a cost the tolerance of the solver is less than one, and the gap must be 0."""

FLAT = 3
"""Rounds of the relaxation without a better bound before it rests."""

TIRED = 150
"""Moves without a better assortment before the search makes pauses."""

REST = 3.0
"""How long a pause is, in turns."""

TURNS_A_PRICE = 5
"""Turns between two looks of one search at the prices of the other."""

THRIFTIER = 1.15
"""Step of the factor on entry costs that makes more of the line-up be shared."""

IDLE = 200
"""Turns of the searches alone before they rest too."""

MOVES_A_TURN = 20
WARMTH = 0.0005
"""How much worse a plan the search still goes on from at the beginning, as a part of the cost."""

WORK_A_CASE = 200
"""Steps that count as one case of the proof, under a limit of work."""

WORK_A_NODE = 10
"""Steps that count as one node of the model's tree, under a limit of work."""


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


def solve(
    problem: PlanningProblem,
    limits: PlanLimits = PlanLimits(),
    on_progress: OnProgress | None = None,
) -> Answer:
    """The plan of least cost that meets every constraint.

    Parameters
    ----------
    on_progress
        Hears of every new plan and bound; the work stops when it answers `False`. An interrupt
        from the keyboard stops it too; the best plan so far is then the answer.

    Returns
    -------
    `Planned` with a bound that holds whether the work came to an end or not, `Infeasible` when it
    is proven that no plan meets everything, `Unknown` when no plan was found within the limits.
    """
    kept = pinned(problem)
    run = Run(problem, limits, on_progress)
    if any(vehicle.diagram.empty for vehicle in kept.vehicles):
        return Infeasible()
    if not problem.vehicles:
        return _without_vehicles(run)
    compiled = compile_problem(kept)
    try:
        if len(compiled.link_pair) <= SMALL or limits.work is not None:
            found = _in_turn(run, compiled)
            if found is not None:
                return found
        return _together(run, compiled, kept)
    except (Stopped, KeyboardInterrupt):
        if run.plan is None:
            raise KeyboardInterrupt from None
        return run.answer(stopped_by="the user")


def _without_vehicles(run: Run) -> Answer:
    run.offer(Plan(()))
    run.bound = 0
    return run.answer(infeasible=run.plan is None)


def _in_turn(run: Run, compiled: Compiled) -> Answer | None:
    """Everything in this process; `None` when a small problem turns out to be hard."""
    work = run.limits.work
    if len(compiled.link_pair) <= SMALL:
        left = run.left()
        seconds = None if work is not None else min(SMALL_SECONDS, left or SMALL_SECONDS)
        found = _model(run, compiled, seconds, None if work is None else 1 + work // WORK_A_NODE)
        if found.infeasible or run.proven() or work is not None:
            return run.answer(infeasible=found.infeasible)
        return None
    workers = Workers(run, compiled)
    total = work or 0
    for spent in range(0, total, MOVES_A_TURN):
        if run.over():
            break
        workers.turn(1 - spent / total)
    if not run.proven():
        _cases(run, compiled.problem, total // WORK_A_CASE)
    if run.proven() or not run.problem.constraints:
        return run.answer()
    found = _model(run, compiled, run.left(), 1 + total // WORK_A_NODE)
    return run.answer(infeasible=found.infeasible)


def _cases(run: Run, problem: PlanningProblem, number: int) -> None:
    """A number of cases of the proof, in this process."""
    run.phase = "proof by cases"
    for kind, value in islice(cases(problem), 1 + 2 * number):
        if kind == "bound":
            run.prove(value)
        else:
            run.offer(value)
        if run.over():
            break


def _model(run: Run, compiled: Compiled, seconds: float | None, nodes: int | None) -> Outcome:
    run.phase = "model"
    gap = float(run.limits.gap)
    found = solve_mip(compiled, seconds, nodes, gap, start=run.plan)
    run.prove(found.bound)
    run.offer(found.plan)
    return found


class Workers:
    """The searches and the relaxation, in turns.

    Attributes
    ----------
    rises
        Whether the bound of the relaxation still rose of late.
    """

    def __init__(self, run: Run, compiled: Compiled) -> None:
        self.run = run
        self.relaxation = Relaxation(compiled)
        run.prove(self.relaxation.bound)
        self.search = Search(compiled, run.limits.seed)
        self.search.begin(run.over)
        run.offer(self.search.best)
        self.assortments = Assortments(compiled, run.limits.seed)
        self.assortments.begin(self.search.current())
        self.flat = self.turns = 0
        self.thrift = 1.0

    @property
    def rises(self) -> bool:
        """Whether the bound of the relaxation rose of late."""
        return self.flat < FLAT

    def turn(self, left: float) -> None:
        """A turn of everyone.

        Parameters
        ----------
        left
            The part of the time or the work that is left.
        """
        run = self.run
        run.phase = "search"
        if self.assortments.move():
            self.take(self.assortments.plan())
        if self.search.matters and not run.over():
            self._one_by_one(left)
        if self.rises and not run.over():
            run.phase = "relaxation"
            self.flat = 0 if self.relaxation.ascend(rounds=1) else self.flat + 1
            run.prove(self.relaxation.bound)

    def _one_by_one(self, left: float) -> None:
        """Moves of the search that sees everything; then what it costs now is news to the other."""
        run = self.run
        for _ in range(MOVES_A_TURN):
            self.search.move(WARMTH * left * left)
            if run.over():
                break
        run.offer(self.search.best)
        self.turns += 1
        if run.problem.constraints and self.turns % TURNS_A_PRICE == 0 and not run.over():
            self._reprice()

    def _reprice(self) -> None:
        """In turn: the prices of the other search, and thrift, which shares without looking."""
        plain = self.search.uses.cost
        if self.turns % (2 * TURNS_A_PRICE):
            self.assortments.reprice(self.search.priced())
        else:
            met = evaluate(self.run.problem, self.assortments.plan()).meets_all
            self.thrift = max(1.0, self.thrift / THRIFTIER if met else self.thrift * THRIFTIER)
            self.assortments.reprice(plain, self.thrift)
        self.take(self.assortments.plan())

    def hear(self, kind: str, value: Any) -> None:
        """News of the proof."""
        if kind == "bound":
            self.run.phase = "proof by cases"
            self.run.prove(value)
            self.flat = FLAT
        elif kind == "plan":
            self.take(value)
        elif kind == "weights":
            self.assortments.lean(value)

    @property
    def tired(self) -> bool:
        """Whether the searches have found nothing for long, so that others may have the time."""
        return not self.search.matters and self.assortments.idle > TIRED

    def take(self, plan: Plan) -> None:
        """A plan from elsewhere."""
        self.run.offer(plan)
        if self.search.matters:
            self.search.consider(plan)
            self.run.offer(self.search.best)


def _together(run: Run, compiled: Compiled, kept: PlanningProblem) -> Answer:
    """Searches and relaxation here, the proof in the background."""
    with Proof(kept, run.left(), float(run.limits.gap)) as proof:
        workers = Workers(run, compiled)
        idle = 0
        while not run.over():
            for kind, value in proof.news(run.cost):
                if kind == "infeasible":
                    return run.answer(infeasible=True)
                workers.hear(kind, value)
            began = monotonic()
            workers.turn(_warmth(run))
            if workers.tired:
                sleep(min(1.0, REST * (monotonic() - began)))
            idle = 0 if proof.running or workers.rises else idle + 1
            if idle > IDLE:
                break
    return run.answer()


def _warmth(run: Run) -> float:
    """From 1 to 0 as the time goes by."""
    left = run.left()
    if left is None or not run.limits.seconds:
        return 0.3
    return max(0.0, left / run.limits.seconds)


def pinned(problem: PlanningProblem) -> PlanningProblem:
    """The problem in which vehicles that stay as they are have that variant only."""
    return evolve(problem, vehicles=tuple(_pinned(vehicle) for vehicle in problem.vehicles))


def _pinned(vehicle: Vehicle) -> Vehicle:
    if not vehicle.keep:
        return vehicle
    layers = vehicle.diagram.layers
    if vehicle.today is None or not accepts(vehicle.diagram, vehicle.today):
        return evolve(vehicle, diagram=Diagram(((),) * len(layers)))
    return evolve(vehicle, diagram=Diagram(tuple(((0, c, 0),) for c in vehicle.today)))
