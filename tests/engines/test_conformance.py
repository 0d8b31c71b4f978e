from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from cmf.engines.brute import BruteEngine
from cmf.engines.cpsat import CpSatEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.sat import SatEngine
from cmf.problem.problem import Problem
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


@examples(50)
@given(problems())
def test_brute(problem: Problem) -> None:
    check_engine(BruteEngine(), problem)


@examples(40)
@given(problems(max_combinations=100))
def test_cpsat(problem: Problem) -> None:
    check_engine(CpSatEngine(), problem)


@examples(120)
@given(problems())
def test_sat(problem: Problem) -> None:
    check_engine(SatEngine(), problem)


@examples(200)
@given(problems())
def test_diagram(problem: Problem) -> None:
    check_engine(DiagramEngine(), problem)
