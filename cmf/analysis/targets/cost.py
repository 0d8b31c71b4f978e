"""Entry cost and parts cost of the line-up against stand-alone models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, Weight, ratio
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.curves import learning_factor
from cmf.analysis.commonality.weigh import Lack, weigh
from cmf.analysis.targets.fleet import Fleet
from cmf.model.targets import Target


def entry_cost(target: Target, fleet: Fleet, volumes: Sequence[int | None]) -> Result:
    """Reduction of the entry cost, as the mean over the vehicles.

    ``R_m = 1 - sum_j F_j a_j / sum_j F_j`` over the parts (modules) j of vehicle m, with
    ``a_j = (1 + pi) / n_j + alpha`` when n_j >= 2 vehicles use j, and ``a_j = 1`` otherwise;
    the value is the mean of R_m.

    F_j is the tooling and engineering (investment) of j: the stand-alone baseline is that every
    vehicle pays all of it. pi is the ``premium`` of what is made for several, alpha the
    ``integration`` cost in each of them. With equal F, one n and the share s on shared parts it is
    ``s [1 - (1 + pi) / n - alpha]``. Vehicles of which no part has an investment do not count.

    Source: family cost model of the commonality reference; T14 of the Alliance's targets.
    """
    incidence = fleet.incidence(target, volumes)
    basis = Basis("entry cost reduction", Weight.INVESTMENT, incidence.level, incidence.scope)
    weighed = weigh(incidence, Weight.INVESTMENT)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    users = weighed.spread().tolist()
    premium, integration = target.figures["premium"], target.figures["integration"]
    factor = {
        n: (1 + premium) / n + integration if n > 1 else Fraction(1) for n in set(users) - {0}
    }
    stand_alone: defaultdict[int, int] = defaultdict(int)
    shared: defaultdict[int, Fraction] = defaultdict(Fraction)
    columns = (weighed.row.tolist(), weighed.part.tolist(), weighed.value.tolist())
    for row, part, value in zip(*columns, strict=True):
        stand_alone[row] += value
        shared[row] += value * factor[users[part]]
    counted = [row for row, cost in stand_alone.items() if cost]
    saved = sum((1 - shared[row] / stand_alone[row] for row in counted), Fraction(0))
    return ratio(basis, saved, len(counted), "no vehicle has an entry cost")


def parts_cost(
    target: Target, fleet: Fleet, volumes: Sequence[int | None]
) -> Bounds | NotEvaluable:
    """Reduction of the parts cost by pooled volume.

    ``R = 1 - sum_ij S_ij f_ij / sum_ij S_ij`` over the parts j of the vehicles i, with the
    stand-alone spend ``S_ij = c_j q_ij V_i`` and
    ``f_ij = (1 + omega) (Q_j / Q_ij)^(log2 LR)`` when two or more vehicles use j, else 1.

    ``Q_ij = q_ij V_i`` is what the vehicle alone would buy, ``Q_j`` what all together buy. LR is
    the ``learning`` factor on cost per doubling, omega the ``over_design``. The unit cost of the
    catalogue is taken as the stand-alone cost. With one ratio r of volumes and the share s on
    shared parts it is ``s [1 - (1 + omega) r^(log2 LR)]``.

    Exact where every ratio of volumes is a power of two, otherwise between two fractions.

    Source: family cost model of the commonality reference; T15 of the Alliance's targets.
    """
    incidence = fleet.incidence(target, volumes)
    basis = Basis("parts cost reduction", Weight.SPEND, scope=incidence.scope)
    weighed = weigh(incidence, Weight.SPEND)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    uses = incidence.uses
    rate, penalty = target.figures["learning"], 1 + target.figures["over_design"]
    known = np.array([volume or 0 for volume in incidence.products.volumes], dtype=object)
    own = known[uses.product] * uses.quantity
    pooled = np.zeros(len(incidence.parts.numbers), dtype=object)
    np.add.at(pooled, uses.part, own)
    users = weighed.spread().tolist()
    spend: defaultdict[Fraction, int] = defaultdict(int)
    alone = 0
    for part, alone_volume, value in zip(
        uses.part.tolist(), own.tolist(), weighed.value.tolist(), strict=True
    ):
        if not value:
            continue
        if users[part] > 1:
            spend[Fraction(pooled[part], alone_volume)] += value
        else:
            alone += value
    total = alone + sum(spend.values())
    if not total:
        return NotEvaluable(basis, "the stand-alone spend is 0")
    cost = Bounds.exactly(alone)
    for volume_ratio, value in spend.items():
        cost += learning_factor(rate, volume_ratio).times(penalty * value)
    return Bounds.exactly(1) - cost.times(Fraction(1, total))
