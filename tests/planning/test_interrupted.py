"""Plans whose process is killed while it writes, or interrupted while it plans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ALLIANCE = HERE.parents[1] / "catalogs" / "alliance"
OLD = b"what was there before"
NEEDS = {"xlsx": "xlsxwriter", "html": "plotly"}

# The process ends itself at the last moment at which the old file stands.
DYING = """
import os, signal, sys
def replace(draft, target):
    os.kill(os.getpid(), signal.SIGKILL)
os.replace = replace
"""

# The user presses Ctrl-C as soon as there is a plan.
INTERRUPTED = """
import os, signal, sys
from cmf.cli.watching import Watch
told = Watch.__call__
def call(watch, progress):
    if progress.cost is not None and not watch.stopped:
        os.kill(os.getpid(), signal.SIGINT)
    return told(watch, progress)
Watch.__call__ = call
"""


def command(*arguments: str, before: str = "") -> subprocess.Popen[bytes]:
    code = f"{before}\nfrom cmf.cli.main import run\nrun()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "plan", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(params=["json", "csv", "xlsx", "html"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param in NEEDS:
        pytest.importorskip(NEEDS[request.param])
    return tmp_path / f"plan.{request.param}"


def test_killed_before_the_end_the_old_file_stands(target: Path) -> None:
    target.write_bytes(OLD)
    process = command(str(HERE / "e12"), "-t", "spend", "-o", str(target), before=DYING)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert target.read_bytes() == OLD
    # What is left over has another name, and is no file of the user's.
    left = [name for name in os.listdir(target.parent) if name != target.name]
    assert all(name.startswith(f".{target.name}.") and ".part." in name for name in left)


def test_killed_while_it_writes_one_of_the_two_is_whole(tmp_path: Path) -> None:
    # The page is the largest file, so that there is time to kill its writer.
    pytest.importorskip("plotly")
    target = tmp_path / "plan.html"
    arguments = (str(HERE / "e12"), "-t", "spend", "-o", str(target))
    process = command(*arguments)
    process.communicate(timeout=120)
    new = target.read_bytes()
    target.write_bytes(OLD)
    process = command(*arguments)
    while process.poll() is None:
        if any(name != target.name for name in os.listdir(target.parent)):
            process.kill()
            break
        time.sleep(0.001)
    process.communicate(timeout=120)
    assert target.read_bytes() in (OLD, new)


def test_interrupted_it_prints_the_best_plan_so_far_with_its_gap() -> None:
    process = command(str(ALLIANCE), "--no-prices", before=INTERRUPTED)
    printed, remarks = process.communicate(timeout=300)
    text = " ".join(printed.decode().split())
    assert process.returncode == 0, remarks.decode()
    assert "stopping with the best plan so far" in remarks.decode()
    assert "% above the least cost" in text
    assert "stopped by the user" in text
    assert "all without a solver: everything stands" in text
