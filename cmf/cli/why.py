"""``cmf why``."""

from __future__ import annotations

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
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    prices: p.Prices = None,
) -> None:
    """Explain why choices are impossible and what would allow them, or what follows from them.

    Exit code 1 when something is impossible (with --forced: when it is not forced).

    \b
    Examples:
      $ cmf why catalogs/alliance --where "brand == dacia" --where "platform == cmf_cd_2"
      $ cmf why catalogs/alliance --where "brand == dacia" --not "plant == sunderland"
      $ cmf why catalogs/alliance --where "plant == sunderland" --forced "market != jp"
    """
    from cmf.cli.console import answer, colours, emit, page_width, working
    from cmf.cli.opening import model_facts, open_model
    from cmf.report.files import check_target
    from cmf.workspace.why import Reasons

    if forced is not None and (impossible or relax or weight):
        raise typer.BadParameter("--forced does not go with --not, --relax or --weight")
    if output is not None:
        check_target(output)
    weights = dict(map(_weight, weight))
    model = open_model(catalogue, prices)
    _check_cost(model, cost, least)
    choices = model.conditions(*where)
    with working("looking for reasons"):
        reasons = Reasons(model, conflicts=conflicts, repairs=repairs)
        if forced is not None:
            reply = reasons.forced(choices, forced)
        else:
            reply = reasons.possible(choices, impossible, weights=weights, relax=relax)
        said = _said(model, reply, forced, cost, least)
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
