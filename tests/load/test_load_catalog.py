"""The catalogue that uses every feature of the format, value by value."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmf.load import read_catalog, read_lineup, read_lineup_and_catalog
from cmf.model.catalog import (
    AxisKind,
    Basis,
    Catalog,
    Choice,
    ChoiceSet,
    Effectivity,
    Flag,
    Measure,
    Severity,
)
from cmf.model.units import UNITS
from cmf.rules.resolve import resolve_catalog
from cmf.source import Text

FULL = Path(__file__).resolve().parent / "full"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(FULL)


def test_head(catalog: Catalog) -> None:
    assert (catalog.name, catalog.title) == ("full-1.0", "Every feature of the format")
    assert catalog.currency is UNITS["JPY"]
    assert catalog.time == "model_year"
    assert catalog.folder == FULL
    assert dict(catalog.sources) == {"S1": "A book", "S2": "https://example.org/: a page"}


def test_axes_stand_in_declared_order_slots_first(catalog: Catalog) -> None:
    assert [axis.name for axis in catalog.slots] == ["front", "rear", "cockpit"]
    assert [axis.name for axis in catalog.features] == [
        "brand",
        "market",
        "model_year",
        "doors",
        "battery",
    ]
    assert [axis.kind for axis in catalog.axes] == [AxisKind.SLOT] * 3 + [AxisKind.FEATURE] * 5


def test_scalars_are_text(catalog: Catalog) -> None:
    """`NO` is Norway and `0225` is no number, whatever YAML thinks."""
    assert catalog.axis("market").names == ("SE", "NO", "0225", "yes", "null")
    assert catalog.domains["code"] == ("0225", "on", "2.0-dCi", "a/b", "NO")
    assert catalog.domains["front"] == ("f1", "f2")
    assert catalog.domains["rear"] == ("none", "r1", "r2")


def test_numeric_features(catalog: Catalog) -> None:
    year, doors, battery = (catalog.axis(n) for n in ("model_year", "doors", "battery"))
    assert (year.names, year.unit) == (("2024", "2025", "2026"), UNITS["year"])
    assert (doors.names, doors.unit) == (("5", "3", "-1"), UNITS["1"])
    assert (battery.names, battery.unit) == (("40", "52"), UNITS["kWh"])
    assert battery.options[1].title == "Large"
    assert catalog.axis("brand").unit is None


def test_attribute_types(catalog: Catalog) -> None:
    front, rear = catalog.axis("front").attributes, catalog.axis("rear").attributes
    assert front["family"].type == Choice("family")
    assert front["length"].type == Measure(UNITS["mm"])
    assert (front["offset"].default, front["offset"].title) == (-12, "Offset")
    assert front["investment"].type == Measure(UNITS["JPY"])
    assert front["investment"].default is None
    assert (rear["driven"].type, rear["driven"].default) == (Flag(), False)
    assert (rear["codes"].type, rear["codes"].default) == (ChoiceSet("code"), frozenset({"NO"}))
    assert rear["pairs_with"].type == Choice("front")
    assert rear["partners"].type == ChoiceSet("front")
    assert "investment" not in catalog.axis("brand").attributes


def test_module_values_are_exact_and_undefined_ones_are_missing(catalog: Catalog) -> None:
    f1, f2 = catalog.axis("front").options
    assert dict(f1.values) == {
        "family": "small",
        "length": 1100,
        "offset": 5,
        "price": 12_000,
        "investment": 4_000_000,
    }
    assert dict(f2.values) == {"family": "large", "length": 1200, "offset": -12}
    none, r1, r2 = catalog.axis("rear").options
    assert (none.name, dict(none.values)) == ("none", {})
    assert r1.values["codes"] == frozenset({"0225", "on"})
    assert (r1.values["driven"], r1.values["screens"]) == (True, 2)
    assert dict(r2.values) == {"driven": False, "codes": frozenset({"NO"})}


def test_keys_of_options(catalog: Catalog) -> None:
    f1 = catalog.axis("front").options[0]
    assert (f1.title, f1.lead, f1.source, f1.basis) == (
        "It's small",
        "north_motors",
        "S1",
        Basis.PUBLIC,
    )
    assert f1.effective == Effectivity(2019, 2030)
    brand = {option.name: option for option in catalog.axis("brand").options}
    assert list(brand) == ["north", "south", "east", "west", "far"]
    assert dict(brand["south"].values) == {"company": "south_motors", "year": "2025"}
    assert brand["east"].effective == Effectivity(2025, None)
    assert (brand["east"].source, brand["east"].basis) == ("S1 S2", Basis.ESTIMATE)
    assert brand["far"].outside == "Nobody builds it"
    assert dict(brand["west"].values) == {}


def test_rules(catalog: Catalog) -> None:
    a1, a2, b1, b2 = catalog.rules
    assert [rule.id for rule in catalog.rules] == ["A1", "A2", "B1", "B2"]
    assert a1.when is not None
    assert a1.require is not None
    assert a1.require.value == "front.length <= 1 200 mm and doors in 3..5\n"
    assert (a1.because, a1.owner, a1.severity) == ("Two lines\nof reasons", "body", Severity.WARN)
    assert (a1.basis, a1.effective) == (Basis.ILLUSTRATIVE, Effectivity(2025, 2026))
    assert a2.forbid is not None
    assert a2.forbid.value == "market == 'NO' and rear.driven"
    assert a2.severity is Severity.HARD
    assert b1.allow is not None
    assert b1.exclude is None
    assert [c.value for c in b1.allow.columns] == ["doors", "front.length", "market"]
    assert [[c.value for c in row] for row in b1.allow.rows] == [
        ["3", "1 100..1 200 mm", "SE | NO"],
        ["*", "*", "*"],
    ]
    assert b2.exclude == b1.allow


def test_parts_and_bom(catalog: Catalog) -> None:
    beam, bolt = catalog.parts.values()
    assert (beam.number, beam.name, beam.unit_cost, beam.mass) == (
        "P-1",
        'Beam, "long"',
        1200,
        1500,
    )
    assert (beam.supplier, beam.lead, beam.part_class) == ("Maker", "north_motors", "structure")
    assert (beam.source, beam.basis, beam.investment) == ("S1 S2", Basis.PUBLIC, 0)
    assert (bolt.unit_cost, bolt.mass, bolt.investment, bolt.basis) == (3, 20, 500, None)
    lines = [(x.part, x.quantity, x.slot, x.modules, x.position) for x in catalog.bom]
    assert lines == [
        ("P-1", 1, "front", ("f1", "f2"), "beam"),
        ("P-1", 2, "front", ("f1",), "beam"),
        ("P-2", 12, "rear", None, ""),
        ("P-2", 4, None, None, ""),
    ]
    conditions = [line.condition.value if line.condition else None for line in catalog.bom]
    assert conditions == [None, "market in {NO, SE}", None, "doors == 5"]


def test_quantities_and_scopes(catalog: Catalog) -> None:
    assert [(q.name, q.unit.symbol, q.title) for q in catalog.quantities] == [
        ("length", "mm", "Length"),
        ("cost", "JPY", ""),
        ("ratio", "1", ""),
    ]
    assert catalog.quantities[0].expression.value == "front.length + front.offset"
    slots = ("front", "rear", "cockpit")
    scopes = {n: (s.slots, s.vehicle_level, s.exclude) for n, s in catalog.scopes.items()}
    assert scopes == {
        "all": (slots, True, frozenset()),
        "rear_only": (("rear",), False, frozenset()),
        "no_bolts": (slots, False, frozenset({"bolt"})),
    }


def test_the_rule_language_accepts_its_expressions(catalog: Catalog) -> None:
    assert resolve_catalog(catalog) is not None


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif hasattr(value, "__attrs_attrs__"):
        for name in type(value).__slots__:
            if name not in ("span", "__weakref__"):
                yield from _texts(getattr(value, name))


def test_places_of_expressions_are_exact(catalog: Catalog) -> None:
    found = [*_texts(catalog.quantities), *_texts(catalog.rules), *_texts(catalog.bom)]
    assert len(found) > 15
    for text in found:
        span = text.span
        line = span.source.line(span.line)
        if span.line == span.end_line:
            assert line[span.column - 1 : span.end_column - 1] == text.value
            middle = text.locate(1, 2)
            assert (middle.line, middle.column) == (span.line, span.column + 1)


def test_lineup() -> None:
    lineup, catalog = read_lineup_and_catalog(FULL / "lineup.yaml")
    assert (lineup.name, lineup.title, lineup.minimise) == ("north", "", "cost")
    assert lineup.scopes == ("all", "rear_only", "no_bolts")
    assert lineup.catalog == lineup.folder == FULL
    one, two = lineup.vehicles
    assert (one.id, one.name) == ("V1", "One")
    assert dict(one.pins) == {"rear": "none", "brand": "north", "model_year": "2025", "doors": "3"}
    assert one.require is not None
    assert one.require.value == "front.length > 1 m"
    assert (dict(one.volumes), one.volume_basis) == ({0: 1000}, Basis.ESTIMATE)
    assert dict(one.published) == {"length": 1095}
    assert (one.source, one.note, one.refused_by) == ("S1", "two\nlines", ())
    assert (two.refused_by, dict(two.volumes), dict(two.published)) == (("B2", "A2"), {}, {})
    assert read_lineup(FULL, catalog) == lineup


def test_lineup_below_its_catalogue() -> None:
    lineup = read_lineup(FULL / "lineups" / "south")
    assert lineup.catalog == FULL
    assert lineup.scopes == ("no_bolts", "all")
    assert [dict(v.volumes) for v in lineup.vehicles] == [{2024: 10, 2025: 20}, {2025: 5}]


def test_digest_depends_on_what_is_read_and_on_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(FULL, copy)
    digest = read_catalog(FULL).digest
    assert len(digest) == 64
    assert read_catalog(copy).digest == digest
    (copy / "tests" / "more.yaml").write_text("tests:\n")
    (copy / "rules" / "notes.md").write_text("other notes")
    assert read_catalog(copy).digest == digest
    table = copy / "tables" / "doors.csv"
    table.write_text(table.read_text() + "*,*,SE\n")
    changed = read_catalog(copy).digest
    assert changed != digest
    (copy / "rules" / "b.yaml").rename(copy / "rules" / "d.yaml")
    assert read_catalog(copy).digest not in (digest, changed)
    lineup = read_lineup(FULL)
    assert lineup.digest != digest
    assert read_lineup(FULL / "lineups" / "south").digest != lineup.digest


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    copy = tmp_path / "windows"
    shutil.copytree(FULL, copy)
    for path in copy.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    plain, windows = read_catalog(FULL), read_catalog(copy)
    assert windows.axes == plain.axes
    assert windows.rules == plain.rules
    assert windows.parts == plain.parts
    assert windows.bom == plain.bom
    assert read_lineup(copy).vehicles == read_lineup(FULL).vehicles
    places = [(r.span.line, r.span.column) for r in windows.rules if r.span]
    assert places == [(r.span.line, r.span.column) for r in plain.rules if r.span]
