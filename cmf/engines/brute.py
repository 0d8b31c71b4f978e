"""The oracle: every combination is tried with `holds`, so an answer is right because it is obvious.

Fit for small problems only; every other engine is compared with this one.
"""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from cmf.engines.protocols import Aim, Bounds, Efficient, OptionCounts, Ranked, Weights
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula, holds
from cmf.problem.problem import Constraint, Origin, Problem, Variant
from cmf.problem.projection import listed, projected


@frozen
class BruteSpace:
    """The valid variants of a problem, as a list in declared order."""

    problem: Problem
    valid: tuple[Variant, ...]

    def where(self, *formulas: Formula) -> BruteSpace:
        """The variants that also satisfy `formulas`."""
        added = [Constraint(formula, Origin("choice", "where")) for formula in formulas]
        kept = tuple(v for v in self.valid if all(holds(formula, v) for formula in formulas))
        return evolve(self, problem=self.problem.where(*added), valid=kept)

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """The first variant in declared order."""
        return Solved(self.valid[0]) if self.valid else Infeasible()

    def count(self) -> Solved[int] | Unknown:
        """Number of variants; 0 is an answer."""
        return Solved(len(self.valid))

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes."""
        if not self.valid:
            return Infeasible()
        return Solved(tuple(frozenset(column) for column in zip(*self.valid, strict=True)))

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order."""
        return iter(self.valid)

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        asked = self.problem.quantities[quantity]
        values = ((asked.value(variant), variant) for variant in self.valid)
        ranked = [Ranked(value, variant) for value, variant in values if value is not None]
        # The sort is stable, so equal values keep the declared order.
        ranked.sort(key=lambda r: -r.value if greatest else r.value)
        return Solved(tuple(ranked[:top])) if ranked else Infeasible()

    def bounds(self, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
        """The least and the greatest value."""
        values = map(self.problem.quantities[quantity].value, self.valid)
        known = [value for value in values if value is not None]
        return Solved(Bounds(min(known), max(known))) if known else Infeasible()

    def pareto(self, aims: Sequence[Aim]) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
        """The Pareto front, each point with the first variant in declared order."""
        first: dict[tuple[int, ...], Efficient] = {}
        for variant in self.valid:
            values = [self.problem.quantities[aim.quantity].value(variant) for aim in aims]
            known = tuple(value for value in values if value is not None)
            if len(known) == len(aims):
                signed = tuple(-x if a.greatest else x for x, a in zip(known, aims, strict=True))
                first.setdefault(signed, Efficient(known, variant))
        front = [
            point
            for point in first
            if not any(other != point and all(map(int.__le__, other, point)) for other in first)
        ]
        return Solved(tuple(first[point] for point in sorted(front))) if front else Infeasible()

    def project(self, variables: Sequence[int]) -> BruteSpace:
        """The distinct combinations of the options of a few variables."""
        rows = sorted({tuple(variant[v] for v in variables) for variant in self.valid})
        problem = projected(self.problem, variables, [listed(rows, len(variables))])
        return BruteSpace(problem, tuple(rows))

    def option_counts(
        self, weights: Weights | None = None
    ) -> Solved[OptionCounts] | Infeasible | Unknown:
        """For every option the number, or weight, of the variants that take it."""
        counts = [[0] * len(variable.options) for variable in self.problem.variables]
        weighed = self._weighed(weights)
        for variant, weight in zip(self.valid, weighed, strict=True):
            for row, option in zip(counts, variant, strict=True):
                row[option] += weight
        if not sum(weighed):
            return Infeasible()
        return Solved(OptionCounts(sum(weighed), tuple(map(tuple, counts))))

    def sample(
        self, size: int, seed: int, weights: Weights | None = None
    ) -> Solved[tuple[Variant, ...]] | Infeasible | Unknown:
        """`size` variants drawn independently, the same for the same seed."""
        borders = list(itertools.accumulate(self._weighed(weights)))
        if not borders or not borders[-1]:
            return Infeasible()
        draw = random.Random(seed)  # noqa: S311 (a reproducible sample, not a secret)
        drawn = (bisect_right(borders, draw.randrange(borders[-1])) for _ in range(size))
        return Solved(tuple(self.valid[number] for number in drawn))

    def _weighed(self, weights: Weights | None) -> list[int]:
        if weights is None:
            return [1] * len(self.valid)
        return [
            math.prod(row[option] for row, option in zip(weights, variant, strict=True))
            for variant in self.valid
        ]


@frozen
class BruteEngine:
    """Opens problems by trying every combination of options.

    Attributes
    ----------
    combinations
        Greatest number of combinations that are tried; a larger problem is not opened.
    """

    combinations: int = 100_000

    @property
    def name(self) -> str:
        """``brute``."""
        return "brute"

    def open(self, problem: Problem, limits: Limits = Limits()) -> BruteSpace | Unknown:
        """The space of `problem`; `Unknown` when it has more combinations than are tried.

        Only that number bounds the work: `limits` do not apply.
        """
        sizes = [len(variable.options) for variable in problem.variables]
        if math.prod(sizes) > self.combinations:
            return Unknown(f"{self.combinations:,} combinations")
        every = itertools.product(*map(range, sizes))
        return BruteSpace(problem, tuple(variant for variant in every if problem.valid(variant)))
