"""``cmf check``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmf.errors import Diagnostic
    from cmf.workspace import Model

_CALLED = MappingProxyType({"bom_lines": "BOM lines"})


def check(
    catalogue: p.Catalogue,
    prices: p.Prices = None,
    style: p.FormatOption = p.Format.TABLE,
) -> None:
    """Load a catalogue and look for what is wrong with it.

    Mistakes in the files end the check with exit code 2, all of them at once. A catalogue that
    loads is searched for findings: options that no variant can take, rules that exclude nothing,
    gaps between rules that follow each other, vehicles that lost their last variant, modules
    without parts. Exit code 1 when there are any. Remarks (redundant rules, modules that are
    nearly the same) do not count.

    \b
    Example:
      $ cmf check catalogs/alliance
    """
    from cmf.analysis.health import faults
    from cmf.cli.console import answer, emit, working
    from cmf.cli.opening import model_facts, open_model
    from cmf.report.findings import contents, finding_table
    from cmf.report.table import Report

    model = open_model(catalogue, prices)
    with working("searching for dead options, idle and redundant rules, lost vehicles"):
        findings = model.check()
    if style is p.Format.TABLE:
        emit(f"{finding.render()}\n" for finding in findings)
        emit([f"{_summary(model, findings)}\n"])
    else:
        facts = {**model_facts(model), **contents(model.catalog, model.problem)}
        answer(Report("check", facts, (finding_table(findings),)), style)
    if faults(findings):
        raise typer.Exit(1)


def _summary(model: Model, findings: Sequence[Diagnostic]) -> str:
    from cmf.analysis.health import faults
    from cmf.report.findings import contents
    from cmf.report.words import number

    held = contents(model.catalog, model.problem)
    words = ", ".join(f"{number(n)} {_CALLED.get(what, what)}" for what, n in held.items())
    wrong = len(faults(findings))
    remarks = len(findings) - wrong
    verdict = "1 finding" if wrong == 1 else f"{wrong or 'no'} findings"
    if remarks:
        verdict += f", {remarks} remark{'' if remarks == 1 else 's'}"
    return f"{model.name}: {words}: {verdict}"
