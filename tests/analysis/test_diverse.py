"""Variants that differ: valid, distinct, as many as there are, with bounds that hold."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

import cmf
from cmf.analysis.diverse import diverse
from cmf.cli.app import app
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.protocols import Engine
from cmf.engines.sat import SatEngine
from cmf.problem.problem import Problem, Variable, Variant
from cmf.testing.strategies import problems

QUICK = settings(max_examples=40, deadline=None)


def distance(one: Variant, other: Variant) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def check(engine: Engine, problem: Problem) -> None:
    valid = set(BruteEngine().open(problem).valid)
    chosen = diverse(engine.open(problem), 5)
    assert len(chosen) == min(5, len(valid))
    variants = [each.variant for each in chosen]
    assert set(variants) <= valid
    assert len(set(variants)) == len(variants)
    for number, each in enumerate(chosen[1:], start=1):
        before = variants[:number]
        assert each.distance == min(distance(each.variant, other) for other in before)
        farthest = max(min(distance(v, other) for other in before) for v in valid)
        assert each.distance <= farthest <= each.bound


@given(problems(max_combinations=200))
@QUICK
def test_diagram_engine(problem: Problem) -> None:
    check(DiagramEngine(), problem)


@given(problems(max_combinations=60))
@settings(max_examples=15, deadline=None)
def test_sat_engine(problem: Problem) -> None:
    check(SatEngine(), problem)


@given(problems(max_combinations=60, max_variables=4))
@QUICK
def test_last_bound_limits_every_other_choice(problem: Problem) -> None:
    """No three variants are all farther apart than twice the bound of the third."""
    chosen = diverse(BruteEngine().open(problem), 3)
    if len(chosen) < 3:
        return
    trios = combinations(BruteEngine().open(problem).valid, 3)
    greatest = max(min(distance(a, b), distance(a, c), distance(b, c)) for a, b, c in trios)
    assert greatest <= 2 * chosen[-1].bound


def free(*sizes: int) -> Problem:
    return Problem(
        "free",
        tuple(Variable(f"v{i}", tuple(f"o{j}" for j in range(n))) for i, n in enumerate(sizes)),
    )


def test_a_free_space_gives_variants_without_a_common_option() -> None:
    chosen = diverse(DiagramEngine().open(free(4, 4, 4, 4)), 4)
    assert [each.distance for each in chosen] == [None, 4, 4, 4]
    assert [each.bound for each in chosen] == [None, 4, 4, 4]


@pytest.mark.parametrize("size", [0, 1])
def test_few_are_asked_for(size: int) -> None:
    assert len(diverse(DiagramEngine().open(free(3, 3)), size)) == size


TEMPLATE = Path(cmf.__file__).parent / "cli" / "template"


def test_the_command_line_lists_diverse_variants() -> None:
    space = cmf.load(TEMPLATE).compile()
    arguments = ["variants", str(TEMPLATE), "--diverse", "3", "--format", "json"]
    answer = CliRunner().invoke(app, arguments, prog_name="cmf")
    assert answer.exit_code == 0
    written = json.loads(answer.stdout)
    assert written["selection"] == "diverse 3"
    axes = [variable.name for variable in space.space.problem.variables]
    listed = [tuple(row[axis] for axis in axes) for row in written["variants"]]
    assert listed == space.diverse(3).select(axes).rows()
    assert len(set(listed)) == 3


def test_diverse_excludes_other_ways_to_choose() -> None:
    arguments = ["variants", str(TEMPLATE), "--diverse", "3", "--sample", "3"]
    answer = CliRunner().invoke(app, arguments, prog_name="cmf")
    assert answer.exit_code == 2
    assert "exclude each other" in answer.stderr
