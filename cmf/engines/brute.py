"""The oracle: every combination is tried with `holds`, so an answer is right because it is obvious.

Fit for small problems only; every other engine is compared with this one.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator

from attrs import evolve, frozen

from cmf.engines.protocols import OptionCounts, Ranked
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula, holds
from cmf.problem.problem import Constraint, Origin, Problem, Variant


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

    def option_counts(self) -> Solved[OptionCounts] | Infeasible | Unknown:
        """For every option the number of variants that take it."""
        if not self.valid:
            return Infeasible()
        taken = [Counter(column) for column in zip(*self.valid, strict=True)]
        counts = tuple(
            tuple(count[option] for option in range(len(variable.options)))
            for variable, count in zip(self.problem.variables, taken, strict=True)
        )
        return Solved(OptionCounts(len(self.valid), counts))

    def sample(self, size: int, seed: int) -> Solved[tuple[Variant, ...]] | Infeasible | Unknown:
        """`size` variants drawn uniformly and independently, the same for the same seed."""
        if not self.valid:
            return Infeasible()
        draw = random.Random(seed)  # noqa: S311 (a reproducible sample, not a secret)
        return Solved(tuple(self.valid[draw.randrange(len(self.valid))] for _ in range(size)))


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
