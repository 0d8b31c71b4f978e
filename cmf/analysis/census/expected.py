"""The expected share of two independent builds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from cmf.analysis.census.population import Draw
from cmf.analysis.census.tables import Matrix, Tables
from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, ratio


def expected(basis: Basis, tables: Tables, one: Draw, other: Draw) -> Result:
    """Mean of the numerator over mean of the denominator, of two variants drawn independently.

    For carry-over and a weight that counts a part once:
    ``sum_j w_j p_Aj p_Bj / sum_j w_j p_Aj``, where ``p_Aj`` is the chance that a variant of A has
    part j. A ratio of means, not the mean of the ratio. Range 0..1. Not evaluable when nothing has
    a weight, and for overlap, whose denominator is no sum over parts.

    Source: take rates in place of counts in the directional ratio; docs/metrics.md.
    """
    if len(tables.measured) > 1:
        return NotEvaluable(basis, "the lesser of two sums has no mean by parts")
    top = _mean(tables.common, tables.common_always, one, other)
    bottom = _mean(tables.measured[0], tables.measured_always[0], one, other)
    scale = tables.unit
    return ratio(basis, top * scale, bottom * scale, "nothing has a weight")


def _mean(tables: Mapping[int, Matrix], always: int, one: Draw, other: Draw) -> Fraction:
    """Mean over independent draws of a sum over contents."""
    total = 0
    for v, table in tables.items():
        mine, others = ([int(n) for n in draw.counts[v]] for draw in (one, other))
        rows = table.astype(object) @ np.array(others, dtype=object)
        total += sum(n * int(value) for n, value in zip(mine, rows, strict=True) if n)
    return always + Fraction(total, one.total * other.total)
