"""Feature models and CNF files of other projects: counts, core and dead features."""

from __future__ import annotations

import re
from functools import cache

import pytest
import renault

from cmf.engines.diagram import DiagramEngine
from cmf.engines.sat import SatEngine
from cmf.interchange import read_model
from cmf.interchange.files import BOOLEAN
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.problem import Problem

pytestmark = pytest.mark.skipif(
    not renault.BENCH.is_dir(), reason=f"the benchmark data is not there: {renault.BENCH}"
)

NO, YES = frozenset({BOOLEAN.index("no")}), frozenset({BOOLEAN.index("yes")})

LIMITS = Limits(seconds=3, nodes=1_000_000, memory=1_000_000_000)

LARGE = "uvl/automotive01.uvl"
"""May not compile within the limits; only 16 digits of the count are published."""

AUTOMOTIVE = (5_278_539_219_821_314, 211)
"""First digits of the count, and how many digits it has."""


@cache
def model(path: str) -> Problem:
    return read_model(renault.BENCH / path)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("uvl/printer.uvl", 2_278_241_108_363_321_839_974_600_000),
        ("dimacs/axTLS.dimacs", 826_244_333_568),
        ("dimacs/berkeleydb.dimacs", 4_080_389_785),
        ("uvl/financial_services.uvl", 97_451_212_554_676),
    ],
)
def test_counts(path: str, count: int) -> None:
    space = DiagramEngine().open(model(path))
    assert not isinstance(space, Unknown)
    assert space.count() == Solved(count)


def test_a_large_model_is_counted_or_the_limit_is_named() -> None:
    space = DiagramEngine().open(model(LARGE), LIMITS)
    if isinstance(space, Unknown):
        assert re.fullmatch(r"3 s|1,000,000 nodes|[\d,]+ (bytes|rows in one join)", space.limit)
        return
    count = space.count()
    assert isinstance(count, Solved)
    digits, length = AUTOMOTIVE
    assert len(str(count.value)) == length
    # The published figure is a float: its last digit may be rounded.
    assert abs(int(str(count.value)[:16]) - digits) <= 1


@pytest.mark.parametrize(
    ("path", "core", "dead"),
    [
        ("uvl/financial_services.uvl", 22, 0),
        ("uvl/automotive01.uvl", 100, 195),
    ],
)
def test_core_and_dead_features_where_no_diagram_is_needed(path: str, core: int, dead: int) -> None:
    space = SatEngine().open(model(path))
    assert not isinstance(space, Unknown)
    possible = space.possible()
    assert isinstance(possible, Solved)
    assert sum(options == YES for options in possible.value) == core
    assert sum(options == NO for options in possible.value) == dead


@pytest.mark.parametrize(
    "path", ["uvl/printer.uvl", "dimacs/axTLS.dimacs", "dimacs/berkeleydb.dimacs"]
)
def test_both_engines_leave_the_same_options(path: str) -> None:
    diagram, sat = DiagramEngine().open(model(path)), SatEngine().open(model(path))
    assert not isinstance(diagram, Unknown)
    assert not isinstance(sat, Unknown)
    assert diagram.possible() == sat.possible()
