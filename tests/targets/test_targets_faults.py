"""Faults of a targets file: each with its code and its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.analysis.targets import Assessment
from cmf.errors import InputError
from cmf.load import read_lineup_and_catalog, read_targets
from cmf.model.catalog import Catalog
from cmf.model.lineup import Lineup

Assess = Callable[[str], Assessment]
HEAD = "format: 1\ntargets:\n"
GOOD = "  - id: t\n    title: T\n    metric: share\n    threshold: 80 %\n"


def codes(assess: Assess, text: str) -> list[tuple[str, str]]:
    """Code and line:column of each fault."""
    with pytest.raises(InputError) as caught:
        assess(text)
    for fault in caught.value.diagnostics:
        assert fault.span is not None
        assert fault.remedy
        assert Path(fault.span.source.name).name == "targets.yaml"
    return [
        (fault.code, f"{fault.span.line}:{fault.span.column}")
        for fault in caught.value.diagnostics
        if fault.span is not None
    ]


def test_the_good_one_is_good(assess: Assess) -> None:
    assert len(assess(HEAD + GOOD).outcomes) == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("80 %", "most", "bad-threshold", "6:16"),
        ("80 %", "8o %", "unit-clash", "6:16"),
        ("80 %", "1e-1", "unit-clash", "6:16"),
        ("80 %", "4/0", "bad-threshold", "6:16"),
        ("80 %", "85..75 %", "bad-threshold", "6:16"),
        ("80 %", '">= 75..85 %"', "bad-threshold", "6:17"),
        ("80 %", "80 EUR", "unit-clash", "6:16"),
        ("    threshold: 80 %\n", "", "missing-key", "3:5"),
        ("share\n", "shares\n", "unknown-word", "5:13"),
        ("share\n", "share\n    weight: parts\n", "unknown-word", "6:13"),
        ("share\n", "share\n    level: group\n", "unknown-word", "6:12"),
        ("share\n", "share\n    scope: some\n", "unknown-scope", "6:12"),
        ("share\n", "share\n    population: market\n", "unknown-population", "6:17"),
        ("share\n", "share\n    k: 0\n", "bad-k", "6:8"),
        ("share\n", "share\n    k: two\n", "bad-k", "6:8"),
        ("share\n", "share\n    axis: cockpit\n", "unused-key", "6:5"),
        ("share\n", "share\n    wieght: spend\n", "unknown-key", "6:5"),
        ("share\n", "share\n    direction: of n\n", "bad-direction", "6:16"),
        ("share\n", "share\n    direction: from D\n", "unknown-vehicle", "6:21"),
        ("share\n", "carry_over\n    direction: A from D\n", "unknown-vehicle", "6:23"),
        ("share\n", "carry_over\n", "missing-key", "3:5"),
        ("share\n", "share\n    by: soon\n", "bad-year", "6:9"),
        ("share\n", "share\n    tolerance: -1 %\n", "bad-tolerance", "6:16"),
        ("share\n", "share\n    where: brnd == n\n", "unknown-name", "6:12"),
        ("share\n", "count\n", "bad-threshold", "6:16"),
        ("share\n", "volume_times\n    quantity: kwh\n", "unknown-quantity", "6:15"),
        ("share\n", "platform_ratio_models\n    population: brand\n", "missing-key", "3:5"),
        (
            "share\n",
            "parts_cost_reduction\n    learning: 120 %\n    over_design: 0\n",
            "bad-figure",
            "6:15",
        ),
        ("id: t", "id: a b", "bad-name", "3:9"),
        ("targets:\n", "volumes: {Z: 3}\ntargets:\n", "unknown-vehicle", "2:11"),
        ("targets:\n", "volumes: {A: 5..3}\ntargets:\n", "bad-volume", "2:14"),
        ("targets:\n", "volumes: {A: 1..2..3}\ntargets:\n", "bad-volume", "2:14"),
        ("targets:\n", "volumes: {A: many}\ntargets:\n", "bad-volume", "2:14"),
        ("format: 1", "format: 2", "unknown-format", "1:9"),
    ],
)
def test_fault(assess: Assess, old: str, new: str, code: str, place: str) -> None:
    text = HEAD + GOOD
    assert old in text
    assert (code, place) in codes(assess, text.replace(old, new, 1))


def test_all_faults_are_told_at_once(assess: Assess) -> None:
    text = HEAD + GOOD + GOOD.replace("80 %", "x") + GOOD.replace("share", "shape")
    found = [code for code, _ in codes(assess, text)]
    assert found == ["duplicate-name", "bad-threshold", "duplicate-name", "unknown-word"]


def test_wrong_conditions_are_told_at_once(assess: Assess) -> None:
    wrong = GOOD.replace("share", "vehicle_share\n    where: brnd == n\n    meets: brand == x")
    lines = {place.partition(":")[0] for _, place in codes(assess, HEAD + wrong)}
    assert lines == {"6", "7"}


@pytest.mark.parametrize("text", ["", "[]", "format: 1\n", "format: 1\ntargets: []\n", "a: &x 1\n"])
def test_no_targets(assess: Assess, text: str) -> None:
    assert codes(assess, text)


ALLIANCE = Path(__file__).parent.parent.parent / "catalogs" / "alliance" / "targets.yaml"


@pytest.fixture(scope="module")
def lineup() -> tuple[Lineup, Catalog]:
    return read_lineup_and_catalog(ALLIANCE.parent)


SNIPPETS = ["%", "..", ">=", "-", ":", "  ", "\n", "[", "{", "0", "999999999999", "from", "é", "#"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(
    lineup: tuple[Lineup, Catalog], data: st.DataObject
) -> None:
    text = ALLIANCE.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 1, 3, 40]))
        text = text[:start] + data.draw(st.sampled_from(["", *SNIPPETS])) + text[start + cut :]
    with TemporaryDirectory() as name:
        (Path(name) / "targets.yaml").write_text(text, encoding="utf-8")
        try:
            places = [
                t.span
                for t in read_targets(evolve(lineup[0], folder=Path(name)), lineup[1]).targets
            ]
        except InputError as error:
            places = [fault.span for fault in error.diagnostics]
    assert places
    assert None not in places
