"""What a report counts, held to the definitions on example E2 of the commonality reference."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import cmf
from cmf.analysis.commonality.basis import Metric, NotEvaluable, Weight
from cmf.analysis.commonality.shares import share
from cmf.analysis.overview import UNIQUE, Clustering, Overview, Pareto
from cmf.analysis.overview.grounds import illustrative
from cmf.analysis.overview.pareto import pareto
from cmf.errors import InputError

E2 = Path(__file__).parent.parent / "share" / "e2"


@pytest.fixture(scope="module")
def overview() -> Overview:
    return cmf.load_lineup(E2).build().overview()


def test_reach_of_every_module(overview: Overview) -> None:
    reach = {(s.slot, m.module): m.reach for s in overview.slots for m in s.used}
    assert reach["engine_bay", "eb1"] == "brand"
    assert reach["cockpit", "cp2"] == UNIQUE
    assert reach["rear_underbody", "ru2"] == "brand"
    # Every vehicle takes one module of every slot.
    for slot in overview.slots:
        users = sorted(i for each in slot.used for i in each.users)
        assert users == list(range(len(overview.fleet)))


def test_vehicles_stand_brand_by_brand(overview: Overview) -> None:
    assert [member.id for member in overview.fleet] == ["A", "C", "B"]


@pytest.mark.parametrize("weight", [Weight.PART_NUMBER, Weight.SPEND, Weight.MASS])
@pytest.mark.parametrize("k", [2, 3])
def test_unique_parts_are_what_the_share_leaves(overview: Overview, weight: Weight, k: int) -> None:
    incidence = overview.sharing.incidence
    found = pareto(incidence, weight, k, overview.catalog.parts)
    common = share(incidence, weight=weight, k=k)
    assert isinstance(found, Pareto)
    assert isinstance(common, Metric)
    assert Fraction(found.unique, found.whole) == 1 - common.value
    assert sum(part.weight for part in found.parts) == found.unique
    assert found.parts[-1].reaches == 1
    weights = [part.weight for part in found.parts]
    assert weights == sorted(weights, reverse=True)


def test_without_investment_there_is_no_pareto(overview: Overview) -> None:
    assert isinstance(overview.paretos[Weight.INVESTMENT], NotEvaluable)


def test_clusters_merge_the_closest_first(overview: Overview) -> None:
    found = overview.clustering
    assert isinstance(found, Clustering)
    assert sorted(found.order) == [0, 1, 2]
    labels = [found.matrix.labels[i] for i in found.order]
    ratios = {(a, b): found.matrix.at(a, b) for a in labels for b in labels if a != b}
    values = {pair: r.value for pair, r in ratios.items() if isinstance(r, Metric)}
    closest = max(values, key=lambda pair: values[pair])
    # The closest two stand together, and their merge is the lowest of the tree.
    assert abs(labels.index(closest[0]) - labels.index(closest[1])) == 1
    heights = [merge.height for merge in found.merges]
    assert heights == sorted(heights)
    assert heights[0] == pytest.approx(1 - float(values[closest]))


def test_how_much_is_illustrative(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(E2, tmp_path / "e2"))
    parts = folder / "parts.csv"
    parts.write_text(parts.read_text().replace("EB1,Engine bay 1,3,1,0,,,,,illustrative",
                                               "EB1,Engine bay 1,3,1,0,,,,,public"))  # fmt: skip
    built = cmf.load_lineup(folder).build()
    catalog = built.programme.model.catalog
    found = illustrative(built.share("all").incidence, Weight.PART_NUMBER, catalog.parts,
                         built.builds)  # fmt: skip
    assert isinstance(found, Metric)
    assert (found.numerator, found.denominator) == (9, 10)
    # Engine bay 1 costs 3 EUR in all four cars a year, out of 42 EUR.
    spend = illustrative(built.share("all").incidence, Weight.SPEND, catalog.parts, built.builds)
    assert isinstance(spend, Metric)
    assert spend.value == 1 - Fraction(12, 42)


def test_unknown_scopes_are_named() -> None:
    built = cmf.load_lineup(E2).build()
    with pytest.raises(InputError, match="big_module"):
        built.overview(["big_module"])
