"""The mutation score: kills and equal mutants as brute force has them, and tests that do kill."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from calling import call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_rule_tests_verdicts import evaluator, trial

from cmf.analysis.mutation import (
    Bench,
    Effect,
    Equal,
    Killed,
    Mutant,
    Survived,
    kills,
    suggestion,
)
from cmf.analysis.rule_tests import Best, Passed, Trial
from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import LimitReached
from cmf.load import read_catalog
from cmf.model.rule_tests import Claim
from cmf.problem.formula import Formula, Member, holds
from cmf.problem.problem import Constraint, Origin, Problem
from cmf.rules.mutate import changes
from cmf.testing.strategies import formulas, problems

MANY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def brute(problem: Problem) -> BruteSpace:
    space = BruteEngine().open(problem)
    assert isinstance(space, BruteSpace)
    return space


@st.composite
def cases(draw: st.DrawFn) -> tuple[Problem, Formula, list[Formula], list[Trial]]:
    """Other rules, a rule, mutants of it, and trials that pass."""
    others = draw(problems(max_combinations=200, max_variables=4, kinds=("free", "loose")))
    sizes = tuple(len(v.options) for v in others.variables)
    rule = draw(formulas(sizes, depth=1))
    mutants = draw(st.lists(formulas(sizes, depth=1), min_size=1, max_size=3))
    whole = others.where(Constraint(rule, Origin("rule", "r")))
    judge, oracle = evaluator(whole)
    trials = []
    for claim in draw(st.lists(st.sampled_from(Claim), min_size=1, max_size=4)):
        where = draw(st.none() | formulas(sizes, depth=0))
        selected = oracle.where(*(() if where is None else (where,)))
        if claim is Claim.COUNT:
            made = trial(claim, where, count=len(selected.valid))
        elif claim is Claim.BEST:
            if not others.quantities:
                continue
            name, greatest = draw(st.sampled_from(sorted(others.quantities))), draw(st.booleans())
            found = selected.best(name, greatest=greatest)
            value = found.value[0].value if hasattr(found, "value") else 0
            made = trial(claim, where, best=Best(name, greatest, value, draw(formulas(sizes))))
        else:
            said = draw(st.tuples(*[formulas(sizes, depth=1)] * 2))
            made = trial(claim, where, *(said if claim is Claim.EXACTLY_ONE else said[:1]))
        if isinstance(judge.evaluate(made).outcome, Passed):
            trials.append(made)
    return others, rule, mutants, trials


@MANY
@given(cases())
def test_verdicts_agree_with_brute_force(
    case: tuple[Problem, Formula, list[Formula], list[Trial]],
) -> None:
    others, rule, mutants, trials = case
    original = Constraint(rule, Origin("rule", "r"))
    judge, before = evaluator(others.where(original))
    results = [judge.evaluate(each) for each in trials]
    space = SatEngine().open(others)
    assert isinstance(space, SatSpace)
    bench = Bench(space, rule, results, brute)
    asked = [Mutant(original, "change", "r", "m", formula) for formula in mutants]
    for judged in bench.judge(asked):
        formula = judged.mutant.formula
        changed, after = evaluator(others.where(evolve(original, formula=formula)))
        killed = any(not isinstance(changed.evaluate(t).outcome, Passed) for t in trials)
        if set(before.valid) == set(after.valid):
            assert judged.verdict == Equal(confirmed=True)
            assert judged.effect is Effect.NONE
            assert not killed
            continue
        assert isinstance(judged.verdict, Killed) == killed
        more, less = set(after.valid) - set(before.valid), set(before.valid) - set(after.valid)
        one_way = Effect.STRONGER if less else Effect.WEAKER
        assert judged.effect is (Effect.OTHER if more and less else one_way)
        if isinstance(judged.verdict, Survived):
            gained, lost = judged.verdict.gained, judged.verdict.lost
            assert gained is None or (gained in after.valid and gained not in before.valid)
            assert lost is None or (lost in before.valid and lost not in after.valid)
            first = (0,) * len(others.variables)
            found = suggestion(space, judged.mutant, judged.verdict, first)
            pins = [Member(v, frozenset({o})) for v, o in found.pins]
            old = any(all(holds(p, v) for p in pins) for v in before.valid)
            new = any(all(holds(p, v) for p in pins) for v in after.valid)
            assert (old, new) == (found.possible, not found.possible)
            assert kills(space, found, judged.mutant)


def test_pasted_tests_bring_the_score_to_all(demo: Path) -> None:
    first = call("test", "demo", "--mutate", "--format", "json")
    assert first.code == 1
    data = json.loads(first.out)
    assert data["survived"] > 0
    pasted = {row["test"] for row in data["changes"] if row["test"]}
    lines = "".join(f"  {line}\n" for test in sorted(pasted) for line in test.splitlines())
    (demo / "tests" / "pasted.yaml").write_text("tests:\n" + lines, encoding="utf-8")
    second = call("test", "demo", "--mutate")
    assert second.code == 0, second.out
    assert "Mutation score 100.0 %" in second.out
    assert "survived[" not in second.out
    again = call("test", "demo", "--mutate")
    assert again.out == second.out


def test_survivors_are_explained(tests_file: Callable[[str], Path]) -> None:
    tests_file("  - {id: T, possible: brand == south}\n")
    answer = call("test", "demo", "--mutate", "--rule", "R05")
    assert answer.code == 1
    assert "demo/rules/fit.yaml:23:9: survived[R05] drop rule: `R05`\n" in answer.out
    assert "impossible: cockpit == cockpit_next and brand == south\n" in answer.out
    assert "R01" not in answer.out
    for least, code in (("0", 0), ("100", 1)):
        arguments = ("--mutate", "--rule", "R05", "--at-least", least)
        assert call("test", "demo", *arguments).code == code


def test_wrong_calls(tests_file: Callable[[str], Path]) -> None:
    tests_file("  - {id: T, possible: brand == south}\n")
    answer = call("test", "demo", "--mutate", "--rule", "R5")
    assert answer.code == 2
    assert "did you mean `R05`?" in answer.err
    assert call("test", "demo", "--rule", "R05").code == 2
    tests_file("  - {id: T, impossible: brand == south}\n")
    answer = call("test", "demo", "--mutate")
    assert answer.code == 1
    assert "failed[T]" in answer.out
    assert "every test must pass first" in answer.err


RULE = """\
rules:
  - id: M1
    when: brand == south and model_year >= 2026
    require: wheelbase in 2500..2640 or cockpit.screens <= 2
    because: Made up
    from: 2026
  - id: M2
    allow: tables/pairs.csv
    because: Made up
  - id: M3
    require: not (brand == north => energy in {petrol, electric})
    because: Made up
"""


def test_every_kind_of_change(demo: Path) -> None:
    (demo / "rules" / "fit.yaml").write_text(RULE)
    (demo / "tables").mkdir()
    (demo / "tables" / "pairs.csv").write_text(
        "brand,energy,wheelbase\nnorth,petrol|electric,*\nsouth,electric,2500..2640 mm\n"
    )
    catalog = read_catalog(demo)
    found = [
        [(c.operator, c.before, c.after) for c in changes(catalog, rule)] for rule in catalog.rules
    ]
    first, table, third = ({change[0] for change in each} for each in found)
    assert first == {
        "drop rule",
        "drop years",
        "shift year",
        "drop condition",
        "and for or",
        "drop term",
        "flip comparison",
        "swap option",
        "shift bound",
    }
    assert table == {"drop rule", "drop row", "alter cell"}
    assert {"negate", "turn implication", "drop option"} <= third
    assert ("flip comparison", "cockpit.screens <= 2", "cockpit.screens < 2") in found[0]
    assert ("flip comparison", "cockpit.screens <= 2", "cockpit.screens >= 2") in found[0]
    assert ("swap option", "brand == south", "brand == north") in found[0]
    assert ("shift bound", "wheelbase in 2500..2640", "wheelbase in 2500..2641") in found[0]
    assert ("shift bound", "wheelbase in 2500..2640", "wheelbase in 2500..2376") in found[0]
    assert ("shift year", "from 2026", "from 2027") in found[0]
    assert ("drop row", "south,electric,2500..2640 mm", "") in found[1]
    assert ("alter cell", "north,petrol|electric,*", "north,electric,*") in found[1]
    altered = ("south,electric,2500..2640 mm", "south,electric,2501..2640 mm")
    assert ("alter cell", *altered) in found[1]


def test_where_a_limit_is_reached_a_mutant_is_undecided(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither killed nor survived: it is counted apart, there is no score, and the code is 3."""

    def late(*_: object) -> Formula:
        raise LimitReached("0.1 s")

    with monkeypatch.context() as patched:
        patched.setattr(Bench, "_find", late)
        found = json.loads(call("test", "demo", "--mutate", "--format", "json").out)
        page = call("test", "demo", "--mutate", "--rule", "R02")
    assert found["undecided"] == found["mutants"] > 10
    assert (found["killed"], found["survived"], found["equal"]) == (0, 0, 0)
    assert found["score"] is None
    assert page.code == 3
    assert "undecided" in page.out.splitlines()[-1]
    assert call("test", "demo", "--mutate", "--rule", "R02", "--at-least", "0").code == 0


def test_a_limit_in_one_test_leaves_the_verdict_to_the_others(
    tests_file: Callable[[str], Path],
) -> None:
    """A count that cannot be taken again decides nothing; another test may still kill."""
    count = "  - {id: C, where: energy == electric, count: 19}\n"
    strict = "  - {id: A, where: energy == electric, always: rear_unit.driven}\n"

    def kinds(text: str) -> Counter[str]:
        tests_file(text)
        asked = call("test", "demo", "--mutate", "--rule", "R02", "--format", "json")
        assert asked.code in (0, 1, 3), asked.err
        return Counter(each["verdict"] for each in json.loads(asked.out)["changes"])

    free = kinds(count)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cmf.analysis.mutation.bench._count", _late)
        stuck = kinds(count)
        both = kinds(strict + count)
    assert free["undecided"] == 0
    assert stuck["undecided"] > 0
    assert stuck["survived"] <= free["survived"]
    assert both["killed"] > 0
    assert both["undecided"] < stuck["undecided"] + stuck["killed"]


def _late(_: object) -> int:
    raise LimitReached("0.1 s")
