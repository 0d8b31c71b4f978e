"""BOM positions are proven over every valid variant, or refuted by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import cmf
from cmf.analysis.positions import (
    Counterexample,
    Filling,
    Proven,
    Reason,
    Verdict,
    positions,
    prove,
    reason_of,
)
from cmf.cli.app import app
from cmf.engines.sat import SatEngine
from cmf.problem.answer import Unknown
from cmf.problem.formula import holds
from cmf.report.bom_reasons import statements

CATALOG = """\
format: 1
name: positions
currency: EUR
slots:
  - name: cockpit
  - name: axle
    optional: true
features:
  - name: hand
    options: [lhd, rhd]
  - name: market
    options: [eu, uk, jp]
quantities:
  unit_cost: {unit: EUR, is: bom.unit_cost}
scopes:
  all: {title: Everything, vehicle_level: true}
"""
RULES = """\
rules:
  - id: R1
    require: hand == rhd => market in {uk, jp}
    because: right-hand drive is sold in two markets
"""
PARTS = "number,name,unit_cost,mass,investment\n" + "".join(
    f"P{i},Part {i},1,1,0\n" for i in range(9)
)


def write(folder: Path, bom: str, rules: str = RULES) -> Path:
    """The small catalogue with the lines of `bom`."""
    (folder / "modules").mkdir(exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "catalog.yaml").write_text(CATALOG)
    (folder / "modules/cockpit.yaml").write_text("modules: [{name: c1}, {name: c2}]\n")
    (folder / "modules/axle.yaml").write_text("modules: [{name: a1}]\n")
    (folder / "rules/all.yaml").write_text(rules)
    (folder / "parts.csv").write_text(PARTS)
    (folder / "bom.csv").write_text("part,quantity,slot,module,condition,position\n" + bom)
    return folder


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[[str], dict[str, Verdict]]:
    def judge(bom: str) -> dict[str, Verdict]:
        model = cmf.load(write(tmp_path, bom))
        space = model.compile("brute").space
        return {
            found.name: prove(model.lowered, space, found) for found in positions(model.lowered)
        }

    return judge


def test_one_part_for_every_module_is_proven(verdicts: Callable[[str], dict[str, Verdict]]) -> None:
    found = verdicts("P1,1,cockpit,c1,,dial\nP2,1,cockpit,c2,,dial\n")
    assert isinstance(found["dial"], Proven)
    assert found["dial"].position.filling is Filling.ONE


def test_a_module_without_the_position_is_no_gap(
    verdicts: Callable[[str], dict[str, Verdict]],
) -> None:
    assert isinstance(verdicts("P1,1,cockpit,c1,,dial\n")["dial"], Proven)


def test_two_steering_wheels_in_one_market(verdicts: Callable[[str], dict[str, Verdict]]) -> None:
    found = verdicts("P1,1,cockpit,*,hand == lhd,wheel\nP2,1,cockpit,*,market in {uk},wheel\n")
    refuted = found["wheel"]
    assert isinstance(refuted, Counterexample)
    assert [line.part for line in refuted.selected] in (["P1", "P2"], [])
    assert len(refuted.selected) != 1


def test_rules_make_conditions_disjoint(verdicts: Callable[[str], dict[str, Verdict]]) -> None:
    """Right-hand drive is never sold in the EU, so the two lines never meet."""
    found = verdicts("P1,1,,,hand == rhd,mirror?\nP2,1,,,market == eu,mirror?\n")
    assert isinstance(found["mirror"], Proven)


def test_a_gap_at_vehicle_level(verdicts: Callable[[str], dict[str, Verdict]]) -> None:
    refuted = verdicts("P1,1,,,hand == lhd,badge\n")["badge"]
    assert isinstance(refuted, Counterexample)
    assert refuted.selected == ()


def test_at_most_one_may_stay_empty(verdicts: Callable[[str], dict[str, Verdict]]) -> None:
    found = verdicts("P1,1,,,hand == lhd,hook?\n")
    assert isinstance(found["hook"], Proven)
    assert found["hook"].position.filling is Filling.AT_MOST_ONE


def test_a_counterexample_is_valid_and_selects_what_it_says(
    verdicts: Callable[[str], dict[str, Verdict]],
) -> None:
    refuted = verdicts("P1,1,axle,a1,hand == lhd,hub\nP2,1,axle,a1,,hub\n")["hub"]
    assert isinstance(refuted, Counterexample)
    for line, formula in refuted.position.lines:
        assert holds(formula, refuted.variant) == (line in refuted.selected)
    assert len(refuted.selected) == 2


MORE_RULES = (
    RULES
    + """\
  - id: R2
    forbid: axle == a1 and market == jp
    because: The axle is not certified there
  - id: R3
    require: cockpit == c2 => hand == lhd
    because: The second cockpit is made for the left only
"""
)


def told(folder: Path) -> tuple[list[Reason], list[str]]:
    """The reasons of the small catalogue, and their sentences."""
    model = cmf.load(folder)
    space = SatEngine().open(model.problem)
    assert not isinstance(space, Unknown)
    verdicts = [prove(model.lowered, space, each) for each in positions(model.lowered)]
    reasons = [
        reason_of(model.lowered, space, each)
        for each in verdicts
        if isinstance(each, Counterexample)
    ]
    return reasons, [said.says for each in reasons for said in statements(model.lowered, each)]


def test_the_rule_that_makes_two_parts_is_told(tmp_path: Path) -> None:
    """No right-hand drive in the EU: where the second line applies, the first one does."""
    folder = write(tmp_path, "P1,1,,,hand == lhd,wheel\nP2,1,,,market == eu,wheel\n")
    (reason,), sentences = told(folder)
    assert [c.origin.name for c in reason.choices] == ["market == eu"]
    assert [c.origin.name for c in reason.rules] == ["R1"]
    assert reason.remedy == "forbid: hand == lhd and market == eu"
    assert sentences[:2] == [
        f"P1 ({folder}/bom.csv:2) applies where hand == lhd",
        f"P2 ({folder}/bom.csv:3) applies where market == eu",
    ]
    assert sentences[2].startswith("market == eu forces hand == lhd, because “right-hand drive")
    assert sentences[3] == (
        "So every valid variant with market == eu takes both P1 and P2, which no rule excludes"
    )


def test_the_rule_that_leaves_no_part_is_told(tmp_path: Path) -> None:
    """No right-hand drive in the EU, and no line for the EU but one for right-hand drive."""
    lines = "P1,1,,,market in {uk} and hand == lhd,badge\nP2,1,,,hand == rhd,badge\n"
    folder = write(tmp_path, lines)
    (reason,), sentences = told(folder)
    assert reason.refuted.selected == reason.applied == ()
    assert [c.origin.name for c in reason.choices] == ["market == eu"]
    assert [c.origin.name for c in reason.rules] == ["R1"]
    assert sentences[:2] == [
        f"P1 ({folder}/bom.csv:2) would need market in {{uk}}, but market == eu",
        f"P2 ({folder}/bom.csv:3) would need hand == rhd, but hand == lhd",
    ]
    assert sentences[2].startswith("market == eu forces hand == lhd, because “right-hand drive")
    assert sentences[3] == (
        "So every valid variant with market == eu takes no part of the 2 lines, "
        "which no rule excludes"
    )
    assert "add a line" in sentences[-1]


def test_the_nearest_rule_says_what_it_would_take(tmp_path: Path) -> None:
    lines = "P1,1,axle,a1,,hub\nP2,1,axle,a1,hand == rhd,hub\n"
    (reason,), sentences = told(write(tmp_path, lines, MORE_RULES))
    assert [near.rule.origin.name for near in reason.near] == ["R1", "R2", "R3"]
    near = next(sentence for sentence in sentences if "(R2" in sentence)
    assert "excludes it with market == jp, not with market == uk" in near
    assert reason.remedy == "forbid: axle == a1 and hand == rhd"


CONDITIONS = (
    "",
    "hand == lhd",
    "hand == rhd",
    "market == eu",
    '"market in {uk, jp}"',
    "axle == none",
    '"cockpit == c1 or market == jp"',
    '"axle == a1 and (hand == lhd or market == uk)"',
    "not market == uk and hand == lhd",
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "cockpit,c1", "cockpit,*", "axle,a1"]), st.sampled_from(CONDITIONS)
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([RULES, MORE_RULES]),
)
def test_reasons_are_true_and_minimal(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], rules: str
) -> None:
    """Held against every variant: choices, rules, remedy and near rules do what is said of them."""
    bom = "".join(
        f"P{i},1,{place or ','},{condition},wheel\n" for i, (place, condition) in enumerate(lines)
    )
    folder = write(tmp_path_factory.mktemp("positions"), bom, rules)
    reasons, _ = told(folder)
    model = cmf.load(folder)
    valid = list(model.compile("brute").space.variants())
    for reason in reasons:
        chosen = [c.formula for c in reason.choices]
        assert all(holds(reason.fault, v) for v in valid if all(holds(f, v) for f in chosen))
        for left_out in chosen:
            rest = [f for f in chosen if f is not left_out]
            assert any(all(holds(f, v) for f in rest) and not holds(reason.fault, v) for v in valid)
        assert {line.line.part for line in reason.applied} <= {
            line.part for line in reason.refuted.selected
        }
        statement = reason.remedy.removeprefix("forbid: ")
        if statement != "true":
            kept = list(model.compile("brute").where(f"not ({statement})").space.variants())
            assert not any(holds(reason.fault, v) for v in kept) or not reason.applied
            assert reason.refuted.variant not in kept
        for near in reason.near:
            assert near.options
            assert all(reason.refuted.variant[v] != option for v, option in near.options.items())


def test_both_defects_on_the_command_line(tmp_path: Path) -> None:
    """Two steering wheels in one market and a missing badge, for people and for programs."""
    lines = (
        "P1,1,cockpit,*,hand == rhd or market == eu,wheel\n"
        "P2,1,cockpit,*,hand == lhd and market != eu,wheel\n"
        "P3,1,cockpit,c1,market == uk,wheel\n"
        "P4,1,,,market in {eu},badge\n"
    )
    folder = write(tmp_path, lines, MORE_RULES)
    answer = CliRunner().invoke(app, ["bom", str(folder)])
    assert answer.exit_code == 1
    text = " ".join(answer.stdout.split())
    assert "Why `wheel` of `cockpit` does not take exactly one part" in text
    assert "Why `badge` of the vehicle does not take exactly one part" in text
    assert "Correct a condition, or add a rule such as `forbid:" in text
    data = json.loads(CliRunner().invoke(app, ["bom", str(folder), "-f", "json"]).stdout)
    by_name = {row["position"]: row for row in data["positions"]}
    assert {row["verdict"] for row in by_name.values()} == {"refuted"}
    variants = list(cmf.load(folder).compile("brute").iterate())
    assert by_name["badge"]["variants"] == sum(v["market"] != "eu" for v in variants)
    roles = [row["role"] for row in data["reasons"] if row["position"] == "badge"]
    assert roles[0] == "missed"
    assert roles[-1] == "remedy"
    assert "proven" in roles
    missed = next(row for row in data["reasons"] if row["role"] == "missed")
    assert (missed["name"], missed["line"]) == ("P4", 5)


def test_a_check_names_lines_and_rules(tmp_path: Path) -> None:
    folder = write(tmp_path, "P1,1,,,hand == lhd,wheel\nP2,1,,,market == eu,wheel\n")
    data = json.loads(CliRunner().invoke(app, ["check", str(folder), "-f", "json"]).stdout)
    (found,) = (f for f in data["findings"] if f["code"] == "position-filled-twice")
    assert "bom.csv:2) and P2" in found["message"]
    assert "R1 makes it so" in found["message"]
    assert "forbid: hand == lhd and market == eu" in found["remedy"]
