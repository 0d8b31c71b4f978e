"""Compiled diagrams on disk: found again, checked, and never in the way."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings

from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine, DiagramSpace, cache
from cmf.problem.formula import CostTable, Member, Or, Sum
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.testing.strategies import problems

RULE = Origin("rule", "r")


@pytest.fixture(autouse=True)
def everything_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WORTH", 0.0)


def problem(low: int = 2) -> Problem:
    variables = tuple(Variable(f"x{i}", ("a", "b", "c")) for i in range(4))
    costs = tuple(CostTable.unary(i, [0, 1, 2]) for i in range(4))
    either = Or((Member(0, frozenset({1})), Member(3, frozenset({2}))))
    rules = (Constraint(Sum(costs, low, 5), RULE), Constraint(either, RULE))
    return Problem("p", variables, rules, {"cost": Quantity("cost", costs)})


def opened(folder: Path, asked: Problem) -> DiagramSpace:
    space = DiagramEngine(cache=folder).open(asked)
    assert isinstance(space, DiagramSpace)
    return space


def test_the_second_opening_reads_the_same_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(tmp_path, problem())
    assert len(list(tmp_path.glob("*.diagram"))) == 1

    def never(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(cache, "compile_formulas", never)
    second = opened(tmp_path, problem())
    assert list(second.variants()) == list(first.variants())
    assert second.best("cost", top=3) == first.best("cost", top=3)


def test_another_bound_is_another_file(tmp_path: Path) -> None:
    assert opened(tmp_path, problem(2)).count() != opened(tmp_path, problem(3)).count()
    assert len(list(tmp_path.glob("*.diagram"))) == 2


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text"])
def test_a_damaged_file_is_compiled_anew(tmp_path: Path, damage: str) -> None:
    expected = opened(tmp_path, problem()).count()
    (file,) = tmp_path.glob("*.diagram")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = {"cut": content[:50], "flip": content, "empty": b"", "text": b"no diagram"}
    file.write_bytes(bytes(damaged[damage]))
    assert opened(tmp_path, problem()).count() == expected
    assert cache.read(file) is not None  # replaced by a whole one


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert opened(blocked / "cache", problem()).count() == opened(tmp_path, problem()).count()


def test_old_files_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    for low in range(5):
        opened(tmp_path, problem(low))
    assert len(list(tmp_path.glob("*.diagram"))) == 2
    assert list(tmp_path.glob("*.part")) == []


@settings(max_examples=60, deadline=None)
@given(asked=problems())
def test_what_is_read_answers_as_brute_force(
    asked: Problem, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "WORTH", 0.0)
        opened(folder, asked)
        again = opened(folder, asked)
    oracle = BruteEngine().open(asked)
    assert list(again.variants()) == list(oracle.variants())  # type: ignore[union-attr]


def test_processes_share_a_folder(tmp_path: Path) -> None:
    """They write and read the same files at the same time; each is right, and no draft is left."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(counted, [tmp_path] * 3, range(3)))
    assert found == [[BruteEngine().open(problem(low)).count() for low in range(5)]] * 3
    assert len(list(tmp_path.iterdir())) == 5
    assert {file.suffix for file in tmp_path.iterdir()} == {".diagram"}


def counted(folder: Path, number: int) -> list[object]:
    """Counts of five problems, three times over, begun at a place of its own."""
    cache.WORTH = 0.0
    found: dict[int, object] = {}
    for step in range(15):
        low = (number + step) % 5
        found[low] = opened(folder, problem(low)).count()
    return [found[low] for low in range(5)]
