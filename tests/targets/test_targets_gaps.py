"""What closes a gap, against doing it: the part becomes common and the share is counted anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.analysis.commonality import (
    Incidence,
    Metric,
    PartData,
    Product,
    Use,
    Weight,
    carry_over,
    incidence_of,
    share,
    share_by_group,
    share_lineup,
)
from cmf.analysis.targets import Assessment
from cmf.analysis.targets.gaps import contributions
from cmf.model.targets import Bounds, Target

ONCE = ("part_number", "list_cost", "investment")


def test_waterfall_of_e2(assess: Callable[[str], Assessment]) -> None:
    found = assess(
        "format: 1\ntargets:\n"
        "  - {id: t, title: T, metric: share, weight: spend, threshold: 80 %}\n"
    )
    (gap,) = found.gaps
    # Unique spend of 42: UB1 4, CP2 3, UB3 3, RU1 2, UB2 2; 5.6 are missing.
    assert [(s.name, s.adds) for s in gap.parts] == [
        ("UB1", Fraction(4, 42)),
        ("CP2", Fraction(3, 42)),
    ]
    assert [s.reaches for s in gap.parts] == [Fraction(32, 42), Fraction(35, 42)]
    assert [s.name for s in gap.modules] == ["upper_body ub1", "cockpit cp2"]
    assert (gap.start, gap.unique) == (Fraction(2, 3), 5)


def test_a_met_target_has_no_gap(assess: Callable[[str], Assessment]) -> None:
    text = "format: 1\ntargets:\n  - {id: t, title: T, metric: share, threshold: 50 %}\n"
    assert assess(text).gaps == ()


def target(metric: str, weight: str, **keys: object) -> Target:
    bounds = Bounds(Fraction(1), None, "100 %")
    return Target("t", "T", metric, bounds, weight=weight, **keys)  # type: ignore[arg-type]


tables = st.lists(
    st.tuples(st.integers(1, 4), st.sets(st.integers(0, 5), min_size=1)), min_size=3, max_size=5
)


def line_up(rows: Sequence[tuple[int, set[int]]], ghosts: Sequence[int] = ()) -> Incidence:
    """Products with volumes and parts; ghosts of volume 0 use a few parts more."""
    products = [Product(f"P{i}", volume, {}) for i, (volume, _) in enumerate(rows)]
    uses = [Use(f"P{i}", f"p{j}", 1 + (i + j) % 3) for i, (_, own) in enumerate(rows) for j in own]
    for number, part in enumerate(ghosts):
        products.append(Product(f"G{number}", 0, {}))
        uses.append(Use(f"G{number}", f"p{part}", 1))
    parts = [PartData(f"p{j}", unit_cost=3 + j, mass=1, investment=7 * j + 1) for j in range(6)]
    return incidence_of(products, parts, uses)


def value(result: object) -> Fraction:
    assert isinstance(result, Metric)
    return result.value


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from([*ONCE, "spend"]), st.integers(2, 3))
def test_one_part_made_common(rows: list[tuple[int, set[int]]], weight: str, k: int) -> None:
    incidence = line_up(rows)
    found = contributions(target("share", weight, k=k), incidence)
    assert found is not None
    today = value(share(incidence, weight=Weight(weight), k=k))
    assert sum(found.of[j] for j in found.common) == today
    assert sum(found.of.values()) == 1
    for part in set(found.of) - found.common:
        # Ghosts of volume 0 use the part: it is common, and no weight moves.
        after = share(line_up(rows, [part] * (k - 1)), weight=Weight(weight), k=k)
        assert value(after) - today == found.of[part]


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(["part_number", "instance", "mass", "investment"]))
def test_one_part_made_common_in_the_mean_of_models(
    rows: list[tuple[int, set[int]]], weight: str
) -> None:
    incidence = line_up(rows)
    found = contributions(target("share_lineup", weight), incidence)
    assert found is not None
    today = value(share_lineup(incidence, weight=Weight(weight)))
    for part in set(found.of) - found.common:
        after = share_lineup(line_up(rows, [part]), weight=Weight(weight))
        assert value(after) - today == found.of[part]


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from([*ONCE, "spend"]))
def test_seen_from_one_and_taken_from_another(
    rows: list[tuple[int, set[int]]], weight: str
) -> None:
    incidence = line_up(rows)
    own = contributions(target("share", weight, direction=("P0",)), incidence)
    taken = contributions(target("carry_over", weight, direction=("P0", "P1")), incidence)
    assert own is not None
    assert taken is not None
    seen = value(share_by_group(incidence, weight=Weight(weight))["P0"])
    assert sum(c for j, c in own.of.items() if j in own.common) == seen
    for part in set(own.of) - own.common:
        after = share_by_group(line_up(rows, [part]), weight=Weight(weight))["P0"]
        assert value(after) - seen == own.of[part]
    today = value(carry_over(incidence, "P0", "P1", weight=Weight(weight)))
    for part in set(taken.of) - taken.common:
        more = [rows[0], (rows[1][0], rows[1][1] | {part}), *rows[2:]]
        after = carry_over(line_up(more), "P0", "P1", weight=Weight(weight))
        assert value(after) - today == taken.of[part]


def test_parts_of_one_module_go_together(assess: Callable[[str], Assessment]) -> None:
    found = assess("format: 1\ntargets:\n  - {id: t, title: T, metric: share, threshold: 100 %}\n")
    (gap,) = found.gaps
    assert len(gap.parts) == 5
    assert gap.parts[-1].reaches == gap.modules[-1].reaches == 1


@pytest.mark.parametrize("metric", ["count", "volume"])
def test_no_gap_of_counts(assess: Callable[[str], Assessment], metric: str) -> None:
    text = f"format: 1\ntargets:\n  - {{id: t, title: T, metric: {metric}, threshold: 99}}\n"
    assert assess(text).gaps == ()
