"""Coverage of options and of pairs of options, held to brute force."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings

import cmf
from cmf.analysis.coverage import Coverage, coverage
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.protocols import Engine
from cmf.engines.sat import SatEngine
from cmf.errors import InputError, LimitReached
from cmf.problem.formula import Member, Not
from cmf.problem.problem import Constraint, Origin, Problem, Variable, Variant
from cmf.testing.strategies import problems


def shown(variants: tuple[Variant, ...], strength: int) -> set[tuple[tuple[int, int], ...]]:
    return {pair for v in variants for pair in combinations(enumerate(v), strength)}


def check(engine: Engine, problem: Problem, strength: int) -> None:
    valid = BruteEngine().open(problem).valid
    space = engine.open(problem)
    found = coverage(space, strength)
    pairs = shown(valid, strength)
    assert set(found.variants) <= set(valid)
    assert shown(found.variants, strength) == pairs
    assert found.valid_pairs == len(pairs)
    assert found.least <= len(found.variants) <= len(pairs)
    for variant in found.variants:
        rest = tuple(other for other in found.variants if other != variant)
        assert shown(rest, strength) != pairs, f"{variant} is superfluous"
    witnesses = dict(found.witnesses())
    assert found.valid_pairs + found.invalid_pairs == len(witnesses)
    assert {pair for pair, witness in witnesses.items() if witness is not None} == pairs
    for pair, witness in witnesses.items():
        if witness is not None:
            assert all(found.variants[witness][v] == option for v, option in pair)
    found.check(space)
    assert coverage(engine.open(problem), strength) == found


@pytest.mark.parametrize("strength", [1, 2])
@given(problem=problems(max_combinations=400))
@settings(max_examples=30, deadline=None)
def test_diagram_engine(problem: Problem, strength: int) -> None:
    check(DiagramEngine(), problem, strength)


@given(problems(max_combinations=60, max_variables=4))
@settings(max_examples=10, deadline=None)
def test_sat_engine(problem: Problem) -> None:
    check(SatEngine(), problem, 2)


def square(*constraints: Constraint) -> Problem:
    variables = tuple(Variable(name, ("a", "b", "c")) for name in ("x", "y", "z"))
    return Problem("square", variables, constraints)


def test_a_free_space_needs_about_as_many_variants_as_its_largest_two_variables_have_pairs() -> (
    None
):
    found = coverage(DiagramEngine().open(square()))
    assert (found.least, found.valid_pairs, found.invalid_pairs) == (9, 27, 0)
    assert len(found.variants) <= 12


def test_single_options_need_as_many_variants_as_the_largest_variable_has_options() -> None:
    found = coverage(DiagramEngine().open(square()), 1)
    assert (len(found.variants), found.least, found.valid_pairs) == (3, 3, 9)


@pytest.fixture
def restricted() -> tuple[Problem, Coverage]:
    no_a = Constraint(Not(Member(0, frozenset({0}))), Origin("rule", "r"))
    problem = square(no_a)
    return problem, coverage(DiagramEngine().open(problem))


def test_the_audit_finds_a_missing_variant(restricted: tuple[Problem, Coverage]) -> None:
    problem, found = restricted
    lacking = evolve(found, variants=found.variants[1:])
    with pytest.raises(RuntimeError, match="valid but not covered"):
        lacking.check(DiagramEngine().open(problem))


def test_the_audit_finds_an_invalid_variant(restricted: tuple[Problem, Coverage]) -> None:
    problem, found = restricted
    wrong = evolve(found, variants=(*found.variants, (0, 0, 0)))
    with pytest.raises(RuntimeError, match="no valid variant"):
        wrong.check(DiagramEngine().open(problem))


def test_unknown_strength() -> None:
    with pytest.raises(InputError, match="strength 3: it is 1 or 2"):
        coverage(DiagramEngine().open(square()), 3)


def test_a_model_is_covered_and_compared_in_words() -> None:
    space = cmf.load(Path(cmf.__file__).parent / "cli" / "template").compile()
    covered = space.coverage()
    covered.check(space.space)
    assert covered.least <= len(covered.variants) < space.count()
    axis = next(v for v in space.space.problem.variables if len(v.options) > 1)
    less = space.where(f"{axis.name} != {axis.options[0]}")
    found = space.difference(less)
    assert (found.both, found.gained.count) == (less.count(), 0)
    assert [cube.text for cube in found.lost.cubes] == [f"{axis.name} == {axis.options[0]}"]
    assert found.lost.covered == found.lost.count == space.count() - less.count()
    assert space.where(found.lost.cubes[0].text).count() == found.lost.count


def test_a_space_that_does_not_count_is_not_compared() -> None:
    model = cmf.load(Path(cmf.__file__).parent / "cli" / "template")
    with pytest.raises(LimitReached, match="sat cannot count"):
        model.compile().difference(model.compile("sat"))
