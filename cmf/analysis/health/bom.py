"""Parts and BOM lines that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.analysis.health.finding import warning
from cmf.engines.protocols import Space
from cmf.errors import Diagnostic
from cmf.problem.answer import Infeasible
from cmf.problem.formula import Formula
from cmf.problem.lower import LoweredCatalog


def bom_findings(lowered: LoweredCatalog, space: Space) -> Iterator[Diagnostic]:
    """Modules without parts, parts without lines, lines that no valid variant selects."""
    catalog = lowered.resolved.catalog
    if not catalog.parts:
        return
    covered = {(line.slot, m) for line in catalog.bom for m in line.modules or ("*",)}
    for axis in catalog.slots:
        for option in axis.options:
            named = {(axis.name, option.name), (axis.name, "*")}
            if option.name != "none" and not named & covered:
                yield warning(
                    "module-without-parts",
                    f"module `{option.name}` of `{axis.name}` has no BOM line",
                    option.span,
                    "add its parts to the BOM",
                )
    used = {line.part for line in catalog.bom}
    for part in catalog.parts.values():
        if part.number not in used:
            message = f"part {part.number} ({part.name}) is on no BOM line"
            yield warning("unused-part", message, part.span, "use it, or remove it")
    selected: dict[Formula, bool] = {}
    for line, condition in lowered.lines:
        if condition not in selected:
            selected[condition] = not isinstance(space.where(condition).find(), Infeasible)
        if not selected[condition]:
            message = f"no valid variant selects this line of part {line.part}"
            yield warning("dead-bom-line", message, line.span, "correct its condition")
