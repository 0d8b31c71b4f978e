"""The variant space as an incremental SAT solver sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from attrs import evolve, field, frozen

from cmf.engines.protocols import Ranked
from cmf.engines.sat.core import Core
from cmf.engines.sat.minimise import Minimiser, wishes_of
from cmf.engines.sat.oracle import Budget, Oracle
from cmf.engines.sat.walk import Walk
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variant

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
        return _solved(_within_limits(lambda: next(self.variants(), None)))

    def count(self) -> Solved[int] | Unknown:
        """Number of variants, one by one; `Unknown` when there are more than `listed`."""
        number = _within_limits(lambda: sum(1 for _ in islice(self.variants(), self.listed + 1)))
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

        One solve for each option that no model has shown yet.
        """
        return _solved(_within_limits(self._possible))

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        asked = self.problem.quantities[quantity]
        return _solved(_within_limits(lambda: self._best(asked, greatest, top)))

    def _assumptions(self) -> list[int]:
        return list(dict.fromkeys(x for literals in self._restrictions for x in literals))

    def _possible(self) -> tuple[frozenset[int], ...] | None:
        oracle, assumptions = self._core.oracle, self._assumptions()
        budget = Budget.of(self.limits)
        options = oracle.encoding.options
        if not oracle.solve(assumptions, budget):
            return None
        seen: list[set[int]] = [set() for _ in options]
        _mark(oracle, seen, oracle.variant())
        excluded = {-literal for literal in oracle.implied(assumptions)} | oracle.dead
        for shown, literals in zip(seen, options, strict=True):
            for option, literal in enumerate(literals):
                if option in shown or literal in excluded:
                    continue
                if oracle.solve([*assumptions, literal], budget):
                    _mark(oracle, seen, oracle.variant())
                elif not assumptions:
                    oracle.dead.add(literal)
        return tuple(map(frozenset, seen))

    def _best(self, quantity: Quantity, greatest: bool, top: int) -> tuple[Ranked, ...] | None:
        sign = -1 if greatest else 1
        defined = self._core.restriction(quantity.defined)
        groups = self._core.encoding.groups(quantity.terms)
        oracle = self._core.separate()
        signed = [[(literal, sign * cost) for literal, cost in group] for group in groups]
        wishes = wishes_of(oracle.encoding, signed)
        budget = Budget.of(self.limits)
        minimiser = Minimiser(oracle, budget, wishes, [*self._assumptions(), *defined])
        ranked: list[Ranked] = []
        while len(ranked) < top and minimiser.run():
            optimal = Walk(oracle, budget, minimiser.face()).variants()
            tied = list(islice(optimal, top - len(ranked)))
            for variant in tied:
                value = quantity.offset + sum(term.value(variant) for term in quantity.terms)
                ranked.append(Ranked(value, variant))
                oracle.exclude(variant)
        return tuple(ranked) if ranked else None


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


def _mark(oracle: Oracle, seen: Sequence[set[int]], variant: Variant) -> None:
    """Note the options of a variant, and let the solver prefer others from now on."""
    for shown, option in zip(seen, variant, strict=True):
        shown.add(option)
    taken = zip(oracle.encoding.options, variant, strict=True)
    oracle.prefer([-literals[option] for literals, option in taken])


def _within_limits(compute: Callable[[], T]) -> T | Unknown:
    try:
        return compute()
    except LimitReached as limit:
        return Unknown(str(limit))


def _solved(found: T | Unknown | None) -> Solved[T] | Infeasible | Unknown:
    if isinstance(found, Unknown):
        return found
    return Infeasible() if found is None else Solved(found)
