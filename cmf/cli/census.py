"""``cmf census``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.report.table import Report
    from cmf.workspace import VariantSpace
    from cmf.workspace.commonality import Census


class WeightName(StrEnum):
    """How much a part counts."""

    PART_NUMBER = "part-number"
    INSTANCE = "instance"
    MASS = "mass"
    SPEND = "spend"
    LIST_COST = "list-cost"
    INVESTMENT = "investment"


class MeasureName(StrEnum):
    """Which share of two variants."""

    JACCARD = "jaccard"
    CARRY_OVER = "carry-over"
    OVERLAP = "overlap"
    DICE = "dice"
    RUZICKA = "ruzicka"


Between = Annotated[
    str, typer.Option("--between", metavar="EXPR", help="First variant of a pair; with --and.")
]
And = Annotated[str, typer.Option("--and", metavar="EXPR", help="Second variant of a pair.")]
Within = Annotated[str, typer.Option("--within", metavar="EXPR", help="Both variants of a pair.")]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Every two options of a slot or feature.")
]
WeightOption = Annotated[WeightName, typer.Option("--weight", help="How much a part counts.")]
MeasureOption = Annotated[
    MeasureName, typer.Option("--measure", help="Share of the first variant, or of both.")
]
ScopeOption = Annotated[
    str, typer.Option("--scope", metavar="NAME", help="Scope of the catalogue. Default: all.")
]
Rates = Annotated[
    Path | None,
    typer.Option("--take-rates", metavar="FILE", help="Expect variants as they are taken."),
]
Fit = Annotated[bool, typer.Option("--fit", help="Weigh variants so that the take rates come out.")]


def census(
    catalogue: p.Catalogue,
    between: Between = "",
    other: And = "",
    within: Within = "",
    by: By = "",
    where: p.Where = [],  # noqa: B006
    weight: WeightOption = WeightName.PART_NUMBER,
    measure: MeasureOption = MeasureName.JACCARD,
    scope: ScopeOption = "",
    rates: Rates = None,
    fit: Fit = False,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
) -> None:
    """Least, mean and greatest share of two variants, over all pairs of valid variants.

    Exact, with the pair of variants that has it; no variant is listed or sampled. Carry-over is a
    share of the first variant. The expected share is that of two independent builds, each variant
    as likely as any other or as take rates say. Without --between, --within or --by, pairs are
    within all valid variants. Exit code 1 when no pair has a value.

    \b
    Examples:
      $ cmf census catalogs/alliance --by brand
      $ cmf census catalogs/alliance --between "brand == renault" --and "brand == nissan" \\
            --weight spend --measure carry-over --scope big_modules
    """
    from cmf.analysis.commonality import Measure, Weight
    from cmf.cli.console import answer, working
    from cmf.cli.opening import open_space
    from cmf.report.census import unknown
    from cmf.report.files import check_target
    from cmf.workspace.commonality import census as compare

    briefs = _briefs(between, other, within, by)
    if output is not None:
        check_target(output)
    space = open_space(catalogue, where, p.EngineName.AUTO)
    taken = _taken(space, rates, fit)
    with working("comparing all pairs of variants") as progress:
        found = compare(
            space,
            *briefs,
            by=by,
            weight=Weight[weight.name],
            measure=Measure[measure.name],
            scope=scope,
            rates=taken,
            fit=fit,
            on_progress=progress,
        )
    answer(_report(space, found), style, output)
    if unknown(found.comparisons):
        raise typer.Exit(3)
    if not any(hasattr(each.greatest, "ratio") for each in found.comparisons):
        raise typer.Exit(1)


def _report(space: VariantSpace, found: Census) -> Report:
    from cmf.cli.opening import facts
    from cmf.report.census import census_layout, census_table, witness_table
    from cmf.report.table import Report

    problem, comparisons = space.model.problem, found.comparisons
    known = {
        **facts(space),
        "measure": found.measure.value,
        "weight": found.weight.value,
        "scope": found.scope,
        "level": "part",
        "briefs": list(found.labels),
    }
    tables = census_table(comparisons), witness_table(problem, comparisons)
    return Report("census", known, tables, tuple(census_layout(problem, comparisons, found.labels)))


def _taken(
    space: VariantSpace, path: Path | None, fit: bool
) -> Mapping[str, Mapping[str, Fraction]] | None:
    if path is None:
        if fit:
            raise typer.BadParameter("--fit goes with --take-rates FILE")
        return None
    from cmf.load.rates_file import read_rates

    axes = {axis.name: axis.options for axis in space.model.problem.variables}
    return read_rates(path, axes)


def _briefs(between: str, other: str, within: str, by: str) -> tuple[str, ...]:
    """The conditions of one brief or two; refuses what does not go together."""
    if bool(between) != bool(other):
        raise typer.BadParameter("--between EXPR goes with --and EXPR")
    if sum(map(bool, (between, within, by))) > 1:
        raise typer.BadParameter("give one of --between … --and …, --within and --by")
    if within:
        return (within,)
    return (between, other) if between else ()
