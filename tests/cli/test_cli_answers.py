"""What every command answers, in every format."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from calling import call

from cmf.workspace import load

ALL = 50
"""Variants of the catalogue that `cmf new` writes."""


def data(*arguments: str, code: int = 0) -> Any:
    answer = call(*arguments, "--format", "json")
    assert answer.code == code, answer.err
    return json.loads(answer.out)


def test_count_prints_nothing_but_the_number(demo: Path) -> None:
    answer = call("count", "demo")
    assert (answer.code, answer.out, answer.err) == (0, f"{ALL}\n", "")


def test_count_agrees_with_the_definition(demo: Path) -> None:
    problem = load(demo).problem
    options = product(*(range(len(v.options)) for v in problem.variables))
    assert sum(map(problem.valid, options)) == ALL


def test_conditions_of_several_where_hold_together(demo: Path) -> None:
    one = data("count", "demo", "--where", "brand == north")["count"]
    both = data("count", "demo", "-w", "brand == north", "-w", "energy == petrol")
    assert both["conditions"] == ["brand == north", "energy == petrol"]
    assert (one, both["count"]) == (26, 16)


def test_count_by_adds_up(demo: Path) -> None:
    rows = data("count", "demo", "--by", "brand,energy")["counts"]
    assert [row["variants"] for row in rows] == [16, 10, 15, 9]
    assert sum(row["variants"] for row in rows) == ALL


def test_no_variant_is_a_no(demo: Path) -> None:
    impossible = ("--where", "energy == petrol and rear_unit.driven")
    assert call("count", "demo", *impossible).out == "0\n"
    for name in ("count", "variants", "options"):
        assert call(name, "demo", *impossible).code == 1, name
    answer = call("variants", "demo", *impossible)
    assert answer.out == ""
    assert answer.err == "no variant meets these conditions\n"


def test_variants_as_json_are_those_of_the_library(demo: Path) -> None:
    document = data("variants", "demo", "--limit", "7")
    frame = load(demo).compile("brute").variants(7)
    assert document["variants"] == frame.to_dicts()
    assert document["units"] == {"wheelbase": "mm", "unit_cost": "EUR", "mass": "kg"}
    assert document["count"] == ALL


def test_variants_as_csv_are_those_of_the_json(demo: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(call("variants", "demo", "--format", "csv").out)))
    wanted = data("variants", "demo")["variants"]
    assert rows == [{name: str(value) for name, value in row.items()} for row in wanted]


def test_a_sample_depends_on_its_seed_only(demo: Path) -> None:
    one = call("variants", "demo", "--sample", "6", "--seed", "4")
    assert one == call("variants", "demo", "--sample", "6", "--seed", "4")
    assert one.out != call("variants", "demo", "--sample", "6", "--seed", "5").out


@pytest.mark.parametrize("greatest", [False, True])
def test_best_ranks_by_the_quantity(demo: Path, greatest: bool) -> None:
    every = [row["unit_cost"] for row in data("variants", "demo", "--all")["variants"]]
    extra = ["--greatest"] if greatest else []
    best = data("variants", "demo", "--best", "unit_cost", "--top", "9", *extra)["variants"]
    assert [row["unit_cost"] for row in best] == sorted(every, reverse=greatest)[:9]


def test_table_says_once_what_all_variants_have_in_common(demo: Path) -> None:
    answer = call("variants", "demo", "--where", "brand == south and energy == electric")
    common, differing = answer.out.split("\n\n", 1)
    assert "south" in common
    assert "electric" in common
    assert "south" not in differing
    assert "cockpit_wide" in differing
    assert answer.err == "first 20, of 9 variants\n"


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_tables_fit_the_terminal(demo: Path, columns: int) -> None:
    for arguments in (["variants", "demo"], ["options", "demo"], ["share", "demo"]):
        answer = call(*arguments, COLUMNS=str(columns))
        assert answer.code == 0
        assert max(map(len, answer.out.splitlines())) <= columns


def test_narrow_table_loses_nothing(demo: Path) -> None:
    wide = call("variants", "demo", "--limit", "3", COLUMNS="200").out
    narrow = call("variants", "demo", "--limit", "3", COLUMNS="50").out
    assert set(wide.split()) <= set(narrow.split())


def test_options_tell_the_states_and_exact_shares(demo: Path) -> None:
    document = data("options", "demo", "-w", "energy == electric")
    states = {(row["axis"], row["option"]): row for row in document["options"]}
    assert document["count"] == 19
    assert states["energy", "electric"]["status"] == "chosen"
    assert states["energy", "petrol"]["status"] == "excluded"
    assert states["rear_unit", "rear_motor"]["status"] == "implied"
    assert states["brand", "south"]["status"] == "free"
    share = states["brand", "south"]["share"]
    assert Fraction(share["ratio"]) == Fraction(share["numerator"], share["denominator"])
    assert (
        share["numerator"]
        == data("count", "demo", "-w", "brand == south and energy == electric")["count"]
    )


def test_check_of_a_sound_catalogue(demo: Path) -> None:
    answer = call("check", "demo")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith("no findings\n")
    assert data("check", "demo")["findings"] == []


def test_check_finds_a_dead_module_and_says_where(demo: Path) -> None:
    rules = demo / "rules" / "fit.yaml"
    text = (
        rules.read_text() + "  - id: R06\n    require: cockpit != cockpit_next\n    because: No\n"
    )
    rules.write_text(text)
    answer = call("check", "demo")
    assert answer.code == 1
    assert "cockpit_next" in answer.out
    assert "modules/cockpit.yaml:" in answer.out
    rows = data("check", "demo", code=1)["findings"]
    assert {"code", "level", "message", "file", "line", "column", "remedy"} <= rows[0].keys()


def test_mistakes_in_the_files_come_all_at_once(demo: Path) -> None:
    rules = demo / "rules" / "fit.yaml"
    rules.write_text(rules.read_text().replace("rear_unit.driven", "rear_unti.driven"))
    cockpit = demo / "modules" / "cockpit.yaml"
    cockpit.write_text(cockpit.read_text().replace("screens: 1", "screens: many"))
    answer = call("check", "demo")
    assert answer.code == 2
    assert answer.out == ""
    assert "modules/cockpit.yaml:5:" in answer.err
    assert "^" in answer.err


def test_share_counts_built_vehicles_and_says_who_decided(demo: Path) -> None:
    document = data("share", "demo")
    assert (document["vehicles_built"], document["vehicles_refused"]) == (4, 0)
    decided = {(row["id"], row["axis"]): row["decided"] for row in document["choices"]}
    assert decided["V01", "brand"] == "pinned"
    assert decided["V02", "rear_unit"] == "implied"
    assert decided["V02", "front_unit"] == "completed"


def test_share_prints_each_ratio_with_its_basis(demo: Path) -> None:
    for row in data("share", "demo")["shares"]:
        assert row["metric"] in ("share", "carry-over")
        assert row["weight"]
        assert row["scope"] in ("modules", "all")
        assert row["share"]["denominator"] >= row["share"]["numerator"] >= 0


def test_a_vehicle_that_cannot_be_built_is_refused_by_name(demo: Path) -> None:
    vehicles = demo / "vehicles.csv"
    vehicles.write_text(
        vehicles.read_text() + "V05,Wrong,north,electric,2026,,not rear_unit.driven,,,,,\n"
    )
    answer = call("share", "demo")
    assert answer.code == 1
    assert "V05 Wrong cannot be built" in answer.err
    assert "R02" in answer.out
    document = data("share", "demo", code=1)
    refused = [row for row in document["vehicles"] if row["status"] == "refused"]
    assert [(row["id"], row["refused_by"]) for row in refused] == [("V05", "R02")]


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet"])
def test_all_variants_as_a_file(demo: Path, suffix: str) -> None:
    target = demo / f"all.{suffix}"
    answer = call("variants", "demo", "--all", "-o", str(target))
    assert answer.code == 0, answer.err
    assert answer.out == ""
    wanted = data("variants", "demo", "--all")["variants"]
    if suffix == "json":
        found = json.loads(target.read_text())["variants"]
    elif suffix == "csv":
        found = pl.read_csv(target, schema_overrides={"model_year": pl.String}).to_dicts()
    elif suffix == "parquet":
        found = pl.read_parquet(target).to_dicts()
    else:
        found = pl.read_excel(target, sheet_name="variants").to_dicts()
        units = {"wheelbase": " [mm]", "unit_cost": " [EUR]", "mass": " [kg]"}
        wanted = [{n + units.get(n, ""): value for n, value in row.items()} for row in wanted]
    assert found == wanted


def test_files_are_the_same_bytes_every_time(demo: Path) -> None:
    for suffix in ("csv", "json", "xlsx", "parquet"):
        one, other = demo / f"one.{suffix}", demo / f"other.{suffix}"
        for target in (one, other):
            assert call("share", "demo", "-o", str(target)).code == 0
        assert one.read_bytes() == other.read_bytes(), suffix


def test_engines_agree(demo: Path) -> None:
    answers = {
        call("variants", "demo", "--format", "csv", "--engine", engine).out
        for engine in ("diagram", "cpsat", "brute")
    }
    assert len(answers) == 1


HEAD = ["format", "command", "catalogue", "digest"]
ASKED = [*HEAD, "conditions", "engine", "count"]
BASIS = ["metric", "weight", "unit", "level", "population", "k"]
KEYS = {
    ("check", "demo"): (
        [*HEAD, "slots", "modules", "features", "rules", "parts", "bom_lines"],
        {"findings": []},
    ),
    ("count", "demo"): (ASKED, {"counts": ["variants"]}),
    ("count", "demo", "--by", "brand"): ([*ASKED, "by"], {"counts": ["brand", "variants"]}),
    ("options", "demo"): (ASKED, {"options": ["axis", "option", "status", "variants", "share"]}),
    ("variants", "demo", "--limit", "1"): (
        [*ASKED, "selection", "units"],
        {
            "variants": [
                *("front_unit", "rear_unit", "cockpit", "brand", "energy", "model_year"),
                *("wheelbase", "unit_cost", "mass"),
            ]
        },
    ),
    ("share", "demo"): (
        [
            *("format", "command", "lineup", "lineup_digest", "catalogue", "digest"),
            *(
                "completed_at_least",
                "vehicles_built",
                "vehicles_refused",
                "scopes",
                "surprises",
                "grounds",
            ),
        ],
        {
            "shares": ["scope", "view", "of", "with", *BASIS, "share", "cause"],
            "vehicles": [
                *("id", "vehicle", "status", "pinned", "implied", "completed", "refused_by"),
                *("reason", "wheelbase", "unit_cost", "mass"),
            ],
            "choices": ["id", "axis", "option", "decided"],
        },
    ),
}


@pytest.mark.parametrize("arguments", KEYS, ids=" ".join)
def test_json_keys_are_stable_and_documented(demo: Path, arguments: tuple[str, ...]) -> None:
    """A change here is a change of the published format: raise `json_text.FORMAT`."""
    document = data(*arguments)
    facts, tables = KEYS[arguments]
    assert list(document) == [*facts, *tables]
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    for name, keys in tables.items():
        assert [list(row) for row in document[name][:1]] == ([keys] if keys else [])
        assert f"`{name}`" in page
    own = set(KEYS["variants", "demo", "--limit", "1"][1]["variants"])
    for key in {*facts, *(key for keys in tables.values() for key in keys)} - own:
        assert f"`{key}`" in page, key


def test_certificates(demo: Path) -> None:
    """An answer with its proof; other answers, catalogues and damaged files are refused."""
    del demo
    south = ("--where", "brand == south")
    assert call("count", "demo", *south, "--certificate", "c.json").out == "24\n"
    found = call("verify", "c.json", "demo")
    assert (found.code, found.out) == (
        0,
        "verified: 24 variants are valid where (brand == south)\n",
    )
    assert call("verify", "c.json", "demo", "--steps", "10").code == 3
    best = call("variants", "demo", *south, "--best", "unit_cost", "--certificate", "b.json")
    assert best.code == 0
    text = call("verify", "b.json", "demo").out
    assert text == "verified: the least unit_cost where (brand == south) is 2 476.2 EUR\n"
    never = ("--where", "brand == south and cockpit == cockpit_next")
    assert call("count", "demo", *never, "--certificate", "n.json").code == 1
    assert "no variant is valid" in call("verify", "n.json", "demo").out
    assert call("count", "demo", "--over", "brand", "--certificate", "x.json").code == 2
    assert call("variants", "demo", "--certificate", "x.json").code == 2
    assert call("count", "demo", "--certificate", "x.txt").code == 2
    text = Path("c.json").read_text()
    Path("c.json").write_text(text.replace('"number": 24', '"number": 25'))
    assert call("verify", "c.json", "demo").code == 2
    with Path("demo/rules/fit.yaml").open("a") as stream:
        stream.write("# a remark\n")
    refused = call("verify", "b.json", "demo")
    assert (refused.code, refused.out) == (1, "")
    assert "another state" in refused.err


@pytest.mark.usefixtures("demo")
def test_a_condition_on_a_year_that_there_is_not_is_remarked_on_once() -> None:
    """The answer stays what the semantics say: such a comparison is false."""
    said = "remark: --where:1:1: `model_year == 2030` never holds: `model_year` has no option 2030"
    for command in ("count", "why", "options", "variants"):
        answer = call(command, "demo", "--where", "model_year == 2030")
        assert answer.code == 1
        assert answer.err.count(said + "; did you mean `2027`?\n") == 1, answer.err
    opposite = call("count", "demo", "--where", "brand == north and model_year != 2030")
    assert "`model_year != 2030` always holds" in opposite.err
    listed = call("count", "demo", "--where", "model_year in {2026, 2030}")
    assert (listed.code, listed.err.count("never holds")) == (0, 1)
    assert call("count", "demo", "--where", "model_year <= 2030").err == ""
    Path("demo/tests/year.yaml").write_text("tests:\n  - {id: Y, impossible: model_year == 2030}\n")
    tested = call("test", "demo", "-k", "Y")
    assert tested.code == 0
    assert "remark: demo/tests/year.yaml:2:" in tested.err
