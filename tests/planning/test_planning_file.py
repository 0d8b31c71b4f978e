"""Reading planning.yaml: every key, every fault with its place, and the schema."""

from __future__ import annotations

import json
import re
import shutil
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cmf.errors import InputError
from cmf.load import planning_file, read_lineup_and_catalog, read_planning
from cmf.load.faults import Faults
from cmf.load.nodes import Listing, Node, Scalar, parse_yaml
from cmf.model.planning import Cap, Planning, Tier
from cmf.source import Source

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SCHEMA: Any = json.loads(files("cmf.load").joinpath("schema", "planning.json").read_text("utf-8"))

GOOD = (HERE / "rich" / "planning.yaml").read_text(encoding="utf-8")
MORE = """
plants: {douai: 100 000}
leaders: brand
keep: [A]
changes: 3
targets:
  - {id: mine, title: Mine, metric: share, threshold: 80 %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "rich", tmp_path / "rich"))


def read(folder: Path, text: str, taken: tuple[str, ...] = ()) -> Planning:
    (folder / "planning.yaml").write_text(text, encoding="utf-8")
    return read_planning(*read_lineup_and_catalog(folder), taken)


def test_every_key_is_read(folder: Path) -> None:
    found = read(folder, GOOD + MORE)
    assert found.years == 3
    assert found.open == ("pack", "power", "engine.power")
    assert found.within == {"power": (-15_000, 15_000)}
    assert (found.premium, found.integration) == (Fraction(3, 10), Fraction(1, 7))
    assert found.tiers == (Tier(10, Fraction(19, 20)), Tier(30, Fraction(9, 10)))
    assert found.changeover == 450
    assert found.supply == {("battery", "b2"): 10}
    assert found.caps == (Cap("cockpit", 2),)
    assert found.learning == Fraction(23, 25)
    assert found.leaders == "brand"
    assert found.plants == {"douai": 100_000}
    assert (found.keep, found.changes) == (("A",), 3)
    assert [target.id for target in found.targets] == ["mine"]


def test_without_a_file_nothing_is_assumed(folder: Path) -> None:
    (folder / "planning.yaml").unlink()
    assert read_planning(*read_lineup_and_catalog(folder)) == Planning()


FAULTS = [
    ("years: 3", "years: none", "bad-number"),
    ("years: 3", "years: 0", "bad-number"),
    ("open: [pack", "open: [packs", "unknown-slot"),
    ("within: {power: -15..15 kW}", "within: {power: 15 kW}", "bad-step"),
    ("within: {power: -15..15 kW}", "within: {power: 5..15 kW}", "bad-step"),
    ("within: {power: -15..15 kW}", "within: {power: -15..15 mm}", "unit-clash"),
    ("within: {power", "within: {powder", "unknown-quantity"),
    ("premium: 30 %", "premium: much", "bad-ratio"),
    ("premium: 30 %", "premium: 1/0", "bad-ratio"),
    ("premium: 30 %", "premium: 2000 %", "bad-ratio"),
    ("above: 30", "above: 5", "bad-tiers"),
    ("factor: 9/10", "factor: 99 %", "bad-tiers"),
    ("factor: 9/10", "faktor: 9/10", "unknown-key"),
    ("changeover: 4.50 EUR", "changeover: 4.50 kg", "unit-clash"),
    ("changeover: 4.50 EUR", "changeover: -4 EUR", "too-small"),
    ("battery: {b2", "battery: {b9", "unknown-module"),
    ("  battery: {b2: 10}", "  battery: many", "wrong-kind"),
    ("caps: {cockpit: 2}", "caps: {cockpit: 0}", "bad-number"),
    ("caps: {cockpit", "caps: {kokpit", "unknown-slot"),
    ("learning: 92 %", "learning: 20 %", "bad-ratio"),
    ("plants: {douai", "plants: {paris", "unknown-plant"),
    ("leaders: brand", "leaders: engine", "unknown-feature"),
    ("keep: [A]", "keep: [Z]", "unknown-vehicle"),
    ("keep: [A]", "keep: [A, A]", "duplicate-name"),
    ("changes: 3", "changes: -1", "bad-number"),
    ("id: mine", "id: pn", "duplicate-name"),
    ("metric: share", "metric: shares", "unknown-word"),
    ("format: 1", "format: 9", "unknown-format"),
    ("format: 1", "formatted: 1", "unknown-key"),
]


@pytest.mark.parametrize(("old", "new", "code"), FAULTS)
def test_a_fault_is_told_at_its_place(folder: Path, old: str, new: str, code: str) -> None:
    text = GOOD + MORE
    assert old in text
    with pytest.raises(InputError) as caught:
        read(folder, text.replace(old, new, 1), ("pn",))
    found = {each.code: each for each in caught.value.diagnostics}
    assert code in found
    span = found[code].span
    assert span is not None
    assert span.source.name.endswith("planning.yaml")
    assert found[code].remedy


def test_all_faults_come_at_once(folder: Path) -> None:
    text = (GOOD + MORE).replace("years: 3", "years: x").replace("92 %", "x")
    with pytest.raises(InputError) as caught:
        read(folder, text.replace("[A]", "[Z]"))
    assert len(caught.value.diagnostics) == 3


def test_changeover_needs_plants(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HERE / "e12", tmp_path / "e12"))
    with pytest.raises(InputError, match="no-plant"):
        read(folder, "format: 1\nchangeover: 5 EUR\n")


def plain(node: Node | None) -> Any:
    match node:
        case None:
            return None
        case Scalar():
            return node.text.value
        case Listing():
            return [plain(item) for item in node.items]
        case _:
            return {key.value: plain(value) for key, value in node.entries}


def valid(text: str) -> bool:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return bool(validator.is_valid(plain(parse_yaml(Source("x", text), Faults()))))


def test_the_schema_has_the_keys_of_the_reader() -> None:
    assert list(SCHEMA["properties"]) == list(planning_file._KEYS)
    assert all("description" in value for value in SCHEMA["properties"].values())


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    assert valid(GOOD + MORE)
    assert valid((ROOT / "catalogs" / "alliance" / "planning.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("premium: 30 %", "premium: much"),
        ("open: [pack", "open: [pack mule"),
        ("-15..15 kW", "15 kW"),
        ("factor: 9/10", "faktor: 9/10"),
        ("battery: {b2: 10}", "battery: many"),
        ("keep: [A]", "keep: A"),
        ("format: 1", "format: 9"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str) -> None:
    assert not valid((GOOD + MORE).replace(old, new, 1))


def test_the_page_lists_every_code() -> None:
    page = (ROOT / "docs" / "planning.md").read_text(encoding="utf-8")
    source = Path(planning_file.__file__).read_text(encoding="utf-8")
    written = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert written <= set(re.findall(r"`([a-z-]+)`", page))
