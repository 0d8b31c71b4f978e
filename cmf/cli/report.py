"""``cmf report``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.analysis.overview import Overview
    from cmf.report.html.section import Section
    from cmf.report.plan_file import SavedPlan
    from cmf.report.table import Fact
    from cmf.workspace import VariantSpace
    from cmf.workspace.programme import Built, Programme

Output = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="FILE", help="Write an .html, .xlsx or .json file."),
]
Scopes = Annotated[
    list[str],
    typer.Option(
        metavar="NAME",
        help="Scope; repeat it for several, charts show the first. Default: the line-up's.",
    ),
]
SavedPlanFile = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="Also a plan that `cmf plan -o FILE.json` wrote."),
]


def report(
    lineup: p.Lineup,
    output: Output,
    scope: Scopes = [],  # noqa: B006
    k: Annotated[
        int, typer.Option("-k", min=1, help="A part is shared when K vehicles (brands) use it.")
    ] = 2,
    census: Annotated[
        bool,
        typer.Option(
            "--census", help="Also compare all valid variants, brand by brand; takes a minute."
        ),
    ] = False,
    plan: SavedPlanFile = None,
    engine: p.EngineOption = p.EngineName.AUTO,
) -> None:
    """Write a report on a line-up: one file with the answer, charts and all tables.

    The .html file needs nothing else and opens offline. The .xlsx file holds the same tables, one
    a sheet. Exit code 0 when the file was written, whatever it says; `cmf targets` judges.

    \b
    Examples:
      $ cmf report catalogs/alliance -o report.html
      $ cmf report catalogs/alliance -o report.xlsx --scope all
      $ cmf report catalogs/alliance -o report.html --census
      $ cmf plan catalogs/alliance -t T02-strict --pareto 6 -o plan.json
      $ cmf report catalogs/alliance --plan plan.json -o report.html
    """
    from cmf.cli.console import pass_on_remarks, remark, working
    from cmf.cli.opening import expect
    from cmf.report.html.report import sections
    from cmf.report.html.writer import check_report_target, save_report
    from cmf.report.plan_file import read_plan
    from cmf.workspace import load_lineup

    check_report_target(output)
    saved = None if plan is None else read_plan(plan)
    pass_on_remarks()
    expect(lineup, "lineup.yaml", "a line-up")
    with working(f"reading {lineup}"):
        programme = load_lineup(lineup)
    with working("building the vehicles"):
        space = programme.model.compile(engine.value)
        built = programme.build(space)
    with working("counting what they share"):
        overview = built.overview(scope, k)
    if census:
        overview = _with_census(space, overview)
    found = sections(overview, () if saved is None else _plan(programme, space, saved))
    with working(f"writing {output}"):
        save_report(programme.lineup.title or programme.lineup.name, found, _facts(built), output)
    remark(f"wrote {output}")
    for surprise in built.surprises:
        remark(surprise)


def _plan(programme: Programme, space: VariantSpace, saved: SavedPlan) -> Sequence[Section]:
    from cmf.cli.console import working
    from cmf.report.html.plan import plan_sections
    from cmf.workspace.saved_plan import restore

    with working("checking the plan again"):
        asked, findings = restore(programme, space, saved)
    units = {quantity.name: quantity.unit for quantity in programme.model.catalog.quantities}
    return plan_sections(findings, units, asked.cannot)


def _with_census(space: VariantSpace, overview: Overview) -> Overview:
    from attrs import evolve

    from cmf.cli.console import working
    from cmf.workspace.commonality import census

    with working("comparing all pairs of variants") as progress:
        name = overview.scope.name
        compared = census(space, by="brand", scope=name, on_progress=progress)
    return evolve(overview, census=compared.comparisons)


def _facts(built: Built) -> dict[str, Fact]:
    from cmf import __version__
    from cmf.cli.opening import model_facts

    lineup = built.programme.lineup
    return {
        "lineup": lineup.name,
        "lineup_digest": lineup.digest,
        **model_facts(built.programme.model),
        "completed_at_least": lineup.minimise,
        "vehicles_built": len(built.builds),
        "vehicles_not_built": [refusal.brief.vehicle.id for refusal in built.refusals],
        "written_by": f"cmf {__version__}",
    }
