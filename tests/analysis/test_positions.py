"""BOM positions are proven over every valid variant, or refuted by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cmf
from cmf.analysis.positions import Counterexample, Filling, Proven, Verdict, positions, prove
from cmf.problem.formula import holds

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


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[[str], dict[str, Verdict]]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    (tmp_path / "modules/cockpit.yaml").write_text("modules: [{name: c1}, {name: c2}]\n")
    (tmp_path / "modules/axle.yaml").write_text("modules: [{name: a1}]\n")
    (tmp_path / "rules/all.yaml").write_text(RULES)
    (tmp_path / "parts.csv").write_text(PARTS)

    def judge(bom: str) -> dict[str, Verdict]:
        header = "part,quantity,slot,module,condition,position\n"
        (tmp_path / "bom.csv").write_text(header + bom)
        model = cmf.load(tmp_path)
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
