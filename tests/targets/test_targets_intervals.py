"""Volumes that are known only between two numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.analysis.targets import Outcome, Verdict
from cmf.analysis.targets.interval import Affine, most_important

One = Callable[..., Outcome]
Number = int | Fraction


def spend_share(a: Number, b: Number, c: Number) -> Fraction:
    """Spend of E2 on parts of two vehicles: common 7 of 10 for A, 8 of 10 for B, 6 of 12 for C."""
    return Fraction(7 * a + 8 * b + 6 * c) / (10 * a + 10 * b + 12 * c)


def test_the_helper_is_the_reference() -> None:
    assert spend_share(2, 1, 1) == Fraction(2, 3)


def test_value_verdict_and_the_unknown_that_matters(one: One) -> None:
    outcome = one(
        metric="share", weight="spend", threshold="66 %", volumes="{A: 1..5, C: 0..9, B: 1}"
    )
    corners = [spend_share(a, 1, c) for a, c in product((1, 5), (0, 9))]
    assert (outcome.low, outcome.high) == (min(corners), max(corners))
    assert outcome.verdict is Verdict.OPEN
    left = {
        "A": abs(spend_share(3, 1, 0) - spend_share(3, 1, 9)),
        "C": abs(spend_share(1, 1, Fraction(9, 2)) - spend_share(5, 1, Fraction(9, 2))),
    }
    assert outcome.deciding == min(left, key=lambda name: left[name])
    assert outcome.left == left[outcome.deciding]


@pytest.mark.parametrize(
    ("threshold", "verdict"),
    [
        ("52 %", Verdict.MET),
        ("53 %", Verdict.OPEN),
        ("80 %", Verdict.OPEN),
        ("81 %", Verdict.MISSED),
        ("60..70 %", Verdict.OPEN),
        ("1..50 %", Verdict.MISSED),
    ],
)
def test_verdict_of_an_interval(one: One, threshold: str, verdict: Verdict) -> None:
    outcome = one(
        metric="share", weight="spend", threshold=threshold, volumes="{A: 0..5, C: 0..9, B: 1}"
    )
    # C of 9 vehicles alone with B pulls it down to 62/118; B alone is at 4/5.
    assert (outcome.low, outcome.high) == (Fraction(31, 59), Fraction(4, 5))
    assert outcome.verdict is verdict


def test_what_does_not_depend_on_volumes_stays_exact(one: One) -> None:
    outcome = one(metric="share", threshold="50 %", volumes="{A: 0..5}")
    assert outcome.low == outcome.high == Fraction(1, 2)
    assert outcome.deciding == ""
    # C is not looked at.
    narrow = one(metric="volume", where="brand == n", threshold=1, volumes="{C: 0..5}")
    assert narrow.low == narrow.high == 1


@pytest.mark.parametrize(
    ("keys", "low", "high"),
    [
        ({"metric": "volume"}, 3, 7),
        ({"metric": "volume_times", "quantity": "unit_cost"}, 3200, 7200),
        ({"metric": "volume_share", "meets": "cockpit == cp1"}, "2/3", "6/7"),
        ({"metric": "share_lineup"}, "13/18", "29/42"),
    ],
)
def test_other_metrics(one: One, keys: dict[str, object], low: object, high: object) -> None:
    outcome = one(threshold=1, volumes="{A: 1..5}", **keys)
    wanted = sorted((Fraction(str(low)), Fraction(str(high))))
    assert [outcome.low, outcome.high] == wanted
    assert outcome.deciding == "A"
    assert outcome.left == 0


@pytest.mark.parametrize(
    ("intervals", "learning", "over_design"),
    [
        ({"B": (1, 6)}, "9/10", "0"),
        ({"B": (1, 4)}, "1", "1/10"),
        ({"A": (2, 6), "C": (0, 2)}, "4/5", "1/20"),
    ],
)
def test_a_parts_cost_reduction_is_enclosed(
    one: One, intervals: dict[str, tuple[int, int]], learning: str, over_design: str
) -> None:
    """No whole volumes give a value outside, and some come close to the ends."""
    keys = {"metric": "parts_cost_reduction", "learning": learning, "over_design": over_design}
    told = ", ".join(f"{name}: {low}..{high}" for name, (low, high) in intervals.items())
    outcome = one(**keys, threshold="5 %", volumes=f"{{{told}}}")
    values = []
    for volumes in product(*(range(low, high + 1) for low, high in intervals.values())):
        exact = ", ".join(f"{n}: {v}" for n, v in zip(intervals, volumes, strict=True))
        found = one(**keys, threshold=0, volumes=f"{{{exact}}}")
        assert found.low is not None
        assert found.high is not None
        values += [found.low, found.high]
    assert outcome.low is not None
    assert outcome.high is not None
    assert outcome.low <= min(values) <= outcome.low + Fraction(1, 200)
    assert outcome.high - Fraction(1, 200) <= max(values) <= outcome.high
    if learning != "1":
        assert outcome.deciding in intervals
        assert outcome.left <= outcome.high - outcome.low + Fraction(1, 1000)


def test_the_verdict_of_a_parts_cost_reduction(one: One) -> None:
    keys = {"metric": "parts_cost_reduction", "learning": "9/10", "over_design": 0}
    keys["volumes"] = "{B: 1..9}"
    low, high = ((o := one(**keys, threshold=0)).low, o.high)
    assert low is not None
    assert high is not None
    assert low < high
    assert one(**keys, threshold=str(low)).verdict is Verdict.MET
    assert one(**keys, threshold=str((low + high) / 2)).verdict is Verdict.OPEN
    assert one(**keys, threshold=str(high + 1)).verdict is Verdict.MISSED


unit = st.integers(0, 9).map(Fraction)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-9, 9).map(Fraction),
    st.integers(1, 9).map(Fraction),
    st.lists(st.tuples(st.integers(-9, 9).map(Fraction), unit), max_size=5),
)
def test_range_is_that_of_the_corners(
    top: Fraction, bottom: Fraction, rises: list[tuple[Fraction, Fraction]]
) -> None:
    ratio = Affine(top, bottom, tuple(rises))
    corners = []
    for ends in product((0, 1), repeat=len(rises)):
        up = sum((e * r[0] for e, r in zip(ends, rises, strict=True)), Fraction(0))
        down = sum((e * r[1] for e, r in zip(ends, rises, strict=True)), Fraction(0))
        corners.append((top + up) / (bottom + down))
    assert (ratio.lowest(), ratio.highest()) == (min(corners), max(corners))
    if rises:
        best, left = most_important(ratio)
        widths = [ratio.fixed(n, Fraction(1, 2)).width() for n in range(len(rises))]
        assert left == min(widths) == widths[best]
        assert left <= ratio.width()
