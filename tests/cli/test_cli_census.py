"""``cmf census``: the answer in every format, and calls that do not go together."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest
from calling import call

import cmf


def test_two_briefs(demo: Path) -> None:
    answer = call(
        "census", "demo", "--between", "brand == north", "--and", "brand == south", "-f", "json"
    )
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    (row,) = found["census"]
    assert row["pairs"] == row["variants_one"] * row["variants_other"] == 26 * 24
    least, mean, greatest = (Fraction(row[name]["ratio"]) for name in ("least", "mean", "greatest"))
    assert 0 <= least < mean < greatest <= 1
    assert [w["figure"] for w in found["witnesses"]] == ["least", "least", "greatest", "greatest"]
    assert [w["axis:brand"] for w in found["witnesses"]] == ["north", "south"] * 2


def test_by_an_axis(demo: Path) -> None:
    answer = call("census", "demo", "--by", "brand", "--measure", "carry-over", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    names = ["north", "south"]
    assert [(row["one"], row["other"]) for row in rows] == [(a, b) for a in names for b in names]
    table = call("census", "demo", "--by", "brand")
    assert "Least share of any pair of variants  [Jaccard, weight part_number" in table.out


def test_take_rates_move_the_expected_share_only(demo: Path, tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text(
        "axis,option,rate\nenergy,petrol,90 %\nenergy,electric,10 %\n", encoding="utf-8"
    )
    plain = json.loads(call("census", "demo", "-f", "json").out)["census"][0]
    taken = json.loads(call("census", "demo", "--take-rates", str(rates), "-f", "json").out)[
        "census"
    ][0]
    assert plain["mean"] == taken["mean"]
    assert plain["expected"] != taken["expected"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--between", "brand == north"], "--and"),
        (["--within", "brand == north", "--by", "brand"], "one of"),
        (["--by", "brnd"], "brand"),
        (["--scope", "al"], "all"),
        (["--measure", "ruzicka"], "no form"),
        (["--within", "brand == nord"], "north"),
    ],
)
def test_what_does_not_go_together(demo: Path, arguments: list[str], word: str) -> None:
    answer = call("census", "demo", *arguments)
    assert answer.code == 2
    assert word in answer.err


def test_no_variant_is_a_no(demo: Path) -> None:
    answer = call("census", "demo", "--within", "energy == petrol and rear_unit.driven")
    assert answer.code == 1
    assert "not evaluable" in answer.out


def test_progress_counts_comparisons(demo: Path) -> None:
    told: list[tuple[int, int]] = []
    cmf.census(cmf.load(demo).compile(), by="brand", on_progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]
