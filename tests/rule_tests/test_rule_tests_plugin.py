"""The pytest plugin: `pytest catalogs/` runs the rule tests, and other test runs notice nothing."""

from __future__ import annotations

import importlib.metadata
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from calling import call

import cmf.cli

pytest_plugins = ["pytester"]

TEMPLATE = Path(cmf.cli.__file__).parent / "template"
INSTALLED = any(e.name == "cmf" for e in importlib.metadata.entry_points(group="pytest11"))
PLUGIN = [] if INSTALLED else ["-p", "cmf.testing.plugin"]

FAILING = """\
tests:
  - {id: F1, title: Electric twin, possible: energy == petrol and rear_unit.driven}
  - {id: P1, possible: energy == petrol}
"""


@pytest.fixture(scope="module", autouse=True)
def _everything_is_loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load what is needed before `pytester` looks: it throws away what a run loads later.

    Some libraries do not bear to be loaded twice.
    """
    folder = tmp_path_factory.mktemp("loaded") / "demo"
    shutil.copytree(TEMPLATE, folder)
    assert call("test", str(folder)).code == 0


@pytest.fixture
def catalogue(pytester: pytest.Pytester) -> Path:
    """The template of `cmf new`, with one file more of which one test fails."""
    folder = pytester.path / "catalogs" / "demo"
    shutil.copytree(TEMPLATE, folder)
    (folder / "tests" / "more.yaml").write_text(FAILING)
    return folder


def test_rule_tests_are_collected(pytester: pytest.Pytester, catalogue: Path) -> None:
    result = pytester.runpytest(*PLUGIN, "catalogs", "--junitxml=report.xml")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*catalogs/demo/tests/more.yaml:2:10: failed[[]F1[]] Electric twin: possible *",
            "*R03: A petrol car has no electric motor (*rules/fit.yaml:14)",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    cases = ET.parse(pytester.path / "report.xml").getroot().iter("testcase")  # noqa: S314
    names = [case.attrib["name"] for case in cases]
    assert names == ["T01", "T02", "T03", "T04", "F1", "P1"]


def test_they_are_chosen_by_claim_title_and_place(
    pytester: pytest.Pytester, catalogue: Path
) -> None:
    result = pytester.runpytest(*PLUGIN, "catalogs", "-k", "possible and not impossible and not P1")
    result.assert_outcomes(passed=1, failed=1, deselected=4)
    result.stdout.fnmatch_lines(["*more.yaml:2:10: failed*Electric twin*"])
    result = pytester.runpytest(*PLUGIN, "catalogs/demo/tests/family.yaml::T02")
    result.assert_outcomes(passed=1)


def test_they_run_in_parallel(pytester: pytest.Pytester, catalogue: Path) -> None:
    result = pytester.runpytest_subprocess(*PLUGIN, "catalogs", "-n", "2")
    result.assert_outcomes(passed=5, failed=1)


def test_mistakes_in_a_file_are_located(pytester: pytest.Pytester, catalogue: Path) -> None:
    (catalogue / "tests" / "more.yaml").write_text("tests:\n  - {id: B, posible: x}\n")
    (catalogue / "tests" / "name.yaml").write_text("tests:\n  - {id: B, possible: brnd == x}\n")
    result = pytester.runpytest(*PLUGIN, "catalogs", "--continue-on-collection-errors")
    result.assert_outcomes(passed=4, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*more.yaml:2:13: error[[]unknown-key[]]*",
            "*did you mean `possible`*",
            "*name.yaml:2:23: error[[]unknown-name[]]*",
        ]
    )


def test_other_files_are_left_alone(pytester: pytest.Pytester, catalogue: Path) -> None:
    folder = pytester.path / "data" / "tests"
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text("tests: nonsense")
    (catalogue / "rules" / "tests.yaml").write_text("rules: []\n")
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            loaded = [m for m in sys.modules if m.split(".")[0] == "cmf"]
            assert set(loaded) <= {"cmf", "cmf.testing", "cmf.testing.plugin"}
        """
    )
    (catalogue / "tests").rename(catalogue / "checks")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
