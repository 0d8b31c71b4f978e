"""Results of rule tests in words, as tables and as JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cmf.analysis.rule_tests import (
    Counterexample,
    Failed,
    Neighbour,
    NoVariant,
    Passed,
    Result,
    Trial,
    Undecided,
    WrongBest,
    WrongCount,
)
from cmf.model.rule_tests import Claim
from cmf.model.units import format_quantity
from cmf.problem.problem import Constraint, Problem, Variant
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.words import number


def verdict(result: Result) -> str:
    """``passed``, ``failed`` or ``undecided``."""
    match result.outcome:
        case Passed():
            return "passed"
        case Failed():
            return "failed"
        case Undecided():
            return "undecided"


def tally(results: Sequence[Result]) -> dict[str, int]:
    """How many tests there are of each verdict."""
    found = Counter(map(verdict, results))
    return {name: found[name] for name in ("passed", "failed", "undecided")}


def claim_text(trial: Trial) -> str:
    """What a test claims, as it is written."""
    test = trial.test
    if test.claim is Claim.COUNT:
        said = f"count {number(test.count or 0)}"
    elif test.claim is Claim.BEST and test.best is not None:
        which = "greatest" if test.best.greatest else "least"
        parts = [f"{which} {test.best.quantity.value}"]
        parts += [f"is {test.best.value.value}"] if test.best.value else []
        parts += [f"with {_flat(test.best.variant.value)}"] if test.best.variant else []
        said = " ".join(parts)
    else:
        said = f"{test.claim.value} {'; '.join(_flat(t.value) for t in test.statements)}"
    return f"{said} where {_flat(test.where.value)}" if test.where else said


def result_table(results: Sequence[Result], problem: Problem) -> Table:
    """All results, one a row, with file and line."""
    columns = (
        Column("id"),
        Column("verdict"),
        Column("claim", Kind.PROSE),
        Column("message", Kind.PROSE),
        Column("because", Kind.PROSE),
        Column("source"),
        Column("file"),
        Column("line", Kind.WHOLE),
    )
    rows = [
        (
            result.trial.test.id,
            verdict(result),
            claim_text(result.trial),
            _flat(" ".join(explained(result, problem))),
            result.trial.test.because,
            result.trial.test.source,
            result.trial.test.span.source.name,
            result.trial.test.span.line,
        )
        for result in results
    ]
    return table("tests", columns, rows)


def overview(results: Sequence[Result]) -> Table:
    """For a terminal: how many tests of each file passed."""
    columns = (
        Column("file"),
        *(Column(name, Kind.WHOLE) for name in ("tests", "passed", "failed", "undecided")),
    )
    files: dict[str, list[Result]] = {}
    for result in results:
        files.setdefault(result.trial.test.span.source.name, []).append(result)
    rows: list[Row] = [(name, len(found), *tally(found).values()) for name, found in files.items()]
    return table("files", columns, rows)


def explained(result: Result, problem: Problem) -> list[str]:
    """Why a test did not pass, in sentences; empty for one that did."""
    match result.outcome:
        case Failed(Counterexample() as example):
            return list(_counterexample(result.trial, example, problem))
        case Failed(NoVariant() as missing):
            return list(_missing(result.trial, missing))
        case Failed(WrongCount(found)):
            wanted = result.trial.test.count or 0
            return [f"There are {number(found)} variants, not {number(wanted)}."]
        case Failed(WrongBest() as wrong):
            return list(_wrong_best(result.trial, wrong, problem))
        case Undecided(limit):
            return [f"No answer within {limit}: neither proven nor refuted."]
        case _:
            return []


def failure_text(result: Result, problem: Problem) -> str:
    """Place, claim, reason and source of a test that did not pass, for a person."""
    test = result.trial.test
    title = f" {test.title}" if test.title else ""
    lines = [f"{test.span.place}: {verdict(result)}[{test.id}]{title}: {claim_text(result.trial)}"]
    lines += [f"    {line}" for line in explained(result, problem)]
    if test.because:
        source = f" ({test.source})" if test.source else ""
        lines.append(f"    expected because: {test.because}{source}")
    return "\n".join(lines)


def _counterexample(trial: Trial, example: Counterexample, problem: Problem) -> Iterator[str]:
    yield "A valid variant contradicts it:"
    yield f"    {_differences(example, problem)}"
    if trial.test.claim is Claim.EXACTLY_ONE:
        from cmf.problem.formula import holds

        true = [
            f"`{_flat(statement.value)}`"
            for statement, formula in zip(trial.test.statements, trial.statements, strict=True)
            if holds(formula.formula, example.variant)
        ]
        yield f"It satisfies {' and '.join(true) if true else 'none of the statements'}."
    if not example.neighbours:
        yield "No rule speaks of what the test is about."
        return
    yield "Nothing forbids it. The rules that come closest:"
    for neighbour in example.neighbours:
        yield f"    {_neighbour(neighbour, problem)}"


def _differences(example: Counterexample, problem: Problem) -> str:
    reference = example.reference
    if not example.differences:
        return f"{reference.name} itself"
    changed = ", ".join(
        f"{problem.variables[v].name} {problem.variables[v].options[example.variant[v]]}"
        f" (not {problem.variables[v].options[reference.variant[v]]})"
        for v in example.differences
    )
    return f"{reference.name}, but with {changed}"


def _neighbour(neighbour: Neighbour, problem: Problem) -> str:
    origin = neighbour.rule.origin
    axes = ", ".join(problem.variables[v].name for v in neighbour.shared)
    how = "holds here" if neighbour.applies else "does not apply here"
    place = f" ({origin.span.source.name}:{origin.span.line})" if origin.span else ""
    return f"{origin.name} speaks of {axes} and {how}: {origin.reason}{place}"


def _missing(trial: Trial, missing: NoVariant) -> Iterator[str]:
    if missing.selected and trial.test.claim is not Claim.POSSIBLE:
        yield "No valid variant meets `where`, so there is nothing to test."
    elif missing.selected:
        yield "No valid variant meets `where`."
    else:
        yield "No valid variant satisfies it."
    if missing.conflict:
        yield "These exclude each other:"
        for constraint in missing.conflict:
            yield f"    {_reason(constraint)}"


def _reason(constraint: Constraint) -> str:
    origin = constraint.origin
    if origin.kind == "choice":
        return f"the test asks for {_flat(origin.name)}"
    place = f" ({origin.span.source.name}:{origin.span.line})" if origin.span else ""
    return f"{origin.name}: {origin.reason}{place}"


def _wrong_best(trial: Trial, wrong: WrongBest, problem: Problem) -> Iterator[str]:
    best = trial.best
    if best is None or wrong.found is None:
        yield "The quantity is undefined on every variant that the test looks at."
        return
    unit = problem.quantities[best.quantity].unit
    which = "greatest" if best.greatest else "least"
    value = format_quantity(wrong.found, unit)
    if best.value is not None and best.value != wrong.found:
        wanted = format_quantity(best.value, unit)
        yield f"The {which} {best.quantity} is {value}, not {wanted}, with:"
    else:
        yield f"The {which} {best.quantity} of {value} also has a variant that is not so:"
    if wrong.variant is not None:
        yield f"    {variant_text(wrong.variant, problem)}"


def variant_text(variant: Variant, problem: Problem) -> str:
    """A variant as ``name option`` pairs."""
    return ", ".join(f"{name} {option}" for name, option in problem.names(variant).items())


def _flat(text: str) -> str:
    return " ".join(text.split())
