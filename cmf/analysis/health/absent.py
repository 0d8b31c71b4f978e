"""Rules and BOM conditions that compare with an option which does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.analysis.health.finding import warning
from cmf.errors import Diagnostic
from cmf.rules.absent import absent
from cmf.rules.resolved import ResolvedCatalog


def absent_findings(resolved: ResolvedCatalog) -> Iterator[Diagnostic]:
    """One finding for every number that is no option, by rule and by condition."""
    places = [(f"rule {rule.id}", rule.statement, rule.span) for rule in resolved.rules]
    lines = {line.condition: line for line in reversed(resolved.lines)}
    conditions = [
        (f"the condition of part {line.part}", line.condition, line.span)
        for line in reversed(lines.values())
    ]
    for what, statement, span in (*places, *conditions):
        for each in dict.fromkeys(absent(statement, resolved)):
            yield warning("no-such-option", f"in {what} {each.message}", span, each.remedy)
