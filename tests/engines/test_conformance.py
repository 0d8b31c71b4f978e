from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from cmf.engines.brute import BruteEngine
from cmf.engines.cpsat import CpSatEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.protocols import Space
from cmf.engines.sat import SatEngine
from cmf.problem.answer import Solved, Unknown
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


@examples(250)
@given(problems(max_combinations=40))
def test_diagram_and_cpsat_agree(problem: Problem) -> None:
    """Count, options and all variants in order, without brute force between them."""
    diagram, cpsat = opened(DiagramEngine().open(problem)), opened(CpSatEngine().open(problem))
    listed = list(diagram.variants())
    assert list(cpsat.variants()) == listed
    assert diagram.count() == Solved(len(listed))
    assert diagram.possible() == cpsat.possible()


def opened(space: Space | Unknown) -> Space:
    assert not isinstance(space, Unknown)
    return space
