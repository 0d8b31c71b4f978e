"""The mutation score for ``cmf test --mutate``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from cmf.cli.parameters import Format

if TYPE_CHECKING:
    from cmf.analysis.mutation import RuleScore
    from cmf.analysis.rule_tests import Result
    from cmf.report.table import Report
    from cmf.workspace.mutation import Mutation
    from cmf.workspace.rule_tests import RuleTests


def mutate(
    tests: RuleTests,
    results: Sequence[Result],
    rules: Sequence[str],
    style: Format,
    output: Path | None,
    least: Fraction,
) -> int:
    """Mutate the rules, print what survives and the score; the exit code."""
    from cmf.cli.console import answer, emit
    from cmf.report.mutation import ratio, score_text, survivor_texts, totals
    from cmf.workspace.mutation import Mutation

    scores = _scores(Mutation(tests, results, tuple(rules)))
    if style is Format.TABLE and output is None:
        emit(f"{text}\n\n" for text in survivor_texts(scores, tests.model.problem))
    answer(_report(tests, scores), style, output)
    if style is Format.TABLE and output is None:
        emit(["\n", score_text(scores), "\n"])
    share = ratio(scores)
    if share is not None and share.value < least:
        return 1
    return 3 if totals(scores)["undecided"] else 0


def _scores(mutation: Mutation) -> list[RuleScore]:
    from cmf.cli.console import counted

    rules = mutation.rules
    return list(counted(mutation.run(), len(rules), "mutating rules"))


def _report(tests: RuleTests, scores: Sequence[RuleScore]) -> Report:
    from cmf.cli.opening import model_facts
    from cmf.report.mutation import mutant_table, ratio, score_table, totals
    from cmf.report.table import Report

    facts = {
        **model_facts(tests.model),
        "tests_run": len(tests.trials),
        **totals(scores),
        "score": ratio(scores),
    }
    rules = score_table(scores)
    whole = mutant_table(scores, tests.model.problem)
    return Report("test", facts, (rules, whole), (rules,))
