"""``cmf bom``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.report.table import Report
    from cmf.workspace import VariantSpace
    from cmf.workspace.bom import Bom


def bom(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    parts: Annotated[
        bool, typer.Option("--parts", help="What the variants need, a part a row.")
    ] = False,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
) -> None:
    """Prove the positions of the 150 % BOM over all valid variants, and explode it.

    A position takes exactly one part, or at most one when a question mark stands behind its name.
    Where a valid variant has none or two, the reason is told: lines, the rules that make it so, and
    those that come nearest to excluding it. The explosion tells for every part in how many variants
    it is, and how many pieces they need.
    Exit code 1 when a position is not filled as declared.

    \b
    Examples:
      $ cmf bom catalogs/alliance
      $ cmf bom catalogs/alliance --where "brand == dacia and energy == lpg" --parts
    """
    from cmf.analysis.positions import Counterexample
    from cmf.cli.console import answer, working
    from cmf.cli.opening import open_space
    from cmf.problem.answer import Unknown
    from cmf.report.files import check_target
    from cmf.workspace.bom import bom as explode

    if output is not None:
        check_target(output)
    space = open_space(catalogue, where, p.EngineName.AUTO)
    with working("exploding the BOM"):
        found = explode(space)
    answer(_report(space, found, parts=parts), style, output)
    if any(isinstance(each, Counterexample) for each in found.positions):
        raise typer.Exit(1)
    if any(isinstance(each, Unknown) for each in found.positions):
        raise typer.Exit(3)


def _report(space: VariantSpace, found: Bom, *, parts: bool) -> Report:
    """The parts first when they are asked for, else the positions."""
    from cmf.cli.opening import facts
    from cmf.report.bom import bom_layout, counterexample_table, part_table, position_table
    from cmf.report.bom_reasons import reason_table
    from cmf.report.table import Report

    lowered, variants = space.model.lowered, found.variants
    listed = part_table(lowered, found.parts, variants)
    proofs = (
        position_table(found.positions, found.reasons),
        counterexample_table(lowered, found.positions),
        reason_table(lowered, found.reasons),
    )
    known = {**facts(space), "count": variants}
    if parts:
        needed = [usage for usage in found.parts if usage.variants]
        layout = (part_table(lowered, needed, variants),)
        return Report("bom", known, (listed, *proofs), layout)
    shown = bom_layout(lowered, found.positions, found.reasons, found.parts, variants)
    return Report("bom", known, (*proofs, listed), tuple(shown))
