from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from cmf.engines.brute import BruteEngine
from cmf.engines.protocols import Engine
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


@examples(200)
@given(problems())
def test_brute(problem: Problem) -> None:
    check_engine(BruteEngine(), problem)


@examples(40)
@given(problems(max_combinations=100))
def test_cpsat(problem: Problem) -> None:
    check_engine(_engine("cpsat", "CpSatEngine"), problem)


@examples(200)
@given(problems())
def test_sat(problem: Problem) -> None:
    check_engine(_engine("sat", "SatEngine"), problem)


@examples(200)
@given(problems())
def test_diagram(problem: Problem) -> None:
    check_engine(_engine("diagram", "DiagramEngine"), problem)


def _engine(module: str, name: str) -> Engine:
    found = pytest.importorskip(f"cmf.engines.{module}")
    if not hasattr(found, name):
        pytest.skip(f"{module} has no {name} yet")
    engine: Engine = getattr(found, name)()
    return engine
