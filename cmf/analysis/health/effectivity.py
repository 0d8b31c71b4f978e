"""Rules that follow each other in time: gaps and overlaps between them."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.analysis.health.finding import listed, warning
from cmf.errors import Diagnostic
from cmf.model.catalog import Catalog, RuleText


def effectivity_findings(catalog: Catalog) -> Iterator[Diagnostic]:
    """Periods in which neither of two superseding rules holds, and those in which both do."""
    rules = {rule.id: rule for rule in catalog.rules}
    for rule in catalog.rules:
        if rule.supersedes is not None and rule.supersedes.value in rules:
            yield from _between(catalog, rules[rule.supersedes.value], rule)


def _between(catalog: Catalog, old: RuleText, new: RuleText) -> Iterator[Diagnostic]:
    periods = [int(name) for name in catalog.axis(catalog.time).names] if catalog.time else []
    both = [p for p in periods if old.effective.covers(p) and new.effective.covers(p)]
    span = new.supersedes.span if new.supersedes else new.span
    if both or not periods:
        when = f"in {listed([str(p) for p in both])}" if both else "always"
        yield warning(
            "effectivity-overlap",
            f"rule {new.id} supersedes {old.id}, but both hold {when}",
            span,
            f"let {old.id} end (`until`) where {new.id} begins (`from`)",
        )
    ends, begins = old.effective.until, new.effective.start
    if ends is None or begins is None:
        return
    neither = [p for p in periods if ends <= p < begins]
    if neither:
        yield warning(
            "effectivity-gap",
            f"rule {new.id} supersedes {old.id}, but neither holds in "
            f"{listed([str(p) for p in neither])}",
            span,
            f"begin {new.id} in {ends}, or end {old.id} in {begins}",
        )
