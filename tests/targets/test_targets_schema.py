"""The schema of targets.yaml agrees with its reader, the page lists every code."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cmf.load import targets_file
from cmf.load.faults import Faults
from cmf.load.nodes import Listing, Node, Scalar, parse_yaml
from cmf.model.targets import KINDS
from cmf.source import Source

ROOT = Path(__file__).parent.parent.parent
SCHEMA: Any = json.loads(files("cmf.load").joinpath("schema", "targets.json").read_text("utf-8"))


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


def test_keys_and_metrics_are_those_of_the_reader() -> None:
    keys = SCHEMA["$defs"]["target"]["properties"]
    known = {key for kind in KINDS.values() for key in (*kind.needs, *kind.takes)}
    always = {"id", "title", "metric", "threshold", "by", "tolerance", "source", "note"}
    assert set(keys) == known | always
    assert keys["metric"]["enum"] == list(KINDS)
    assert all("description" in value for value in keys.values())


def test_the_alliance_targets_are_valid() -> None:
    assert valid((ROOT / "catalogs" / "alliance" / "targets.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("share", "shares"),
        ("metric: share, threshold: 80 %", "metric: share"),
        ("metric: share", "metric: carry_over"),
        ("id: t, ", ""),
        ("threshold", "treshold"),
        ("targets:", "volumes: {A: many}\ntargets:"),
    ],
)
def test_wrong_files_are_not(old: str, new: str) -> None:
    good = "format: 1\ntargets:\n  - {id: t, title: T, metric: share, threshold: 80 %}\n"
    assert valid(good)
    assert not valid(good.replace(old, new, 1))


def test_the_page_lists_every_code_and_metric() -> None:
    page = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")
    source = Path(targets_file.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) <= set(
        re.findall(r"`([a-z-]+)`", page)
    )
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", page))
