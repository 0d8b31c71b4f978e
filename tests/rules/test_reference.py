"""The reference page tells the truth: its examples resolve, its error table is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rule_catalog import attributes, catalog, numbers, quantity, text

import cmf.rules
from cmf.errors import InputError
from cmf.model.catalog import Axis, AxisKind, Choice, ChoiceSet, Flag, Measure, Option, ValueType
from cmf.model.units import UNITS
from cmf.rules.resolve import resolve_catalog, resolve_condition

PAGE = Path(__file__).parents[2] / "docs" / "rule-language.md"
WORDS = PAGE.read_text(encoding="utf-8")
EXAMPLES = [
    line for block in re.findall(r"```text\n(.*?)```", WORDS, re.S) for line in block.splitlines()
]
ERRORS = [
    (re.findall(r"`([a-z-]+)`", codes), example.strip("` "))
    for codes, example in re.findall(r"^\| (`[^|]*) \| [^|]* \| ([^|]*) ?\|$", WORDS, re.M)
]


def slot(name: str, **types: ValueType) -> Axis:
    return Axis(name, AxisKind.SLOT, (Option(f"{name}_1"),), attributes(**types))


def feature(name: str, *options: str, **types: ValueType) -> Axis:
    return Axis(name, AxisKind.FEATURE, tuple(map(Option, options)), attributes(**types))


MM = Measure(UNITS["mm"])
RESOLVED = resolve_catalog(
    catalog(
        axes=(
            slot("front_underbody", family=Choice("size"), wheelbase_part=MM, track=MM),
            slot(
                "rear_underbody",
                wheelbase_part=MM,
                track=MM,
                driven=Flag(),
                motor_voltage=Measure(UNITS["V"]),
                e_motor_power=Measure(UNITS["kW"]),
            ),
            slot("cockpit", families=ChoiceSet("size"), hand=Choice("hand")),
            feature("brand", "renault", "nissan", company=Choice("company")),
            feature("company", "renault_group", "nissan_motor"),
            feature("hand", "lhd", "rhd"),
            feature("platform", "cmf_b", "ladder"),
            feature("drive", "4x2", "4x4", "e-4orce"),
            feature("market", "eu", "in"),
            numbers("model_year", "year", 2024, 2025, 2026),
            numbers("rim", "in", 16, 17, 18),
        ),
        quantities=(
            quantity("wheelbase", "mm", "front_underbody.wheelbase_part"),
            quantity("kerb_mass", "kg", "bom.mass"),
            quantity("unit_cost", "EUR", "bom.unit_cost"),
            quantity("battery_voltage", "V", "rear_underbody.motor_voltage"),
        ),
    )
)


def test_the_page_has_examples_and_errors() -> None:
    assert len(EXAMPLES) > 25
    assert len(ERRORS) > 25


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_resolve(example: str) -> None:
    resolve_condition(RESOLVED, text(example))


@pytest.mark.parametrize(("codes", "example"), [error for error in ERRORS if error[1]])
def test_error_examples_have_their_code(codes: list[str], example: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_condition(RESOLVED, text(example))
    assert [d.code for d in caught.value.diagnostics] == codes


def codes_in_the_program() -> set[str]:
    """First strings of all calls of `fail`, `fault` and `Diagnostic` in the package."""
    found: set[str] = set()
    for path in Path(cmf.rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                strings = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                if name in ("fail", "fault", "Diagnostic") and strings:
                    found.add(str(strings[0]))
    return found


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    documented = {code for codes, _ in ERRORS for code in codes}
    assert documented == codes_in_the_program()


def test_paragraphs_are_numbered_without_gaps() -> None:
    numbered = [int(n) for n in re.findall(r"^\*\*R(\d+)\*\*", WORDS, re.M)]
    assert numbered == list(range(1, len(numbered) + 1))
    cited = {int(n) for n in re.findall(r"\bR(\d+)\b", WORDS)}
    assert cited <= set(numbered)
