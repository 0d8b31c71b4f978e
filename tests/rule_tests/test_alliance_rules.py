"""The rule tests of the Alliance catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import call

from cmf.load import read_rule_tests

ALLIANCE = Path(__file__).resolve().parents[2] / "catalogs" / "alliance"


def test_there_are_many_with_reason_and_source() -> None:
    tests = read_rule_tests(ALLIANCE)
    assert len(tests) >= 60
    assert [test.id for test in tests if not test.because] == []
    assert [test.id for test in tests if not test.source] == []


@pytest.fixture(scope="module")
def answers() -> tuple[dict[str, object], dict[str, object]]:
    """The run of all tests, and the mutation score of a few rules."""
    whole = call("test", str(ALLIANCE), "--format", "json")
    rules = ("E03", "G09", "C09", "L03")
    chosen = [word for rule in rules for word in ("--rule", rule)]
    mutated = call("test", str(ALLIANCE), "--mutate", *chosen, "--format", "json")
    assert (whole.code, mutated.code) == (0, 0), whole.out[-2_000:] + mutated.out[-2_000:]
    return json.loads(whole.out), json.loads(mutated.out)


def test_all_pass(answers: tuple[dict[str, object], dict[str, object]]) -> None:
    whole, _ = answers
    assert whole["failed"] == whole["undecided"] == 0
    assert whole["passed"] == whole["tests_run"]


def test_they_notice_every_change(answers: tuple[dict[str, object], dict[str, object]]) -> None:
    """Of four rules; the score of all of them is measured outside of the tests."""
    _, mutated = answers
    assert mutated["survived"] == mutated["undecided"] == 0
    assert mutated["equal"] == mutated["equal_confirmed"] == 3
    assert mutated["killed"] == mutated["mutants"] - 3  # type: ignore[operator]
