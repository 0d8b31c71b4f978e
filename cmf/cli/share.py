"""``cmf share``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.report.table import Report
    from cmf.workspace.programme import Built


def share(
    lineup: p.Lineup,
    scope: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Scope; repeat it for several. Default: the line-up's."),
    ] = [],  # noqa: B006
    k: Annotated[
        int, typer.Option("-k", min=1, help="A part is shared when K vehicles (brands) use it.")
    ] = 2,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
) -> None:
    """Build the vehicles of a line-up and show how much they share.

    Every ratio comes with its basis: metric, weight, scope, threshold K, numerator and
    denominator. Exit code 1 when a vehicle cannot be built that should be, or the reverse.

    \b
    Examples:
      $ cmf share catalogs/alliance
      $ cmf share catalogs/alliance --scope big_modules -o shares.xlsx
    """
    from cmf.cli.console import answer, pass_on_remarks, remark, working
    from cmf.cli.opening import expect
    from cmf.report.files import check_target
    from cmf.workspace import load_lineup

    if output is not None:
        check_target(output)
    pass_on_remarks()
    expect(lineup, "lineup.yaml", "a line-up")
    with working(f"reading {lineup}"):
        programme = load_lineup(lineup)
    with working("building the vehicles"):
        built = programme.build(programme.model.compile(engine.value))
    with working("counting what they share"):
        report = _report(built, scope or built.scopes(), k, lineup)
    answer(report, style, output)
    for surprise in built.surprises:
        remark(surprise)
    if built.surprises:
        raise typer.Exit(1)


def _report(built: Built, scopes: Sequence[str], k: int, path: Path) -> Report:
    from cmf.cli.opening import model_facts
    from cmf.report.lineup import (
        built_layout,
        choice_table,
        ground_layout,
        refused_layout,
        vehicle_table,
    )
    from cmf.report.sharing import ScopeShares, sharing_table
    from cmf.report.sharing_layout import sharing_layout
    from cmf.report.table import Report

    model = built.programme.model
    lineup = built.programme.lineup
    names = {vehicle.id: vehicle.name for vehicle in lineup.vehicles}
    currency = model.catalog.currency
    shares = [
        ScopeShares(sharing, model.catalog.scopes[name], k, currency, names)
        for name, sharing in [(name, built.share(name)) for name in scopes]
    ]
    facts = {
        "lineup": lineup.name,
        "lineup_digest": lineup.digest,
        **model_facts(model),
        "completed_at_least": lineup.minimise,
        "vehicles_built": len(built.builds),
        "vehicles_refused": len(built.refusals),
        "scopes": list(scopes),
        "surprises": list(built.surprises),
        "grounds": [f"{g.figure}: {g.basis} {g.amount}/{g.total}" for g in built.grounds],
    }
    vehicles = [
        (brief.vehicle, outcome)
        for brief, outcome in zip(built.programme.briefs, built.outcomes, strict=True)
    ]
    others = [(vehicle, each) for vehicle, each in vehicles if each not in built.builds]
    layout = [built_layout(model.problem, built.builds, lineup.minimise)]
    if others:
        layout.append(refused_layout(others))
    layout += [ground_layout(built.grounds), *sharing_layout(shares)]
    tables = (
        sharing_table(shares),
        vehicle_table(model.problem, vehicles),
        choice_table(model.problem, built.builds),
    )
    return Report("share", facts, tables, tuple(layout))
