"""Leader and follower: what one company leads and another uses."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from cmf.analysis.commonality.basis import Basis, Metric, NotEvaluable, Result, Weight, ratio
from cmf.analysis.commonality.weigh import Lack, total, weigh
from cmf.analysis.targets.fleet import Fleet
from cmf.model.targets import Target


def leader_follower(target: Target, fleet: Fleet, volumes: Sequence[int | None]) -> Result:
    """Share of the weight on parts (modules) that one company leads and another one uses.

    ``sum of W_j over parts whose lead is a group of the population and that a vehicle of another
    group uses / sum of W_j``

    Range 0..1. A part without a declared lead does not count as followed; a remark tells how many
    there are. Not evaluable when no part in use has a lead, and as a share is.

    Source: the leader-follower scheme of the Alliance; the ratio is defined here.
    """
    incidence = fleet.incidence(target, volumes)
    basis = Basis(
        "leader-follower share",
        Weight(target.weight),
        incidence.level,
        incidence.scope,
        None,
        target.population,
    )
    weighed = weigh(incidence, Weight(target.weight), target.population)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    users: dict[int, set[str]] = {}
    for row, part in zip(weighed.row.tolist(), weighed.part.tolist(), strict=True):
        users.setdefault(part, set()).add(weighed.labels[row])
    leads = {part: fleet.leads.get(incidence.parts.numbers[part], "") for part in users}
    unled = sum(1 for lead in leads.values() if not lead)
    if unled == len(leads):
        return NotEvaluable(basis, f"no {incidence.level} in use has a declared lead")
    followed = [part for part, lead in leads.items() if lead and users[part] - {lead}]
    weights = weighed.by_part()
    cause = f"the total {target.weight} in scope {incidence.scope} is 0"
    found = ratio(basis, total(weights[followed]), total(weights), cause)
    if not unled or not isinstance(found, Metric):
        return found
    remark = f"{unled} of {len(leads)} {incidence.level}s in use have no declared lead."
    return evolve(found, remarks=(remark,))
