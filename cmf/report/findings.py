"""Findings of a check as a table, and what a catalogue holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmf.errors import Diagnostic
from cmf.model.catalog import Catalog
from cmf.problem.problem import Problem
from cmf.report.table import Column, Kind, Table, table


def finding_table(findings: Iterable[Diagnostic]) -> Table:
    """Findings, one a row, with file, line and column."""
    columns = (
        Column("code"),
        Column("level"),
        Column("message", Kind.PROSE),
        Column("file"),
        Column("line", Kind.WHOLE),
        Column("column", Kind.WHOLE),
        Column("remedy", Kind.PROSE),
    )
    rows = [
        (
            each.code,
            each.level.value,
            each.message,
            each.span.source.name if each.span else None,
            each.span.line if each.span else None,
            each.span.column if each.span else None,
            each.remedy,
        )
        for each in findings
    ]
    return table("findings", columns, rows)


def contents(catalog: Catalog, problem: Problem) -> Mapping[str, int]:
    """How much of everything a catalogue holds, in the order in which people say it."""
    if not catalog.slots:
        return {"variables": len(problem.variables), "constraints": len(problem.constraints)}
    return {
        "slots": len(catalog.slots),
        "modules": sum(len(axis.options) for axis in catalog.slots),
        "features": len(catalog.features),
        "rules": len(catalog.rules),
        "parts": len(catalog.parts),
        "bom_lines": len(catalog.bom),
    }
