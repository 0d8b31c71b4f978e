"""The mutation score in words and as tables, with tests ready to be pasted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cmf.analysis.mutation import (
    Equal,
    Judged,
    Killed,
    Mutant,
    RuleScore,
    Suggestion,
    Survived,
    Survivor,
    Undecidable,
)
from cmf.problem.problem import Problem
from cmf.report.table import Cell, Column, Kind, Ratio, Row, Table, table
from cmf.report.words import percent
from cmf.rules.printing import to_text
from cmf.rules.syntax import Quoted, Word

_KINDS = ("killed", "survived", "equal", "undecided")
_PLAIN = re.compile(r"[A-Za-z_]\w*\Z|\d+\Z")


def kind(judged: Judged) -> str:
    """``killed``, ``survived``, ``equal`` or ``undecided``."""
    match judged.verdict:
        case Killed():
            return "killed"
        case Survived():
            return "survived"
        case Equal():
            return "equal"
        case Undecidable():
            return "undecided"


def totals(scores: Sequence[RuleScore]) -> dict[str, int]:
    """How many mutants there are of each kind, and how many equal ones two engines agree on."""
    judged = [each for score in scores for each in score.judged]
    found = Counter(map(kind, judged))
    confirmed = sum(isinstance(j.verdict, Equal) and j.verdict.confirmed for j in judged)
    return {
        "mutants": len(judged),
        **{name: found[name] for name in _KINDS},
        "equal_confirmed": confirmed,
    }


def ratio(scores: Sequence[RuleScore]) -> Ratio | None:
    """Killed mutants of all that can be: equal and undecided ones left out; `None` without any."""
    found = totals(scores)
    decided = found["killed"] + found["survived"]
    return Ratio(found["killed"], decided) if decided else None


def score_text(scores: Sequence[RuleScore]) -> str:
    """The score in a sentence."""
    found, share = totals(scores), ratio(scores)
    if share is None:
        said = "No mutation score: no mutant changes the variant space"
    else:
        said = (
            f"Mutation score {percent(share.value)}: "
            f"{found['killed']} of {share.denominator} mutants killed"
        )
    parts = [f"{found['equal']} leave the variant space as it is"]
    alone = found["equal"] - found["equal_confirmed"]
    if alone:
        parts.append(f"{alone} of these proven by SAT alone")
    if found["undecided"]:
        parts.append(f"{found['undecided']} undecided")
    return f"{said} ({', '.join(parts)})."


def score_table(scores: Sequence[RuleScore]) -> Table:
    """A row for every rule."""
    columns = (
        Column("rule"),
        Column("mutants", Kind.WHOLE),
        *(Column(name, Kind.WHOLE) for name in _KINDS),
        Column("score", Kind.RATIO),
    )
    rows: list[Row] = []
    for score in scores:
        found = totals([score])
        counts = [found[name] for name in ("mutants", *_KINDS)]
        rows.append((score.rule.id, *counts, ratio([score])))
    return table("rules", columns, rows)


def mutant_table(scores: Sequence[RuleScore], problem: Problem) -> Table:
    """A row for every mutant."""
    columns = (
        Column("rule"),
        Column("operator"),
        Column("before", Kind.PROSE),
        Column("after", Kind.PROSE),
        Column("effect"),
        Column("verdict"),
        Column("killed_by"),
        Column("test", Kind.PROSE),
    )
    rows: list[Row] = []
    for score in scores:
        tests = {id(each.judged): suggested(score, each, problem) for each in score.survivors}
        for judged in score.judged:
            mutant, verdict = judged.mutant, judged.verdict
            killer: Cell = verdict.test if isinstance(verdict, Killed) else None
            test = tests.get(id(judged)) or None
            shown = (mutant.operator, mutant.before, mutant.after)
            effect = judged.effect.value if judged.effect else None
            rows.append((score.rule.id, *shown, effect, kind(judged), killer, test))
    return table("changes", columns, rows)


def survivor_texts(scores: Sequence[RuleScore], problem: Problem) -> Iterator[str]:
    """Every survivor: what changed, what that lets happen, and a test that would notice."""
    for score in scores:
        shown: set[int] = set()
        for survivor in score.survivors:
            lines = [f"{_place(score)}survived[{score.rule.id}] {change(survivor.judged.mutant)}"]
            if survivor.suggestion is not None and survivor.number in shown:
                lines.append(f"    The test {score.rule.id}-{survivor.number} would notice, too.")
            elif survivor.suggestion is not None:
                lines.append(f"    {_witness(survivor.suggestion, problem)}")
                lines.append("    A test that would notice:")
                test = suggested(score, survivor, problem)
                lines += [f"      {line}" for line in test.splitlines()]
            shown.add(survivor.number)
            yield "\n".join(lines)


def change(mutant: Mutant) -> str:
    """What was changed, in words."""
    if not mutant.after:
        return f"{mutant.operator}: `{mutant.before}`"
    return f"{mutant.operator}: `{mutant.before}` became `{mutant.after}`"


def suggested(score: RuleScore, survivor: Survivor, problem: Problem) -> str:
    """A rule test as YAML; empty when none was found."""
    suggestion = survivor.suggestion
    if suggestion is None:
        return ""
    named = [
        f"{problem.variables[v].name} == {_option(problem.variables[v].options[o])}"
        for v, o in suggestion.pins
    ]
    claim = "possible" if suggestion.possible else "impossible"
    lines = [
        f"- id: {score.rule.id}-{survivor.number}",
        f"  {claim}: {' and '.join(named) or 'true'}",
    ]
    lines.append(f"  because: {json.dumps(score.rule.because, ensure_ascii=False)}")
    if score.rule.source:
        lines.append(f"  source: {score.rule.source}")
    return "\n".join(lines)


def _option(name: str) -> str:
    return to_text(Word(name) if _PLAIN.match(name) else Quoted(name))


def _witness(suggestion: Suggestion, problem: Problem) -> str:
    named = ", ".join(
        f"{problem.variables[v].name} {problem.variables[v].options[suggestion.variant[v]]}"
        for v, _ in suggestion.pins
    )
    happens = "would be refused" if suggestion.possible else "would be let pass"
    return f"No test notices that a car {happens} with {named or 'anything'}."


def _place(score: RuleScore) -> str:
    return f"{score.rule.span.place}: " if score.rule.span else ""
