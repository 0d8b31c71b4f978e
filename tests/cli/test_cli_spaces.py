"""Pareto fronts, projections and take rates, down to the command line."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from calling import call

import cmf
from cmf.errors import InputError

RATES = "axis,option,rate\nbrand,north,60 %\nbrand,south,40 %\nenergy,petrol,3\nenergy,electric,1\n"


def data(*arguments: str) -> Any:
    answer = call(*arguments, "--format", "json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_the_front_is_the_same_as_by_hand(demo: Path) -> None:
    rows = data("variants", "demo", "--all")["variants"]
    values = {(row["unit_cost"], row["wheelbase"]) for row in rows}
    front = {
        (cost, length)
        for cost, length in values
        if not any(c <= cost and w >= length and (c, w) != (cost, length) for c, w in values)
    }
    shown = data("variants", "demo", "--pareto", "unit_cost,wheelbase:greatest")
    found = [(row["unit_cost"], row["wheelbase"]) for row in shown["variants"]]
    assert found == sorted(front)
    assert shown["selection"] == "Pareto front of least unit_cost, greatest wheelbase"


def test_a_projection_shows_each_combination_once(demo: Path) -> None:
    where = ("--where", "energy == electric")
    rows = data("variants", "demo", *where, "--all")["variants"]
    expected = {(row["cockpit"], row["brand"]) for row in rows}
    shown = data("variants", "demo", *where, "--over", "brand,cockpit", "--all")
    assert {(row["cockpit"], row["brand"]) for row in shown["variants"]} == expected
    assert shown["count"] == len(shown["variants"]) == len(expected)
    assert (shown["over"], shown["conditions"]) == (["brand", "cockpit"], ["energy == electric"])
    counted = call("count", "demo", *where, "--over", "brand,cockpit")
    assert counted.out == f"{len(expected)}\n"


def test_a_projection_is_a_space_like_any_other(demo: Path) -> None:
    space = cmf.load(demo).compile()
    part = space.project("cockpit", "brand", "rear_unit")
    assert [axis.name for axis in part.model.problem.variables] == ["rear_unit", "cockpit", "brand"]
    north = part.where("brand == north")
    assert north.count() == space.where("brand == north").project("rear_unit", "cockpit").count()
    assert north.project("cockpit").variants()["cockpit"].to_list() == sorted(
        set(space.where("brand == north").variants()["cockpit"]),
        key=space.model.problem.variables[2].options.index,
    )
    with pytest.raises(InputError, match="`energy`: not among the axes that are kept"):
        part.where("energy == petrol")
    with pytest.raises(InputError, match="there is no slot or feature `brnd`"):
        space.project("brnd")


def test_shares_are_those_of_the_drawn_variants(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(RATES)
    space = cmf.load(demo).compile()
    listed = space.variants().select("brand", "energy").rows()
    weight = {"north": 6, "south": 4, "petrol": 3, "electric": 1}
    total = sum(weight[brand] * weight[energy] for brand, energy in listed)
    north = sum(weight[b] * weight[e] for b, e in listed if b == "north")
    shown = data(
        "variants", "demo", "--sample", "4000", "--take-rates", str(tmp_path / "rates.csv")
    )
    share = {row["option"]: row["share"]["ratio"] for row in shown["take_rates"]}["north"]
    assert Fraction(share) == Fraction(north, total)
    drawn = Counter(row["brand"] for row in shown["variants"])
    # Five standard deviations; the seed is fixed.
    assert abs(drawn["north"] / 4000 - north / total) < 5 * 0.5 / 4000**0.5


def test_fitted_weights_give_the_rates(demo: Path) -> None:
    space = cmf.load(demo).compile()
    rates = {
        "brand": {"north": "60 %", "south": 0.4},
        "energy": {"petrol": "3/4", "electric": 0.25},
    }
    plain, fitted = space.take_rates(rates), space.take_rates(rates, fit=True)
    assert fitted.gap <= Fraction(1, 1_000_000) < plain.gap
    drawn = space.sample(4000, seed=3, rates=fitted)
    north = drawn.filter(pl.col("brand") == "north").height / 4000
    assert abs(north - 0.6) < 5 * 0.5 / 4000**0.5
    with pytest.raises(InputError, match="no mix of these variants has these take rates"):
        space.take_rates(
            {"brand": {"north": 1}, "cockpit": {"cockpit_next": 1, "cockpit_wide": 1},
             "model_year": {"2025": 1}}, fit=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "suffix", "place"),
    [
        ("axis,option,rate\nbrnd,north,1\n", "csv", "2:1"),
        ("axis,option,rate\nbrand,nort,1\n", "csv", "2:7"),
        ("axis,option,rate\nbrand,north,-1\n", "csv", "2:13"),
        ("axis,option,rate\nbrand,north,1\nbrand,north,2\n", "csv", "3:7"),
        ("axis,option\nbrand,north\n", "csv", "1:1"),
        ("brand: {north: a lot}\n", "yaml", "1:16"),
        ("brand: 3\n", "yaml", "1:8"),
        ("- brand\n", "yaml", "1:1"),
        ("", "txt", "1:1"),
    ],
)
def test_wrong_rates_are_told_with_their_place(
    demo: Path, tmp_path: Path, text: str, suffix: str, place: str
) -> None:
    path = tmp_path / f"rates.{suffix}"
    path.write_text(text)
    answer = call("variants", "demo", "--sample", "2", "--take-rates", str(path))
    assert (answer.code, answer.out) == (2, "")
    assert f"rates.{suffix}:{place}: error" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--pareto", "unit_cost", "--all"), "exclude each other"),
        (("--pareto", "unit_cost:up"), "NAME:greatest"),
        (("--pareto", "unit_cots"), "did you mean `unit_cost`?"),
        (("--take-rates", "rates.csv"), "--take-rates goes with --sample"),
        (("--sample", "3", "--fit"), "--fit goes with --take-rates"),
        (("--over", "cockpitt"), "did you mean `cockpit`?"),
    ],
)
def test_a_wrong_call_is_told(demo: Path, arguments: tuple[str, ...], told: str) -> None:
    answer = call("variants", "demo", *arguments)
    assert answer.code == 2
    assert told in answer.err


def test_bounds_are_the_least_and_the_greatest(demo: Path) -> None:
    space = cmf.load(demo).compile().where("brand == north")
    costs = space.variants()["unit_cost"]
    found = space.bounds("unit_cost")
    assert found is not None
    assert tuple(map(float, found)) == (costs.min(), costs.max())
    assert space.where("brand == south").bounds("unit_cost") is None


@pytest.mark.parametrize("engine", ["sat", "cpsat", "brute"])
def test_other_engines_give_the_same_fronts_and_projections(demo: Path, engine: str) -> None:
    for asked in (
        ("--pareto", "unit_cost,wheelbase:greatest"),
        ("--over", "brand,cockpit", "--all"),
    ):
        call_ = ("variants", "demo", "--where", "energy == petrol", *asked)
        assert data(*call_, "--engine", engine)["variants"] == data(*call_)["variants"]


def test_what_an_engine_cannot_do_is_a_limit(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(RATES)
    rates = ("--take-rates", str(tmp_path / "rates.csv"))
    answer = call("variants", "demo", "--sample", "2", *rates, "--engine", "sat")
    assert (answer.code, answer.out) == (3, "")
    assert "engine sat cannot weigh variants" in answer.err


def test_chosen_options_are_conditions(demo: Path) -> None:
    space = cmf.load(demo).compile()
    chosen = space.choose({"brand": "north", "energy": "petrol"})
    assert chosen.count() == space.where("brand == north and energy == petrol").count()
    assert [choice.origin.name for choice in chosen.choices] == [
        "brand == north",
        "energy == petrol",
    ]
    with pytest.raises(InputError, match="`brand` has no option `nort`"):
        space.choose({"brand": "nort"})
