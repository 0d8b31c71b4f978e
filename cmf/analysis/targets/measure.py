"""The value of a target at known volumes: one function for each metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, Weight, ratio
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.indices import ci97
from cmf.analysis.commonality.pairs import carry_over
from cmf.analysis.commonality.platforms import platform_ratio
from cmf.analysis.commonality.shares import share, share_by_group, share_lineup
from cmf.analysis.targets.cost import entry_cost, parts_cost
from cmf.analysis.targets.fleet import Fleet, Volumes
from cmf.analysis.targets.leader import leader_follower
from cmf.model.targets import Target

Measured = Result | Bounds
"""An exact ratio, an enclosed number, or the cause why there is none."""

_BY_VOLUME = frozenset(
    (
        "share_lineup",
        "platform_ratio_volume",
        "volume_share",
        "volume",
        "volume_times",
        "parts_cost_reduction",
    )
)


def by_volume(target: Target) -> bool:
    """Whether the value depends on volumes."""
    return target.metric in _BY_VOLUME or (
        target.weight == "spend" and "weight" in target.kind.takes
    )


def measure(target: Target, fleet: Fleet, volumes: Volumes) -> Measured:
    """The value of a target.

    Numerators and denominators of all metrics but the parts cost are sums in which no volume
    stands twice as a factor, so they are linear in each volume.

    Raises
    ------
    InputError
        When a condition of the target is wrong.
    """
    if target.metric == "not_measured":
        return NotEvaluable(Basis("not measured"), f"the catalogue lacks {target.lacks}")
    return _METRICS[target.metric](target, fleet, volumes)


def _share(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    incidence = fleet.incidence(target, volumes)
    weight = Weight(target.weight)
    if not target.direction:
        return share(incidence, weight=weight, k=target.k, population=target.population)
    seen = share_by_group(incidence, weight=weight, k=target.k, population=target.population)
    name = target.direction[0]
    if name not in seen:
        return NotEvaluable(Basis("share"), f"no vehicle of {name} is built and looked at")
    return seen[name]


def _share_lineup(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    return share_lineup(
        fleet.incidence(target, volumes),
        weight=Weight(target.weight),
        k=target.k,
        population=target.population,
        by_volume=target.metric == "share_lineup",
    )


def _carry_over(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    incidence = fleet.incidence(target, volumes)
    a, b = target.direction
    labels = incidence.products.labels(target.population)
    for name in (a, b):
        if name not in labels:
            basis = Basis("carry-over", direction=f"{a} from {b}")
            return NotEvaluable(basis, f"{name} is not built or not looked at")
    weight = Weight(target.weight)
    return carry_over(incidence, a, b, weight=weight, population=target.population)


def _platform_ratio(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    return platform_ratio(
        fleet.products(target, volumes),
        platform=target.axis,
        across=target.population,
        k=target.k,
        by_volume=target.metric == "platform_ratio_volume",
    )


def _ci97(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    return ci97(fleet.incidence(target, volumes))


def _vehicle_share(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    among = fleet.looked_at(target)
    good = fleet.meeting(target.meets, among)
    basis = Basis("share of vehicles")
    return ratio(basis, len(good), len(among), "no vehicle meets the condition `where`")


def _volume_share(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    among = fleet.looked_at(target)
    good = frozenset(fleet.meeting(target.meets, among))
    basis = Basis("share of volume")
    if not among:
        return NotEvaluable(basis, "no vehicle meets the condition `where`")
    found = _known(fleet, volumes, among)
    if isinstance(found, str):
        return NotEvaluable(basis, found)
    top = sum(found[i] for i in among if i in good)
    return ratio(basis, top, sum(found.values()), "all volumes are 0")


def _count(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    return ratio(Basis("vehicles"), len(fleet.looked_at(target)), 1, "")


def _options_in_use(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    axis = fleet.lowered.problem.index(target.axis)
    basis = Basis(f"{target.axis} in use")
    used = {i: fleet.known[i][axis] for i in fleet.looked_at(target)}
    missing = [fleet.names[i] for i, option in used.items() if option is None]
    if missing:
        return NotEvaluable(basis, f"{target.axis} not known of {', '.join(missing[:3])}")
    return ratio(basis, len(set(used.values())), 1, "")


def _volume(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    basis = Basis("volume")
    found = _known(fleet, volumes, fleet.looked_at(target))
    return NotEvaluable(basis, found) if isinstance(found, str) else _sum(basis, found.values())


def _volume_times(target: Target, fleet: Fleet, volumes: Volumes) -> Result:
    basis = Basis(f"volume x {target.quantity}")
    quantity = fleet.lowered.problem.quantities.get(target.quantity)
    if quantity is None:
        reason = fleet.lowered.not_additive.get(target.quantity, "it is no sum over the modules")
        return NotEvaluable(basis, f"{target.quantity}: {reason}")
    among = fleet.looked_at(target)
    found = _known(fleet, volumes, among)
    if isinstance(found, str):
        return NotEvaluable(basis, found)
    values = {i: quantity.value(fleet.builds[i].variant) for i in among}
    missing = [fleet.names[i] for i, value in values.items() if value is None]
    if missing:
        return NotEvaluable(basis, f"{target.quantity} not defined for {', '.join(missing[:3])}")
    return _sum(basis, [found[i] * (values[i] or 0) for i in among])


def _sum(basis: Basis, terms: Iterable[int]) -> Result:
    return ratio(basis, sum(terms), 1, "")


def _known(fleet: Fleet, volumes: Volumes, among: Sequence[int]) -> dict[int, int] | str:
    """The volumes of some vehicles, or what is missing."""
    found = {i: volume for i in among if (volume := volumes[i]) is not None}
    missing = [fleet.names[i] for i in among if i not in found]
    return f"volume not known of {', '.join(missing[:3])}" if missing else found


_METRICS: Mapping[str, Callable[[Target, Fleet, Volumes], Measured]] = MappingProxyType(
    {
        "share": _share,
        "share_lineup": _share_lineup,
        "share_lineup_unweighted": _share_lineup,
        "carry_over": _carry_over,
        "platform_ratio_models": _platform_ratio,
        "platform_ratio_volume": _platform_ratio,
        "vehicle_share": _vehicle_share,
        "volume_share": _volume_share,
        "count": _count,
        "options_in_use": _options_in_use,
        "volume": _volume,
        "volume_times": _volume_times,
        "entry_cost_reduction": entry_cost,
        "parts_cost_reduction": parts_cost,
        "leader_follower": leader_follower,
        "ci97": _ci97,
    }
)
