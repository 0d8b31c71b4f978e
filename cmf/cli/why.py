"""``cmf why``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cmf.cli import parameters as p
from cmf.errors import did_you_mean, fail

if TYPE_CHECKING:
    from cmf.analysis.why import Impossible, Possible
    from cmf.report.why_answer import Answer
    from cmf.workspace import Model

UNIT_COST = "unit_cost"
"""What the difference of a repair is of unless something else is said."""


def why(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    impossible: Annotated[
        list[str],
        typer.Option("--not", metavar="EXPR", help="Why is this impossible? It is never given up."),
    ] = [],  # noqa: B006
    forced: Annotated[
        str | None,
        typer.Option(metavar="NAME|EXPR", help="Why this only option? Why is this always true?"),
    ] = None,
    weight: Annotated[
        list[str],
        typer.Option(metavar="NAME=N", help="What giving up a choice of NAME weighs; else 1."),
    ] = [],  # noqa: B006
    relax: Annotated[bool, typer.Option("--relax", help="Repairs may also give up rules.")] = False,
    conflicts: Annotated[
        int, typer.Option(min=1, metavar="N", help="Conflicts at most, the smallest first.")
    ] = 3,
    repairs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Repairs at most, the cheapest first.")
    ] = 5,
    cost: Annotated[
        str, typer.Option(metavar="QUANTITY", help="Quantity whose difference repairs show.")
    ] = UNIT_COST,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    prices: p.Prices = None,
) -> None:
    """Explain why choices are impossible and what would allow them, or what follows from them.

    Exit code 1 when something is impossible (with --forced: when it is not forced).

    \b
    Examples:
      $ cmf why catalogs/alliance --where "energy == lpg" --where "plant == sunderland"
      $ cmf why catalogs/alliance --where "brand == dacia" --not "energy == bev"
      $ cmf why catalogs/alliance --where "energy == bev" --forced "market != jp"
    """
    from cmf.cli.console import answer as answer_with
    from cmf.cli.console import colours, emit, page_width, working
    from cmf.cli.opening import model_facts, open_model
    from cmf.report.files import check_target
    from cmf.workspace.why import Reasons

    if forced is not None and (impossible or relax):
        raise typer.BadParameter("--forced does not go with --not or --relax")
    if output is not None:
        check_target(output)
    weights = dict(map(_weight, weight))
    model = open_model(catalogue, prices)
    if cost != UNIT_COST and cost not in model.problem.quantities:
        remedy = did_you_mean(cost, model.problem.quantities, what="quantity")
        raise fail("unknown-quantity", f"there is no quantity `{cost}` to add up", None, remedy)
    choices = model.conditions(*where)
    with working("looking for reasons"):
        reasons = Reasons(model)
        if forced is not None:
            answer = reasons.forced(choices, forced, conflicts=conflicts, repairs=repairs)
        else:
            answer = reasons.possible(
                choices,
                impossible,
                weights=weights,
                relax=relax or bool(impossible),
                conflicts=conflicts,
                repairs=repairs,
            )
    with working("putting reasons into words"):
        said = _said(model, answer, forced, cost)
        report = said.report({**model_facts(model), "conditions": [*where, *impossible]})
    if style is p.Format.TABLE and output is None:
        emit(said.pieces(report, page_width(), colours=colours()))
    else:
        answer_with(report, style, output)
    if said.verdict in ("impossible", "not forced"):
        raise typer.Exit(1)


def _said(model: Model, answer: Impossible | Possible, forced: str | None, cost: str) -> Answer:
    from cmf.analysis.why.effect import Effects
    from cmf.report.why_answer import Answer

    quantity = model.problem.quantities.get(cost)
    return Answer(model.lowered, answer, forced, Effects(model.lowered, quantity))


def _weight(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not number.strip().isdecimal():
        raise typer.BadParameter(f"--weight {text}: write NAME=N with a whole number N")
    return name.strip(), int(number)
