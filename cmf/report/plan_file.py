"""A plan that ``cmf plan -o FILE.json`` wrote, read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import field, frozen

from cmf.errors import InputError, fail
from cmf.planning.answer import Status
from cmf.planning.decision.front import Level
from cmf.planning.decision.prices import Price, Saving
from cmf.report.saved import exact_fraction, read_answer


@frozen
class SavedPlan:
    """What a file says of a plan. The modules are checked again; the bounds are those of the run.

    Attributes
    ----------
    digests
        Of catalogue, line-up and ``planning.yaml``, by name.
    targets
        What the plan is held to, each with its threshold.
    all_targets
        Whether others were asked for too, to which no plan can be held.
    modules
        The option of every slot of every vehicle.
    share_at_most
        Proven: no plan shares more; `None` when it was not asked for.
    """

    path: Path
    digests: Mapping[str, str | None]
    targets: tuple[str, ...]
    all_targets: bool
    kept: tuple[str, ...]
    changes: int | None
    modules: Mapping[str, Mapping[str, str]] = field(repr=False)
    cost: int
    bound: int
    status: Status
    stopped_by: str
    most_sharing: bool
    share_at_most: Fraction | None
    prices: tuple[Price, ...] = ()
    front: tuple[Level, ...] = ()


def read_plan(path: Path) -> SavedPlan:
    """The plan in a file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no plan.
    """
    data = read_answer(path, _no_plan)
    if data.get("command") != "plan":
        raise _no_plan(path, "it is no answer of `cmf plan`")
    if data.get("status") == "infeasible":
        raise _no_plan(path, "its question has no plan")
    try:
        return _saved(path, data)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise _no_plan(path, "it is damaged, or of another version") from error


def _saved(path: Path, data: Mapping[str, Any]) -> SavedPlan:
    modules: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in data["plan"]:
        modules[_text(row["id"])][_text(row["slot"])] = _text(row["plan"])
    asked = {_text(name) for name in data["targets_asked_for"]}
    rows = [row for row in data["targets"] if row["id"] in asked]
    return SavedPlan(
        path,
        {name: data[name] for name in ("digest", "lineup_digest", "planning_digest")},
        tuple(
            f"{_text(row['id'])} {_text(row['threshold'])}" for row in rows if row["planned_for"]
        ),
        not all(row["planned_for"] for row in rows),
        tuple(_text(name) for name in data["kept"]),
        None if data["most_changes"] is None else _whole(data["most_changes"]),
        modules,
        _whole(data["cost"]),
        _whole(data["bound"]),
        Status(data["status"]),
        data["stopped_by"] or "",
        "greatest_share" in data,
        exact_fraction(data["share_at_most"]) if data.get("share_at_most") else None,
        tuple(
            Price(row["id"], _saving(row, "price"), _saving(row, "last_point"))
            for row in rows
            if row["price_low"] is not None or row["last_point_low"] is not None
        ),
        tuple(
            Level(
                exact_fraction(row["share"]),
                _whole(row["cost"]),
                _whole(row["bound"]),
                Status(row["status"]),
            )
            for row in data.get("pareto", ())
        ),
    )


def _saving(row: Mapping[str, Any], name: str) -> Saving | None:
    ends = row[f"{name}_low"], row[f"{name}_high"]
    return None if None in ends else (_whole(ends[0]), _whole(ends[1]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _no_plan(path: Path, reason: str) -> InputError:
    remedy = "name a file that `cmf plan LINEUP -o FILE.json` wrote"
    return fail("bad-plan", f"{path} is no saved plan: {reason}", None, remedy)
