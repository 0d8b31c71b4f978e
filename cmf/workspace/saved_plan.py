"""A saved plan with the line-up it was made for."""

from __future__ import annotations

from cmf.errors import InputError, fail
from cmf.planning.answer import Planned
from cmf.planning.decision.front import MostSharing, Point
from cmf.planning.evaluate import evaluate, share_of
from cmf.report.plan import Findings
from cmf.report.plan_file import SavedPlan
from cmf.workspace.planning import ALL, Asked, ask
from cmf.workspace.programme import Programme
from cmf.workspace.space import VariantSpace


def restore(programme: Programme, space: VariantSpace, saved: SavedPlan) -> tuple[Asked, Findings]:
    """The question of a saved plan and all that is told about the plan, computed again.

    Every variant, the cost and the targets come from the catalogue as it is now. What no plan can
    do better (the bound, the front, the prices of targets) is taken from the file.

    Raises
    ------
    InputError
        When the file was made for another state of the line-up, or does not hold what it says.
    """
    asked = ask(programme, space, _targets(saved), keep=saved.kept, changes=saved.changes)
    if not isinstance(asked, Asked):
        raise _another(saved, "a vehicle of the line-up has no valid variant")
    now = {
        "digest": programme.model.catalog.digest or None,
        "lineup_digest": programme.lineup.digest,
        "planning_digest": asked.posed.planning.digest or None,
    }
    for name, words in (
        ("digest", "the catalogue"),
        ("lineup_digest", "the line-up"),
        ("planning_digest", "planning.yaml"),
    ):
        if now[name] != saved.digests[name]:
            raise _another(saved, f"{words} has changed since")
    planned = _planned(asked, saved)
    most = None
    if saved.most_sharing and asked.share is not None:
        shared, whole = share_of(asked.posed.problem, planned.evaluation.users, asked.share)
        if whole:
            most = MostSharing(Point.of(planned, shared, whole), saved.share_at_most, 0)
    return asked, Findings(asked.decide(planned), most, saved.prices, saved.front)


def _targets(saved: SavedPlan) -> tuple[str, ...]:
    return (*saved.targets, ALL) if saved.all_targets else saved.targets


def _planned(asked: Asked, saved: SavedPlan) -> Planned:
    problem = asked.posed.problem
    try:
        plan = asked.posed.plan_of(saved.modules)
    except LookupError as error:
        raise _another(saved, f"{error.args[0]} cannot be built as it says") from error
    found = evaluate(problem, plan)
    if found.invalid or found.cost.total != saved.cost or saved.bound > saved.cost:
        raise _another(saved, "it does not cost what it says")
    return Planned(plan, found, saved.bound, saved.status, saved.stopped_by)


def _another(saved: SavedPlan, reason: str) -> InputError:
    remedy = f"plan again: `cmf plan LINEUP -o {saved.path.name}`"
    return fail("bad-plan", f"{saved.path} is no plan of this line-up: {reason}", None, remedy)
