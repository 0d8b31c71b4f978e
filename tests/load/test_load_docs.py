"""The page about the format: its examples are one good catalogue, its list of codes is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from broken_cases import CASES

from cmf.load import read_lineup_and_catalog, schemas
from cmf.model.units import UNITS
from cmf.rules.resolve import resolve_catalog

PAGE = Path(__file__).resolve().parents[2] / "docs" / "catalogue-format.md"


@pytest.fixture(scope="module")
def page() -> str:
    if not PAGE.exists():
        pytest.skip("the documentation is not beside the tests")
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    blocks = re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', page, re.DOTALL | re.MULTILINE)
    for name, text in blocks:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert len(blocks) >= 12
    return folder


def test_the_example_is_a_good_catalogue(example: Path) -> None:
    lineup, catalog = read_lineup_and_catalog(example)
    resolved = resolve_catalog(catalog)
    assert resolved is not None
    assert [vehicle.id for vehicle in lineup.vehicles] == ["V01", "V02", "V03"]
    assert catalog.axis("market").names == ("SE", "NO")


def test_every_code_is_in_the_list(page: str) -> None:
    """Codes of catalogue and line-up; targets, planning, revisions, rates have their own pages."""
    listed = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", page.split("## Faults and")[1]))
    reader = Path(schemas.__file__).parent
    own = ("targets", "planning", "revision", "rates")
    files = [path for path in reader.glob("*.py") if not path.stem.startswith(own)]
    sources = "\n".join(path.read_text() for path in files)
    written = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', sources)) - {"utf-8"}
    written |= {f"unknown-{what}" for what in ("quantity", "scope", "rule", "part-class")}
    assert listed == written
    assert {f.code for case in CASES if case.stage == "load" for f in case.faults} <= listed


def test_every_unit_is_in_the_table(page: str) -> None:
    table = page.split("## Numbers and units")[1].split("## Years")[0]
    assert set(UNITS) <= set(re.findall(r"`([^`]+)`", table))


def test_every_schema_is_in_the_settings(page: str) -> None:
    assert set(re.findall(r"\.schemas/(\w+)\.json\":", page)) == set(schemas.SCHEMAS)
