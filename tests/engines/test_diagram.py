from __future__ import annotations

from hypothesis import given, settings

from cmf.engines.diagram import DiagramEngine
from cmf.problem.problem import Problem
from cmf.testing.conformance import check_engine
from cmf.testing.strategies import problems


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(problems())
def test_agrees_with_brute_force(problem: Problem) -> None:
    check_engine(DiagramEngine(), problem)
