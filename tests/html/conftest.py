"""Reports of small line-ups, and a browser to look at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, chromium
from reports import E2, write
from typer.testing import CliRunner

HOSTILE = "</script><script>alert(1)</script><b>%{x}</b>&\"' role:ink"


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on line-up E2."""
    path = tmp_path_factory.mktemp("report") / "e2.html"
    write(E2, path)
    return path


TARGETS = """\
format: 1
volumes: {V03: 50000..150000}
targets:
  - {id: spend, title: Spend, metric: share, weight: spend, threshold: 95 %, by: 2027}
  - {id: parts, title: Part numbers, metric: share, threshold: 90 %, by: 2027}
  - {id: range, title: Sol, metric: carry_over, direction: V03 from V01, threshold: 20..40 %}
  - {id: cars, title: Cars, metric: count, threshold: ">= 4"}
  - {id: later, title: Later, metric: not_measured, lacks: the data, threshold: 50 %}
"""


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of `cmf new` with targets: a line-up that has something for every chart."""
    from cmf.cli.app import app

    folder = tmp_path_factory.mktemp("family") / "family"
    assert CliRunner().invoke(app, ["new", str(folder)]).exit_code == 0
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    catalog = folder / "catalog.yaml"
    text = catalog.read_text(encoding="utf-8")
    titled = "options: [{north: {title: Brand North}}, {south: {title: Brand South}}]"
    assert "options: [north, south]" in text
    catalog.write_text(text.replace("options: [north, south]", titled), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def full_page(family: Path) -> Path:
    """The report on `family`, with every kind of chart."""
    path = family.parent / "family.html"
    write(family, path, "--census")
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
