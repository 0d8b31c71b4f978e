"""Exact values and verdicts of targets on example E2."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cmf
from cmf.analysis.targets import Outcome, Verdict
from cmf.errors import InputError
from cmf.model.targets import Bounds

One = Callable[..., Outcome]

MET, MISSED, OPEN, NONE = (
    Verdict.MET,
    Verdict.MISSED,
    Verdict.OPEN,
    Verdict.NOT_EVALUABLE,
)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("weight", ["part_number", "instance", "spend", "list_cost", "mass"])
@pytest.mark.parametrize("population", ["vehicle", "brand"])
def test_80_percent_fails_on_every_family_basis(
    one: One, weight: str, population: str, k: int
) -> None:
    outcome = one(metric="share", weight=weight, population=population, k=k, threshold="80 %")
    # There are two brands only: three of them cannot share anything.
    assert outcome.verdict is (NONE if (population, k) == ("brand", 3) else MISSED)


@pytest.mark.parametrize(
    ("weight", "k", "value"),
    [
        ("part_number", 2, "1/2"),
        ("instance", 2, "13/18"),
        ("spend", 2, "2/3"),
        ("part_number", 3, "3/10"),
        ("spend", 3, "10/21"),
    ],
)
def test_family_share(one: One, weight: str, k: int, value: str) -> None:
    outcome = one(metric="share", weight=weight, k=k, threshold="80 %")
    assert outcome.low == outcome.high == Fraction(value)
    assert outcome.margin == Fraction(value) - Fraction(4, 5)


def test_80_percent_passes_only_for_the_spend_of_brand_n(one: One) -> None:
    basis = {"metric": "share", "weight": "spend", "population": "brand", "threshold": "80 %"}
    n = one(direction="from n", **basis)
    assert (n.low, n.verdict, n.margin) == (Fraction(4, 5), MET, 0)
    r = one(direction="from r", **basis)
    assert (r.low, r.verdict) == (Fraction(5, 8), MISSED)


def test_the_verdict_is_exact_at_the_threshold(one: One) -> None:
    basis = {"metric": "share", "weight": "spend", "population": "brand", "direction": "from n"}
    assert one(threshold="4/5", **basis).verdict is MET
    assert one(threshold="0.8", **basis).verdict is MET
    assert one(threshold="80.00000000000000000001 %", **basis).verdict is MISSED
    assert one(threshold='"<= 80 %"', **basis).verdict is MET
    assert one(threshold="75..80 %", **basis).verdict is MET
    assert one(threshold="81..85 %", **basis).verdict is MISSED


@pytest.mark.parametrize(
    ("pair", "value"), [("A from B", "7/10"), ("C from A", "5/12"), ("B from C", "3/5")]
)
def test_carry_over(one: One, pair: str, value: str) -> None:
    outcome = one(metric="carry_over", weight="list_cost", direction=pair, threshold="80 %")
    assert outcome.low == Fraction(value)


def test_scope_level_and_vehicles(one: One) -> None:
    big = one(metric="share", scope="big_modules", threshold="60 %")
    assert (big.low, big.verdict) == (Fraction(5, 7), MET)
    # In E2 every module is one part.
    assert one(metric="share", level="module", threshold="60 %").low == Fraction(1, 2)
    # A and C alone: 3 of 9 part numbers.
    assert one(metric="share", where="brand == r", threshold="60 %").low == Fraction(1, 3)


def test_share_lineup(one: One) -> None:
    # A 4/6, B 5/6, C 4/6 of their part numbers; volumes 2, 1, 1.
    weighted = one(metric="share_lineup", threshold="60 %")
    assert weighted.low == Fraction(17, 24)
    flat = one(metric="share_lineup_unweighted", threshold="60 %")
    assert flat.low == Fraction(13, 18)


def test_counts_and_sums(one: One) -> None:
    assert one(metric="count", where="brand == r", threshold='">= 2"').verdict is MET
    assert one(metric="count", where="brand == r", threshold='">= 3"').verdict is MISSED
    assert one(metric="volume", where="brand == r", threshold=3).low == 3
    assert one(metric="options_in_use", axis="cockpit", threshold='"<= 1"').verdict is MISSED
    share = one(metric="vehicle_share", meets="cockpit == cp1", threshold="2/3")
    assert (share.low, share.verdict) == (Fraction(2, 3), MET)
    volume = one(metric="volume_share", meets="cockpit == cp1", threshold="3/4")
    assert (volume.low, volume.counted) == (Fraction(3, 4), (3, 4))


def test_volume_times_a_quantity_has_its_unit(one: One) -> None:
    # A 10, B 10 and C 12 euros of parts.
    outcome = one(metric="volume_times", quantity="unit_cost", threshold='"<= 42 EUR"')
    assert (outcome.low, outcome.verdict) == (4200, MET)
    tighter = one(metric="volume_times", quantity="unit_cost", threshold='"<= 41.99 EUR"')
    assert tighter.verdict is MISSED


def test_platform_ratio_strict_and_loose(one: One) -> None:
    basis = {"axis": "rear_underbody", "threshold": "80 %"}
    # RU2 carries B (brand n) and C (brand r), RU1 only A of volume 2.
    strict = one(metric="platform_ratio_models", population="brand", **basis)
    assert (strict.low, strict.counted) == (Fraction(2, 3), (2, 3))
    volume = one(metric="platform_ratio_volume", population="brand", **basis)
    assert volume.low == Fraction(1, 2)
    cockpit = one(metric="platform_ratio_models", axis="cockpit", population="vehicle", threshold=1)
    assert cockpit.low == Fraction(2, 3)


@pytest.mark.parametrize(
    ("keys", "cause"),
    [
        ({"metric": "share", "where": "cockpit == cp2 and brand == n"}, "no products"),
        ({"metric": "share", "weight": "investment"}, "is 0"),
        ({"metric": "share", "population": "brand", "k": 3}, "k = 3"),
        ({"metric": "vehicle_share", "where": "not true", "meets": "true"}, "no vehicle"),
        ({"metric": "leader_follower", "population": "brand"}, "declared lead"),
        ({"metric": "not_measured", "lacks": "the cost of the Zoe"}, "the Zoe"),
        ({"metric": "carry_over", "direction": "A from B", "where": "brand == n"}, "A is not"),
    ],
)
def test_no_value_is_never_a_pass(one: One, keys: dict[str, object], cause: str) -> None:
    for threshold in ("0 %", '"<= 100 %"'):
        outcome = one(threshold=threshold, **keys)
        assert outcome.verdict is NONE
        assert cause in outcome.cause
        assert outcome.margin is None


def test_leader_follower(folder: Path, one: One) -> None:
    parts = folder / "parts.csv"
    leads = {"CP1": "r", "RU2": "n", "UB1": "r"}
    with parts.open(newline="") as stream:
        rows = [{**row, "lead": leads.get(row["number"], "")} for row in csv.DictReader(stream)]
    with parts.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    outcome = one(metric="leader_follower", population="brand", threshold="20 %")
    # B of n uses CP1, which r leads; C of r uses RU2, which n leads; only r uses its UB1.
    assert (outcome.low, outcome.verdict) == (Fraction(2, 10), MET)
    assert "7 of 10" in outcome.remarks[0]


def test_refused_vehicles_count_only_where_asked(folder: Path, one: One) -> None:
    vehicles = folder / "vehicles.csv"
    vehicles.write_text(
        vehicles.read_text().replace("\n", ",\n").replace("volume,", "volume,require")
        + "D,Vehicle D,n,eb1,cp2,,,,,4,engine_bay != eb1\n"
    )
    basis = {"metric": "vehicle_share", "meets": "cockpit == cp1", "threshold": "60 %"}
    assert one(**basis).low == Fraction(2, 3)
    assert one(vehicles="all", **basis).low == Fraction(1, 2)
    assert one(metric="volume", vehicles="all", threshold=1).low == 8
    unknown = one(metric="vehicle_share", meets="upper_body == ub1", vehicles="all", threshold=1)
    assert unknown.verdict is NONE
    assert unknown.cause.startswith("D is not built")
    axis = one(metric="options_in_use", axis="upper_body", vehicles="all", threshold=1)
    assert axis.cause == "upper_body not known of D"


@given(
    st.fractions(-2, 2),
    st.one_of(st.none(), st.fractions(-2, 2)),
    st.one_of(st.none(), st.fractions(-2, 2)),
)
def test_the_margin_tells_the_verdict(
    value: Fraction, low: Fraction | None, high: Fraction | None
) -> None:
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return
    bounds = Bounds(low, high, "")
    assert (bounds.margin(value) >= 0) == bounds.contains(value)
    assert bounds.worse(value, value) == 0


def test_a_missing_file_is_told(folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        cmf.load_lineup(folder).build().targets()
    assert "targets.yaml" in str(caught.value)
