"""Sampling is uniform, independent of the engine's run, and the same for the same seed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import chisquare

from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.diagram import DiagramEngine, DiagramSpace
from cmf.problem.answer import Infeasible, Solved
from cmf.problem.formula import FALSE, And, CostTable, Formula, Member, Not, Or, Sum, Table
from cmf.problem.problem import Constraint, Origin, Problem, Variable, Variant

P_VALUE = 0.001
"""A uniform sampler fails one test in a thousand by chance; the seeds are fixed, so not again."""

DRAWS_EACH = 20
"""Expected number of draws of every variant; the test wants five or more."""


def problem(sizes: Sequence[int], *formulas: Formula) -> Problem:
    variables = tuple(
        Variable(f"x{v}", tuple(f"o{o}" for o in range(size))) for v, size in enumerate(sizes)
    )
    constraints = (
        Constraint(formula, Origin("model", f"c{i}")) for i, formula in enumerate(formulas)
    )
    return Problem("test", variables, tuple(constraints))


def excludes(a: int, x: int, b: int, y: int) -> Formula:
    return Not(And((Member(a, frozenset({x})), Member(b, frozenset({y})))))


def scattered() -> Formula:
    """A table of three variables with no structure."""
    rng = np.random.default_rng(5)
    kept = np.flatnonzero(rng.random(125) < 0.3)
    rows = np.stack(np.unravel_index(kept, (5, 5, 5)), axis=1).astype(np.int32)
    return Table((0, 2, 4), rows)


SPACES = {
    # No rule at all: every variable is independent of the others.
    "free": problem((3, 4, 2, 5)),
    # Options of very unequal share: a sampler that picks options evenly fails here.
    "skewed": problem(
        (4, 6, 6, 3),
        Or((Member(0, frozenset({0})), Member(1, frozenset({2})))),
        Or((Member(0, frozenset({0, 1})), Member(2, frozenset({5})))),
        excludes(2, 5, 3, 1),
    ),
    # Two of the options of a variable are interchangeable, so they share an arc of the diagram.
    "interchangeable": problem(
        (6, 3, 3), Or((Member(0, frozenset({1, 4, 5})), Member(1, frozenset({2}))))
    ),
    "table": problem((5, 3, 5, 2, 5), scattered(), excludes(1, 0, 3, 1)),
    "sum": problem(
        (4, 4, 4, 4), Sum(tuple(CostTable.unary(v, (0, 1, 2, 5)) for v in range(4)), 3, 7)
    ),
}


def opened(name: str) -> DiagramSpace:
    space = DiagramEngine().open(SPACES[name])
    assert isinstance(space, DiagramSpace)
    return space


def p_value(space: DiagramSpace, everything: Sequence[Variant], seed: int) -> float:
    drawn = space.sample(DRAWS_EACH * len(everything), seed)
    assert isinstance(drawn, Solved)
    often = Counter(drawn.value)
    assert set(often) <= set(everything)
    return float(chisquare([often[variant] for variant in everything]).pvalue)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", SPACES)
def test_every_variant_is_as_likely_as_any_other(name: str, seed: int) -> None:
    everything = list(BruteEngine().open(SPACES[name]).variants())
    assert 30 < len(everything) < 2_000
    assert p_value(opened(name), everything, seed) > P_VALUE


@pytest.mark.parametrize("name", ["skewed", "interchangeable", "table"])
def test_a_restricted_space_is_sampled_uniformly_too(name: str) -> None:
    last = len(SPACES[name].variables[0].options) - 1
    picks = (Member(0, frozenset({0, 1, last})), Member(1, frozenset({0, 2})))
    space = opened(name).where(*picks)
    everything = list(BruteEngine().open(space.problem).variants())
    assert len(everything) > 5
    assert p_value(space, everything, 3) > P_VALUE


@pytest.mark.parametrize("name", SPACES)
def test_every_variant_is_as_likely_as_its_weight(name: str) -> None:
    oracle = BruteEngine().open(SPACES[name])
    assert isinstance(oracle, BruteSpace)
    weights = [
        [(0, 1, 3, 2, 7)[(v + o) % 5] for o, _ in enumerate(variable.options)]
        for v, variable in enumerate(SPACES[name].variables)
    ]
    weighed = {
        variant: math.prod(row[o] for row, o in zip(weights, variant, strict=True))
        for variant in oracle.valid
    }
    size = 40_000
    drawn = opened(name).sample(size, 5, weights)
    assert isinstance(drawn, Solved)
    often = Counter(drawn.value)
    assert all(weighed[variant] for variant in often)
    total = sum(weighed.values())
    # Variants of few expected draws are tested together, as the test wants five of each.
    common = [v for v, weight in weighed.items() if size * weight >= 5 * total]
    expected = [size * weighed[variant] / total for variant in common]
    seen: list[float] = [often[variant] for variant in common]
    if size - sum(expected) >= 5:
        expected.append(size - sum(expected))
        seen.append(size - sum(seen))
    assert len(common) > 10
    assert chisquare(seen, np.array(expected) * (sum(seen) / sum(expected))).pvalue > P_VALUE


def test_the_test_notices_a_sampler_that_is_not_uniform() -> None:
    """A walk that takes every open option with equal chance is what uniformity is mistaken for."""
    space = opened("skewed")
    everything = list(BruteEngine().open(SPACES["skewed"]).variants())
    rng = np.random.default_rng(0)
    often: Counter[Variant] = Counter()
    for _ in range(DRAWS_EACH * len(everything)):
        left = np.array(everything)
        for column in range(left.shape[1]):
            left = left[left[:, column] == rng.choice(np.unique(left[:, column]))]
        often[tuple(map(int, left[0]))] += 1
    assert not space.empty
    assert chisquare([often[variant] for variant in everything]).pvalue < P_VALUE


def test_draws_are_independent_of_each_other() -> None:
    """Pairs of draws that follow each other are uniform over all pairs."""
    space = opened("interchangeable")
    everything = list(BruteEngine().open(SPACES["interchangeable"]).variants())
    drawn = space.sample(2 * 10 * len(everything) ** 2, 4)
    assert isinstance(drawn, Solved)
    often = Counter(zip(drawn.value[::2], drawn.value[1::2], strict=True))
    pairs = [often[a, b] for a in everything for b in everything]
    assert chisquare(pairs).pvalue > P_VALUE


@pytest.mark.parametrize("name", SPACES)
def test_the_same_seed_draws_the_same_variants(name: str) -> None:
    first, again = opened(name).sample(200, 7), opened(name).sample(200, 7)
    assert first == again
    assert first != opened(name).sample(200, 8)


def test_one_variant_and_none() -> None:
    single = DiagramEngine().open(
        problem((2, 3), Member(0, frozenset({1})), Member(1, frozenset({2})))
    )
    assert isinstance(single, DiagramSpace)
    assert single.sample(3, 0) == Solved(((1, 2),) * 3)
    empty = DiagramEngine().open(problem((2, 3), FALSE))
    assert isinstance(empty, DiagramSpace)
    assert empty.sample(3, 0) == Infeasible()
