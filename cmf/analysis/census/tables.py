"""A measure of two variants as sums over contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.analysis.census.contents import Content, Contents
from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.pairs import Measure
from cmf.errors import fail
from cmf.model.catalog import Part

Matrix = npt.NDArray[Any]
"""Shape (options in the first variant, options in the second)."""

_REACH = 1 << 60


@frozen(eq=False)
class Tables:
    """What two variants have in common, and what that is measured by.

    Attributes
    ----------
    common
        By variable: the numerator that a pair of its options adds.
    measured
        The denominators, alike; of several the least one counts.
    common_always, measured_always
        What every pair adds.
    unit
        Weight of 1 here, in the units of the catalogue.
    weightless
        By variable the options without any weight; `None` when every variant has some.
    """

    common: Mapping[int, Matrix] = field(repr=False)
    measured: tuple[Mapping[int, Matrix], ...] = field(repr=False)
    common_always: int
    measured_always: tuple[int, ...]
    unit: int
    weightless: Mapping[int, frozenset[int]] | None = field(repr=False)

    def of_pair(
        self, one: Mapping[int, int], other: Mapping[int, int], measured: int
    ) -> tuple[int, int]:
        """Numerator and one denominator of a pair, given by the options of its contents."""
        below = self.measured[measured]
        top = sum(int(table[one[v], other[v]]) for v, table in self.common.items())
        bottom = sum(int(table[one[v], other[v]]) for v, table in below.items())
        return top + self.common_always, bottom + self.measured_always[measured]


def tables_of(
    contents: Contents, parts: Mapping[str, Part], weight: Weight, measure: Measure
) -> Tables:
    """The tables of a measure.

    With a weight that counts a part once, w(A) adds up the parts of A; with one that grows with
    use a part counts by the pieces in one vehicle, and where two variants are measured together by
    those of both: the formulas are those of `cmf.analysis.commonality.pairs`.

    Raises
    ------
    InputError
        For a measure that has no form with the weight.
    """
    if measure is Measure.RUZICKA and weight in (Weight.PART_NUMBER, Weight.INVESTMENT):
        remedy = "use instance, mass, list_cost or spend, or another measure"
        raise fail("bad-weight", f"Ruzicka has no form for weight {weight.value}", None, remedy)
    numbers = [*(p for c in contents.contents for p in c.parts), *contents.always]
    weights = {number: unit_weight(parts[number], weight) for number in numbers}
    unit = gcd(*weights.values()) or 1
    weights = {number: value // unit for number, value in weights.items()}
    always = np.array([list(contents.always.values())], dtype=np.int64)
    rest = Content(-1, tuple(contents.always), always)
    common: dict[int, Matrix] = {}
    measured: list[dict[int, Matrix]] = [{} for _ in range(2 if measure is Measure.OVERLAP else 1)]
    for content in (*contents.contents, rest):
        top, bottoms = _pair(content, weights, weight.per_use, measure)
        common[content.variable] = top
        for into, bottom in zip(measured, bottoms, strict=True):
            into[content.variable] = bottom
    common_always = int(common.pop(-1)[0, 0])
    measured_always = tuple(int(into.pop(-1)[0, 0]) for into in measured)
    nothing = (
        None
        if common_always
        else {content.variable: _weightless(content, weights) for content in contents.contents}
    )
    return Tables(common, tuple(measured), common_always, measured_always, unit, nothing)


def _weightless(content: Content, weights: Mapping[str, int]) -> frozenset[int]:
    """The options under which no part with a weight is there."""
    heavy = np.array([weights[part] > 0 for part in content.parts], dtype=np.bool_)
    return frozenset(np.flatnonzero(~(content.pieces[:, heavy] > 0).any(axis=1)).tolist())


def unit_weight(part: Part, weight: Weight) -> int:
    """Weight of one piece of a part (of the part itself where a part counts once)."""
    match weight:
        case Weight.PART_NUMBER | Weight.INSTANCE:
            return 1
        case Weight.MASS:
            return part.mass
        case Weight.LIST_COST | Weight.SPEND:
            return part.unit_cost
        case Weight.INVESTMENT:
            return part.investment


def _pair(
    content: Content, weights: Mapping[str, int], per_use: bool, measure: Measure
) -> tuple[Matrix, Sequence[Matrix]]:
    pieces, values = content.pieces, [weights[part] for part in content.parts]
    greatest = pieces.max(axis=0, initial=0).tolist()
    reach = sum(w * most for w, most in zip(values, greatest, strict=True))
    kind: Any = np.int64 if 4 * reach < _REACH else object
    column = np.array(values, dtype=kind)
    has = (pieces > 0).astype(kind)
    if measure is Measure.RUZICKA:
        both = _least(pieces, column)
        own = pieces.astype(kind) @ column
        return both, [own[:, None] + own[None, :] - both]
    held = pieces.astype(kind) if per_use else has
    mine = (held * column) @ has.T
    yours = (has * column) @ held.T
    own = held @ column
    here, there = np.broadcast_arrays(own[:, None], own[None, :])
    if measure is Measure.CARRY_OVER:
        return mine, [here]
    if per_use:
        # A part weighs what both together use of it.
        both, left, right = mine + yours, here + yours, there + mine
        union = here + there
    else:
        both, left, right = mine, here, there
        union = here + there - mine
    if measure is Measure.JACCARD:
        return both, [union]
    if measure is Measure.DICE:
        return 2 * both, [left + right]
    return both, [left, right]


def _least(pieces: Matrix, weights: Matrix) -> Matrix:
    """``sum_j w_j min(q_aj, q_bj)``."""
    found = np.zeros((len(pieces), len(pieces)), dtype=weights.dtype)
    for step in range(1, int(pieces.max(initial=0)) + 1):
        # min(q, r) counts the steps that both reach.
        reached = (pieces >= step).astype(weights.dtype)
        found += (reached * weights) @ reached.T
    return found
