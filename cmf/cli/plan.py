"""``cmf plan``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p
from cmf.cli.guard import LIMIT, NO

if TYPE_CHECKING:
    from cmf.analysis.configure import Refusal
    from cmf.planning.answer import PlanLimits
    from cmf.planning.decision.conflict import Conflict
    from cmf.planning.decision.decide import Decision
    from cmf.planning.decision.prices import Price
    from cmf.report.money import Money
    from cmf.report.table import Fact, Report
    from cmf.workspace.planning import Asked


Targets = Annotated[
    list[str],
    typer.Option(
        "--target",
        "-t",
        metavar="ID",
        help="Target to meet, perhaps with a threshold: `T02 >= 75 %`; repeat it for several, or "
        "`all`.",
    ),
]
Gap = Annotated[
    str, typer.Option("--gap", metavar="RATIO", help="How close to the least cost is enough.")
]
Time = Annotated[
    float | None,
    typer.Option("--time", min=0, metavar="SECONDS", help="Stop then, with the best plan so far."),
]
Keep = Annotated[
    list[str],
    typer.Option("--keep", metavar="ID", help="Vehicle that stays as it is; repeat it."),
]
Changes = Annotated[
    int | None,
    typer.Option("--changes", min=0, metavar="N", help="At most N modules differ from today's."),
]
Prices = Annotated[
    bool, typer.Option("--prices/--no-prices", help="Also tell what each target costs.")
]


def plan(
    lineup: p.Lineup,
    target: Targets = [],  # noqa: B006
    gap: Gap = "0",
    time: Time = None,
    keep: Keep = [],  # noqa: B006
    changes: Changes = None,
    prices: Prices = True,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
) -> None:
    """Choose the modules of every vehicle of a line-up at least cost, with the targets met.

    What may change, and what it costs, stands in planning.yaml beside the line-up. The answer is
    proven, or comes with the distance from the least cost. Exit code 1 when no plan meets the
    targets, 3 when none was found within the time.

    \b
    Examples:
      $ cmf plan catalogs/alliance
      $ cmf plan catalogs/alliance --target T02-strict --gap 0.1% --time 120
      $ cmf plan catalogs/alliance --target "T02-strict >= 72 %" --changes 10 -o plan.xlsx
    """
    from cmf.analysis.commonality.basis import parse_ratio
    from cmf.cli.console import answer, pass_on_remarks
    from cmf.cli.opening import expect
    from cmf.planning.answer import PlanLimits
    from cmf.report.files import check_target

    if output is not None:
        check_target(output)
    pass_on_remarks()
    expect(lineup, "lineup.yaml", "a line-up")
    limits = PlanLimits(seconds=time, gap=parse_ratio(gap))
    report, code = _answer(_ask(lineup, engine.value, target, keep, changes), limits, prices)
    if report is not None:
        answer(report, style, output)
    if code:
        raise typer.Exit(code)


def _ask(
    lineup: Path, engine: str, targets: Sequence[str], keep: Sequence[str], changes: int | None
) -> Asked | tuple[Refusal, ...]:
    from cmf.cli.console import remark, working
    from cmf.workspace.planning import Asked, ask
    from cmf.workspace.programme import load_lineup

    with working(f"reading {lineup}"):
        programme = load_lineup(lineup)
    with working("finding the variants of every vehicle"):
        space = programme.model.compile(engine)
        asked = ask(programme, space, targets, keep=keep, changes=changes)
    if isinstance(asked, Asked):
        for name, reason in asked.cannot.items():
            remark(f"remark: no plan can be held to {name}: {reason}")
    return asked


def _answer(
    asked: Asked | tuple[Refusal, ...], limits: PlanLimits, prices: bool
) -> tuple[Report | None, int]:
    """The report on a plan, or on why there is none, and the exit code."""
    from cmf.cli.console import remark, working
    from cmf.cli.watching import watching
    from cmf.planning.answer import Planned
    from cmf.problem.answer import Infeasible
    from cmf.workspace.planning import Asked

    if not isinstance(asked, Asked):
        return _no_variant(asked), NO
    with watching(_money(asked)) as watch:
        found = asked.solve(limits, watch)
    if isinstance(found, Infeasible):
        with working("looking for what cannot go together"):
            return _conflict(asked, asked.conflict()), NO
    if not isinstance(found, Planned):
        remark(f"limit: no plan within {found.limit}; give it more with --time")
        return None, LIMIT
    costs: tuple[Price, ...] = ()
    if prices and not watch.stopped:
        with watching(_money(asked)) as watch:
            costs = asked.prices(limits, watch)
    with working("checking the plan again"):
        return _report(asked, asked.decide(found), costs), 0


def _money(asked: Asked) -> Money:
    from cmf.planning.evaluate import evaluate
    from cmf.report.money import Money

    today = evaluate(asked.posed.problem, asked.posed.today).cost
    return Money.fitting(asked.built.programme.model.catalog.currency, today.total)


def _facts(asked: Asked) -> dict[str, Fact]:
    from cmf.cli.opening import model_facts

    lineup = asked.built.programme.lineup
    return {
        "lineup": lineup.name,
        "lineup_digest": lineup.digest,
        "planning_digest": asked.posed.planning.digest or None,
        **model_facts(asked.built.programme.model),
        "targets_asked_for": [target.id for target in asked.targets],
    }


def _report(asked: Asked, decision: Decision, costs: Sequence[Price]) -> Report:
    from cmf.report import plan as data
    from cmf.report.plan_layout import plan_layout
    from cmf.report.table import Report

    catalog = asked.built.programme.model.catalog
    units = {quantity.name: quantity.unit for quantity in catalog.quantities}
    tables = (
        data.plan_table(decision),
        data.cost_table(decision),
        data.judged_table(decision, units, asked.cannot, costs),
        data.step_table(decision),
        data.vehicle_table(decision),
    )
    layout = tuple(plan_layout(decision, units, asked.cannot, costs))
    return Report("plan", {**_facts(asked), **data.plan_facts(decision)}, tables, layout)


def _conflict(asked: Asked, conflict: Conflict) -> Report:
    from cmf.report.plan_layout import conflict_layout
    from cmf.report.table import Report

    facts = {**_facts(asked), "status": "infeasible"}
    tables = tuple(conflict_layout(conflict, _money(asked)))
    return Report("plan", facts, tables)


def _no_variant(refusals: Sequence[Refusal]) -> Report:
    from cmf.report.lineup import refused_layout
    from cmf.report.table import Report

    vehicles = [(refusal.brief.vehicle, refusal) for refusal in refusals]
    return Report("plan", {"status": "infeasible"}, (refused_layout(vehicles),))
