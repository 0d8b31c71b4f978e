"""The BOM over whole variant spaces, held to brute force; and its proof on the Alliance."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from test_census import Case, cases, part_list
from typer.testing import CliRunner

import cmf
from cmf.analysis.census import Group, populations
from cmf.analysis.positions import (
    Counterexample,
    position_findings,
    positions,
    prove,
    reason_of,
)
from cmf.analysis.usage import usages
from cmf.cli.app import app
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.sat import SatEngine
from cmf.problem.answer import Unknown

SECOND = (
    "CK-STEERING-WHEEL-N2-NISSAN,1,cockpit,ck_b_hs_rhd,"
    "brand == nissan and market == uk,steering_wheel"
)
ALLIANCE = Path(__file__).parents[2] / "catalogs/alliance"


@settings(max_examples=40, deadline=None)
@given(cases())
def test_usage_equals_its_definition(case: Case) -> None:
    found = populations(
        case.lowered, case.lowered.problem, [Group("all")], case.scope, DiagramEngine()
    )
    assert not isinstance(found, Unknown)
    draw = found[0].draw
    variants = [tuple(v) for v in BruteEngine().open(case.lowered.problem).variants()]
    lists = [part_list(case, variant) for variant in variants]
    total = sum(lists, Counter())
    for usage in usages(found[0].contents, draw.counts, draw.total):
        pieces = [parts[usage.part] for parts in lists]
        assert usage.variants == sum(count > 0 for count in pieces)
        assert usage.pieces == total.pop(usage.part, 0)
        assert (usage.least, usage.greatest) == (min(pieces, default=0), max(pieces, default=0))
    assert not total


def test_every_position_of_the_alliance_is_filled_as_declared() -> None:
    answer = CliRunner().invoke(app, ["bom", str(ALLIANCE), "--format", "json"])
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)
    assert found["count"] == 5_930_421
    assert [row["verdict"] for row in found["positions"]] == ["proven"] * 254
    assert found["counterexamples"] == []
    assert len(found["parts"]) == 4_488
    assert all(row["variants"] for row in found["parts"])


def test_a_second_steering_wheel_in_one_market_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "alliance"
    shutil.copytree(ALLIANCE, folder)
    with (folder / "bom.csv").open("a", encoding="utf-8") as lines:
        lines.write(SECOND + "\n")
    model = cmf.load(folder)
    space = SatEngine().open(model.problem)
    assert not isinstance(space, Unknown)
    verdicts = [prove(model.lowered, space, each) for each in positions(model.lowered)]
    (refuted,) = (v for v in verdicts if isinstance(v, Counterexample))
    assert refuted.position.name == "steering_wheel"
    wheels = {line.part for line in refuted.selected}
    assert wheels == {"CK-STEERING-WHEEL-STD-NISSAN", "CK-STEERING-WHEEL-N2-NISSAN"}
    assert model.problem.valid(refuted.variant)
    reason = reason_of(model.lowered, space, refuted)
    assert "market == uk" in [choice.origin.name for choice in reason.choices]
    assert reason.remedy == ("forbid: cockpit == ck_b_hs_rhd and brand == nissan and market == uk")
    (finding,) = position_findings(model.lowered, space)
    assert finding.code == "position-filled-twice"
    assert "steering_wheel" in finding.message
    assert finding.span is not None
