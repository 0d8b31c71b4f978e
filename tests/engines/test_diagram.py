from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from cmf.engines.diagram import DiagramEngine, lower, space
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import CostTable, Sum
from cmf.problem.problem import Constraint, Origin, Problem, Variable
from cmf.testing.conformance import check_engine
from cmf.testing.strategies import problems


def examples(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def never_few() -> Iterator[None]:
    """Small problems would else be answered by a list of their variants."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "FEW", -1)
        yield


@pytest.mark.usefixtures("never_few")
@pytest.mark.parametrize("builder", ["joins", "states", "bdd"])
@examples(40)
@given(problem=problems())
def test_agrees_with_brute_force(builder: str, problem: Problem) -> None:
    check_engine(DiagramEngine(builder=builder), problem)


@pytest.mark.usefixtures("never_few")
@pytest.mark.parametrize("builder", ["joins", "states", "bdd"])
@pytest.mark.parametrize("cells", [0, 6])
@examples(15)
@given(problem=problems(max_combinations=120))
def test_formulas_too_wide_for_a_table(builder: str, cells: int, problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lower, "CELLS", cells)
        check_engine(DiagramEngine(builder=builder), problem)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(nodes=2), "2 nodes"),
        (Limits(memory=2_000), "of a binary decision diagram|arcs|rows|assignments"),
        (Limits(seconds=0.0), "0 s"),
    ],
)
def test_a_limit_ends_in_unknown(limits: Limits, told: str) -> None:
    costs = tuple(CostTable.unary(v, (0, 1, 3, 7)) for v in range(7))
    rule = Constraint(Sum(costs, 9, 17), Origin("model", "sum"))
    variables = tuple(Variable(f"x{v}", ("a", "b", "c", "d")) for v in range(7))
    opened = DiagramEngine().open(Problem("limited", variables, (rule,)), limits)
    assert isinstance(opened, Unknown)
    assert re.search(told, opened.limit)
