"""The share between the variants of two briefs: least, mean and greatest over all pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np
from attrs import field, frozen

from cmf.analysis.census.expected import expected
from cmf.analysis.census.extremes import Extreme, Pairing, extreme, span
from cmf.analysis.census.means import enclose
from cmf.analysis.census.overlap import least_overlap
from cmf.analysis.census.population import Population, apart
from cmf.analysis.census.recount import recount
from cmf.analysis.census.tables import Tables
from cmf.analysis.census.tallies import tally
from cmf.analysis.commonality.basis import Basis, Metric, NotEvaluable, Result, Weight
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.pairs import Measure
from cmf.engines.diagram.outline import point
from cmf.model.catalog import Scope
from cmf.problem.answer import Unknown
from cmf.problem.formula import Member
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant

TALLIED = 100_000
"""Combinations of values up to which a mean is an exact fraction."""

COUNTED = 2**53
"""Numbers of variants below this are exact as machine floats."""


@frozen
class Witnessed:
    """A ratio, with the pair of variants that has it."""

    ratio: Metric
    one: Variant = field(repr=False)
    other: Variant = field(repr=False)


@frozen
class Comparison:
    """A share between the variants of two briefs, or within one.

    A pair is a variant of the first brief with one of the second, in this order. Within one brief
    the two are different variants. Pairs in which the measure has no value (nothing to weigh in
    scope) are counted in `not_evaluable` and are in none of `least`, `mean` and `greatest`.

    Attributes
    ----------
    one, other
        Names of the briefs; equal when the comparison is within one.
    variants
        Number of variants of either brief.
    least, greatest
        Over all pairs, with a pair that has it, the same every time.
    mean
        Of the ratio over all pairs, each pair alike: exact for small spaces, else two fractions
        that enclose it.
    expected
        Mean of the numerator over mean of the denominator, of two variants drawn independently
        (within one brief a variant then also meets itself): another number than the mean of the
        ratio.
    """

    basis: Basis
    one: str
    other: str
    variants: tuple[int, int]
    pairs: int
    not_evaluable: int
    least: Witnessed | NotEvaluable | Unknown
    mean: Bounds | NotEvaluable | Unknown
    greatest: Witnessed | NotEvaluable | Unknown
    expected: Result


@frozen
class Comparer:
    """Compares the variants of briefs by one measure.

    Attributes
    ----------
    within
        Scope of the BOM lines that count.
    """

    lowered: LoweredCatalog = field(repr=False)
    within: Scope
    weight: Weight
    measure: Measure
    tables: Tables = field(repr=False)

    def compare(self, one: Population, other: Population) -> Comparison:
        """All pairs of a variant of `one` and a variant of `other`; the same one: within it."""
        basis = self._basis(one, other)
        variants = one.count, other.count
        pairs = one.count * (other.count - (one is other))
        nothing = self._not_evaluable(one, other)
        names = one.name, other.name
        lack = self._lack(basis, one, other, pairs - nothing)
        if lack is not None:
            return Comparison(basis, *names, variants, pairs, nothing, lack, lack, lack, lack)
        greatest = self._greatest(basis, one, other)
        least = self._least(basis, one, other)
        if one is other and isinstance(least, Witnessed) and least.ratio.value == 1:
            # Found for a variant with itself: then no two variants differ in what they share.
            least = greatest
        mean = self._mean(one, other, pairs - nothing)
        fair = expected(basis, self.tables, one, other)
        return Comparison(
            basis, *names, variants, pairs, nothing, least, mean, greatest, fair
        )

    def _basis(self, one: Population, other: Population) -> Basis:
        word = "from" if self.measure is Measure.CARRY_OVER else "with"
        text = f"within {one.name}" if one is other else f"{one.name} {word} {other.name}"
        return Basis(
            self.measure.value,
            self.weight,
            scope=self.within.name,
            population="variant",
            direction=text,
        )

    def _lack(
        self, basis: Basis, one: Population, other: Population, evaluable: int
    ) -> NotEvaluable | None:
        """Why no pair has a value, if so."""
        for side in (one, other):
            if side.count == 0:
                return NotEvaluable(basis, f"no valid variant meets {side.name}")
        if one is other and one.count == 1:
            return NotEvaluable(basis, f"only one variant meets {one.name}")
        if evaluable == 0:
            cause = f"no variant has a {self.weight.value} weight in scope {self.within.name}"
            return NotEvaluable(basis, cause)
        return None

    def _not_evaluable(self, one: Population, other: Population) -> int:
        """Number of pairs without a positive denominator."""
        same = int(one is other)
        empty, bare = self._weightless(one), self._weightless(other)
        if self.measure is Measure.CARRY_OVER:
            return empty * (other.count - same)
        both = empty * max(0, bare - same)
        if self.measure is not Measure.OVERLAP:
            return both
        return empty * (other.count - same) + bare * (one.count - same) - both

    def _weightless(self, side: Population) -> int:
        """Number of variants without any weight in scope."""
        options = self.tables.weightless
        if options is None:
            return 0
        return side.narrowed(*(Member(v, found) for v, found in options.items())).count

    def _greatest(
        self, basis: Basis, one: Population, other: Population
    ) -> Witnessed | NotEvaluable | Unknown:
        found: list[Witnessed] = []
        for measured in range(len(self.tables.measured)):
            sides: list[tuple[Population, Population]] = []
            pairings = _pairings(one, other, sides)
            best = extreme(pairings, self.tables, measured, greatest=True)
            if best is not None:
                found.append(self._witnessed(basis, best, *sides[best.pairing]))
        return max(found, key=lambda each: each.ratio.value)

    def _least(
        self, basis: Basis, one: Population, other: Population
    ) -> Witnessed | NotEvaluable | Unknown:
        if self.measure is Measure.OVERLAP:
            overlap = least_overlap(one, other, self.tables)
            if isinstance(overlap, Unknown):
                return overlap
            assert overlap is not None
            return self._witnessed(basis, overlap.found, *overlap.sides)
        assert one.shapes is not None
        assert other.shapes is not None
        best = extreme([(one.shapes, other.shapes)], self.tables, 0, greatest=False)
        assert best is not None
        return self._witnessed(basis, best, one, other)

    def _mean(self, one: Population, other: Population, evaluable: int) -> Bounds | Unknown:
        total = self._sum(one, other)
        if isinstance(total, Unknown):
            return total
        if one is other:
            # A variant shares all of itself; these pairs do not count.
            total = total - Bounds.exactly(one.count - self._weightless(one))
        return total.times(Fraction(1, evaluable))

    def _sum(self, one: Population, other: Population) -> Bounds | Unknown:
        """The sum of the ratio over all ordered pairs, each variant with itself included."""
        tables, first, second = self.tables, one.weights, other.weights
        assert first is not None
        assert second is not None
        if max(one.count, other.count) < COUNTED:
            values = tally(first, second, tables, TALLIED)
            if values is not None:
                ratios = (Fraction(top, min(key)) for key, (_, top) in values.items() if min(key))
                return Bounds.exactly(sum(ratios, Fraction(0)))
        if self.measure is Measure.OVERLAP:
            return Unknown(f"{TALLIED:,} values of the denominators")
        assert one.shapes is not None
        assert other.shapes is not None
        within = span((one.shapes, other.shapes), tables)
        always = tables.common_always, tables.measured_always[0]
        if self.measure is not Measure.CARRY_OVER:
            return enclose(first, second, tables.common, tables.measured[0], always, within)
        # The denominator is a matter of the first variant: the second enters by its sum.
        common = {
            v: (table.astype(np.float64) @ np.array(other.option_counts[v], np.float64))[:, None]
            for v, table in tables.common.items()
        }
        measured = {v: table[:, :1] for v, table in tables.measured[0].items()}
        always = always[0] * other.count, always[1]
        return enclose(first, point(first), common, measured, always, within)

    def _witnessed(
        self, basis: Basis, found: Extreme, one: Population, other: Population
    ) -> Witnessed:
        """The ratio with its pair, taken once more from the BOM without any diagram."""
        unit = self.tables.unit
        metric = Metric(basis, found.numerator * unit, found.denominator * unit)
        pair = one.variant(found.one), other.variant(found.other)
        again = recount(self.lowered, self.within, self.weight, self.measure, pair)
        if again != (metric.numerator, metric.denominator):
            raise RuntimeError(
                f"{metric.numerator}/{metric.denominator} is {again[0]}/{again[1]} on the BOM: "
                "a defect of this program"
            )
        return Witnessed(metric, *pair)


def _pairings(
    one: Population, other: Population, sides: list[tuple[Population, Population]]
) -> Iterator[Pairing]:
    """Pairs of outlines that together are all pairs; `sides` is told whose they are."""
    for pair in apart(one) if one is other else [(one, other)]:
        first, second = pair[0].shapes, pair[1].shapes
        if first is not None and second is not None:
            sides.append(pair)
            yield first, second
