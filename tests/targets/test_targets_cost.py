"""Entry cost and parts cost against stand-alone vehicles."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from cmf.analysis.commonality.curves import entry_cost_reduction, parts_cost_reduction
from cmf.analysis.targets import Outcome, Verdict

One = Callable[..., Outcome]


def fill(path: Path, column: int, values: dict[str, str]) -> None:
    """Write values into a column of a table, by the first cell of a row."""
    rows = [line.split(",") for line in path.read_text().splitlines()]
    for row in rows[1:]:
        row[column] = values.get(row[0], row[column])
    path.write_text("\n".join(map(",".join, rows)) + "\n")


def test_entry_cost_of_equal_users_is_the_closed_form(folder: Path, one: One) -> None:
    # EB1, FU1 and EE1 are in all three vehicles; each upper body is in one: s = 3/5.
    fill(folder / "parts.csv", 4, dict.fromkeys(("EB1", "FU1", "EE1"), "10"))
    fill(folder / "parts.csv", 4, dict.fromkeys(("UB1", "UB2", "UB3"), "20"))
    outcome = one(
        metric="entry_cost_reduction", premium="30 %", integration="1/10", threshold="20 %"
    )
    expected = entry_cost_reduction(Fraction(3, 5), 3, Fraction(3, 10), Fraction(1, 10))
    assert outcome.low == outcome.high == expected == Fraction(7, 25)
    assert outcome.verdict is Verdict.MET
    exact = one(metric="entry_cost_reduction", premium="3/10", integration="0.1", threshold="28 %")
    assert (exact.verdict, exact.margin) == (Verdict.MET, 0)


def test_entry_cost_is_the_mean_over_vehicles(folder: Path, one: One) -> None:
    # CP1 is shared by A and B, CP2 is C's own: (1/2 + 1/2 + 0) / 3 without extra cost.
    fill(folder / "parts.csv", 4, {"CP1": "8", "CP2": "5"})
    outcome = one(metric="entry_cost_reduction", premium=0, integration=0, threshold=0)
    assert outcome.low == Fraction(1, 3)


def test_parts_cost_is_exact_at_powers_of_two(folder: Path, one: One) -> None:
    # A and B share EB1 (4 of their 5 euros); their upper bodies (1 euro) are their own.
    keep = dict.fromkeys(("CP1", "CP2", "FU1", "RU1", "RU2", "EE1", "UB3"), "0")
    fill(folder / "parts.csv", 2, {**keep, "EB1": "4", "UB1": "1", "UB2": "1"})
    outcome = one(
        metric="parts_cost_reduction", learning="9/10", over_design=0, threshold="7.5 %",
        volumes="{A: 1, B: 1, C: 0}",
    )  # fmt: skip
    # r = 2 and s = 4/5.
    expected = parts_cost_reduction(Fraction(4, 5), Fraction(9, 10), 2)
    assert expected.exact
    assert outcome.low == outcome.high == expected.low == Fraction(2, 25)
    assert outcome.verdict is Verdict.MET


def test_the_published_calibration(folder: Path, one: One) -> None:
    """s = 4/5, LR = 9/10 and r = 8 give 271/1250."""
    vehicles = folder / "vehicles.csv"
    lines = vehicles.read_text().splitlines()
    body = [f"A{i},A{i},r,eb1,cp1,fu1,ru1,ee1,ub1,5" for i in range(8)]
    # Eight equal vehicles share everything: s = 1.
    vehicles.write_text("\n".join([lines[0], *body]) + "\n")
    keys = {"metric": "parts_cost_reduction", "learning": "9/10", "over_design": 0}
    outcome = one(threshold="27.1 %", **keys)
    assert outcome.low == outcome.high == Fraction(271, 1000)
    assert outcome.verdict is Verdict.MET
    assert outcome.low * Fraction(4, 5) == Fraction(271, 1250)
    assert one(threshold="27.100001 %", **keys).verdict is Verdict.MISSED


def test_an_irrational_factor_is_enclosed(one: One) -> None:
    outcome = one(
        metric="parts_cost_reduction", learning="9/10", over_design="5 %", threshold="3 %"
    )
    low, high = outcome.low, outcome.high
    assert low is not None
    assert high is not None
    assert 0 < high - low < Fraction(1, 10**30)
    # A float of the same formula; the verdict above does not use it.
    volumes = {"A": 2, "B": 1, "C": 1}
    uses = {
        "EB1": (3, "ABC"),
        "CP1": (2, "AB"),
        "FU1": (1, "ABC"),
        "RU2": (1, "BC"),
        "EE1": (1, "ABC"),
    }
    spend = saved = 0.0
    for cost, users in uses.values():
        pooled = sum(volumes[u] for u in users)
        for user in users:
            part = cost * volumes[user]
            spend += part
            saved += part * (1 - 1.05 * (pooled / volumes[user]) ** -0.15200309344504997)
    spend += 2 * 2 + 1 * 2 + 2 + 3 + 3  # UB1 and RU1 of A, UB2 of B, CP2 and UB3 of C
    assert abs(float(low) - saved / spend) < 1e-9
