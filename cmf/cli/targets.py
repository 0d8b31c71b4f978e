"""``cmf targets``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p

if TYPE_CHECKING:
    from cmf.analysis.targets import Assessment, Fall, Point
    from cmf.report.table import Report
    from cmf.workspace.programme import Built


def targets(
    lineup: p.Lineup,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Earlier answer (.json): fail when a value fell by more than its tolerance.",
        ),
    ] = None,
    trend: Annotated[
        bool, typer.Option("--trend", help="Also show the targets by model year, and carry-over.")
    ] = False,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
) -> None:
    """Judge the targets in the targets.yaml beside a line-up: met, missed or not evaluable.

    Every value is exact and comes with its basis and margin; for a missed share the parts and
    modules follow that would close the gap. Exit code 0 when all targets are met, 1 otherwise.
    With --baseline the code tells only whether a value fell since the earlier run.

    \b
    Examples:
      $ cmf targets catalogs/alliance
      $ cmf targets catalogs/alliance -o now.json
      $ cmf targets catalogs/alliance --baseline previous.json
    """
    from cmf.analysis.targets import compare
    from cmf.cli.console import answer, pass_on_remarks, remark, working
    from cmf.cli.opening import expect
    from cmf.report.files import check_target
    from cmf.report.targets import fell, read_earlier
    from cmf.workspace import load_lineup

    if output is not None:
        check_target(output)
    pass_on_remarks()
    expect(lineup, "lineup.yaml", "a line-up")
    earlier = None if baseline is None else read_earlier(baseline)
    with working(f"reading {lineup}"):
        programme = load_lineup(lineup)
    with working("building the vehicles"):
        built = programme.build(programme.model.compile(engine.value))
    with working("judging the targets"):
        assessment = built.targets()
    falls = None if earlier is None else compare(assessment.outcomes, earlier)
    with working("walking through the years"):
        points = _years(assessment) if trend else []
    answer(_report(built, assessment, falls, points), style, output)
    if falls is not None:
        remark(fell(len(falls)))
    if falls or (falls is None and not assessment.met):
        raise typer.Exit(1)


def _years(assessment: Assessment) -> list[Point]:
    from cmf.analysis.targets import trend

    return list(trend(assessment.fleet, [each.target for each in assessment.outcomes]))


def _report(
    built: Built,
    assessment: Assessment,
    falls: tuple[Fall, ...] | None,
    points: Sequence[Point],
) -> Report:
    from cmf.cli.opening import model_facts
    from cmf.report.table import Report
    from cmf.report.targets import (
        fall_table,
        falls_layout,
        gap_table,
        target_table,
        targets_layout,
        trend_layout,
        trend_table,
    )

    model, lineup = built.programme.model, built.programme.lineup
    units = {quantity.name: quantity.unit for quantity in model.catalog.quantities}
    refused = [outcome.brief.vehicle.id for outcome in built.refusals]
    facts = {
        "lineup": lineup.name,
        "lineup_digest": lineup.digest,
        **model_facts(model),
        "vehicles_counted": len(built.builds),
        "vehicles_not_built": refused,
        "met": assessment.met,
    }
    tables = [target_table(assessment.outcomes, units), gap_table(assessment.gaps)]
    layout = list(targets_layout(assessment, units))
    if points:
        tables.append(trend_table(points))
        layout.insert(0, trend_layout(points, units))
    if falls is not None:
        tables.append(fall_table(falls))
        if falls:
            layout.append(falls_layout(falls, assessment.outcomes, units))
    return Report("targets", facts, tuple(tables), tuple(layout))
