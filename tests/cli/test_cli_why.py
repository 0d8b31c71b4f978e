"""`cmf why` as people and programs call it."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest
from calling import call, spawn

ELECTRIC = ("--where", "energy == electric")
AXLE = "rear_unit == rear_axle"


@pytest.mark.usefixtures("demo")
def test_exit_codes_say_yes_and_no() -> None:
    for code, *arguments in (
        (1, *ELECTRIC, "--where", AXLE),
        (1, *ELECTRIC, "--not", AXLE),
        (0, *ELECTRIC),
        (0,),
        (0, *ELECTRIC, "--forced", "rear_unit"),
        (0, *ELECTRIC, "--forced", "rear_unit.driven"),
        (1, *ELECTRIC, "--forced", "front_unit"),
        (1, *ELECTRIC, "--where", AXLE, "--forced", "front_unit"),
    ):
        assert call("why", "demo", *arguments).code == code, arguments


@pytest.mark.usefixtures("demo")
def test_the_reason_is_cited_with_owner_and_line() -> None:
    answer = call("why", "demo", *ELECTRIC, "--where", AXLE)
    assert answer.err == ""
    assert "because “The electric motor" in answer.out
    assert "(R02, owner powertrain, demo/rules/fit.yaml:9)" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 100
    narrow = call("why", "demo", *ELECTRIC, "--where", AXLE, COLUMNS="50")
    assert max(map(len, narrow.out.splitlines())) <= 50


@pytest.mark.usefixtures("demo")
def test_what_follows_is_told_unless_a_condition_says_it_alone() -> None:
    answer = call("why", "demo", "--where", "energy == electric and model_year == 2025")
    assert "rear_unit == rear_motor\n  1. energy == electric forces" in answer.out
    assert "\nmodel_year == 2025\n" not in answer.out
    assert "nothing else is forced" in call("why", "demo", "--where", "brand == north").out


@pytest.mark.usefixtures("demo")
def test_json_and_csv_hold_conflicts_sentences_and_repairs() -> None:
    found = json.loads(call("why", "demo", *ELECTRIC, "--where", AXLE, "--format", "json").out)
    assert (found["verdict"], found["complete"]) == ("impossible", True)
    rule = found["conflicts"][-1]
    assert (rule["name"], rule["owner"], rule["line"]) == ("R02", "powertrain", 9)
    assert [row["give_up"] for row in found["repairs"]] == ["energy == electric", AXLE]
    second = found["repairs"][1]
    assert (second["take"], second["difference"]) == ("rear_unit == rear_motor", 1170)
    assert second["kept"]["numerator"] < second["kept"]["denominator"]
    text = call("why", "demo", *ELECTRIC, "--where", AXLE, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["kind"] for row in rows] == ["choice", "choice", "rule"]
    possible = json.loads(call("why", "demo", *ELECTRIC, "--format", "json").out)
    assert possible["implied"] == [
        {"axis": "rear_unit", "option": "rear_motor", "forced_by": "energy == electric; R02"}
    ]


@pytest.mark.usefixtures("demo")
def test_rules_are_given_up_last_and_only_when_asked() -> None:
    for option, expected in (("--where", 0), ("--not", 1)):
        asked = call("why", "demo", *ELECTRIC, option, AXLE, "--format", "json").out
        repairs = json.loads(asked)["repairs"]
        assert [r["give_up"] for r in repairs].count("rule R02 (owner powertrain)") == expected
        weights = [r["weight"] for r in repairs]
        assert weights == sorted(weights)
    heavy = call("why", "demo", *ELECTRIC, "--where", AXLE, "--weight", "energy=9", "-f", "json")
    assert [r["weight"] for r in json.loads(heavy.out)["repairs"]] == [1, 9]


@pytest.mark.usefixtures("demo")
def test_least_is_what_the_best_variant_costs() -> None:
    asked = call("why", "demo", *ELECTRIC, "--where", AXLE, "--least", "--format", "json").out
    best = call("variants", "demo", *ELECTRIC, "--best", "unit_cost", "--format", "json").out
    least = json.loads(best)["variants"][0]["unit_cost"]
    repairs = {row["take"]: row["least"] for row in json.loads(asked)["repairs"]}
    assert repairs["rear_unit == rear_motor"] == least
    assert repairs["energy == petrol"] < least


@pytest.mark.usefixtures("demo")
def test_slips_are_told_with_a_remedy() -> None:
    for arguments, words in (
        (("--where", "energy == electrc"), "did you mean `electric`?"),
        (("--forced", "frontunit"), "did you mean `front_unit`?"),
        (("--weight", "enrgy=2"), "did you mean `energy`?"),
        (("--weight", "energy"), "NAME=N"),
        (("--cost", "unitcost"), "did you mean `unit_cost`?"),
        (("--forced", "energy", "--relax"), "does not go with"),
    ):
        answer = call("why", "demo", *arguments)
        assert answer.code == 2, arguments
        assert words in answer.err.replace("\n", " "), answer.err


def test_a_foreign_model_is_explained(tmp_path: Path) -> None:
    (tmp_path / "model.uvl").write_text(
        "features\n\tcar\n\t\toptional\n\t\t\thook\n\t\t\tspoiler\n"
        "constraints\n\thook => !spoiler\n"
    )
    answer = spawn("why", "model.uvl", "-w", "hook == yes", "-w", "spoiler == yes", folder=tmp_path)
    assert answer.code == 1, answer.err
    assert "hook == yes and spoiler == yes exclude each other, because" in answer.out
    assert "model.uvl:7" in answer.out
    assert "parts kept" not in answer.out
    written = spawn("why", "model.uvl", "-w", "hook == yes", "-o", "why.json", folder=tmp_path)
    assert written.code == 0
    assert json.loads((tmp_path / "why.json").read_text())["verdict"] == "possible"


@pytest.mark.usefixtures("demo")
def test_sharing_is_what_share_prints_with_the_vehicle_in_the_lineup() -> None:
    """Every repair, written into the line-up by hand, has the share that `cmf why` foretells."""
    wishes = ("brand == south", "cockpit == cockpit_next")
    where = [text for wish in wishes for text in ("--where", wish)]
    asked = call("why", "demo", *where, "--scope", "all", "--format", "json")
    found = json.loads(asked.out)
    wished = {wish.partition(" == ")[0]: wish for wish in wishes}
    vehicles = Path("demo/vehicles.csv")
    before = vehicles.read_text()
    assert found["share_before"] == share_now()
    for repair in found["repairs"]:
        axis = repair["take"].partition(" == ")[0]
        brief = " and ".join({**wished, axis: repair["take"]}.values())
        head = before.splitlines()[0].split(",")
        cells = {"id": "V9", "name": "new", "require": brief}
        line = ",".join(cells.get(name, "") for name in head)
        vehicles.write_text(f"{before.rstrip()}\n{line}\n")
        assert repair["share"] == share_now()
        change = Fraction(repair["share"]["ratio"]) - Fraction(found["share_before"]["ratio"])
        assert Fraction(repair["share_difference"]) == change
    vehicles.write_text(before)
    assert any(Fraction(repair["share_difference"]) for repair in found["repairs"])


def share_now() -> dict[str, object]:
    """The first figure of the line-up as a whole: by part numbers, in two or more vehicles."""
    shares = json.loads(call("share", "demo", "--scope", "all", "--format", "json").out)["shares"]
    return dict(shares[0]["share"])


@pytest.mark.usefixtures("demo")
def test_a_repaired_vehicle_may_take_the_place_of_another() -> None:
    asked = ("why", "demo", *ELECTRIC, "--where", AXLE)
    one = call(*asked, "--instead", "V01", "--format", "json")
    found = json.loads(one.out)
    assert (found["lineup"], found["instead_of"]) == ("first_lineup", "V01")
    assert "in place of V01" in call(*asked, "--instead", "V01").out
    without = call(*asked, "--no-lineup")
    assert "sharing" not in without.out
    for arguments, words in (
        (("--instead", "V0"), "did you mean `V04`"),
        (("--scope", "al"), "did you mean `all`?"),
        (("--lineup", "nowhere"), "nowhere"),
        (("--lineup", "demo", "--no-lineup"), "does not go with"),
    ):
        answer = call(*asked, *arguments)
        assert answer.code == 2, arguments
        assert words in answer.err.replace("\n", " "), answer.err
    Path("demo/lineup.yaml").write_text("format: 1\n")
    broken = call(*asked)
    assert broken.code == 1
    assert "remark: the sharing of the line-up is left out" in broken.err
    Path("demo/lineup.yaml").unlink()
    assert "sharing" not in call(*asked).out
    assert "name one with --lineup" in call(*asked, "--instead", "V01").err
