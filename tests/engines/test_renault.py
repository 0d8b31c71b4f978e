"""The diagram engine on Renault's models: counts, prices and recorded sessions, all exact."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
import renault
from attrs import frozen

from cmf.engines.diagram import DiagramEngine, DiagramSpace
from cmf.engines.protocols import Ranked
from cmf.problem.answer import Solved, Unknown
from cmf.problem.problem import Problem

pytestmark = pytest.mark.skipif(
    not renault.BENCH.is_dir(), reason=f"the benchmark data is not there: {renault.BENCH}"
)

COUNTS = {"small": 172_056, "big": 24_566_537_954_855_761_920_000}
PRICES = {"small": (5_897, 11_986), "big": (5_528, 14_006)}
NEVER = {"small": {("v19", "9"), ("v19", "10")}, "big": set()}
SESSIONS = {"small": 1_000, "big": 40}
"""How many of the 1,000 recorded sessions are followed; those of big are a sample."""


@frozen
class Model:
    problem: Problem
    space: DiagramSpace

    def prices(self, space: DiagramSpace) -> tuple[int, int] | None:
        """The least and the greatest price in a space."""
        found = space.bounds(renault.PRICE)
        return (found.value.least, found.value.greatest) if isinstance(found, Solved) else None


def opened(name: str) -> Model:
    problem = renault.model(name)
    space = DiagramEngine().open(problem)
    assert isinstance(space, DiagramSpace)
    return Model(problem, space)


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return {name: opened(name) for name in COUNTS}


@pytest.mark.parametrize("name", COUNTS)
def test_number_of_variants(models: dict[str, Model], name: str) -> None:
    assert models[name].space.count() == Solved(COUNTS[name])


@pytest.mark.parametrize("name", COUNTS)
def test_options_that_no_variant_takes(models: dict[str, Model], name: str) -> None:
    model = models[name]
    possible = model.space.possible()
    assert isinstance(possible, Solved)
    never = {
        (variable.name, option)
        for variable, shown in zip(model.problem.variables, possible.value, strict=True)
        for number, option in enumerate(variable.options)
        if number not in shown
    }
    assert never == NEVER[name]


@pytest.mark.parametrize("greatest", [False, True])
@pytest.mark.parametrize("name", COUNTS)
def test_cheapest_and_dearest_car(models: dict[str, Model], name: str, greatest: bool) -> None:
    model = models[name]
    found = model.space.best(renault.PRICE, greatest=greatest)
    assert isinstance(found, Solved)
    (best,) = found.value
    assert isinstance(best, Ranked)
    assert best.value == PRICES[name][greatest]
    assert model.problem.valid(best.variant)
    assert model.problem.quantities[renault.PRICE].value(best.variant) == best.value


def followed(
    model: Model, sessions: tuple[renault.Recorded, ...]
) -> Iterator[tuple[renault.Step, DiagramSpace]]:
    """Every step of the sessions, with the space after it."""
    for session in sessions:
        space = model.space
        for step in session:
            space = space.choose(step.variable, step.option)
            yield step, space


@pytest.mark.parametrize("name", SESSIONS)
def test_price_bounds_after_every_recorded_step(models: dict[str, Model], name: str) -> None:
    model = models[name]
    recorded = renault.sessions(name, model.problem)
    if SESSIONS[name] < len(recorded):
        recorded = tuple(random.Random(1).sample(recorded, SESSIONS[name]))  # noqa: S311
    steps = 0
    for step, space in followed(model, recorded):
        assert model.prices(space) == (step.least, step.greatest)
        steps += 1
    assert steps == (12_080 if name == "small" else sum(map(len, recorded)))


@pytest.mark.parametrize("name", COUNTS)
def test_best_is_the_bound_in_a_restricted_space(models: dict[str, Model], name: str) -> None:
    """The bounds above come from the same fold as `best`, which also gives the cars."""
    model = models[name]
    session = renault.sessions(name, model.problem)[0]
    for step, space in list(followed(model, (session,)))[::6]:
        for greatest, price in ((False, step.least), (True, step.greatest)):
            found = space.best(renault.PRICE, greatest=greatest)
            assert isinstance(found, Solved)
            assert found.value[0].value == price
            assert model.problem.valid(found.value[0].variant)


@pytest.mark.parametrize(("name", "rounds"), [("small", 30), ("big", 8)])
def test_recorded_picks_are_among_the_possible_options(
    models: dict[str, Model], name: str, rounds: int
) -> None:
    model = models[name]
    for session in random.Random(2).sample(renault.sessions(name, model.problem), rounds):  # noqa: S311
        space = model.space
        for step in session:
            possible = space.possible()
            assert isinstance(possible, Solved)
            assert step.option in possible.value[step.variable]
            space = space.choose(step.variable, step.option)
        assert not space.empty


@pytest.mark.parametrize(("name", "rounds"), [("small", 30), ("big", 8)])
def test_possible_options_never_lead_into_a_dead_end(
    models: dict[str, Model], name: str, rounds: int
) -> None:
    """Whoever only picks possible options, in whatever order, ends with a valid car."""
    model = models[name]
    for seed in range(rounds):
        rng = random.Random(seed)  # noqa: S311
        space = model.space
        order = list(range(len(model.problem.variables)))
        rng.shuffle(order)
        possible = space.possible()
        for variable in order:
            assert isinstance(possible, Solved)
            assert all(possible.value)
            if len(possible.value[variable]) > 1:
                space = space.choose(variable, rng.choice(sorted(possible.value[variable])))
                possible = space.possible()
        assert isinstance(possible, Solved)
        variant = tuple(option for (option,) in possible.value)
        assert model.problem.valid(variant)
        assert space.count() == Solved(1)


def test_projections_are_what_the_variants_have(models: dict[str, Model]) -> None:
    space = models["small"].space
    rows = np.concatenate(list(space.arrays()))
    source = random.Random(7)  # noqa: S311
    for size in (3, 20):
        kept = sorted(source.sample(range(rows.shape[1]), size))
        part = space.project(kept)
        assert isinstance(part, DiagramSpace)
        assert np.array_equal(np.concatenate(list(part.arrays())), np.unique(rows[:, kept], axis=0))


def test_a_projection_on_everything_is_the_space(models: dict[str, Model]) -> None:
    space = models["small"].space
    part = space.project(range(len(space.problem.variables)))
    assert not isinstance(part, Unknown)
    assert part.count() == Solved(COUNTS["small"])
    assert part.bounds(renault.PRICE) == space.bounds(renault.PRICE)
