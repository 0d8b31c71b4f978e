"""Published commonality indices on flat part lists."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from attrs import frozen

from cmf.analysis.commonality.basis import (
    Basis,
    NotEvaluable,
    Result,
    Weight,
    ratio,
)
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.weigh import Lack, total, weigh


@frozen
class _Counts:
    """Numbers that the indices are made of.

    Attributes
    ----------
    distinct
        d: distinct parts in use (the literature also writes u).
    uses
        S: sum over products of their distinct parts, ``sum_i n_i = sum_j k_j``.
    largest
        ``max_i n_i``.
    products
        m.
    """

    distinct: int
    uses: int
    largest: int
    products: int


def dci(incidence: Incidence) -> Result:
    """Degree of commonality index: mean number of products that use a part.

    ``DCI = S / d`` with d distinct parts and ``S = sum_j k_j`` uses.

    Range 1..m for m products; 1 is no sharing, m is identical products. The upper end moves with
    the family, so values of two families do not compare. Quantities and volumes do not count.

    Source: Collier (1981), Decision Sciences 12(1) 85-96; flat form, where the parents of a part
    are the products. For a table of parents see `multilevel_dci`.
    """
    basis, counts = _count(incidence, "DCI")
    if isinstance(counts, Lack):
        return NotEvaluable(basis, counts.cause)
    return ratio(basis, counts.uses, counts.distinct, "")


def tcci(incidence: Incidence) -> Result:
    """Total constant commonality index.

    ``TCCI = 1 - (d - 1) / (S - 1) = (S - d) / (S - 1)``

    Range 0..1: 0 when every part is unique, 1 when one part is used everywhere. Identical products
    do *not* reach 1: m equal products with d parts give ``d (m - 1) / (d m - 1)``, so a target of
    80 % for two vehicles cannot be met. Divided by its greatest reachable value
    ``(S - max n_i) / (S - 1)`` it is CI97. Not evaluable for a single use (0/0).

    Source: Wacker & Treleven (1986), J. Operations Management 6(2) 219-244.
    """
    basis, counts = _count(incidence, "TCCI")
    if isinstance(counts, Lack):
        return NotEvaluable(basis, counts.cause)
    return ratio(basis, counts.uses - counts.distinct, counts.uses - 1, "there is only one use")


def ci96(incidence: Incidence) -> Result:
    """Commonality index of Martin & Ishii, form of 1996: *lower is better*.

    ``CI96 = u / sum_i n_i`` with u distinct parts and n_i distinct parts in product i.

    Range above 0 up to 1; 1 is no sharing. On flat lists it is 1/DCI.

    Source: Martin & Ishii (1996), DETC96/DTM-1610. The form of 1997 has the same name and runs
    the other way: see `ci97`.
    """
    basis, counts = _count(incidence, "CI96")
    if isinstance(counts, Lack):
        return NotEvaluable(basis, counts.cause)
    return ratio(basis, counts.distinct, counts.uses, "")


def ci97(incidence: Incidence) -> Result:
    """Commonality index of Martin & Ishii, form of 1997: higher is better.

    ``CI97 = 1 - (u - max n_i) / (sum n_i - max n_i) = (sum n_i - u) / (sum n_i - max n_i)``

    The reduction of the part list that was reached, divided by the greatest possible one.
    Range 0..1. 1 does not mean identical: a product whose parts are a subset of the other's gives
    1 too. Not evaluable for one product, and when at most one product has parts (0/0).

    Source: Martin & Ishii (1997), as used by Thevenot & Simpson (2006); RD 50-33-80 has the same
    ratio under the name of inter-project unification.
    """
    basis, counts = _count(incidence, "CI97")
    if isinstance(counts, Lack):
        return NotEvaluable(basis, counts.cause)
    cause = "there is only one product" if counts.products == 1 else "only one product has parts"
    return ratio(basis, counts.uses - counts.distinct, counts.uses - counts.largest, cause)


def ci97_by_slot(incidence: Incidence) -> Result:
    """CI97 of a slot model, linear in the number of variants of each slot.

    ``CI97 = (n m - sum_s u_s) / (n (m - 1))`` for m products with one part in each of n slots and
    ``u_s`` distinct parts in slot s.

    Same value as `ci97` where it applies: every product has exactly one part in every slot, no
    part is in two slots and none is outside. Otherwise not evaluable. Range 0..1.

    Source: follows from the 1997 form; useful because an optimiser needs no ratio.
    """
    basis, counts = _count(incidence, "CI97, slot-linear")
    if isinstance(counts, Lack):
        return NotEvaluable(basis, counts.cause)
    lines, m, n = incidence.lines, counts.products, len(incidence.slots)
    if (lines.slot < 0).any():
        return NotEvaluable(basis, "some lines belong to no slot")
    filled = np.bincount(lines.product.astype(np.int64) * n + lines.slot, minlength=m * n)
    if (filled != 1).any():
        product, slot = divmod(int(np.flatnonzero(filled != 1)[0]), n)
        cause = f"{incidence.products.names[product]} has {filled[product * n + slot]} parts"
        return NotEvaluable(basis, f"{cause} in slot {incidence.slots[slot]}")
    variants = len(np.unique(lines.part.astype(np.int64) * n + lines.slot))
    if variants != counts.distinct:
        return NotEvaluable(basis, "a part is used in two slots")
    return ratio(basis, n * m - variants, n * (m - 1), "there is only one product")


def cic(incidence: Incidence) -> Result:
    """Component part commonality CI^(C): mean number of applications, weighted by spend.

    ``CI^(C) = sum_j [c_j k_j sum_i V_i q_ij] / sum_j [c_j sum_i V_i q_ij]``

    ``c_j`` unit cost, ``V_i`` volume, ``q_ij`` pieces, ``k_j`` products that use the part. Range
    1..m; the upper end moves with the family. Not evaluable when the spend is 0.

    Source: Jiao & Tseng (2000), J. Eng. Design 11(3) 225-243; flat form.
    """
    return _cic(incidence, scaled=False)


def cic_scaled(incidence: Incidence) -> Result:
    """CI^(C) brought to 0..1: ``(CI^(C) - 1) / (m - 1)`` for m products.

    Not evaluable for one product, and where `cic` is not. The scaling is this tool's own.
    """
    return _cic(incidence, scaled=True)


def _cic(incidence: Incidence, *, scaled: bool) -> Result:
    name = "CI(C), scaled" if scaled else "CI(C)"
    basis = Basis(name, Weight.SPEND, incidence.level, incidence.scope)
    weighed = weigh(incidence, Weight.SPEND)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    spend, spread = weighed.by_part(), weighed.spread()
    # Group by spread: few distinct values, so that no product of large numbers can overflow.
    top = sum(int(k) * total(spend[spread == k]) for k in np.unique(spread))
    bottom = total(spend)
    if bottom == 0:
        return NotEvaluable(basis, f"the total spend in scope {incidence.scope} is 0")
    if not scaled:
        return ratio(basis, top, bottom, "")
    steps = len(weighed.labels) - 1
    return ratio(basis, top - bottom, Fraction(bottom * steps), "there is only one product")


def _count(incidence: Incidence, metric: str) -> tuple[Basis, _Counts | Lack]:
    basis = Basis(metric, None, incidence.level, incidence.scope)
    weighed = weigh(incidence, Weight.PART_NUMBER)
    if isinstance(weighed, Lack):
        return basis, weighed
    products = len(weighed.labels)
    sizes = np.bincount(weighed.row, minlength=products)
    distinct = int(np.count_nonzero(weighed.spread()))
    return basis, _Counts(distinct, len(weighed.part), int(sizes.max()), products)
