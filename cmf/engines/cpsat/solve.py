"""Solving CP-SAT models within a budget, with answers that are the same every time.

CP-SAT is deterministic with one worker and a fixed seed. Its optimal values are exact, but which of
several optimal variants it returns is not specified: ties are therefore broken by further solves.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from attrs import define, field, frozen

from cmf.engines.cpsat.encode import Encoding
from cmf.errors import LimitReached
from cmf.problem.answer import Limits
from cmf.problem.problem import Variant

DIGITS = 2**20
"""Greatest number of combinations that one solve puts in declared order."""


@define
class Enumeration:
    """What an enumeration found.

    Attributes
    ----------
    most
        The enumeration stops after one more than this.
    keep
        Whether `variants` is filled, or they are only counted.
    """

    most: int
    keep: bool
    number: int = 0
    variants: list[Variant] = field(factory=list)


@frozen
class Budget:
    """Solves models within the time for one answer, which starts when this is made.

    Raises `LimitReached` when the time is over before the answer is proven.
    """

    limits: Limits
    start: float = field(factory=time.monotonic)

    def solve(self, encoding: Encoding) -> Variant | None:
        """An optimal variant of a model, or `None` when it has none."""
        solver = self._solver()
        numbers = encoding.every_number()
        if self._proven(solver, _status(solver, encoding), encoding):
            return tuple(int(solver.value(number)) for number in numbers)
        return None

    def enumerate(self, encoding: Encoding, found: Enumeration) -> None:
        """Hand every variant of a model to `found`."""
        solver = self._solver()
        solver.parameters.enumerate_all_solutions = True
        status = _status(solver, encoding, _callback(encoding.every_number(), found))
        if found.number > found.most:
            raise LimitReached(f"{found.most:,} variants")
        self._proven(solver, status, encoding)

    def first(self, encoding: Encoding, variant: Variant) -> Variant:
        """The first variant of a model in declared order, given any `variant` of it."""
        group: list[int] = []
        size = 1
        for number, literals in enumerate(encoding.options):
            if size * len(literals) > DIGITS:
                variant = self._settle(encoding, variant, group)
                group, size = [], 1
            group.append(number)
            size *= len(literals)
        return self._settle(encoding, variant, group)

    def _settle(self, encoding: Encoding, variant: Variant, group: list[int]) -> Variant:
        """Fix consecutive variables to their first options, as one number of mixed radix."""
        if any(variant[number] for number in group):
            place: Any = 0
            for number in group:
                place = place * len(encoding.options[number]) + encoding.number(number)
            encoding.optimise(place, False)
            better = self.solve(encoding)
            variant = variant if better is None else better
        for number in group:
            encoding.clause([encoding.options[number][variant[number]]])
        return variant

    def _solver(self) -> Any:
        from ortools.sat.python.cp_model import CpSolver

        solver = CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.catch_sigint_signal = False  # it would not give the signal back
        if self.limits.seconds is not None:
            left = self.limits.seconds - (time.monotonic() - self.start)
            solver.parameters.max_time_in_seconds = max(left, 0.0)
        return solver

    def _proven(self, solver: Any, status: int, encoding: Encoding) -> bool:
        from ortools.sat.python import cp_model

        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"CP-SAT refused the model: {encoding.model.validate()}")
        if status not in (cp_model.OPTIMAL, cp_model.INFEASIBLE):
            raise LimitReached(f"{self.limits.seconds:g} s")
        return status == cp_model.OPTIMAL


def _status(solver: Any, encoding: Encoding, callback: Any = None) -> int:
    """What a solve ends with; it has its own thread, so that Ctrl-C is heard meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        status = thread.submit(solver.solve, encoding.model, callback)
        try:
            return int(status.result())
        except KeyboardInterrupt:
            solver.stop_search()
            raise


def _callback(numbers: Sequence[Any], found: Enumeration) -> Any:
    from ortools.sat.python.cp_model import CpSolverSolutionCallback

    class Collect(CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            found.number += 1
            if found.keep:
                found.variants.append(tuple(int(self.value(number)) for number in numbers))
            if found.number > found.most:
                self.stop_search()

    return Collect()
