"""Share targets as rows of the mixed-integer model.

An instance (a use in a vehicle) counts as shared only as far as it is chosen and only when its
group is common; a group is common only when enough labels use it. The rows leave out each label in
turn (``(k - 1) common <= sum of the other users``), which is tighter than their sum alone.
"""

from __future__ import annotations

from attrs import frozen

from cmf.planning.constraints import Counting, Followed, Share, Spread
from cmf.planning.formulate import Expression, Formulation, power_of_two


@frozen
class Block:
    """Items of one group that become common together.

    Attributes
    ----------
    lead
        Label of their leader; `None` where that does not matter.
    """

    group: int
    items: frozenset[int]
    lead: str | None


def share_rows(model: Formulation, share: Share) -> None:
    """``common weight - bound * weight >= 0``, scaled, with the weight positive."""
    top, whole = share_terms(model, share)
    size = power_of_two(max((w for _, w in whole), default=1.0))
    upper, lower = share.bound.numerator, share.bound.denominator
    unit = size * power_of_two(lower)
    terms = [(c, w * lower / unit) for c, w in top] + [(c, -w * upper / unit) for c, w in whole]
    model.margins.append(model.rows.row(terms, low=0.0))
    least = min((w for _, w in whole if w), default=1.0)
    model.rows.row([(c, w / size) for c, w in whole], low=least / size)


def share_terms(model: Formulation, share: Share) -> tuple[Expression, Expression]:
    """The common weight, at most what it is, and the weight; both as sums of columns."""
    top: Expression = []
    whole: Expression = []
    for block in blocks(model, share):
        common = _common(model, share, block)
        if share.counting is Counting.ONCE:
            weight = float(sum(share.weights[j] for j in block.items))
            top.append((common, weight))
            whole.append((_looked_at(model, share, block.group), weight))
            continue
        for links in model.links[block.group].values():
            _instances(model, share, block, links, common, top, whole)
    return top, whole


def blocks(model: Formulation, share: Share) -> list[Block]:
    """The items that count, as far as some vehicle can use them."""
    found: dict[tuple[int, str | None], list[int]] = {}
    leads = share.common.leads if isinstance(share.common, Followed) else {}
    for item, weight in share.weights.items():
        if weight and item in model.group_of:
            found.setdefault((model.group_of[item], leads.get(item)), []).append(item)
    return [Block(group, frozenset(items), lead) for (group, lead), items in found.items()]


def _instances(
    model: Formulation,
    share: Share,
    block: Block,
    links: list[list[int]],
    common: int,
    top: Expression,
    whole: Expression,
) -> None:
    """The uses of a block in one vehicle."""
    weights = {p: pair_weight(model, share, block, p) for pairs in links for p in pairs}
    if share.counting is Counting.VEHICLE:
        most = max(weights.values())
        chosen = [(_user(model, links), float(most))] if most else []
    else:
        most = sum(max(weights[p] for p in pairs) for pairs in links)
        chosen = model.weighted((p, float(w)) for p, w in weights.items())
    if not most:
        return
    whole += chosen
    part = model.rows.column(upper=1.0)
    top.append((part, float(most)))
    model.rows.row([(part, 1.0), (common, -1.0)], high=0.0)
    size = power_of_two(most)
    model.rows.row([(part, most / size), *((c, -w / size) for c, w in chosen)], high=0.0)


def pair_weight(model: Formulation, share: Share, block: Block, pair: int) -> int:
    """What a pair adds to the weight of a block."""
    compiled = model.compiled
    vehicle, choice = int(compiled.pair_vehicle[pair]), int(compiled.pair_choice[pair])
    factor = share.factors[vehicle] if share.factors else 1
    if share.counting is Counting.VEHICLE:
        return factor * sum(share.weights[j] for j in block.items)
    return factor * sum(
        share.weights[use.item] * use.quantity
        for use in compiled.problem.uses(vehicle, choice)
        if use.item in block.items
    )


def _user(model: Formulation, links: list[list[int]]) -> int:
    """A column that is 1 exactly when one of some links is chosen."""
    user = model.rows.column(integer=True)
    for pairs in links:
        for p in pairs if len(links) > 1 else ():
            model.rows.row([*model.pairs([p]), (user, -1.0)], high=0.0)
    every = [p for pairs in links for p in pairs]
    if len(links) == 1:
        model.rows.row([(user, 1.0), *model.pairs(every, -1.0)], 0.0, 0.0)
    else:
        model.rows.row([(user, 1.0), *model.pairs(every, -1.0)], high=0.0)
    return user


def _looked_at(model: Formulation, share: Share, group: int) -> int:
    """A column that is 1 exactly when one of the vehicles looked at uses a group."""
    links = model.links[group]
    looked = [pairs for v in links if not share.among or v in share.among for pairs in links[v]]
    if not looked:
        return model.rows.column(upper=0.0)
    user = model.rows.column(integer=True)
    for pairs in looked:
        model.rows.row([*model.pairs(pairs), (user, -1.0)], high=0.0)
    every = [p for pairs in looked for p in pairs]
    model.rows.row([(user, 1.0), *model.pairs(every, -1.0)], high=0.0)
    return user


def _common(model: Formulation, share: Share, block: Block) -> int:
    """A column that is 1 only when a block is common."""
    rows, vehicles = model.rows, model.compiled.problem.vehicles
    by_label: dict[str, list[int]] = {}
    for v, links in model.links[block.group].items():
        if not share.among or v in share.among:
            label = vehicles[v].group(share.population)
            by_label.setdefault(label, []).extend(p for pairs in links for p in pairs)
    common = rows.column(integer=True)
    users: dict[str, int] = {}
    for label, pairs in by_label.items():
        users[label] = rows.column(integer=True)
        rows.row([(users[label], 1.0), *model.pairs(pairs, -1.0)], high=0.0)
    match share.common:
        case Spread(k):
            rows.row([(common, float(k)), *((u, -1.0) for u in users.values())], high=0.0)
            for label in users if k > 1 else ():
                others = [(u, -1.0) for other, u in users.items() if other != label]
                rows.row([(common, k - 1.0), *others], high=0.0)
        case Followed():
            others = [(u, -1.0) for label, u in users.items() if label != block.lead]
            rows.row([(common, 1.0), *(others if block.lead is not None else [])], high=0.0)
        case _:
            found = users.get(share.common.group)
            rows.row([(common, 1.0), *([] if found is None else [(found, -1.0)])], high=0.0)
    return common
