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
from queue import SimpleQueue
from typing import Any

from attrs import frozen

from cmf.planning.compiled import compile_problem
from cmf.planning.data import PlanningProblem
from cmf.planning.mip import solve_mip
from cmf.planning.splitter import Splitter

Send = Callable[[tuple[str, Any]], None]
Orders = SimpleQueue[Any]
"""What the parent asks for while the work goes on."""

SETTLE_SECONDS = 30.0
"""Time for the model of one case."""


@frozen
class Work:
    """What a process of its own can do.

    Attributes
    ----------
    problem
        With diagrams that are not empty.
    """

    problem: PlanningProblem

    def work(self, send: Send, orders: Orders) -> None:
        """Do it, and tell; the last message is ``done`` or ``infeasible``."""
        raise NotImplementedError


@frozen
class Proving(Work):
    """Work on the cases of a proof, as ordered: (number, case, cost of the best plan)."""

    def work(self, send: Send, orders: Orders) -> None:
        """Tells ``root``, then of each case ``split`` or ``settled``, and what it likes."""
        splitter = Splitter(compile_problem(self.problem))
        send(("root", splitter.root()))
        while True:
            number, case, top = orders.get()
            send(("weights", splitter.weights(case)))
            if splitter.unsettled(case):
                send(("settled", (number, *splitter.settle(case, SETTLE_SECONDS))))
            else:
                send(("split", (number, splitter.split(case, top))))


@frozen
class Modelling(Work):
    """The whole model, constraints included."""

    seconds: float | None
    gap: float

    def work(self, send: Send, orders: Orders) -> None:
        """Tells every ``bound``, and the ``plan``."""
        found = solve_mip(
            compile_problem(self.problem),
            self.seconds,
            gap=self.gap,
            on_bound=lambda bound: send(("bound", bound)),
        )
        if found.bound is not None:
            send(("bound", found.bound))
        if found.plan is not None:
            send(("plan", found.plan))
        send(("infeasible" if found.infeasible else "done", None))


def main() -> None:
    """Entry point of the process."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # The task comes from the parent process itself, never from a file.
    task = pickle.load(source)  # noqa: S301
    lock = threading.Lock()

    orders: Orders = SimpleQueue()

    def listen() -> None:
        try:
            while True:
                # From the parent process too.
                orders.put(pickle.load(source))  # noqa: S301
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # it ends with its parent

    def send(message: tuple[str, Any]) -> None:
        with lock:
            pickle.dump(message, sink)
            sink.flush()

    threading.Thread(target=listen, daemon=True).start()
    task.work(send, orders)
    os._exit(0)


if __name__ == "__main__":
    main()
