"""Example E2 of the commonality reference, from catalogue text to exact shares."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import cmf
from cmf.analysis.commonality.basis import Metric, Weight
from cmf.analysis.commonality.shares import share, share_by_group
from cmf.analysis.sharing import Sharing

E2 = Path(__file__).parent / "e2"


@pytest.fixture(scope="module")
def sharing() -> Sharing:
    return cmf.load_lineup(E2).build().share("all")


def exact(result: object) -> Fraction:
    assert isinstance(result, Metric)
    return result.value


def test_family_shares(sharing: Sharing) -> None:
    found = {
        (r.basis.population, r.basis.weight): exact(r)
        for r in sharing.family()
        if isinstance(r, Metric)
    }
    assert found["vehicle", Weight.PART_NUMBER] == Fraction(1, 2)
    assert found["vehicle", Weight.INSTANCE] == Fraction(13, 18)
    assert found["vehicle", Weight.SPEND] == Fraction(2, 3)
    assert found["brand", Weight.PART_NUMBER] == Fraction(1, 2)
    assert found["brand", Weight.SPEND] == Fraction(2, 3)


def test_numerator_and_denominator_are_as_counted(sharing: Sharing) -> None:
    result = share(sharing.incidence, weight=Weight.SPEND)
    assert isinstance(result, Metric)
    # In minor units: 28 of 42 euros a year, times 100.
    assert (result.numerator, result.denominator) == (2800, 4200)


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(Weight.PART_NUMBER, "3/10"), (Weight.INSTANCE, "1/2"), (Weight.SPEND, "10/21")],
)
def test_in_all_three(sharing: Sharing, weight: Weight, expected: str) -> None:
    assert exact(share(sharing.incidence, weight=weight, k=3)) == Fraction(expected)


def test_seen_from_each_brand(sharing: Sharing) -> None:
    seen = share_by_group(sharing.incidence, weight=Weight.SPEND, population="brand")
    assert exact(seen["r"]) == Fraction(5, 8)
    assert exact(seen["n"]) == Fraction(4, 5)


def test_directional_carry_over(sharing: Sharing) -> None:
    matrix = sharing.matrix("vehicle", Weight.LIST_COST)
    expected = {
        ("A", "B"): "7/10", ("B", "A"): "7/10", ("A", "C"): "1/2",
        ("C", "A"): "5/12", ("B", "C"): "3/5", ("C", "B"): "1/2",
    }  # fmt: skip
    for (a, b), value in expected.items():
        assert exact(matrix.at(a, b)) == Fraction(value)


def test_an_open_slot_is_completed_at_least_cost_and_said_so(tmp_path: Path) -> None:
    import shutil

    from cmf.analysis.configure import Decided

    shutil.copytree(E2, tmp_path / "e2")
    vehicles = tmp_path / "e2" / "vehicles.csv"
    vehicles.write_text(vehicles.read_text().replace("A,Vehicle A,r,eb1,cp1", "A,Vehicle A,r,,"))
    built = cmf.load_lineup(tmp_path / "e2").build()
    row = built.frame().row(0, named=True)
    assert row["cockpit"] == "cp1"  # 2 EUR against 3 EUR
    axes = [axis.name for axis in built.programme.model.problem.variables]
    decided = dict(zip(axes, built.builds[0].decided, strict=True))
    assert decided["engine_bay"] is Decided.IMPLIED
    assert decided["cockpit"] is Decided.COMPLETED
    assert decided["rear_underbody"] is Decided.PINNED


def test_the_command_prints_the_same_shares() -> None:
    import json

    from typer.testing import CliRunner

    from cmf.cli.app import app

    done = CliRunner().invoke(app, ["share", str(E2), "--format", "json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["grounds"][0] == "part numbers: illustrative 10/10"
    shares = {
        (s["view"], s["of"], s["weight"], s["population"]): s["share"]["ratio"]
        for s in told["shares"]
        if s["scope"] == "all" and s["k"] == 2 and s["share"]
    }
    assert shares["family", None, "part_number", "vehicle"] == "1/2"
    assert shares["family", None, "instance", "vehicle"] == "13/18"
    assert shares["family", None, "spend", "vehicle"] == "2/3"
    assert {r for (_, of, w, p), r in shares.items() if (of, w, p) == ("r", "spend", "brand")} >= {
        "5/8"
    }
    assert {r for (_, of, w, p), r in shares.items() if (of, w, p) == ("n", "spend", "brand")} >= {
        "4/5"
    }


def test_tables_come_back_as_data_frames() -> None:
    space = cmf.load(E2).compile()
    counts = space.count_frame("brand", "cockpit")
    assert counts.columns == ["brand", "cockpit", "variants"]
    assert counts["variants"].sum() == space.count() == 24
    options = space.where("brand == n").options_frame()
    rows = {(row[0], row[1]): row[2:] for row in options.iter_rows()}
    assert rows["brand", "n"] == ("chosen", 12, 1.0)
    assert rows["brand", "r"] == ("excluded", 0, 0.0)
    assert rows["cockpit", "cp1"] == ("free", 6, 0.5)
