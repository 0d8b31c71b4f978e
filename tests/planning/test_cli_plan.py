"""``cmf plan`` as its users see it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cmf.planning.answer import OnProgress, PlanLimits, Planned, Progress, Status
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.solver import Answer, try_all
from cmf.problem.answer import Unknown
from cmf.workspace import planning

HERE = Path(__file__).parent
E12 = str(HERE / "e12")


def call(*arguments: str) -> Result:
    from cmf.cli.app import app

    cleared = dict.fromkeys(("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CMF_DEBUG"))
    return CliRunner().invoke(app, ["plan", *arguments], env=cleared, prog_name="cmf")


@pytest.fixture(autouse=True)
def _tried_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are those of the method that needs no solver: these tests are about words."""
    monkeypatch.setattr(planning, "method", lambda: try_all)


@pytest.mark.parametrize(
    ("arguments", "cost"),
    [
        ((), 34400),
        (("--target", "ci97"), 34900),
        (("-t", "spend"), 36300),
        (("-t", "spend", "--most", "sharing"), 36800),
    ],
)
def test_json_holds_exact_numbers(arguments: tuple[str, ...], cost: int) -> None:
    result = call(E12, *arguments, "--format", "json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["cost"] == found["bound"] == cost
    assert (found["status"], found["gap"], found["checked_again"]) == ("optimal", "0", True)
    split = {row["cost"]: row["plan"] for row in found["cost_split"]}
    assert split["total"] == cost
    assert len(found["plan"]) == 9


def test_the_table_says_what_a_committee_asks() -> None:
    result = call(E12, "-t", "spend", "--pareto", "4")
    assert result.exit_code == 0
    for words in (
        "1 vehicle changes, in 1 step",
        "363 EUR, proven: no plan that meets all costs less",
        "published for the family: -30 % to -40 %",
        "published for the family: -20 % to -30 %",
        "all without a solver: everything stands",
        "93.24 %  368",
    ):
        assert words in result.stdout.replace("\n               ", " ")


def test_csv_is_the_plan() -> None:
    lines = call(E12, "--format", "csv").stdout.splitlines()
    assert lines[0] == "id,vehicle,slot,today,plan,changed"
    assert "A,Vehicle A,cp,c1,c2,true" in lines


@pytest.mark.parametrize("name", ["plan.json", "plan.xlsx", "plan.csv", "plan.html"])
def test_files(name: str, tmp_path: Path) -> None:
    if name.endswith("xlsx"):
        pytest.importorskip("xlsxwriter")
    if name.endswith("html"):
        pytest.importorskip("plotly")
    target = tmp_path / name
    result = call(E12, "-t", "spend", "--pareto", "4", "-o", str(target))
    assert result.exit_code == 0, result.stderr
    assert f"wrote {target}" in result.stderr
    assert os.listdir(tmp_path) == [name]
    if name.endswith("html"):
        page = target.read_text(encoding="utf-8")
        for part in ("plan-waterfall", "plan-front", "plan-cp", "363 EUR, proven"):
            assert part in page


def test_the_same_question_gives_the_same_bytes(tmp_path: Path) -> None:
    names = [tmp_path / "a.json", tmp_path / "b.json"]
    for name in names:
        assert call(E12, "-t", "all", "-o", str(name)).exit_code == 0
    assert names[0].read_bytes() == names[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("-t", "spend >= 99 %"), 1, "These cannot go together"),
        (("-t", "spent"), 2, "did you mean `spend`"),
        (("-t", "spend >= 1 mm"), 2, "unit-clash"),
        (("--gap", "small"), 2, "bad-ratio"),
        (("--most", "sharing"), 2, "no-share"),
        (("--keep", "Z"), 2, "unknown-vehicle"),
        (("-o", "plan.doc"), 2, "unknown-suffix"),
        (("--time", "-1"), 2, "--time"),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int, words: str) -> None:
    result = call(E12, *arguments)
    assert result.exit_code == code
    assert words in result.stdout + result.stderr


def test_no_line_up() -> None:
    result = call(str(HERE))
    assert result.exit_code == 2
    assert "did you mean" in result.stderr


def test_a_vehicle_without_a_variant_is_named_with_its_reason(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(E12, tmp_path / "e12"))
    rows = ["id,name,brand,require,volume", "A,Vehicle A,n,eb == e1 and eb == e2,3"]
    (folder / "vehicles.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = call(str(folder))
    assert result.exit_code == 1
    assert "1 vehicle refused" in result.stdout
    assert "eb == e1 and eb == e2" in result.stdout


def test_a_limit_without_a_plan_is_no_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(problem: PlanningProblem, limits: PlanLimits, hear: OnProgress | None) -> Answer:
        return Unknown("3 s")

    monkeypatch.setattr(planning, "method", lambda: never)
    result = call(E12, "--time", "3")
    assert result.exit_code == 3
    assert "no plan within 3 s" in result.stderr
    assert result.stdout == ""


def test_where_the_method_finds_nothing_the_shares_still_have_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(problem: PlanningProblem, limits: PlanLimits, hear: OnProgress | None) -> Answer:
        return Unknown("2.9 s")

    monkeypatch.setattr(planning, "method", lambda: never)
    found = call(E12, "-t", "spend", "--time", "3", "--format", "json")
    assert found.exit_code == 0
    plan = json.loads(found.stdout)
    assert (plan["status"], plan["stopped_by"], plan["bound"]) == ("stopped", "3 s", 0)
    assert plan["targets"][0]["verdict"] == "met"
    # And what no plan reaches is no limit, but a no.
    refused = call(E12, "-t", "spend >= 94 %", "--time", "3")
    assert refused.exit_code == 1
    assert "93.2 %" in refused.stdout


def test_without_a_plan_it_tells_how_much_sharing_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(problem: PlanningProblem, limits: PlanLimits, hear: OnProgress | None) -> Answer:
        return Unknown("3 s")

    monkeypatch.setattr(planning, "method", lambda: never)
    monkeypatch.setattr("cmf.planning.decision.greatest.out_of_reach", lambda *rest: None)
    result = call(E12, "-t", "spend", "--time", "3")
    assert result.exit_code == 3
    assert "spend: a plan reaches 93.24 %, no plan has more; see it with --most sharing" in (
        " ".join(result.stderr.split())
    )


def test_the_first_interrupt_gives_the_best_plan_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(problem: PlanningProblem, limits: PlanLimits, hear: OnProgress | None) -> Answer:
        best = try_all(problem)
        assert isinstance(best, Planned)
        assert hear is not None
        asked = 0
        while hear(Progress("searching", 11.0 * asked, best.cost, 30000)) is not False:
            asked += 1
            assert asked < 5
            if asked == 2:
                os.kill(os.getpid(), signal.SIGINT)
        return Planned(best.plan, best.evaluation, 30000, Status.STOPPED, "the user")

    monkeypatch.setattr(planning, "method", lambda: endless)
    before = signal.getsignal(signal.SIGINT)
    result = call(E12, "-t", "spend")
    assert signal.getsignal(signal.SIGINT) is before
    assert result.exit_code == 0
    assert "stopping with the best plan so far" in result.stderr
    assert "best 363 EUR, at least 300 EUR, gap 17.36%" in result.stderr
    assert "at most 17.355 % above the least cost" in result.stdout
    # What was stopped is not followed by more work.
    assert " costs [EUR]" not in result.stdout or "-           met" in result.stdout
