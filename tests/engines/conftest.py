"""Makes the readers of the benchmark data and the generators importable: ``import renault``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[float], subprocess.Popen[bytes]]]:
    """Ctrl-C after some seconds, by another process: a thread would wait until a solver is back.

    Processes of pytest-xdist ignore the signal, so Python's own handler is put back meanwhile.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def after(seconds: float) -> subprocess.Popen[bytes]:
        kill = f"os.kill({os.getpid()}, {signal.SIGINT:d})"
        code = f"import os, time; time.sleep({seconds}); {kill}"
        return subprocess.Popen([sys.executable, "-S", "-c", code])

    yield after
    signal.signal(signal.SIGINT, before)
