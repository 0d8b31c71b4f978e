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
from typing import Any

from attrs import evolve, frozen

from cmf.planning.compiled import compile_problem
from cmf.planning.data import Plan, PlanningProblem
from cmf.planning.mip import Outcome, solve_mip

Send = Callable[[tuple[str, Any]], None]


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
    """A plan of least cost.

    Attributes
    ----------
    start
        A plan to start from.
    """

    seconds: float | None
    gap: float
    start: Plan | None

    def work(self, send: Send) -> None:
        """See `Work`."""
        _least_cost(self, send)


def _least_cost(task: Task, send: Send) -> None:
    """Solve without the constraints first (they often cost nothing), then with them."""
    problem = task.problem
    free = evolve(problem, constraints=())
    seconds = task.seconds
    if problem.constraints:
        part = None if seconds is None else seconds * 0.35
        found = _solve(free, part, task.gap, task.start, send)
        seconds = None if seconds is None else seconds - (part or 0.0)
        if found.plan is not None:
            send(("plan", found.plan))
    found = _solve(problem, seconds, task.gap, task.start, send)
    if found.plan is not None:
        send(("plan", found.plan))
    send(("infeasible" if found.infeasible else "done", None))


def _solve(
    problem: PlanningProblem, seconds: float | None, gap: float, start: Plan | None, send: Send
) -> Outcome:
    found = solve_mip(
        compile_problem(problem),
        seconds,
        gap=gap,
        start=start,
        on_bound=lambda bound: send(("bound", bound)),
    )
    if found.bound is not None:
        send(("bound", found.bound))
    return found


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
