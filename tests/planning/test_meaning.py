"""The meaning of a planning problem, by evaluation and brute force."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve
from worked_examples import e12, e12c, spend

from cmf.planning.brute import cheapest, front, plans
from cmf.planning.constraints import AtMost
from cmf.planning.data import Item, Plan, Tier
from cmf.planning.diagrams import from_pairs, from_variants
from cmf.planning.evaluate import evaluate


def test_e12_has_the_published_optima() -> None:
    problem = e12()
    assert sum(1 for _ in plans(problem)) == 32
    share = spend(problem)
    found = [(point.cost, point.share) for point in front(problem, share)]
    assert found == [
        (344, Fraction(43, 63)),
        (349, Fraction(3, 4)),
        (363, Fraction(61, 69)),
        (368, Fraction(69, 74)),
    ]
    target = evolve(share, bound=Fraction(4, 5))
    best = cheapest(evolve(problem, constraints=(target,)))
    assert best is not None
    assert best[1].cost.total == 363
    assert best[1].measured[0].value == Fraction(61, 69)


def test_e12_with_a_count_target() -> None:
    problem = e12()
    modules = AtMost("CI97 >= 2/3", dict.fromkeys(range(7), 1), 9 - 4)
    best = cheapest(evolve(problem, constraints=(modules,)))
    assert best is not None
    assert best[1].cost.total == 349


def test_e12c_does_not_share() -> None:
    problem = e12c()
    assert evaluate(problem, Plan(((0,), (1,)))).cost.total == 2 * 940
    assert evaluate(problem, Plan(((2,), (2,)))).cost.total == 2 * 965


def test_volume_prices_are_incremental() -> None:
    item = Item("bolt", unit_cost=5, tiers=(Tier(10, 4), Tier(20, 1)))
    assert [item.price(n) for n in (0, 10, 11, 20, 22)] == [0, 50, 54, 90, 92]


def test_diagrams_hold_exactly_the_variants() -> None:
    pairs = from_pairs([[0, 1], [2, 3], [4, 5]], [(0, 2), (5, 1)])
    listed = from_variants([(0, 3, 4), (0, 3, 5), (1, 2, 4), (1, 3, 4)], 3)
    assert pairs.count() == listed.count() == 4
    assert from_pairs([[0], [1]], [(0, 1)]).empty
    assert from_variants([], 2).empty
