"""The other half of `cmf.planning.background`: solves the model in a process of its own.

Reads one pickled task from its own parent on standard input and writes pickled messages to standard
output. Ends with its parent.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from attrs import evolve, frozen

from cmf.planning.compiled import compile_problem
from cmf.planning.data import PlanningProblem
from cmf.planning.mip import solve_mip
from cmf.planning.tree import Tree

Send = Callable[[tuple[str, Any]], None]

FREE_SHARE = 0.5
"""The part of the time for the problem without its constraints."""


@frozen
class Work:
    """What a process of its own can do.

    Attributes
    ----------
    problem
        With diagrams that are not empty.
    """

    problem: PlanningProblem

    def work(self, send: Send) -> None:
        """Do it, and tell; the last message is ``done`` or ``infeasible``."""
        raise NotImplementedError


@frozen
class Task(Work):
    """A proof of what a plan costs at least, and the plans that are found on the way."""

    seconds: float | None
    gap: float

    def work(self, send: Send) -> None:
        """Without the constraints first, by cases (they often cost nothing), then with them."""
        free = without_constraints(self.problem)
        began = monotonic()
        share = FREE_SHARE if self.problem.constraints else 1.0
        part = None if self.seconds is None else self.seconds * share
        _prove_by_cases(free, part, self.gap, send)
        if not self.problem.constraints:
            send(("done", None))
            return
        left = None if self.seconds is None else self.seconds - (monotonic() - began)
        found = solve_mip(
            compile_problem(self.problem),
            left,
            gap=self.gap,
            on_bound=lambda bound: send(("bound", bound)),
        )
        if found.bound is not None:
            send(("bound", found.bound))
        if found.plan is not None:
            send(("plan", found.plan))
        send(("infeasible" if found.infeasible else "done", None))


def without_constraints(problem: PlanningProblem) -> PlanningProblem:
    """The problem in which every plan is good."""
    return evolve(problem, constraints=())


def _prove_by_cases(
    problem: PlanningProblem, seconds: float | None, gap: float, send: Send
) -> None:
    tree = Tree(compile_problem(problem), seconds, on_plan=lambda plan: send(("plan", plan)))
    told = None
    more = tree.begin()
    while True:
        if tree.bound is not None and tree.bound != told:
            told = tree.bound
            send(("bound", told))
        if not more or tree.proven(gap):
            break
        more = tree.step()
        send(("weights", tree.weights))


def main() -> None:
    """Entry point of the process."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # The task comes from the parent process itself, never from a file.
    task = pickle.load(source)  # noqa: S301
    lock = threading.Lock()

    def end_with_parent() -> None:
        source.read()
        os._exit(0)

    def send(message: tuple[str, Any]) -> None:
        with lock:
            pickle.dump(message, sink)
            sink.flush()

    threading.Thread(target=end_with_parent, daemon=True).start()
    task.work(send)
    os._exit(0)


if __name__ == "__main__":
    main()
