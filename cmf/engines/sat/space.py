"""The variant space as an incremental SAT solver sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from attrs import evolve, field, frozen

from cmf.engines.frontier import bounds_by_best, frontier
from cmf.engines.outcome import answer_of, within_limits
from cmf.engines.protocols import Aim, Bounds, Efficient, Ranked
from cmf.engines.sat.best import best
from cmf.engines.sat.conflicts import Conflicts, Dualisation
from cmf.engines.sat.core import Core
from cmf.engines.sat.explain import Explainer, Repair
from cmf.engines.sat.oracle import Budget
from cmf.engines.sat.walk import Walk
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula
from cmf.problem.problem import Constraint, Origin, Problem, Variant
from cmf.problem.projection import listed, projected

COMBINATIONS = 100_000
"""Combinations that a projection lists."""

T = TypeVar("T")


@frozen
class SatSpace:
    """The valid variants of a problem, as an incremental SAT solver sees them.

    All restrictions of a space share one solver, and what it learned. A restriction that speaks of
    options only costs nothing; any other formula is encoded once and then switched on and off.

    Attributes
    ----------
    problem
        The problem, restrictions included.
    limits
        The time is for one answer.
    listed
        Greatest number of variants that `count` goes through.
    """

    problem: Problem
    limits: Limits
    listed: int
    _core: Core = field(repr=False, eq=False)
    _restrictions: tuple[tuple[int, ...], ...] = ()

    def where(self, *formulas: Formula) -> SatSpace:
        """The variants that also satisfy `formulas`."""
        added = [Constraint(formula, Origin("choice", "where")) for formula in formulas]
        restrictions = tuple(self._core.restriction(formula) for formula in formulas)
        return evolve(
            self,
            problem=self.problem.where(*added),
            restrictions=self._restrictions + restrictions,
        )

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """The first variant in declared order."""
        return answer_of(within_limits(lambda: next(self.variants(), None)))

    def count(self) -> Solved[int] | Unknown:
        """Number of variants, one by one; `Unknown` when there are more than `listed`."""
        number = within_limits(lambda: sum(1 for _ in islice(self.variants(), self.listed + 1)))
        if isinstance(number, Unknown):
            return number
        return Unknown(f"{self.listed:,} variants") if number > self.listed else Solved(number)

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order; raises `LimitReached` at a limit.

        They are found in this order, one after the other, without memory of those before.
        """
        return Walk(self._core.oracle, Budget.of(self.limits), self._assumptions()).variants()

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes.

        One solve for each option that no variant so far has shown.
        """
        return answer_of(within_limits(self._possible))

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        asked, budget = self.problem.quantities[quantity], Budget.of(self.limits)
        held = self._assumptions()
        return answer_of(
            within_limits(lambda: best(self._core, held, asked, greatest, top, budget) or None)
        )

    def explainer(self) -> Explainer:
        """A fresh solver for questions about subsets of the constraints, restrictions last.

        For several questions in a row; all that it is asked has the time of one answer.
        """
        budget = Budget.of(self.limits)
        return Explainer.of(self._core, self.problem.constraints, self._restrictions, budget)

    def bounds(self, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
        """The least and the greatest value."""
        return bounds_by_best(self, quantity)

    def pareto(self, aims: Sequence[Aim]) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
        """The Pareto front, one optimum after the other."""
        return frontier(self, aims, self.limits)

    def project(self, variables: Sequence[int]) -> SatSpace | Unknown:
        """The distinct combinations of a few variables, one by one; `Unknown` when too many."""
        walk = Walk(self._core.oracle, Budget.of(self.limits), self._assumptions(), variables)
        rows = within_limits(lambda: list(islice(walk.variants(), COMBINATIONS + 1)))
        if isinstance(rows, Unknown):
            return rows
        if len(rows) > COMBINATIONS:
            return Unknown(f"{COMBINATIONS:,} combinations")
        problem = projected(self.problem, variables, [listed(rows, len(variables))])
        return SatEngine(self.listed).open(problem, self.limits)

    def conflict(
        self, among: Sequence[int] | None = None
    ) -> Solved[tuple[int, ...] | None] | Unknown:
        """A minimal reason why there is no variant.

        Found with assumption cores, shrunk by leaving out one constraint after the other, and
        proven once more by a fresh solver. The same question has the same answer, whatever was
        asked before.

        Parameters
        ----------
        among
            Indices into the constraints of the problem (restrictions stand behind the rules), of
            which the reason is made; all others are taken for granted. Of several reasons the one
            is preferred that uses what stands first here. All by default.

        Returns
        -------
        `None` when there is a variant after all. Otherwise ascending indices from `among`: no
        variant satisfies these constraints and the ones taken for granted, but without any single
        one of them there is one. Empty when the ones taken for granted contradict each other.
        """
        asked = list(range(len(self.problem.constraints)) if among is None else among)

        def find() -> Solved[tuple[int, ...] | None]:
            reason = self.explainer().conflict(asked)
            if reason is not None:
                granted = set(range(len(self.problem.constraints))) - set(asked)
                if self.explainer().consistent([*sorted(granted), *reason]):
                    raise RuntimeError(f"the conflict {reason} is none: a defect of this program")
            return Solved(reason)

        return within_limits(find)

    def conflicts(
        self, among: Sequence[int] | None = None, top: int | None = None
    ) -> Solved[Conflicts] | Unknown:
        """All minimal reasons why there is no variant, the smallest first; none if there is one.

        Parameters
        ----------
        among
            Indices into the constraints of the problem, of which reasons are made; all others are
            taken for granted. All by default.
        top
            Greatest number of reasons; all by default.

        Returns
        -------
        As many as the time allows; `Unknown` when it does not suffice for a single one.
        """
        asked = list(range(len(self.problem.constraints)) if among is None else among)
        found: list[tuple[int, ...]] = []

        def find() -> bool:
            for conflict in Dualisation(self.explainer(), asked).conflicts():
                if top is not None and len(found) == top:
                    return False
                found.append(conflict)
            return True

        complete = within_limits(find)
        if isinstance(complete, Unknown) and not found:
            return complete
        ordered = sorted(found, key=lambda each: (len(each), each))
        return Solved(Conflicts(tuple(ordered), complete is True))

    def repairs(
        self,
        among: Sequence[int] | None = None,
        costs: Mapping[int, int] | None = None,
        top: int = 1,
    ) -> Solved[tuple[Repair, ...]] | Infeasible | Unknown:
        """What to give up so that there is a variant: minimal correction sets, cheapest first.

        Parameters
        ----------
        among
            Indices into the constraints of the problem that may be given up; all by default.
        costs
            What it costs to give one up, above 0; 1 where nothing is said.
        top
            Greatest number of repairs.

        Returns
        -------
        Repairs of ascending cost, of which none contains another, each with its first variant in
        declared order; one that gives up nothing when there is a variant already. `Infeasible` when
        the other constraints contradict each other.

        Raises
        ------
        ValueError
            A cost is not above 0.
        """
        asked = range(len(self.problem.constraints)) if among is None else among
        priced = {constraint: (costs or {}).get(constraint, 1) for constraint in asked}
        if min(priced.values(), default=1) < 1:
            raise ValueError("giving up a constraint must cost something")

        def find() -> tuple[Repair, ...] | None:
            explainer = self.explainer()
            return tuple(map(explainer.first, explainer.repairs(priced, top))) or None

        return answer_of(within_limits(find))

    def _assumptions(self) -> list[int]:
        return list(dict.fromkeys(x for literals in self._restrictions for x in literals))

    def _possible(self) -> tuple[frozenset[int], ...] | None:
        flags = self._core.possible(self._assumptions(), Budget.of(self.limits))
        if flags is None:
            return None
        rest = iter(flags)
        return tuple(
            frozenset(option for option, _ in enumerate(variable.options) if next(rest))
            for variable in self.problem.variables
        )


@frozen
class SatEngine:
    """Opens problems with an incremental SAT solver; needs the extra ``sat``.

    Attributes
    ----------
    listed
        Greatest number of variants that `count` goes through; more end in `Unknown`.
    """

    listed: int = 1_000_000

    @property
    def name(self) -> str:
        """``sat``."""
        return "sat"

    def open(self, problem: Problem, limits: Limits = Limits()) -> SatSpace | Unknown:
        """The space of `problem`; raises `MissingExtra` when python-sat is not installed."""
        return SatSpace(problem, limits, self.listed, Core.of(problem))
