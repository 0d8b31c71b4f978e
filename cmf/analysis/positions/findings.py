"""Positions that are not filled as declared, as findings of a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.positions.lines import AppliedLine, together
from cmf.analysis.positions.prove import Counterexample, positions, prove
from cmf.analysis.positions.reason import Reason, reason_of
from cmf.engines.sat import SatSpace
from cmf.errors import Diagnostic, Level
from cmf.problem.lower import LoweredCatalog
from cmf.source import Span


def position_findings(lowered: LoweredCatalog, space: SatSpace) -> Iterator[Diagnostic]:
    """A finding for every position that some valid variant does not fill as declared."""
    for position in positions(lowered):
        verdict = prove(lowered, space, position)
        if isinstance(verdict, Counterexample):
            yield _finding(reason_of(lowered, space, verdict))


def _finding(reason: Reason) -> Diagnostic:
    position, selected = reason.refuted.position, reason.refuted.selected
    place = f"of `{position.slot}`" if position.slot else "of the vehicle"
    said = " and ".join(map(_applied, reason.applied)) or "no part"
    chosen = " and ".join(c.origin.name for c in reason.choices)
    where = f" where {chosen}" if chosen else " on every valid variant"
    message = (
        f"position `{position.name}` {place} takes {position.filling.value} part, "
        f"but {said}{where}{_because(reason)}"
    )
    span = (selected or [line for line, _ in position.lines])[-1].span
    remedy = f"or add a rule such as `{reason.remedy}`"
    if selected:
        remedy = f"correct a condition, {remedy}"
    else:
        remedy = f"correct a condition, add a line, {remedy}"
        remedy += "; where it may stay empty, write a question mark behind its name"
    code = "position-filled-twice" if selected else "position-empty"
    return Diagnostic(code, message, span, remedy, Level.WARNING)


def _because(reason: Reason) -> str:
    """The rules that lead there, the lines that are missed, and the rules nearby."""
    rules = [c.origin.name for c in reason.rules]
    parts = []
    if rules:
        parts.append(f"{_listed(rules)} {'make' if len(rules) > 1 else 'makes'} it so")
    if reason.missed:
        line = reason.missed[0]
        unmet = together([term.text for term in line.unmet])
        parts.append(f"{line.line.part}{_at(line.line.span)} would need {unmet}")
    near = [each.rule.origin.name for each in reason.near]
    parts.append(
        f"no rule excludes it ({_listed(near)} only elsewhere)" if near else "no rule excludes it"
    )
    return "".join(f"; {part}" for part in parts)


def _applied(line: AppliedLine) -> str:
    return f"{line.line.part}{_at(line.line.span)}"


def _at(span: Span | None) -> str:
    return f" ({span.source.name}:{span.line})" if span else ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
