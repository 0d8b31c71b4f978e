"""YAML as a tree of texts with places."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cmf.load import nodes
from cmf.load.faults import Faults
from cmf.load.nodes import DEPTH, Listing, Node, Scalar, Table, parse_yaml
from cmf.source import Source

FULL = Path(__file__).resolve().parent / "full"
BASE = Path(__file__).resolve().parents[1] / "broken" / "_base"
FILES = sorted([*FULL.rglob("*.yaml"), *BASE.rglob("*.yaml")])


def _parse(text: str) -> tuple[Node | None, list[tuple[int, int, str]]]:
    faults = Faults()
    node = parse_yaml(Source("x.yaml", text), faults)
    try:
        faults.raise_if_any()
    except Exception as error:
        found = getattr(error, "diagnostics", ())
        return node, [(d.span.line, d.span.column, d.code) for d in found]
    return node, []


def _scalars(node: Node | None) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Listing(items):
            return [s for item in items for s in _scalars(item)]
        case Table(entries):
            return [s for key, value in entries for s in (Scalar(key), *_scalars(value))]
        case _:
            return []


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_both_yaml_parsers_give_the_same_tree(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may come without libyaml; then its own parser must do."""
    text = path.read_text()
    fast = [(s.text.value, s.span.line, s.span.column) for s in _scalars(_parse(text)[0])]
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = [(s.text.value, s.span.line, s.span.column) for s in _scalars(_parse(text)[0])]
    assert [x[0] for x in fast] == [x[0] for x in slow]
    assert [x for x in fast if x[0]] == [x for x in slow if x[0]]
    assert fast


WORDS = st.text(st.sampled_from("abé1 -:#'\"\\"), min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["'", '"', None])), min_size=1, max_size=5))
def test_places_of_scalars(values: list[tuple[str, str | None]]) -> None:
    """What any YAML writer writes is read back, each text at its place."""
    lines = [
        yaml.dump(text, default_style=style, allow_unicode=True, width=10_000).removesuffix("...\n")
        for text, style in values
    ]
    node, faults = _parse("".join(f"- {line}" for line in lines))
    assert faults == []
    scalars = _scalars(node)
    assert [s.text.value for s in scalars] == [text for text, _ in values]
    for number, scalar in enumerate(scalars, 1):
        span = scalar.span
        assert span.line == number
        line = span.source.line(number)
        shown = line[span.column - 1 : span.end_column - 1]
        quote = line[span.column - 2] if scalar.quoted else ""
        assert yaml.compose(f"{quote}{shown}{quote}").value == scalar.text.value
        if shown == scalar.text.value:
            start = scalar.text.locate(0, 1)
            assert (start.line, start.column) == (span.line, span.column)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\na: 2\na: 3\n", [(2, 1, "duplicate-key"), (3, 1, "duplicate-key")]),
        ("a: {b: 1, b: [2], c: 3}\n", [(1, 11, "duplicate-key")]),
        ("a: &x 1\nb: *x\n", [(1, 4, "yaml-alias")]),
        ("a: !!int 1\n", [(1, 4, "yaml-tag")]),
        ("! a: 1\n", [(1, 1, "yaml-tag")]),
        ("a: 1\n---\nb: 1\n", [(2, 1, "several-documents")]),
        ("[a]: 1\n", [(1, 1, "bad-key")]),
        ("{a: 1}: {b: 1}\n", [(1, 1, "bad-key")]),
        ("? a\n: 1\n", []),
        ("[" * (DEPTH + 1), [(1, DEPTH + 1, "too-deep")]),
        ("- " * 100_000, [(1, 2 * DEPTH + 1, "too-deep")]),
        ('a: "\\u0007"\n', [(1, 5, "bad-character")]),
        ("a: @b\n", [(1, 4, "bad-yaml")]),
        ("%YAML 9.9\n---\na: 1\n", [(1, 1, "bad-yaml")]),
        ("", []),
        ("# a\n", []),
    ],
)
def test_what_is_refused(text: str, faults: list[tuple[int, int, str]]) -> None:
    assert _parse(text)[1] == faults


def test_endless_brackets() -> None:
    """Where the fault is seen depends on how far the parser looks ahead."""
    for text in ("[" * 100_000, "{" * 100_000):
        assert [code for _, _, code in _parse(text)[1]] == ["too-deep"]


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "ENTRIES", 1000)
    assert _parse("[" + "a," * 900 + "]")[1] == []
    text = "[" + "a," * 1000 + "]"
    assert [code for _, _, code in _parse(text)[1]] == ["too-many-entries"]
