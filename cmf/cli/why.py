"""``cmf why``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p
from cmf.errors import did_you_mean, fail

if TYPE_CHECKING:
    from cmf.report.why_answer import Answer
    from cmf.workspace import Model
    from cmf.workspace.why import Reply

UNIT_COST = "unit_cost"
"""What the difference of a repair is of unless something else is said."""

Not = Annotated[
    list[str],
    typer.Option("--not", metavar="EXPR", help="Why is this impossible? It is never given up."),
]
Forced = Annotated[
    str | None,
    typer.Option(metavar="NAME|EXPR", help="Why this only option? Why is this always true?"),
]
Weight = Annotated[
    list[str],
    typer.Option(metavar="NAME=N", help="What giving up a choice of NAME weighs; else 1."),
]
Relax = Annotated[bool, typer.Option("--relax", help="Repairs may also give up rules.")]
Conflicts = Annotated[
    int, typer.Option(min=1, metavar="N", help="Conflicts at most, the smallest first.")
]
Repairs = Annotated[
    int, typer.Option(min=0, metavar="N", help="Repairs at most, the cheapest first.")
]
Cost = Annotated[
    str, typer.Option(metavar="QUANTITY", help="Quantity whose difference repairs show.")
]

Least = Annotated[
    bool,
    typer.Option("--least", help="Also the least QUANTITY with each repair; compiles first."),
]
Lineup = Annotated[
    Path | None,
    typer.Option(metavar="LINEUP", help="Line-up whose sharing is shown; else the catalogue's."),
]
NoLineup = Annotated[bool, typer.Option("--no-lineup", help="Leave the sharing of a line-up out.")]
Instead = Annotated[
    str, typer.Option(metavar="ID", help="Vehicle of the line-up that the repaired one replaces.")
]
ScopeName = Annotated[
    str, typer.Option(metavar="NAME", help="Scope of that sharing; else the line-up's first.")
]


def why(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    impossible: Not = [],  # noqa: B006
    forced: Forced = None,
    weight: Weight = [],  # noqa: B006
    relax: Relax = False,
    conflicts: Conflicts = 3,
    repairs: Repairs = 5,
    cost: Cost = UNIT_COST,
    least: Least = False,
    lineup: Lineup = None,
    no_lineup: NoLineup = False,
    instead: Instead = "",
    scope: ScopeName = "",
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    prices: p.Prices = None,
) -> None:
    """Explain why choices are impossible and what would allow them, or what follows from them.

    Exit code 1 when something is impossible (with --forced: when it is not forced).

    \b
    Examples:
      $ cmf why catalogs/alliance --where "brand == dacia" --where "platform == cmf_cd_2"
      $ cmf why catalogs/alliance --where "plant == sunderland" --forced "market != jp"
    """
    from cmf.cli.console import answer, colours, emit, page_width, pass_on_remarks, working
    from cmf.cli.opening import model_facts, open_model
    from cmf.report.files import check_target
    from cmf.workspace.why import Reasons

    if forced is not None and (impossible or relax or weight):
        raise typer.BadParameter("--forced does not go with --not, --relax or --weight")
    if no_lineup and (lineup is not None or instead or scope):
        raise typer.BadParameter("--no-lineup does not go with --lineup, --instead or --scope")
    if output is not None:
        check_target(output)
    weights = dict(map(_weight, weight))
    model = open_model(catalogue, prices)
    _check_cost(model, cost, least)
    choices = model.conditions(*where)
    pass_on_remarks()
    with working("looking for reasons"):
        reasons = Reasons(model, conflicts=conflicts, repairs=repairs)
        if forced is not None:
            reply = reasons.forced(choices, forced)
        else:
            reply = reasons.possible(choices, impossible, weights=weights, relax=relax)
        said = _said(model, reply, forced, cost, least)
        if not no_lineup:
            said = _with_lineup(said, model, lineup, instead, scope)
        report = said.report({**model_facts(model), "conditions": [*where, *impossible]})
    if style is p.Format.TABLE and output is None:
        emit(said.pieces(report, page_width(), colours=colours()))
    else:
        answer(report, style, output)
    if said.verdict in ("impossible", "not forced"):
        raise typer.Exit(1)


def _weight(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not number.strip().isdecimal():
        raise typer.BadParameter(f"--weight {text}: write NAME=N with a whole number N")
    return name.strip(), int(number)


def _check_cost(model: Model, cost: str, least: bool) -> None:
    known = model.problem.quantities
    if (cost != UNIT_COST or least) and cost not in known:
        remedy = did_you_mean(cost, known, what="quantity")
        raise fail("unknown-quantity", f"no quantity `{cost}` adds up over options", None, remedy)


def _said(model: Model, reply: Reply, forced: str | None, cost: str, least: bool) -> Answer:
    from cmf.analysis.why import Impossible
    from cmf.analysis.why.effect import Effects
    from cmf.analysis.why.least import Least
    from cmf.report.why_answer import Answer

    effects = Effects(model.lowered, model.problem.quantities.get(cost))
    ranking = None
    if least and isinstance(reply, Impossible):
        ranking = Least(model.compile().space, reply.question, cost)
    return Answer(model.lowered, reply, forced, effects, ranking)


def _with_lineup(said: Answer, model: Model, path: Path | None, instead: str, scope: str) -> Answer:
    """The answer with what repairs do to the sharing of a line-up, where there is one."""
    from attrs import evolve

    from cmf.analysis.why import Impossible
    from cmf.cli.opening import expect
    from cmf.workspace.why import joining

    asked = path is not None or bool(instead or scope)
    folder = model.catalog.folder
    if path is not None:
        expect(path, "lineup.yaml", "a line-up")
    elif model.catalog.digest and (folder / "lineup.yaml").is_file():
        path = folder
    elif asked:
        raise fail("no-lineup", f"{folder} has no lineup.yaml", None, "name one with --lineup")
    if path is None or not isinstance(said.answer, Impossible) or not said.answer.repairs:
        return said
    found = joining(
        model, path, said.answer.question, scope=scope, instead=instead, lenient=not asked
    )
    if found is None:
        return said
    return evolve(said, joining=found[0], lineup=found[1])
