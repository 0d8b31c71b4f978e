"""Reports of small line-ups, and a browser to look at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, chromium
from typer.testing import CliRunner

E2 = Path(__file__).parents[1] / "share" / "e2"
HOSTILE = "</script><script>alert(1)</script><b>%{x}</b>&\"' role:ink"


def write(lineup: Path, output: Path, *arguments: str) -> str:
    """Run ``cmf report``; what it remarked."""
    from cmf.cli.app import app

    done = CliRunner().invoke(app, ["report", str(lineup), "-o", str(output), *arguments])
    assert done.exit_code == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on line-up E2."""
    path = tmp_path_factory.mktemp("report") / "e2.html"
    write(E2, path)
    return path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on E2 in which every name that people see tries to be more than a name."""
    folder = tmp_path_factory.mktemp("hostile") / "e2"
    shutil.copytree(E2, folder)
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    vehicles = folder / "vehicles.csv"
    vehicles.write_text(vehicles.read_text().replace("Vehicle B", quoted))
    parts = folder / "parts.csv"
    parts.write_text(parts.read_text().replace("Upper body 1", quoted))
    path = folder.parent / "report.html"
    write(folder, path)
    return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser, or a skipped test that says why."""
    command = chromium()
    if command is None:
        pytest.skip("no chromium is installed (apt-get install chromium)")
    found = Browser.start(command, tmp_path_factory.mktemp("profile"))
    yield found
    found.stop()
