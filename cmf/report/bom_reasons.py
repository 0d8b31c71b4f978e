"""Why positions of the 150 % BOM are not filled as declared, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from cmf.analysis.positions import AppliedLine, Near, Reason, Term, together
from cmf.problem.formula import Member, scope
from cmf.problem.lower import LoweredCatalog
from cmf.report.phrases import Phrases
from cmf.report.table import Column, Kind, Row, Table, table
from cmf.report.why import Sentences, place, reason
from cmf.source import Span


@frozen
class Statement:
    """One sentence of a reason, without its full stop.

    Attributes
    ----------
    role
        ``line``, ``missed``, ``rule``, ``proven``, ``nearest`` or ``remedy``.
    name
        The part of the line, or the rule; `None` when it is about neither or several.
    span
        Where that is written.
    """

    role: str
    says: str
    name: str | None = None
    span: Span | None = None


def reason_table(lowered: LoweredCatalog, reasons: Sequence[Reason]) -> Table:
    """All statements of all reasons, as data."""
    columns = (
        Column("slot"),
        Column("position"),
        Column("role"),
        Column("says", Kind.PROSE),
        Column("name"),
        Column("file"),
        Column("line", Kind.WHOLE),
    )
    rows: list[Row] = [
        (
            each.refuted.position.slot or "(vehicle)",
            each.refuted.position.name,
            said.role,
            said.says,
            said.name,
            said.span.source.name if said.span else None,
            said.span.line if said.span else None,
        )
        for each in reasons
        for said in statements(lowered, each)
    ]
    return table("reasons", columns, rows)


def reason_layout(lowered: LoweredCatalog, reasons: Sequence[Reason]) -> Iterator[Table]:
    """For people: the sentences of every reason under a title of their own."""
    for each in reasons:
        position = each.refuted.position
        where = f"`{position.slot}`" if position.slot else "the vehicle"
        title = f"Why `{position.name}` of {where} does not take {position.filling.value} part"
        said = (f"{statement.says}." for statement in statements(lowered, each))
        rows = [(number, text) for number, text in enumerate(said, start=1)]
        columns = Column("number", Kind.WHOLE, " "), Column("says", Kind.PROSE, "reason")
        yield table("reason", columns, rows, title=title)


def statements(lowered: LoweredCatalog, why: Reason) -> Iterator[Statement]:
    """A reason, sentence by sentence: lines, rules that make it so, the proof, what is near."""
    phrases = Phrases(lowered.resolved.catalog)
    for line in why.applied:
        says = f"{_line(line)} applies{_where(phrases, line)}"
        yield Statement("line", says, line.line.part, line.line.span)
    for line in why.missed:
        says = f"{_line(line)} would need {_unmet(lowered, why, line)}"
        yield Statement("missed", says, line.line.part, line.line.span)
    yield from _rules(lowered, why)
    yield Statement("proven", _conclusion(why))
    yield from (_near(lowered, why, each) for each in why.near)
    if not why.near:
        yield Statement("nearest", "No rule that speaks of the same excludes it anywhere")
    correct = "Correct a condition" if why.applied else "Correct a condition, add a line"
    yield Statement("remedy", f"{correct}, or add a rule such as `{why.remedy}`")


def _rules(lowered: LoweredCatalog, why: Reason) -> Iterator[Statement]:
    """The rules that lead from the choices to the fault."""
    if not why.rules:
        return
    sentences = Sentences.of(lowered.resolved.catalog)
    told = sentences.towards(why.conflict)
    names = ", ".join(each.origin.name for each in why.rules)
    span = why.rules[0].origin.span if len(why.rules) == 1 else None
    if told is not None:
        yield from (Statement("rule", text, names, span) for text in told)
        return
    for each in why.rules:
        says = f"This and the other rules named here lead to it together: {reason(each.origin)}"
        yield Statement("rule", says, each.origin.name, each.origin.span)


def _conclusion(why: Reason) -> str:
    chosen = " and ".join(c.origin.name for c in why.choices)
    those = f"every valid variant with {chosen}" if chosen else "every valid variant"
    if why.applied:
        parts = list(dict.fromkeys(line.line.part for line in why.applied))
        taken = f"both {' and '.join(parts)}" if len(parts) > 1 else f"{parts[0]} twice"
    else:
        number = len(why.refuted.position.lines)
        taken = "no part" if number == 1 else f"no part of the {number} lines"
    return f"So {those} takes {taken}, which no rule excludes"


def _near(lowered: LoweredCatalog, why: Reason, near: Near) -> Statement:
    where = _options(lowered, near.options)
    here = _options(lowered, {v: why.refuted.variant[v] for v in near.options})
    says = f"Nearest rule: {reason(near.rule.origin)} excludes it with {where}, not with {here}"
    return Statement("nearest", says, near.rule.origin.name, near.rule.origin.span)


def _options(lowered: LoweredCatalog, options: Mapping[int, int]) -> str:
    variables = lowered.problem.variables
    return " and ".join(
        f"{variables[v].name} == {variables[v].options[o]}" for v, o in options.items()
    )


def _line(line: AppliedLine) -> str:
    at = place(line.line.span)
    return f"{line.line.part} ({at})" if at else line.line.part


def _where(phrases: Phrases, line: AppliedLine) -> str:
    if not line.terms:
        return " to every vehicle"
    return f" where {together([_term(phrases, term) for term in line.terms])}"


def _unmet(lowered: LoweredCatalog, why: Reason, line: AppliedLine) -> str:
    """What a line misses, beside what the variant has."""
    phrases, variant = Phrases(lowered.resolved.catalog), why.refuted.variant
    said = together([_term(phrases, term) for term in line.unmet])
    about = sorted({v for term in line.unmet for v in scope(term.formula)})
    return f"{said}, but {_options(lowered, {v: variant[v] for v in about})}"


def _term(phrases: Phrases, term: Term) -> str:
    """A term, a long list of modules by its first ones."""
    if term.modules and isinstance(term.formula, Member):
        return phrases.options(term.formula.variable, term.formula.options)
    return term.text
