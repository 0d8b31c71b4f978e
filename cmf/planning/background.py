"""The mixed-integer model in a process of its own, so that it can be heard of and stopped.

The solver cannot be interrupted from within the process; a child can be ended at any moment. It
runs the same package and gets its task through a pipe.
"""

from __future__ import annotations

import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any

from attrs import evolve, fields_dict

from cmf.planning.data import PlanningProblem
from cmf.planning.worker import Work


class Background:
    """A running child; use it as a context, so that it ends whatever happens."""

    def __init__(self, task: Work) -> None:
        self._messages: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.running = True
        self._child = subprocess.Popen(
            [sys.executable, "-m", "cmf.planning.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=self._talk, args=(task,), daemon=True).start()

    def _talk(self, task: Work) -> None:
        source: IO[bytes] | None = self._child.stdout
        sink: IO[bytes] | None = self._child.stdin
        if source is None or sink is None:
            return
        try:
            pickle.dump(evolve(task, problem=_plain(task.problem)), sink)
            sink.flush()
            while True:
                self._messages.put(pickle.load(source))  # noqa: S301 (from the child above)
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            self._messages.put(("ended", None))

    def tell(self, order: Any) -> None:
        """Order something; a child that has ended does not hear it."""
        sink: IO[bytes] | None = self._child.stdin
        if sink is None:
            return
        try:
            pickle.dump(order, sink)
            sink.flush()
        except OSError:
            self.running = False

    def messages(self) -> list[tuple[str, Any]]:
        """What has come since the last call."""
        found = []
        while not self._messages.empty():
            message = self._messages.get()
            if message[0] in ("done", "infeasible", "ended"):
                self.running = False
            found.append(message)
        return found

    def __enter__(self) -> Background:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()


def _plain(problem: PlanningProblem) -> PlanningProblem:
    """The problem with dictionaries for all mappings: views of them do not go through a pipe."""
    return evolve(
        problem,
        vehicles=tuple(_with_dicts(vehicle) for vehicle in problem.vehicles),
        constraints=tuple(_with_dicts(each) for each in problem.constraints),
    )


def _with_dicts(instance: Any) -> Any:
    values = {name: getattr(instance, name) for name in fields_dict(type(instance))}
    mappings = {name: dict(value) for name, value in values.items() if isinstance(value, Mapping)}
    common = values.get("common")
    if isinstance(getattr(common, "leads", None), Mapping):
        mappings["common"] = _with_dicts(common)
    return evolve(instance, **mappings)
