"""From the question of ``cmf plan`` to its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from cmf.cli.guard import LIMIT, NO

if TYPE_CHECKING:
    from cmf.analysis.configure import Refusal
    from cmf.planning.answer import PlanLimits, Planned
    from cmf.planning.decision.conflict import Conflict
    from cmf.planning.decision.front import Level
    from cmf.planning.decision.prices import Price
    from cmf.report.html.section import Section
    from cmf.report.money import Money
    from cmf.report.plan import Findings
    from cmf.report.table import Fact, Report
    from cmf.workspace.planning import Asked

REACH_SECONDS = 20.0
"""What it may take to find out how much sharing is possible, when no plan was found."""


@frozen
class Question:
    """What is asked for.

    Attributes
    ----------
    most
        Whether the greatest share is wanted, and not the least cost.
    points
        Number of points of cost against sharing; `None` for none.
    prices
        Whether to tell what each target costs.
    page
        Whether the answer becomes a page.
    """

    limits: PlanLimits
    most: bool
    points: int | None
    prices: bool
    page: bool


@frozen
class Reply:
    """What is printed or written, and the exit code.

    Attributes
    ----------
    report
        `None` when a limit came first.
    sections
        The same as sections of a page, where there is a plan and a page is wanted.
    """

    report: Report | None
    code: int = 0
    sections: tuple[Section, ...] = ()


def read_question(
    lineup: Path, engine: str, targets: Sequence[str], keep: Sequence[str], changes: int | None
) -> Asked | tuple[Refusal, ...]:
    """A line-up and what its plan is held to; or the vehicles without a valid variant."""
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


def answer_question(asked: Asked | tuple[Refusal, ...], question: Question) -> Reply:
    """The report on a plan, or on why there is none."""
    from cmf.cli.console import remark, working
    from cmf.cli.watching import watching
    from cmf.planning.decision.front import MostSharing
    from cmf.problem.answer import Infeasible, Unknown
    from cmf.report.plan import Findings
    from cmf.workspace.planning import EXPLAIN_SECONDS, Asked

    if not isinstance(asked, Asked):
        return Reply(_no_variant(asked), NO)
    most = None
    with watching(_money(asked)) as watch:
        found = (
            asked.most_sharing(question.limits, watch)
            if question.most
            else asked.solve(question.limits, watch)
        )
        if isinstance(found, MostSharing):
            most, found = found, found.point.planned
    if isinstance(found, Infeasible):
        with working("looking for what cannot go together"):
            seconds = max(EXPLAIN_SECONDS, question.limits.seconds or 0)
            return Reply(_conflict(asked, asked.conflict(seconds)), NO)
    if isinstance(found, Unknown):
        remark(f"limit: no plan within {found.limit}; give it more with --time")
        if not watch.stopped:
            _tell_reach(asked, question)
        return Reply(None, LIMIT)
    prices, points = _further(asked, found, question) if not watch.stopped else ((), ())
    with working("checking the plan again"):
        findings = Findings(asked.decide(found), most, prices, points)
        sections = _sections(asked, findings) if question.page else ()
        return Reply(_report(asked, findings), sections=sections)


def _tell_reach(asked: Asked, question: Question) -> None:
    """How much sharing is known to be possible, where a plan for it was not found."""
    from cmf.cli.console import remark
    from cmf.cli.watching import watching
    from cmf.planning.decision.greatest import Greatest
    from cmf.report.words import percent

    with watching(_money(asked)) as watch:
        found = asked.reach(max(REACH_SECONDS, (question.limits.seconds or 0) / 2), watch)
    if asked.share is None or not isinstance(found, Greatest):
        return
    name, share = asked.share.name, percent(found.share, 2)
    most = "what more is possible is not known"
    if found.proven:
        most = "no plan has more"
    elif found.at_most is not None:
        most = f"no plan has more than {percent(found.at_most, 2)}"
    remark(f"{name}: a plan reaches {share}, {most}; see it with --most sharing")


def write_page(reply: Reply, output: Path) -> None:
    """Write a plan as a page; without a plan print what there is."""
    from cmf.cli.console import answer, remark
    from cmf.cli.parameters import Format
    from cmf.report.html.writer import save_report

    if reply.report is None:
        return
    if not reply.sections:
        answer(reply.report, Format.TABLE)
        return
    save_report(
        f"Plan of {reply.report.facts['lineup']}", reply.sections, reply.report.facts, output
    )
    remark(f"wrote {output}")


def _further(
    asked: Asked, found: Planned, question: Question
) -> tuple[tuple[Price, ...], tuple[Level, ...]]:
    """What is asked for beside the plan: prices of the targets, cost against sharing."""
    from cmf.cli.watching import watching

    prices: tuple[Price, ...] = ()
    points: tuple[Level, ...] = ()
    with watching(_money(asked)) as watch:
        if question.prices and not question.most:
            prices = asked.prices(found, question.limits, watch)
        if question.points is not None and not watch.stopped:
            every = asked.pareto(question.points, question.limits, watch)
            points = tuple(point.level for point in every)
    return prices, points


def _sections(asked: Asked, found: Findings) -> tuple[Section, ...]:
    from cmf.report.html.plan import plan_sections

    quantities = asked.built.programme.model.catalog.quantities
    return plan_sections(found, {q.name: q.unit for q in quantities}, asked.cannot)


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


def _report(asked: Asked, found: Findings) -> Report:
    from cmf.report import plan as data
    from cmf.report.plan_layout import plan_layout
    from cmf.report.table import Report

    decision = found.decision
    catalog = asked.built.programme.model.catalog
    units = {quantity.name: quantity.unit for quantity in catalog.quantities}
    tables = [
        data.plan_table(decision),
        data.cost_table(decision),
        data.judged_table(decision, units, asked.cannot, found.prices),
        data.step_table(decision),
        data.vehicle_table(decision),
    ]
    if found.points:
        tables.append(data.front_table(found.points))
    facts = {**_facts(asked), **data.plan_facts(decision), **data.most_facts(found.most)}
    layout = tuple(plan_layout(found, units, asked.cannot))
    return Report("plan", facts, tuple(tables), layout)


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
