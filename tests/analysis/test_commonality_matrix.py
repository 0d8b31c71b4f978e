"""The matrix product behind the pairs: dense and sparse ways, merged parts, long figures."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from cmf.analysis import commonality as c
from cmf.analysis.commonality import Measure, Weight
from cmf.analysis.commonality import pairs as pairs_module


def lineup(seed: int, vehicles: int = 60, parts: int = 200, largest: int = 1000) -> c.Incidence:
    """Vehicles with parts of every popularity, from used by one to used by all; some alike."""
    rng = np.random.default_rng(seed)
    users = rng.integers(1, vehicles + 1, parts) ** 2 // vehicles + 1
    held = [np.sort(rng.choice(vehicles, min(k, vehicles), replace=False)) for k in users]
    for j in range(0, parts - 1, 5):
        held[j + 1] = held[j]
    product = np.concatenate(held)
    part = np.repeat(np.arange(parts), [len(h) for h in held])
    figure = tuple(int(x) * largest // 1000 for x in rng.integers(0, 1000, parts))
    return c.incidence_from_arrays(
        c.Products(
            tuple(f"V{i}" for i in range(vehicles)),
            tuple(int(v) for v in rng.integers(0, largest, vehicles)),
        ),
        c.Parts(tuple(f"p{j}" for j in range(parts)), figure, figure, figure, ("",) * parts),
        (),
        (product, part, np.full(len(part), -1), rng.integers(1, 4, len(part))),
    )


def quantities(cars: c.Incidence) -> np.ndarray:
    """Pieces of every part in every vehicle, as Python integers."""
    dense = np.zeros((len(cars.products.names), len(cars.parts.numbers)), dtype=object)
    dense[cars.uses.product, cars.uses.part] = cars.uses.quantity.astype(object)
    return dense


@pytest.mark.parametrize("heavy", [1, 10, 1000])
@pytest.mark.parametrize("largest", [1000, 10**14])
def test_every_way_gives_the_same_matrix(monkeypatch, heavy, largest):
    """1: all columns sparse but those that everybody uses; 1000: all dense, in small blocks."""
    monkeypatch.setattr("cmf.analysis.commonality.meet.HEAVY", heavy)
    monkeypatch.setattr("cmf.analysis.commonality.meet.BLOCK", 7)
    cars = lineup(3, largest=largest)
    dense = quantities(cars)
    used = (dense > 0).astype(object)
    cost = np.array(cars.parts.unit_costs, dtype=object)
    volume = np.array(cars.products.volumes, dtype=object)[:, None]
    listed = c.pair_matrix(cars, Measure.CARRY_OVER, weight=Weight.LIST_COST)
    assert (listed.numerator == (used * cost) @ used.T).all()
    spend = c.pair_matrix(cars, Measure.CARRY_OVER, weight=Weight.SPEND)
    assert (spend.numerator == (dense * volume * cost) @ used.T).all()
    assert (spend.denominator == ((dense * volume * cost) @ used.T).diagonal()[:, None]).all()
    pieces = c.pair_matrix(cars, Measure.RUZICKA, weight=Weight.LIST_COST)
    least = np.array([[(np.minimum(a, b) * cost).sum() for b in dense] for a in dense])
    assert (pieces.numerator == least).all()


def test_long_figures_leave_64_bits():
    """Guards the test above: its large case must really need Python integers."""
    cars = lineup(3, largest=10**14)
    matrix = c.pair_matrix(cars, Measure.CARRY_OVER, weight=Weight.SPEND)
    assert matrix.numerator.dtype == object
    assert int(matrix.numerator.max()) > 2**63


@pytest.mark.parametrize("largest", [1000, 10**14])
def test_mean_with_many_denominators_encloses_the_exact_one(monkeypatch, largest):
    cars = lineup(4, vehicles=20, largest=largest)
    matrix = c.pair_matrix(cars, Measure.JACCARD, weight=Weight.LIST_COST)
    exact = matrix.mean()
    assert exact.exact
    monkeypatch.setattr(pairs_module, "EXACT_DENOMINATORS", 3)
    near = matrix.mean()
    assert near.low <= exact.low <= near.high
    assert 0 < near.high - near.low <= Fraction(1, 10**15)


def test_floats_are_for_charts_and_mark_what_is_not_evaluable():
    cars = c.incidence_of(
        [c.Product("A"), c.Product("B"), c.Product("C")],
        [c.PartData("x"), c.PartData("y")],
        [c.Use("A", "x"), c.Use("A", "y"), c.Use("B", "x")],
    )
    floats = c.pair_matrix(cars, Measure.CARRY_OVER).floats()
    assert floats[:2].tolist() == [[1.0, 0.5, 0.0], [1.0, 1.0, 0.0]]
    assert np.isnan(floats[2]).all()
    least = c.pair_matrix(cars, Measure.CARRY_OVER).least()
    assert isinstance(least, c.NotEvaluable)
    assert least.cause == "C and A have no weight in scope"
