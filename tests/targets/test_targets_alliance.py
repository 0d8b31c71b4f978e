"""The targets of the Alliance catalogue, and their way through the model years."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

import cmf
from cmf.analysis.commonality import Metric, NotEvaluable, Weight
from cmf.analysis.targets import Assessment, Outcome, Point, Verdict, trend
from cmf.errors import InputError

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def alliance() -> Assessment:
    return cmf.load_lineup(ROOT / "catalogs" / "alliance").build().targets()


@pytest.fixture(scope="module")
def outcomes(alliance: Assessment) -> dict[str, Outcome]:
    return {outcome.target.id: outcome for outcome in alliance.outcomes}


def test_every_target_of_the_seeds_on_the_product(outcomes: dict[str, Outcome]) -> None:
    wanted = {f"T{n:02}" for n in (*range(1, 9), 11, *range(14, 21), 27)}
    assert wanted <= {name.partition("-")[0] for name in outcomes}


def test_the_two_80_percent_are_kept_apart(outcomes: dict[str, Outcome]) -> None:
    models, components = outcomes["T01"], outcomes["T02"]
    assert models.target.metric != components.target.metric
    # 64 of 80 is 80 % to the last digit.
    assert (models.counted, models.verdict, models.margin) == ((64, 80), Verdict.MET, 0)
    assert outcomes["T01-volume"].verdict is Verdict.MISSED


def test_counts_agree_with_the_line_up(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["T04"].counted == (19, 22)
    assert outcomes["T05"].low == 6
    assert outcomes["T06"].low == 48000 + 30000 + 4000 + 25000 + 40000 + 8000
    assert outcomes["T18"].low == 7


def test_what_the_catalogue_lacks_is_never_a_pass(outcomes: dict[str, Outcome]) -> None:
    for name in ("T07-cost", "T18-countries", "T19", "T27"):
        assert outcomes[name].verdict is Verdict.NOT_EVALUABLE
        assert outcomes[name].cause


def test_gaps_lead_to_the_target(alliance: Assessment) -> None:
    assert {gap.target.id for gap in alliance.gaps} == {"T02-strict"}
    for gap in alliance.gaps:
        low = gap.target.bounds.low
        assert low is not None
        assert gap.start < low <= gap.parts[-1].reaches
        adds = [step.adds for step in gap.parts]
        assert adds == sorted(adds, reverse=True)
        assert gap.start + sum(adds) == gap.parts[-1].reaches


@pytest.fixture(scope="module")
def points(alliance: Assessment) -> list[Point]:
    targets = [o.target for o in alliance.outcomes if o.target.id in ("T01", "T02-vehicle", "T27")]
    return list(trend(alliance.fleet, targets, [Weight.PART_NUMBER]))


def test_the_last_year_is_the_whole_line_up(
    points: list[Point], outcomes: dict[str, Outcome]
) -> None:
    assert [point.year for point in points] == list(range(2016, 2027))
    assert points[-1].vehicles == sum(point.new for point in points) == 81
    for outcome in points[-1].outcomes:
        assert outcome.low == outcomes[outcome.target.id].low


def test_carry_over_of_a_year(points: list[Point], alliance: Assessment) -> None:
    assert isinstance(points[0].carried[0], NotEvaluable)
    fleet = alliance.fleet
    axis = fleet.lowered.problem.index("model_year")
    names = fleet.lowered.problem.variables[axis].options
    parts: dict[int, set[int]] = {}
    uses = fleet.parts.uses
    for product, part in zip(uses.product.tolist(), uses.part.tolist(), strict=True):
        year = int(names[fleet.builds[product].variant[axis]])
        parts.setdefault(year, set()).add(part)
    for point in points[1:]:
        before = set().union(*(own for year, own in parts.items() if year < point.year))
        own = parts[point.year]
        result = point.carried[0]
        assert isinstance(result, Metric)
        assert result.value == Fraction(len(own & before), len(own))


def test_a_trend_needs_years(assess: Callable[[str], Assessment]) -> None:
    found = assess("format: 1\ntargets:\n  - {id: t, title: T, metric: share, threshold: 1}\n")
    with pytest.raises(InputError) as caught:
        list(trend(found.fleet, [found.outcomes[0].target]))
    assert caught.value.diagnostics[0].code == "no-time"
