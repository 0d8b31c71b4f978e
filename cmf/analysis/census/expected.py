"""The expected share of two independent builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from cmf.analysis.census.population import Population
from cmf.analysis.census.tables import Matrix, Tables
from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, ratio


def expected(basis: Basis, tables: Tables, one: Population, other: Population) -> Result:
    """Mean of the numerator over mean of the denominator, of two variants drawn independently.

    For carry-over and a weight that counts a part once:
    ``sum_j w_j p_Aj p_Bj / sum_j w_j p_Aj``, where ``p_Aj`` is the part of the variants of A that
    use part j. A ratio of means, not the mean of the ratio. Range 0..1.
    """
    if len(tables.measured) > 1:
        return NotEvaluable(basis, "the less of two sums has no mean by parts")
    draws = one.option_counts, other.option_counts
    counts = one.count, other.count
    top = _mean(tables.common, tables.common_always, draws, counts)
    bottom = _mean(tables.measured[0], tables.measured_always[0], draws, counts)
    scale = tables.unit
    return ratio(basis, top * scale, bottom * scale, "nothing has a weight")


def _mean(
    tables: Mapping[int, Matrix],
    always: int,
    draws: tuple[Mapping[int, Sequence[int]], Mapping[int, Sequence[int]]],
    counts: tuple[int, int],
) -> Fraction:
    """Mean over independent draws of a sum over contents."""
    total = 0
    for v, table in tables.items():
        mine, others = ([int(n) for n in draw[v]] for draw in draws)
        rows = table.astype(object) @ others
        total += sum(int(n) * int(value) for n, value in zip(mine, rows, strict=True) if n)
    return always + Fraction(total, counts[0] * counts[1])
