"""``cmf plan``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cmf.cli import parameters as p


class Aim(StrEnum):
    """What a plan can have most of."""

    SHARING = "sharing"


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
Work = Annotated[
    int | None,
    typer.Option("--work", min=1, metavar="N", help="Stop after N steps: the same on any machine."),
]
Keep = Annotated[
    list[str],
    typer.Option("--keep", metavar="ID", help="Vehicle that stays as it is; repeat it."),
]
Changes = Annotated[
    int | None,
    typer.Option("--changes", min=0, metavar="N", help="At most N modules differ from today's."),
]
Most = Annotated[
    Aim | None,
    typer.Option("--most", help="Greatest share of the first target instead of least cost."),
]
Pareto = Annotated[
    int | None,
    typer.Option("--pareto", min=2, metavar="N", help="Also cost against sharing, in N points."),
]
PlanOutput = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write an .html, .xlsx or .json file."),
]
Prices = Annotated[
    bool, typer.Option("--prices/--no-prices", help="Also tell what each target costs.")
]


def plan(
    lineup: p.Lineup,
    target: Targets = [],  # noqa: B006
    gap: Gap = "0",
    time: Time = None,
    work: Work = None,
    keep: Keep = [],  # noqa: B006
    changes: Changes = None,
    most: Most = None,
    pareto: Pareto = None,
    prices: Prices = True,
    style: p.FormatOption = p.Format.TABLE,
    output: PlanOutput = None,
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
      $ cmf plan catalogs/alliance --target T02-strict --pareto 8 -o plan.html
    """
    from cmf.analysis.commonality.basis import parse_ratio
    from cmf.cli.console import answer, pass_on_remarks
    from cmf.cli.opening import expect
    from cmf.cli.planning import Question, answer_question, read_question, write_page
    from cmf.planning.answer import PlanLimits
    from cmf.report.files import WRITERS, check_target

    page = output is not None and output.suffix.lower() == ".html"
    if output is not None:
        check_target(output, (*WRITERS, ".html"))
    pass_on_remarks()
    expect(lineup, "lineup.yaml", "a line-up")
    limits = PlanLimits(seconds=time, work=work, gap=parse_ratio(gap))
    question = Question(limits, most is not None, pareto, prices, page)
    asked = read_question(lineup, engine.value, target, keep, changes)
    reply = answer_question(asked, question)
    if page and output is not None:
        write_page(reply, output)
    elif reply.report is not None:
        answer(reply.report, style, output)
    if reply.code:
        raise typer.Exit(reply.code)
