"""A measure of two variants once more, from their BOM and without any diagram."""

from __future__ import annotations

from collections import Counter

from cmf.analysis.bom import explode
from cmf.analysis.census.contents import counted
from cmf.analysis.census.tables import unit_weight
from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.pairs import Measure
from cmf.model.catalog import Scope
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant


def recount(
    lowered: LoweredCatalog,
    within: Scope,
    weight: Weight,
    measure: Measure,
    pair: tuple[Variant, Variant],
) -> tuple[int, int]:
    """Numerator and denominator of a measure, part by part."""
    catalog = lowered.resolved.catalog
    pieces: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for use in explode(lowered, pair):
        if counted(catalog, use.part, use.slot, within):
            pieces[use.product][use.part] += use.quantity
    one, other = pieces
    both = one.keys() & other.keys()
    value = {p: unit_weight(catalog.parts[p], weight) for p in one.keys() | other.keys()}
    if measure is Measure.RUZICKA:
        least = sum(value[p] * min(one[p], other[p]) for p in both)
        return least, sum(value[p] * max(one[p], other[p]) for p in value)

    def weigh(parts: set[str], *lists: Counter[str]) -> int:
        if not weight.per_use:
            return sum(value[p] for p in parts)
        return sum(value[p] * each[p] for each in lists for p in parts)

    mine, yours = set(one), set(other)
    if measure is Measure.CARRY_OVER:
        return weigh(both, one), weigh(mine, one)
    common = weigh(both, one, other)
    left, right = weigh(mine, one, other), weigh(yours, one, other)
    match measure:
        case Measure.JACCARD:
            return common, weigh(mine | yours, one, other)
        case Measure.DICE:
            return 2 * common, left + right
        case _:
            return common, min(left, right)
