"""`cmf test`: verdicts, words, places, files and exit codes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from calling import call


def test_the_template_passes(demo: Path) -> None:
    answer = call("test", "demo")
    assert answer.code == 0, answer.out
    assert "passed" in answer.out
    assert answer.err == ""


FAILURES = """\
  - id: F1
    possible: brand == south and cockpit == cockpit_next
    because: It was promised
    source: S01
  - id: F2
    title: No electric car after 2026
    where: energy == electric
    always: model_year <= 2026
  - id: F3
    where: model_year == 2024
    always: brand == south
  - {id: F4, exactly-one: [brand == north, energy == petrol]}
  - {id: F5, best: {least: unit_cost, value: 5 EUR}}
  - {id: F6, best: {greatest: wheelbase, variant: energy == electric}}
  - {id: F7, count: 1 000}
  - {id: P1, best: {least: unit_cost, value: 2 476.20 EUR, variant: brand == south}}
"""


def test_failures_are_explained(tests_file: Callable[[str], Path]) -> None:
    tests_file(FAILURES)
    answer = call("test", "demo")
    assert answer.code == 1
    parts = {
        part[part.index("[") + 1 :].partition("]")[0]: part
        for part in answer.out.split("\n\n")[:-1]
    }
    assert list(parts) == ["F1", "F2", "F3", "F4", "F5", "F6", "F7"]
    assert parts["F1"].startswith("demo/tests/own.yaml:2:9: failed[F1]: possible brand == south")
    assert "R05: Brand south keeps to two screens (demo/rules/fit.yaml:23)" in parts["F1"]
    assert "expected because: It was promised (S01)" in parts["F1"]
    assert "V02 Polaris E, but with model_year 2027 (not 2026)\n" in parts["F2"]
    assert "nothing to test" in parts["F3"]
    assert "satisfies `brand == north` and `energy == petrol`" in parts["F4"]
    assert "is 2476.2 EUR, not 5 EUR" in parts["F5"]
    assert "energy petrol" in parts["F6"]
    assert "not 1 000" in parts["F7"]


def test_the_answer_as_data(tests_file: Callable[[str], Path]) -> None:
    tests_file(FAILURES)
    data = json.loads(call("test", "demo", "--format", "json").out)
    assert (data["command"], data["tests_run"], data["passed"], data["failed"]) == ("test", 8, 1, 7)
    assert [row["verdict"] for row in data["tests"]] == ["failed"] * 7 + ["passed"]
    assert data["tests"][1]["line"] == 6
    assert call("test", "demo", "-f", "csv").out.startswith("id,verdict,claim")


def test_junit(tests_file: Callable[[str], Path]) -> None:
    tests_file(FAILURES)
    answer = call("test", "demo", "--junit", "report.xml")
    assert answer.code == 1
    assert "wrote report.xml" in answer.err
    root = ET.parse("report.xml").getroot()  # noqa: S314 (our own file)
    assert root.attrib["tests"] == "8"
    assert root.attrib["failures"] == "7"
    cases = list(root.iter("testcase"))
    assert [case.attrib["name"] for case in cases][-1] == "P1"
    assert cases[0].attrib["classname"] == "small_family.own"
    assert cases[0].attrib["line"] == "2"
    failure = cases[0].find("failure")
    assert failure is not None
    assert "R05" in (failure.text or "")
    assert cases[-1].find("failure") is None
    before = Path("report.xml").read_bytes()
    call("test", "demo", "--junit", "report.xml")
    assert Path("report.xml").read_bytes() == before


def test_keywords_choose(tests_file: Callable[[str], Path]) -> None:
    tests_file(FAILURES)
    assert call("test", "demo", "-k", "p1").code == 0
    found = json.loads(call("test", "demo", "-k", "after 2026", "-k", "F7", "-f", "json").out)
    assert [row["id"] for row in found["tests"]] == ["F2", "F7"]
    answer = call("test", "demo", "-k", "nothing")
    assert answer.code == 2
    assert "`nothing`" in answer.err
    assert "F1" in answer.err


PROVABLE = """\
  - {id: a/1, possible: energy == electric, where: brand == south}
  - {id: A2, impossible: brand == south and cockpit == cockpit_next}
  - {id: A3, where: front_unit.size == large, always: "cockpit in {cockpit_wide, cockpit_next}"}
  - {id: A4, exactly-one: [brand == north, brand == south]}
  - {id: A5, where: brand == south, count: 24}
  - {id: A6, where: brand == south, best: {least: unit_cost, value: 2 476.20 EUR}}
"""
PROVEN = {
    "a%2F1": "one variant is valid where (brand == south) and (energy == electric) and (",
    "A2": "no variant is valid where (brand == south and cockpit == cockpit_next)",
    "A3": "every valid variant where (front_unit.size == large) satisfies cockpit in",
    "A4": "every valid variant satisfies ((brand == north) or (brand == south)) and not (",
    "A5": "24 variants are valid where (brand == south)",
    "A6": "the least unit_cost where (brand == south) is 2 476.2 EUR",
}


def test_every_kind_of_test_is_certified(tests_file: Callable[[str], Path]) -> None:
    tests_file(PROVABLE)
    answer = call("test", "demo", "--certificate", "proofs")
    assert (answer.code, answer.err) == (0, "wrote 6 of 6 certificates to proofs\n")
    assert {path.stem for path in Path("proofs").iterdir()} == PROVEN.keys()
    for name, claim in PROVEN.items():
        found = call("verify", f"proofs/{name}.json", "demo")
        assert found.code == 0, found.err
        assert found.out.startswith(f"verified: {claim}")


def test_a_certificate_of_a_test_is_about_its_catalogue(demo: Path) -> None:
    assert call("test", "demo", "--certificate", "proofs").code == 0
    rules = demo / "rules" / "fit.yaml"
    rules.write_text(rules.read_text() + "# a remark\n")
    assert call("verify", "proofs/T03.json", "demo").code == 1


def test_tests_without_a_certificate_are_named(
    tests_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    best = "  - {id: P1, best: {least: unit_cost, variant: brand == south}}\n"
    failing = "  - {id: F1, always: brand == north}\n"
    tests_file(PROVABLE + best)
    answer = call("test", "demo", "--certificate", "proofs")
    assert answer.code == 3
    assert "P1 has no certificate: " in answer.err
    assert "wrote 6 of 7 certificates" in answer.err
    monkeypatch.setattr("cmf.analysis.certify.prove.LIMITS", ((1, 1),))
    answer = call("test", "demo", "-k", "A5", "--certificate", "none")
    assert answer.code == 3
    assert "limit: A5 has no certificate" in answer.err
    assert list(Path("none").iterdir()) == []
    tests_file(PROVABLE + failing)
    assert call("test", "demo", "--certificate", "failing").code == 1
    assert not Path("failing/F1.json").exists()


def test_places_for_certificates_are_checked_first(demo: Path) -> None:
    for place in ("demo/catalog.yaml", "nowhere/proofs"):
        answer = call("test", "demo", "--certificate", place)
        assert (answer.code, answer.out) == (2, ""), place
    assert call("test", "demo", "--mutate", "--certificate", "proofs").code == 2
    assert not Path("proofs").exists()


BAD = [
    ("  - {id: B, possible: brnd == south}\n", "2:23", "`brand`"),
    ("  - {id: B, possible: brand == south, count: 3}\n", "2:39", "split it"),
    ("  - {id: B}\n", "2:10", "say what is claimed"),
    ("  - {id: B, posible: brand == south}\n", "2:13", "`possible`"),
    ("  - {id: B, count: 3.5}\n", "2:20", "digits"),
    ("  - {id: B, count: -3}\n", "2:20", "digits"),
    ("  - {id: B, exactly-one: [brand == north]}\n", "2:27", "`always`"),
    ("  - {id: B, exactly-one: []}\n", "2:13", "list some"),
    ("  - {id: B, always: }\n", "2:13", "write one"),
    ("  - {id: B, best: unit_cost}\n", "2:19", "key: value"),
    ("  - {id: B, best: {least: unit_cost}}\n", "2:19", "value"),
    ("  - {id: B, best: {least: unit_cots, value: 3 EUR}}\n", "2:27", "`unit_cost`"),
    ("  - {id: B, best: {least: unit_cost, value: 3 mm}}\n", "2:45", "mm"),
    ("  - {id: B, best: {least: mass, greatest: mass, value: 3 kg}}\n", "2:19", "least: unit_cost"),
    ("  - {id: A b, count: 3}\n", "2:10", "blanks"),
    ("  - {id: B, count: 3}\n  - {id: B, count: 3}\n", "3:10", "rename"),
    ("  - B\n", "2:5", "key: value"),
]


@pytest.mark.parametrize(("text", "place", "remedy"), BAD)
def test_mistakes_are_located(
    tests_file: Callable[[str], Path], text: str, place: str, remedy: str
) -> None:
    tests_file(text)
    answer = call("test", "demo")
    assert answer.code == 2, answer.out
    assert f"demo/tests/own.yaml:{place}: error[" in answer.err
    assert remedy in answer.err
    assert answer.out == ""


def test_all_mistakes_at_once(tests_file: Callable[[str], Path]) -> None:
    tests_file("  - {id: A, possible: brnd == a}\n  - {id: B, always: enrgy == b}\n")
    answer = call("test", "demo")
    assert answer.code == 2
    assert "4 mistakes" in answer.err


def test_no_tests_is_a_mistake(demo: Path) -> None:
    (demo / "tests" / "family.yaml").rename(demo / "tests" / "family.yml")
    answer = call("test", "demo")
    assert answer.code == 2
    assert "rename it family.yaml" in answer.err
    (demo / "tests" / "family.yml").unlink()
    answer = call("test", "demo")
    assert answer.code == 2
    assert "docs/rule-tests.md" in answer.err


def test_a_limit_is_no_answer(
    tests_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cmf.engines.sat.oracle import Budget
    from cmf.errors import LimitReached

    def over(self: Budget) -> None:
        raise LimitReached("1 s")

    tests_file("  - {id: U, possible: brand == south}\n")
    monkeypatch.setattr(Budget, "check", over)
    answer = call("test", "demo")
    assert answer.code == 3
    assert "undecided[U]" in answer.out
    assert "neither proven nor refuted" in answer.out
