"""Faults put into a sound catalogue on purpose, each found where it stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cmf
from cmf.errors import Diagnostic, InputError, Level

BASE = Path(__file__).resolve().parents[1] / "broken" / "_base"

Write = Callable[[str, str], None]
Found = Callable[[], list[Diagnostic]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "base"))


@pytest.fixture
def findings(folder: Path) -> Found:
    return lambda: list(cmf.load(folder).check())


@pytest.fixture
def rule(folder: Path) -> Write:
    """Adds a rule in a file of its own, at line 2."""

    def write(name: str, text: str) -> None:
        body = text.replace("\n", "\n    ")
        (folder / "rules" / f"{name}.yaml").write_text(f"rules:\n  - id: {name}\n    {body}\n")

    return write


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def only(found: list[Diagnostic], code: str) -> Diagnostic:
    (finding,) = [each for each in found if each.code == code]
    return finding


def place(finding: Diagnostic) -> str:
    assert finding.span is not None
    return f"{Path(finding.span.source.name).name}:{finding.span.line}"


def test_the_base_is_sound(findings: Found) -> None:
    assert findings() == []


def test_a_flipped_comparison_kills_modules(rule: Write, findings: Found) -> None:
    rule("R3", "require: wheelbase <= 2700 mm\nbecause: The press is no longer")
    flipped = only(findings(), "rule-never-bites")
    assert place(flipped) == "R3.yaml:2"
    rule("R3", "require: wheelbase >= 2700 mm\nbecause: The press is no longer")
    found = findings()
    dead = {place(each): each for each in found if each.code == "dead-module"}
    assert set(dead) == {"front.yaml:2", "rear.yaml:2"}
    assert all("R3 excludes it" in each.message for each in dead.values())
    assert {each.level for each in found if each.code != "redundant-rule"} == {Level.WARNING}


def test_a_redundant_rule_is_proven_by_those_that_imply_it(rule: Write, findings: Found) -> None:
    rule("z3", "forbid: front == f_small and cockpit == c_two\nbecause: It does not fit")
    finding = only(findings(), "redundant-rule")
    assert (place(finding), finding.level) == ("z3.yaml:2", Level.REMARK)
    assert "R1 implies it" in finding.message
    rule("z3", "forbid: front == f_large and cockpit == c_two\nbecause: It does not fit")
    assert "redundant-rule" not in {each.code for each in findings()}


def test_several_rules_imply_another(rule: Write, findings: Found) -> None:
    rule("R3", "when: brand == nissan\nrequire: rear == r_link\nbecause: First half")
    rule("R4", "when: rear == r_link\nforbid: cockpit == c_two\nbecause: Second half")
    rule("R5", "when: brand == nissan\nforbid: cockpit == c_two\nbecause: Both together")
    finding = only(findings(), "redundant-rule")
    assert place(finding) == "R5.yaml:2"
    assert "R3 and R4 together imply it" in finding.message


def by_months(folder: Path) -> None:
    """Time is counted in months of 2026."""
    replace(folder / "catalog.yaml", "numeric: year", "numeric: 1")
    replace(folder / "catalog.yaml", "range: 2025..2026", "range: 2601..2612")
    replace(folder / "modules" / "front.yaml", "from: 2026", "from: 2603")


OLD = "when: market == NO\nrequire: cockpit == c_one\nbecause: Snow\nuntil: {}"
NEW = "when: market == NO\nforbid: cockpit == c_two\nbecause: Ice\nfrom: {}\nsupersedes: {}"


def test_a_gap_of_one_month_between_two_effectivities(
    folder: Path, rule: Write, findings: Found
) -> None:
    by_months(folder)
    rule("S1", OLD.format(2607))
    rule("S2", NEW.format(2608, "S1"))
    gap = only(findings(), "effectivity-gap")
    assert place(gap) == "S2.yaml:7"
    assert "neither holds in 2607" in gap.message
    rule("S2", NEW.format(2607, "S1"))
    assert findings() == []


def test_an_overlap_of_two_effectivities(folder: Path, rule: Write, findings: Found) -> None:
    by_months(folder)
    rule("S1", OLD.format(2607))
    rule("S2", NEW.format(2605, "S1"))
    assert "both hold in 2605 and 2606" in only(findings(), "effectivity-overlap").message


def test_what_is_superseded_must_be_there(rule: Write, findings: Found) -> None:
    for name, code in (("R9", "unknown-rule"), ("S2", "supersedes-itself")):
        rule("S2", NEW.format(2026, name))
        with pytest.raises(InputError) as caught:
            findings()
        assert [each.code for each in caught.value.diagnostics] == [code]
        assert place(caught.value.diagnostics[0]) == "S2.yaml:7"


def test_a_dead_module_is_told_with_its_rules(rule: Write, findings: Found) -> None:
    rule("R3", "when: rear.driven\nforbid: market in {SE, NO}\nbecause: No driven axles there")
    dead = only(findings(), "dead-module")
    assert place(dead) == "rear.yaml:3"
    assert "`rear == r_link`: R3 excludes it" in dead.message


def test_a_reason_that_names_a_module_that_is_gone(rule: Write, findings: Found) -> None:
    rule("R3", "forbid: front == f_large and rear == r_beam\nbecause: f_smal and f_large differ")
    finding = only(findings(), "reason-names-missing")
    assert place(finding) == "R3.yaml:2"
    assert "`f_smal`" in finding.message
    assert "did you mean `f_small`" in (finding.remedy or "")
    rule("R3", "forbid: front == f_large and rear == r_beam\nbecause: See rule R1 and `c_two`")
    assert findings() == []
    rule("R3", "forbid: front == f_large and rear == r_beam\nbecause: See rule R7 and `cthree`")
    found = [each for each in findings() if each.code == "reason-names-missing"]
    assert ["`cthree`" in found[0].message, "`R7`" in found[1].message] == [True, True]


def test_a_vehicle_that_lost_its_last_variant(rule: Write, findings: Found) -> None:
    rule("R3", "when: rear == r_link\nforbid: brand == nissan\nbecause: No such axle")
    lost = only(findings(), "vehicle-lost")
    assert place(lost) == "vehicles.csv:3"
    assert "Micra" in lost.message
    assert "R3" in lost.message


def test_groups_of_rules_that_contradict_each_other(rule: Write, findings: Found) -> None:
    rule("R3", "require: front.family == small\nbecause: One")
    rule("R4", "require: front.family == large\nbecause: Two")
    rule("R5", "forbid: rear.driven\nbecause: Three")
    rule("R6", "forbid: not rear.driven\nbecause: Four")
    found = findings()
    groups = [each.message for each in found if each.code == "contradictory-rules"]
    assert groups == ["R3 and R4 contradict each other", "R5 and R6 contradict each other"]
    assert found[0].code == "no-variant"


def test_modules_that_differ_in_money_only(folder: Path, findings: Found) -> None:
    replace(
        folder / "modules" / "front.yaml",
        "  - name: f_large\n",
        "  - {name: f_twin, family: small, length: 1 100 mm, investment: 5 000 000 EUR}\n"
        "  - name: f_large\n",
    )
    replace(folder / "bom.csv", "f_small|f_large", "f_small|f_large|f_twin")
    finding = only(findings(), "near-duplicate-modules")
    assert place(finding) == "front.yaml:6"
    assert finding.level is Level.REMARK
    for words in ("without `f_twin` 5 000 000 EUR", "0 part numbers", "only in money and mass"):
        assert words in finding.message
    replace(folder / "modules" / "front.yaml", "length: 1 100 mm, inv", "length: 1 110 mm, inv")
    found = only(findings(), "near-duplicate-modules")
    assert "only in numbers and a few parts" in found.message


def test_a_year_that_there_is_not(folder: Path, rule: Write, findings: Found) -> None:
    """`model_year == 2030` keeps its meaning, false whatever is chosen; who wrote it is told."""
    axis, option = numeric(folder)
    beyond = int(option) + 70
    rule("E1", f"when: {axis} == {beyond}\nrequire: {axis} == {option}\nbecause: so")
    found = [each for each in findings() if each.code == "no-such-option"]
    assert place(found[0]) == "E1.yaml:2"
    assert f"`{axis} == {beyond}` never holds: `{axis}` has no option {beyond}" in found[0].message
    assert found[0].remedy == f"did you mean `{option}`?"


def numeric(folder: Path) -> tuple[str, str]:
    """The time feature of a catalogue and its last year."""
    catalog = cmf.load(folder).catalog
    assert catalog.time is not None
    (axis,) = [each for each in catalog.axes if each.name == catalog.time]
    return axis.name, axis.names[-1]
