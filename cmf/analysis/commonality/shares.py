"""Weighted shares: how much of the weight sits on parts that several groups use."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from cmf.analysis.commonality.basis import (
    VEHICLE,
    Basis,
    Metric,
    NotEvaluable,
    Result,
    Weight,
    ratio,
    seen,
)
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.weigh import Exact, Lack, Weighed, too_few, total, unknown, weigh
from cmf.errors import fail


def share(
    incidence: Incidence,
    *,
    weight: Weight = Weight.PART_NUMBER,
    k: int = 2,
    population: str = VEHICLE,
) -> Result:
    """Share of the whole family on common parts.

    ``share = sum of W_j over parts with k_j >= k / sum of W_j``

    ``W_j`` is the weight of part j in the family (see `Weight`), ``k_j`` the number of distinct
    groups of the population that use it. Range 0..1. Not evaluable without products or parts,
    with fewer than `k` groups, with a missing figure, and when all weights are 0.

    Source: weighted sharing in practice; Johnson & Kirchain (2010), IEEE TEM 57(4) 634-648,
    compare the piece, mass, cost and investment forms.

    Raises
    ------
    InputError
        Unknown population, or `k` below 1.
    """
    basis = _basis(incidence, "share", weight, k, population)
    weighed = _weighed(incidence, weight, k, population)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    weights = weighed.by_part()
    common = weighed.spread() >= k
    cause = f"the total {weight.value} in scope {incidence.scope} is 0"
    return ratio(basis, total(weights[common]), total(weights), cause)


def share_by_group(
    incidence: Incidence,
    *,
    weight: Weight = Weight.PART_NUMBER,
    k: int = 2,
    population: str = VEHICLE,
    by: str | None = None,
) -> Mapping[str, Result]:
    """The same share seen from each group: how much of *its own* weight is on common parts.

    ``share_g = sum of W_gj over parts with k_j >= k / sum of W_gj``

    ``W_gj`` counts only the uses by group g; ``k_j`` counts groups of `population`. With
    ``by="vehicle"`` and ``population="company"`` it tells, for each vehicle, how much of it is
    shared between companies. Range 0..1; not evaluable as in `share`, for each group by itself
    when its own weight is 0.

    Parameters
    ----------
    by
        Population whose groups look; `None` for `population` itself.

    Returns
    -------
    One result for each group, in the order in which products first name them.

    Raises
    ------
    InputError
        Unknown population, or `k` below 1.
    """
    by = population if by is None else by
    basis = _basis(incidence, "share", weight, k, population)
    counted = _weighed(incidence, weight, k, population)
    weighed = counted if by == population else weigh(incidence, weight, by)
    if isinstance(counted, Lack):
        return _none(incidence, basis, by, counted)
    if isinstance(weighed, Lack):
        return _none(incidence, basis, by, weighed)
    common = counted.spread() >= k
    tops = weighed.by_row(common[weighed.part])
    bottoms = weighed.by_row()
    return {
        name: seen(
            ratio(basis, int(top), int(bottom), f"the total {weight.value} of {name} is 0"),
            f"from {name}",
        )
        for name, top, bottom in zip(weighed.labels, tops, bottoms, strict=True)
    }


def share_models(incidence: Incidence, *, weight: Weight, k: int = 2) -> Mapping[str, Result]:
    """Share of each model on parts that at least one other model uses.

    ``share_model(m) = w(parts of m used in >= k - 1 other models) / w(all parts of m)``

    The products must be the models (nameplates). Range 0..1. This is `share_by_group` over
    vehicles; it has its own name because targets speak of it.
    """
    return share_by_group(incidence, weight=weight, k=k)


def share_lineup(
    incidence: Incidence,
    *,
    weight: Weight = Weight.PART_NUMBER,
    k: int = 2,
    population: str = VEHICLE,
    by_volume: bool = True,
) -> Result:
    """Mean of the shares of the models, by volume or each model alike.

    ``share_lineup = sum of V_m share(m) / sum of V_m``

    ``share(m)`` is the share seen from model m: of its parts used by >= `k` groups of
    `population` (``company`` gives the share across companies). Range 0..1. Not evaluable when a
    model that counts has no share or no volume, and when all volumes are 0. A model of volume 0
    does not count.
    """
    name = "share_lineup" if by_volume else "share_lineup, unweighted"
    basis = _basis(incidence, name, weight, k, population)
    names, volumes = incidence.products.names, incidence.products.volumes
    lack = unknown("volume", names, volumes) if by_volume else None
    if lack is not None:
        return NotEvaluable(basis, lack.cause)
    models = share_by_group(incidence, weight=weight, k=k, population=population, by=VEHICLE)
    top, bottom = Fraction(0), 0
    for model, volume in zip(names, volumes, strict=True):
        factor = volume if by_volume and volume is not None else 1
        if factor == 0:
            continue
        result = models[model]
        if isinstance(result, NotEvaluable):
            return NotEvaluable(basis, f"{model}: {result.cause}")
        top += factor * result.value
        bottom += factor
    return ratio(basis, top, bottom, "there is no model with a volume")


def part_weights(incidence: Incidence, weight: Weight) -> Mapping[str, int] | Lack:
    """Weight ``W_j`` of every part in use, in declared order; a `Lack` says what is missing.

    With `part_users` it tells which unique parts weigh most, hence what closes a gap.
    """
    weighed = weigh(incidence, weight)
    if isinstance(weighed, Lack):
        return weighed
    used = weighed.spread() > 0
    weights: Exact = weighed.by_part()
    numbers = incidence.parts.numbers
    return {numbers[j]: int(weights[j]) for j in np.flatnonzero(used)}


def part_users(incidence: Incidence, population: str = VEHICLE) -> Mapping[str, int] | Lack:
    """Number ``k_j`` of groups that use each part in use, in declared order."""
    weighed = weigh(incidence, Weight.PART_NUMBER, population)
    if isinstance(weighed, Lack):
        return weighed
    spread = weighed.spread()
    numbers = incidence.parts.numbers
    return {numbers[j]: int(spread[j]) for j in np.flatnonzero(spread)}


def commonality_view(incidence: Incidence, k: int = 2) -> Mapping[str, Result]:
    """One view of the percent commonality of each product, to be joined by `percent_commonality`.

    ``C = common / (common + unique)`` over the distinct items of the product, where an item is
    common when at least `k` products have it. What an item is decides the view: parts give the
    component view ``Cc``, the structure of `connections_of` the connection view ``Cn``, and
    structures whose parts are assembly steps or workstations the views ``Cl`` and ``Ca``.
    Range 0..1.

    Source: Siddique, Rosen & Wang (1998), DETC98/DTM-5661.
    """
    return share_by_group(incidence, weight=Weight.PART_NUMBER, k=k)


def percent_commonality(
    views: Mapping[str, Result], importance: Mapping[str, Fraction | int]
) -> Result:
    """Percent commonality of one product from its views.

    ``%C = sum of I_v C_v / sum of I_v`` over the views v that have a value

    Range 0..1. A view that is not evaluable is left out, the other weights are scaled up, and a
    remark says so. Not evaluable when no view with a positive weight has a value.

    Source: Siddique, Rosen & Wang (1998), DETC98/DTM-5661.

    Parameters
    ----------
    views
        View name to its value for the product.
    importance
        View name to its weight I >= 0, for exactly the same views.

    Raises
    ------
    InputError
        Views and weights name different views, or a weight is negative.
    """
    if set(views) != set(importance):
        message = f"views {sorted(views)} but weights for {sorted(importance)}"
        raise fail("bad-views", message, None, "give every view one weight, 0 to leave it out")
    if any(value < 0 for value in importance.values()):
        raise fail("bad-views", "a weight of a view is negative")
    basis = Basis("%C", level="views " + ", ".join(views))
    top = bottom = Fraction(0)
    remarks = []
    for name, result in views.items():
        if not importance[name]:
            continue
        if isinstance(result, NotEvaluable):
            remarks.append(f"View {name} is left out: {result.cause}.")
            continue
        top += importance[name] * result.value
        bottom += importance[name]
    if not bottom:
        return NotEvaluable(basis, " ".join(remarks).rstrip(".") or "no view has a weight")
    return Metric(basis, top, bottom, tuple(remarks))


def _none(incidence: Incidence, basis: Basis, by: str, lack: Lack) -> Mapping[str, Result]:
    names = dict.fromkeys(n for n in incidence.products.labels(by) if n is not None)
    return {name: seen(NotEvaluable(basis, lack.cause), f"from {name}") for name in names}


def _basis(incidence: Incidence, metric: str, weight: Weight, k: int, population: str) -> Basis:
    return Basis(metric, weight, incidence.level, incidence.scope, k, population)


def _weighed(incidence: Incidence, weight: Weight, k: int, population: str) -> Weighed | Lack:
    if k < 1:
        raise fail("bad-k", f"k is {k}", None, "a part is common from k = 1 groups on; 2 is usual")
    weighed = weigh(incidence, weight, population)
    if isinstance(weighed, Lack):
        return weighed
    return too_few(weighed.labels, k, population) or weighed
