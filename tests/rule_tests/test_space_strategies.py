"""Strategies over a variant space: valid, uniform, near misses, and shrinking inside the space."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, find, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from scipy.stats import chisquare

import cmf
from cmf.cli import new
from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.diagram import DiagramEngine, DiagramSpace
from cmf.engines.diagram.guided import Guide
from cmf.errors import InputError, LimitReached
from cmf.model.catalog import Catalog, Severity
from cmf.problem.lower import lower
from cmf.problem.problem import Problem, Variant
from cmf.rules import semantics
from cmf.rules.resolve import resolve_catalog
from cmf.rules.semantics import World
from cmf.testing import (
    Drawn,
    catalogues,
    near_misses,
    partial_choices,
    problems,
    sessions,
    variant,
    variants,
)
from cmf.workspace import VariantSpace

RENAULT = Path(__file__).resolve().parents[3] / "shared" / "bench" / "renault" / "small.xml"
TEMPLATE = Path(new.__file__).parent / "template"
MANY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def seen(strategy: st.SearchStrategy[Drawn], number: int) -> list[Drawn]:
    """As many examples as are asked for: none is filtered, so each run gives one."""
    found: list[Drawn] = []

    @settings(max_examples=number, deadline=None, database=None, derandomize=True)
    @given(strategy)
    def look(drawn: Drawn) -> None:
        found.append(drawn)

    look()
    assert len(found) == number
    return found


@pytest.fixture(scope="module")
def space() -> VariantSpace:
    return cmf.load(TEMPLATE).compile("diagram")


def opened(problem: Problem) -> tuple[DiagramSpace, BruteSpace]:
    space, oracle = DiagramEngine().open(problem), BruteEngine().open(problem)
    assert isinstance(space, DiagramSpace)
    assert isinstance(oracle, BruteSpace)
    return space, oracle


def distance(one: Variant, other: Variant) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


@MANY
@given(problems(max_combinations=300), st.data())
def test_drawn_and_nearest_agree_with_brute_force(problem: Problem, data: st.DataObject) -> None:
    space, oracle = opened(problem)
    sizes = [len(v.options) for v in problem.variables]
    reference = data.draw(st.tuples(*(st.integers(0, n - 1) for n in sizes)))
    if not oracle.valid:
        with pytest.raises(ValueError, match="no variant"):
            Guide.of(space, reference)
        return
    guide = Guide.of(space, reference)
    source = Random(1)  # noqa: S311 (a reproducible sample)
    assert {guide.draw(source) for _ in range(20)} <= set(oracle.valid)
    start = data.draw(st.sampled_from(oracle.valid))
    kept = {v: start[v] for v in data.draw(st.sets(st.integers(0, len(sizes) - 1)))}
    found = guide.nearest(kept)
    agreeing = [v for v in oracle.valid if all(v[k] == option for k, option in kept.items())]
    assert found in agreeing
    assert distance(found, reference) == min(distance(v, reference) for v in agreeing)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_draws_are_uniform(space: VariantSpace, seed: int) -> None:
    assert isinstance(space.space, DiagramSpace)
    every = list(space.space.variants())
    guide, source = Guide.of(space.space, every[0]), Random(seed)  # noqa: S311
    counted = Counter(guide.draw(source) for _ in range(5_000))
    assert set(counted) == set(every)
    assert chisquare([counted[v] for v in every]).pvalue > 0.001


def test_examples_are_uniform_or_by_take_rates(space: VariantSpace) -> None:
    every = [tuple(each.values()) for each in space.iterate()]
    counted = Counter(tuple(drawn.values()) for drawn in seen(variants(space), 1_000))
    assert set(counted) == set(every)
    assert chisquare([counted[v] for v in every]).pvalue > 0.001
    rates = {"brand": {"north": "10 %", "south": "90 %"}}
    weights = space.take_rates(rates).weights
    problem = space.model.problem
    mass = {}
    for each in space.iterate():
        number, product = problem.numbers(each), 1
        for weight, option in zip(weights, number, strict=True):
            product *= weight[option]
        mass[number] = product
    drawn = seen(variants(space, rates=rates), 1_000)
    counted = Counter(each.number for each in drawn)
    expected = [1_000 * m / sum(mass.values()) for m in mass.values()]
    assert chisquare([counted[v] for v in mass], expected).pvalue > 0.001


def test_near_misses_break_exactly_one_rule(space: VariantSpace) -> None:
    for rule in ("R01", "R02", "R03", "R04", "R05"):
        found = seen(near_misses(space, rule), 60)
        assert {drawn.violated for drawn in found} == {(rule,)}
        assert len({drawn.number for drawn in found}) > 1


@MANY
@given(catalogues(max_slots=2))
def test_near_misses_are_those_of_brute_force(catalogue: Catalog) -> None:
    problem = lower(resolve_catalog(catalogue)).problem
    if not BruteEngine().open(problem).valid:  # type: ignore[union-attr]
        return
    model = cmf.Model(Path(), lower(resolve_catalog(catalogue)), problem)
    space = model.compile("diagram")
    _, everything = opened(Problem("all", problem.variables))
    for constraint in problem.constraints:
        alone = {v for v in everything.valid if problem.violated(v) == (constraint,)}
        name = constraint.origin.name
        if sum(c.origin.name == name for c in problem.constraints) > 1:
            continue
        if not alone:
            with pytest.raises(InputError, match="no-near-miss"):
                near_misses(space, name)
            continue
        assert {drawn.number for drawn in seen(near_misses(space, name), 5)} <= alone


CONDITIONS = [
    "brand == south and energy == electric",
    "cockpit == cockpit_next",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_shrinking_stays_in_the_space_and_ends_near_the_reference(
    space: VariantSpace, condition: str
) -> None:
    problem = space.model.problem
    tried: list[Drawn] = []

    def fails(drawn: Drawn) -> bool:
        tried.append(drawn)
        return drawn.satisfies(condition)

    last = find(variants(space), fails, settings=settings(database=None, derandomize=True))
    assert all(problem.valid(drawn.number) for drawn in tried)
    reference = last.reference.variant
    wanted = [problem.numbers(each) for each in space.where(condition).iterate()]
    assert last.number in wanted
    assert distance(last.number, reference) == min(distance(v, reference) for v in wanted)


def test_shrinking_near_misses_stays_there(space: VariantSpace) -> None:
    tried: list[Drawn] = []

    def fails(drawn: Drawn) -> bool:
        tried.append(drawn)
        return drawn.model_year == 2027

    strategy = near_misses(space, "R05")
    last = find(strategy, fails, settings=settings(database=None, derandomize=True))
    assert {drawn.violated for drawn in tried} == {("R05",)}
    assert last.model_year == 2027


def test_the_simplest_example_is_the_reference(space: VariantSpace) -> None:
    first = seen(variants(space), 1)[0]
    assert str(first) == "V01 Polaris"
    assert first.differences == {}
    south = variants(space.where("brand == south"))
    assert str(seen(south, 1)[0]) == "V03 Sol"
    chosen = {**first, "model_year": "2026"}
    assert seen(variants(space, reference=chosen), 1)[0] == chosen


def test_a_variant_is_friendly(space: VariantSpace) -> None:
    drawn = variant(space, brand="south", energy="electric", model_year="2027")
    assert drawn["brand"] == drawn.brand == "south"
    assert drawn.model_year == 2027
    assert isinstance(drawn.wheelbase, int)
    assert drawn.satisfies("wheelbase in 2500..2640 mm and brand != north")
    assert (drawn.violated, drawn.warnings) == ((), ())
    assert drawn == dict(drawn)
    assert drawn != {**drawn, "brand": "north"}
    assert repr(drawn).startswith("<variant: V01 Polaris, but with ")
    assert "energy electric (not petrol)" in str(drawn)
    with pytest.raises(AttributeError, match="`colour`"):
        _ = drawn.colour


def test_it_works_with_example(space: VariantSpace) -> None:
    explicit = variant(space, brand="south", energy="electric")
    found = []

    @settings(max_examples=5, database=None, derandomize=True)
    @example(explicit)
    @given(variants(space))
    def look(drawn: Drawn) -> None:
        found.append(drawn)

    look()
    assert found[0] is explicit


def test_failures_name_the_differences(space: VariantSpace) -> None:
    @settings(database=None, derandomize=True)
    @given(variants(space))
    def never_2027(car: Drawn) -> None:
        assert car.model_year < 2027

    with pytest.raises(AssertionError) as caught:
        never_2027()
    said = "\n".join(getattr(caught.value, "__notes__", []))
    assert "<variant: V01 Polaris, but with model_year 2027 (not 2026)>" in said


def test_partial_choices_can_be_completed(space: VariantSpace) -> None:
    found = []

    @settings(max_examples=100, database=None, derandomize=True, deadline=None)
    @given(partial_choices(space))
    def look(choices: dict[str, str]) -> None:
        found.append(choices)
        assert space.choose(choices).count() > 0

    look()
    assert {} in found
    assert len({len(choices) for choices in found}) > 3


def test_sessions_click_through(space: VariantSpace) -> None:
    few = settings(max_examples=8, stateful_step_count=12, deadline=None, database=None)
    run_state_machine_as_test(sessions(space), settings=settings(few, derandomize=True))


@MANY
@given(catalogues())
def test_catalogues_are_lowered_as_they_are_meant(catalogue: Catalog) -> None:
    resolved = resolve_catalog(catalogue)
    lowered = lower(resolved)
    problem = lowered.problem
    hard = [rule for rule in resolved.rules if rule.severity is Severity.HARD]
    _, everything = opened(Problem("all", problem.variables))
    for number in everything.valid[:60]:
        names = problem.names(number)
        world = World(resolved, names)
        effective = all(
            axis.options[o].effective.covers(int(names["year"]))
            for axis, o in zip(catalogue.axes, number, strict=True)
        )
        meant = effective and all(semantics.holds(rule.statement, world) for rule in hard)
        assert problem.valid(number) == meant


@pytest.mark.skipif(not RENAULT.is_file(), reason=f"the benchmark data is not there: {RENAULT}")
def test_examples_of_a_real_model() -> None:
    model = cmf.load(RENAULT)
    space = model.compile("diagram")
    found = seen(variants(space), 100)
    assert all(model.problem.valid(drawn.number) for drawn in found)
    assert len(set(found)) == 100
    broken = 0
    for constraint in model.problem.constraints[::60]:
        name = constraint.origin.name
        try:
            strategy = near_misses(space, name)
        except InputError:  # it follows from the others
            continue
        broken += 1
        assert {drawn.violated for drawn in seen(strategy, 20)} == {(name,)}
    assert broken > 1


def test_faults(space: VariantSpace) -> None:
    with pytest.raises(InputError, match="did you mean `R05`"):
        near_misses(space, "R5")
    with pytest.raises(InputError, match="no-variant"):
        variants(space.where("brand == south and cockpit == cockpit_next"))
    with pytest.raises(InputError, match="incomplete-reference"):
        variants(space, reference={"brand": "south"})
    with pytest.raises(InputError, match="unknown-option"):
        variants(space, reference={**dict(seen(variants(space), 1)[0]), "brand": "sth"})
    with pytest.raises(LimitReached, match="sat"):
        variants(space.model.compile("sat"))
