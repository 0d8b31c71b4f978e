"""An incremental SAT solver over an encoding, with a budget of time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import define, field

from cmf.engines.sat.encode import Encoding
from cmf.errors import LimitReached, MissingExtra
from cmf.problem.answer import Limits
from cmf.problem.problem import Variant

SLICE = 1_000
"""Conflicts between two looks at the clock."""


def _new_solver() -> Any:
    try:
        from cmf.engines.sat.cadical import Cadical
    except ImportError as missing:
        message = "the engine `sat` needs the package python-sat: pip install python-sat"
        raise MissingExtra(message) from missing
    return Cadical()


@define
class Budget:
    """Time for one answer; only time spent in the solver counts."""

    seconds: float | None
    used: float = 0.0

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        return cls(limits.seconds)

    def check(self) -> None:
        """Raises `LimitReached` when the time is over."""
        if self.seconds is not None and self.used >= self.seconds:
            raise LimitReached(f"{self.seconds:g} s")


@define
class Oracle:
    """Solves the clauses of an encoding under assumptions; clauses added later are picked up.

    Attributes
    ----------
    dead
        Literals of options that no variant takes, as far as known.
    effort
        Conflicts and solves so far.
    """

    encoding: Encoding
    dead: set[int] = field(factory=set, init=False)
    _solver: Any = field(factory=_new_solver, init=False, repr=False)
    _literals: npt.NDArray[np.int64] = field(init=False, repr=False)
    effort: int = field(default=0, init=False)
    _read: int = field(default=0, init=False)
    _solves: int = field(default=0, init=False)

    @_literals.default
    def _(self) -> npt.NDArray[np.int64]:
        return np.array([x for literals in self.encoding.options for x in literals], dtype=np.int64)

    @classmethod
    def over(cls, encoding: Encoding, units: Iterable[int]) -> Oracle:
        """A solver in which the literals `units` hold.

        They come first: the solver then shortens the clauses as it reads them.
        """
        oracle = cls(encoding)
        for literal in units:
            oracle._solver.add_clause([literal])
        return oracle

    def solve(self, assumptions: Sequence[int], budget: Budget) -> bool:
        """Whether the clauses can be satisfied with all `assumptions` true."""
        answer = None
        while answer is None:
            answer = self.attempt(assumptions, budget, SLICE)
        return answer

    def within(self, assumptions: Sequence[int], budget: Budget, end: int | None) -> bool | None:
        """The answer of `solve`, or `None` when `effort` reaches `end` first."""
        answer = None
        while answer is None and (end is None or self.effort < end):
            answer = self.attempt(assumptions, budget, SLICE)
        return answer

    def attempt(self, assumptions: Sequence[int], budget: Budget, conflicts: int) -> bool | None:
        """The answer of `solve`, or `None` when it takes more than so many conflicts."""
        self._sync()
        budget.check()
        start = time.perf_counter()
        self._solver.conf_budget(conflicts)
        self._solves += 1
        answer: bool | None = self._solver.solve_limited(assumptions)
        budget.used += time.perf_counter() - start
        self.effort = self._solver.accum_stats()["conflicts"] + self._solves
        return answer

    def model(self) -> set[int]:
        """The true literals of the last `solve`, which was true."""
        return set(self._solver.get_model())

    def values(self) -> Sequence[int]:
        """For every literal from 1 itself or its negation, as the last `solve` has it."""
        model: Sequence[int] = self._solver.get_model()
        return model

    def taken(self) -> npt.NDArray[np.intp]:
        """Where the options of the last variant stand among all options of all variables."""
        model = np.array(self._solver.get_model(), dtype=np.int64)
        return np.flatnonzero(model[np.abs(self._literals) - 1] == self._literals)

    def variant(self) -> Variant:
        """The variant of the last `solve`, which was true."""
        first = itertools.accumulate(map(len, self.encoding.options), initial=0)
        return tuple(int(place) - start for place, start in zip(self.taken(), first, strict=False))

    def core(self) -> list[int]:
        """Assumptions that contradict the clauses, after a `solve` that was false."""
        return list(self._solver.get_core() or ())

    def implied(self, assumptions: Sequence[int]) -> set[int]:
        """Literals that follow by unit propagation; not those that hold without assumptions."""
        self._sync()
        _, literals = self._solver.propagate(assumptions)
        return set(literals)

    def prefer(self, literals: Sequence[int]) -> None:
        """Literals that the solver tries first."""
        self._solver.set_phases(literals)

    def exclude(self, variant: Variant) -> None:
        """Forbid one variant."""
        options = self.encoding.options
        self._solver.add_clause([-options[v][option] for v, option in enumerate(variant)])

    def _sync(self) -> None:
        clauses = self.encoding.clauses
        if self._read == len(clauses):
            return
        clause: list[int] = []
        for literal in clauses[self._read :]:
            if literal:
                clause.append(literal)
            else:
                self._solver.add_clause(clause)
                clause = []
        self._read = len(clauses)
