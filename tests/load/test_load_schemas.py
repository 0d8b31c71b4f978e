"""The published schemas and the reader accept, and refuse, the same shapes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from broken_cases import BASE

from cmf.errors import InputError
from cmf.load import read_lineup
from cmf.load.axes import _KEYS as AXIS_KEYS
from cmf.load.axes import OPTION_KEYS
from cmf.load.catalog_file import _KEYS as CATALOG_KEYS
from cmf.load.faults import Faults
from cmf.load.lineup_file import _KEYS as LINEUP_KEYS
from cmf.load.nodes import Listing, Node, Scalar, Table, parse_yaml
from cmf.load.rules_files import _KEYS as RULE_KEYS
from cmf.load.schemas import SCHEMAS, schema_text, write_schemas
from cmf.model.catalog import AxisKind, Basis
from cmf.model.units import CURRENCIES, UNITS
from cmf.source import Source

FULL = Path(__file__).resolve().parent / "full"
EXAMPLES = Path(__file__).resolve().parents[2] / "catalogs"


def _schema(name: str) -> Any:
    return json.loads(schema_text(name))


def _plain(node: Node | None) -> object:
    """A tree as an editor sees it: scalars by the core schema of YAML 1.2."""
    match node:
        case Listing(items):
            return [_plain(item) for item in items]
        case Table(entries):
            return {key.value: _plain(value) for key, value in entries}
        case Scalar(text, quoted):
            word = text.value
            if quoted:
                return word
            if word in ("", "~", "null"):
                return None
            if word in ("true", "false"):
                return word == "true"
            if re.fullmatch(r"[-+]?[0-9]+", word):
                return int(word)
            if re.fullmatch(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)", word):
                return float(word)
            return word
        case _:
            return None


def _valid(name: str, text: str) -> bool:
    validator = jsonschema.Draft202012Validator(_schema(name))
    return bool(validator.is_valid(_plain(parse_yaml(Source("x", text), Faults()))))


def _kind(path: Path) -> str:
    return path.parent.name if path.parent.name in ("modules", "rules", "tests") else path.stem


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    schema = _schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    _described(schema)


def _described(schema: Any) -> None:
    """Editors show descriptions, so every key has one."""
    for name, part in schema.get("$defs", {}).items():
        assert "description" in part or name == "flag", name
        for key, value in part.get("properties", {}).items():
            assert "description" in value or "$ref" in value, key


@pytest.mark.parametrize(
    "path",
    sorted(p for r in (FULL, BASE, EXAMPLES) for p in r.rglob("*.yaml") if _kind(p) in SCHEMAS),
    ids=lambda p: "-".join(p.parts[-3:]),
)
def test_good_files_are_valid(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(_schema(_kind(path)))
    tree = _plain(parse_yaml(Source(str(path), path.read_text(encoding="utf-8")), Faults()))
    faults = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(tree)]
    assert faults == []


def test_keys_are_those_of_the_reader() -> None:
    catalog, rules = _schema("catalog"), _schema("rules")
    assert set(catalog["properties"]) == set(CATALOG_KEYS)
    assert set(catalog["$defs"]["slot"]["properties"]) == set(AXIS_KEYS[AxisKind.SLOT])
    assert set(catalog["$defs"]["feature"]["properties"]) == set(AXIS_KEYS[AxisKind.FEATURE])
    assert set(rules["$defs"]["rule"]["properties"]) == set(RULE_KEYS)
    assert set(_schema("lineup")["properties"]) == set(LINEUP_KEYS)
    option = catalog["$defs"]["option"]["anyOf"][1]["properties"]
    assert set(option) == {"name", *OPTION_KEYS}
    module = _schema("modules")["$defs"]["module"]["anyOf"][1]["properties"]
    assert set(module) == {"name", "investment", *OPTION_KEYS}
    assert set(catalog["$defs"]["unit"]["enum"]) == {1, *UNITS}
    assert tuple(catalog["properties"]["currency"]["enum"]) == CURRENCIES
    assert catalog["$defs"]["basis"]["enum"] == [b.value for b in Basis]


SHAPE_FAULTS = [
    ("catalog.yaml", "format: 1", "format: 2"),
    ("catalog.yaml", "format: 1\n", ""),
    ("catalog.yaml", "name: base", "name: my base"),
    ("catalog.yaml", "name: base\n", ""),
    ("catalog.yaml", "currency: EUR", "currency: EURO"),
    ("catalog.yaml", "time: model_year", "tme: model_year"),
    ("catalog.yaml", "time: model_year", "time: [model_year]"),
    ("catalog.yaml", "family: [small, large]", "family: small"),
    ("catalog.yaml", "family: [small, large]", "family: []"),
    ("catalog.yaml", "family: [small, large]", "family: [small, small]"),
    ("catalog.yaml", "  - name: rear\n    ", "  - "),
    ("catalog.yaml", "  - name: brand", "  - name: Brand"),
    ("catalog.yaml", "options: [renault, nissan]", "options: []"),
    ("catalog.yaml", "    options: [renault, nissan]\n", ""),
    ("catalog.yaml", "options: [renault, nissan]", "options: [{title: Renault}, nissan]"),
    ("catalog.yaml", "options: [renault, nissan]", "options: [re nault, nissan]"),
    ("catalog.yaml", "numeric: year", "numeric: years"),
    ("catalog.yaml", "range: 2025..2026", "range: 2025-2026"),
    ("catalog.yaml", "    numeric: year\n", ""),
    ("catalog.yaml", "length: mm, driven: flag", "length: mm, driven: {flag: true}"),
    ("catalog.yaml", "length: mm, driven: flag", "length: mm, driven: {type: flag, unit: mm}"),
    ("catalog.yaml", "length: mm, driven: flag", "length: mm, Driven: flag"),
    ("catalog.yaml", "length: mm, driven: flag", "length: mm, driven: flag, investment: EUR"),
    ("catalog.yaml", "{unit: mm, is: front.length + rear.length}", "front.length"),
    ("catalog.yaml", "{unit: mm, is: front.length + rear.length}", "{unit: mm}"),
    ("catalog.yaml", "{vehicle_level: true}", "{vehicle_level: yes}"),
    ("catalog.yaml", "{slots: [rear]}", "{slots: rear}"),
    ("catalog.yaml", "{slots: [rear]}", "{slots: [rear, rear]}"),
    ("modules/rear.yaml", "modules:", "module:"),
    ("modules/rear.yaml", "  - r_beam: {length: 1 450 mm, driven: false}", "  - [r_beam]"),
    ("modules/cockpit.yaml", "basis: public", "basis: rumour"),
    ("modules/front.yaml", "    from: 2026", "    from: soon"),
    ("modules/front.yaml", "name: f_large", "title: f_large"),
    ("modules/front.yaml", "length: 1 100 mm", "length: {mm: 1100}"),
    ("rules/rules.yaml", "  - id: R1\n    ", "  - "),
    ("rules/rules.yaml", "    because: Only these cars are sold there\n", ""),
    ("rules/rules.yaml", "    allow: tables/markets.csv\n", ""),
    ("rules/rules.yaml", "allow: tables/markets.csv", "allow: ../markets.csv"),
    ("rules/rules.yaml", "allow: tables/markets.csv", "allow: tables/markets.txt"),
    ("rules/rules.yaml", "allow: tables/markets.csv", "alow: tables/markets.csv"),
    ("rules/rules.yaml", "allow: tables/markets.csv", "forbid: true\n    require: false"),
    ("rules/rules.yaml", "because: Only", "severity: hrad\n    because: Only"),
    ("rules/rules.yaml", "because: Only", "when: [a]\n    because: Only"),
    ("lineup.yaml", "vehicles: vehicles.csv\n", ""),
    ("lineup.yaml", "vehicles: vehicles.csv", "catalogue: /tmp\nvehicles: vehicles.csv"),
    ("lineup.yaml", "scopes: [all, rear_only]", "scopes: all"),
    ("lineup.yaml", "complete: unit_cost", "complet: unit_cost"),
    ("sources.yaml", "S01: The maker's press kit", "S01: [a, b]"),
    ("sources.yaml", "S01: The", "S 01: The"),
]


@pytest.mark.parametrize(("name", "good", "bad"), SHAPE_FAULTS)
def test_both_refuse_the_same_shapes(name: str, good: str, bad: str, tmp_path: Path) -> None:
    text = (BASE / name).read_text()
    assert good in text
    broken = text.replace(good, bad, 1)
    kind = _kind(BASE / name)
    assert _valid(kind, text)
    assert not _valid(kind, broken), "the schema accepts it"
    folder = tmp_path / "catalogue"
    shutil.copytree(BASE, folder)
    (folder / name).write_text(broken)
    with pytest.raises(InputError) as caught:
        read_lineup(folder)
    places = [d.span.source.name for d in caught.value.diagnostics if d.span]
    assert str(folder / name) in places


def test_schemas_can_be_written_out(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new" / "schemas")
    assert [path.stem for path in written] == list(SCHEMAS)
    assert json.loads(written[0].read_text())["title"] == "Catalogue"
    with pytest.raises(ValueError, match="catalog, modules"):
        schema_text("catalogue")
