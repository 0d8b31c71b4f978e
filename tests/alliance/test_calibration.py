"""The illustrative BOM reproduces what was published about sharing, within five points.

Basis of every figure: part numbers, whole vehicle (scope ``all``), as built from the line-up;
between two cars the part numbers of the first that the second has too. Sources: see
``docs/alliance.md``.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import cmf
from cmf.analysis.commonality.basis import Metric, Weight
from cmf.analysis.commonality.pairs import PairMatrix
from cmf.analysis.commonality.shares import share_models
from cmf.workspace.programme import Built

ALLIANCE = Path(__file__).parents[2] / "catalogs" / "alliance"
FIVE_POINTS = Fraction(5, 100)


@pytest.fixture(scope="module")
def built() -> Built:
    return cmf.load_lineup(ALLIANCE).build()


@pytest.fixture(scope="module")
def parts(built: Built) -> dict[str, PairMatrix]:
    matrices = {
        scope: built.share(scope).matrix("vehicle", Weight.PART_NUMBER)
        for scope in ("all", "powertrain")
    }
    assert all(isinstance(matrix, PairMatrix) for matrix in matrices.values())
    return matrices  # type: ignore[return-value]


def share(matrix: PairMatrix, one: str, other: str) -> Fraction:
    result = matrix.at(one, other)
    assert isinstance(result, Metric)
    return result.value


@pytest.mark.parametrize(
    ("one", "other", "scope", "published"),
    [
        pytest.param("V51", "V50", "all", 60, id="Qashqai J11 with Kadjar, elements"),
        pytest.param("V51", "V50", "powertrain", 95, id="Qashqai J11 with Kadjar, powertrain"),
        pytest.param("V11", "V12", "all", 68, id="Renault 5 with Renault 4"),
        pytest.param("V19", "V11", "all", 80, id="Micra with Renault 5"),
    ],
)
def test_a_pair_shares_what_was_published(
    parts: dict[str, PairMatrix], one: str, other: str, scope: str, published: int
) -> None:
    assert abs(share(parts[scope], one, other) - Fraction(published, 100)) <= FIVE_POINTS


def test_austral_espace_and_rafale_share_three_quarters(built: Built) -> None:
    """Mean over the three of the part numbers that at least one of the other two has."""
    three = built.share("all").incidence.select(["V06", "V07", "V08"])
    shares = share_models(three, weight=Weight.PART_NUMBER)
    values = [result.value for result in shares.values() if isinstance(result, Metric)]
    assert len(values) == 3
    assert abs(sum(values) / 3 - Fraction(75, 100)) <= FIVE_POINTS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("V62", "V63", id="Kangoo with Townstar"),
        pytest.param("V67", "V68", id="Master with Interstar"),
        pytest.param("V64", "V65", id="Trafic with Primastar"),
        pytest.param("V13", "V14", id="Twingo with its Nissan derivative"),
    ],
)
def test_twins_share_four_fifths_or_more(
    parts: dict[str, PairMatrix], one: str, other: str
) -> None:
    assert share(parts["all"], one, other) >= Fraction(80, 100)


@pytest.mark.parametrize(
    ("one", "other"),
    [("V55", "V01"), ("V56", "V03"), ("V57", "V04"), ("V20", "V10"), ("V61", "V60")],
)
def test_a_rebadged_car_shares_almost_all(
    parts: dict[str, PairMatrix], one: str, other: str
) -> None:
    """Clio/Colt, Captur/ASX, Symbioz/Grandis, Scenic/Eclipse Cross, Dayz/eK: within ten points."""
    assert share(parts["all"], one, other) >= Fraction(90, 100) - Fraction(1, 100)


def test_masses_are_those_of_cars(built: Built) -> None:
    """Kerb mass from the BOM within 15 % of the published figure, for every vehicle."""
    quantity = built.programme.model.problem.quantities["kerb_mass"]
    off = {}
    for build in built.builds:
        published = build.brief.vehicle.published.get("kerb_mass")
        value = quantity.value(build.variant)
        assert value is not None
        if published and abs(value - published) * 100 > 15 * published:
            off[build.brief.vehicle.id] = (value, published)
    assert off == {}
