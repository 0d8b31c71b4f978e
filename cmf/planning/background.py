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
from typing import IO, Any

from cmf.planning.worker import Task


class Background:
    """A running child; use it as a context, so that it ends whatever happens."""

    def __init__(self, task: Task) -> None:
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

    def _talk(self, task: Task) -> None:
        source: IO[bytes] | None = self._child.stdout
        sink: IO[bytes] | None = self._child.stdin
        if source is None or sink is None:
            return
        try:
            pickle.dump(task, sink)
            sink.flush()
            while True:
                self._messages.put(pickle.load(source))  # noqa: S301 (from the child above)
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            self._messages.put(("ended", None))

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
