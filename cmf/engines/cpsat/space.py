"""The variant space as CP-SAT sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import evolve, field, frozen

from cmf.engines.cpsat.encode import Encoding
from cmf.engines.cpsat.solve import Budget, Enumeration
from cmf.engines.frontier import bounds_by_best, frontier
from cmf.engines.outcome import answer_of, within_limits
from cmf.engines.protocols import Aim, Bounds, Efficient, Ranked
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula, Sum
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variant
from cmf.problem.projection import listed, projected

COMBINATIONS = 10_000
"""Combinations that a projection lists."""

T = TypeVar("T")


@frozen
class CpSatSpace:
    """The valid variants of a problem, as CP-SAT sees them.

    Attributes
    ----------
    problem
        The problem, restrictions included.
    limits
        The time is for one answer.
    listed
        Greatest number of variants that `count` and `variants` enumerate.
    """

    problem: Problem
    limits: Limits
    listed: int
    _encoding: Encoding = field(repr=False, eq=False)
    _added: tuple[Formula, ...] = ()

    def where(self, *formulas: Formula) -> CpSatSpace:
        """The variants that also satisfy `formulas`."""
        added = [Constraint(formula, Origin("choice", "where")) for formula in formulas]
        return evolve(self, problem=self.problem.where(*added), added=self._added + formulas)

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """One variant, the same every time; not the first in declared order."""
        found = within_limits(lambda: Budget(self.limits).solve(self._model()))
        return answer_of(found)

    def count(self) -> Solved[int] | Unknown:
        """Number of variants, by enumeration."""
        counted = within_limits(lambda: self._enumerate(keep=False).number)
        return counted if isinstance(counted, Unknown) else Solved(counted)

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order; raises `LimitReached` at a limit.

        CP-SAT finds them in no order, so all are held in memory before the first is handed out.
        """
        yield from sorted(self._enumerate(keep=True).variants)

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes.

        Every solve must show an option that no variant before it had; the last one proves that
        there are no more.
        """
        return answer_of(within_limits(self._possible))

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        asked = self.problem.quantities[quantity]
        return answer_of(within_limits(lambda: self._best(asked, greatest, top)))

    def bounds(self, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
        """The least and the greatest value."""
        return bounds_by_best(self, quantity)

    def pareto(self, aims: Sequence[Aim]) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
        """The Pareto front, one optimum after the other."""
        return frontier(self, aims, self.limits)

    def project(self, variables: Sequence[int]) -> CpSatSpace | Unknown:
        """The distinct combinations of a few variables, a solve for each; `Unknown` at a limit."""
        rows = within_limits(lambda: self._combinations(variables))
        if isinstance(rows, Unknown):
            return rows
        problem = projected(self.problem, variables, [listed(rows, len(variables))])
        return CpSatEngine(self.listed).open(problem, self.limits)

    def _combinations(self, variables: Sequence[int]) -> list[Variant]:
        budget, encoding = Budget(self.limits), self._model()
        rows: list[Variant] = []
        while (variant := budget.solve(encoding)) is not None:
            if len(rows) == COMBINATIONS:
                raise LimitReached(f"{COMBINATIONS:,} combinations")
            rows.append(tuple(variant[v] for v in variables))
            encoding.clause(-encoding.options[v][variant[v]] - 1 for v in variables)
        return sorted(rows)

    def _model(self) -> Encoding:
        encoding = self._encoding.fork()
        for formula in self._added:
            encoding.require(formula)
        return encoding

    def _enumerate(self, *, keep: bool) -> Enumeration:
        found = Enumeration(self.listed, keep)
        Budget(self.limits).enumerate(self._model(), found)
        return found

    def _possible(self) -> tuple[frozenset[int], ...] | None:
        budget, encoding = Budget(self.limits), self._model()
        seen: list[set[int]] = [set() for _ in self.problem.variables]
        while True:
            variant = budget.solve(encoding)
            if variant is None:
                return tuple(map(frozenset, seen)) if all(seen) else None
            for options, option in zip(seen, variant, strict=True):
                options.add(option)
            unseen = [
                [literal for option, literal in enumerate(literals) if option not in options]
                for literals, options in zip(encoding.options, seen, strict=True)
            ]
            # Implies the clause of the round before, which may stay.
            encoding.clause(literal for literals in unseen for literal in literals)
            encoding.suggest(literals[0] for literals in unseen if literals)

    def _best(self, quantity: Quantity, greatest: bool, top: int) -> tuple[Ranked, ...] | None:
        budget, encoding = Budget(self.limits), self._model()
        encoding.require(quantity.defined)
        total = encoding.linear(quantity.terms)
        ranked: list[Ranked] = []
        while len(ranked) < top:
            encoding.optimise(encoding.expression(total), greatest)
            variant = budget.solve(encoding)
            if variant is None:
                break
            # Computed anew: CP-SAT reports its objective as a float.
            value = sum(term.value(variant) for term in quantity.terms)
            tied = encoding.fork()
            # One bound is enough, since no variant is better, and is easier to propagate.
            low, high = (value, None) if greatest else (None, value)
            tied.require(Sum(quantity.terms, low, high))
            variant = budget.first(tied, variant)
            ranked.append(Ranked(quantity.offset + value, variant))
            encoding.exclude(variant)
        return tuple(ranked) if ranked else None


@frozen
class CpSatEngine:
    """Opens problems with OR-tools CP-SAT.

    Attributes
    ----------
    listed
        Greatest number of variants that `count` and `variants` enumerate; more end in `Unknown`
        and `LimitReached`.
    """

    listed: int = 1_000_000

    @property
    def name(self) -> str:
        """``cpsat``."""
        return "cpsat"

    def open(self, problem: Problem, limits: Limits = Limits()) -> CpSatSpace | Unknown:
        """The space of `problem`; `Unknown` when its sums exceed the numbers of CP-SAT."""
        encoding = within_limits(lambda: Encoding.of(problem))
        if isinstance(encoding, Unknown):
            return encoding
        return CpSatSpace(problem, limits, self.listed, encoding)
