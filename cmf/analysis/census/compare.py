"""The share between the variants of two briefs: least, mean and greatest over all pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
from attrs import field, frozen

from cmf.analysis.census.expected import expected
from cmf.analysis.census.extremes import Extreme, Pairing, extreme, span
from cmf.analysis.census.means import enclose
from cmf.analysis.census.overlap import least_overlap
from cmf.analysis.census.population import Draw, Population, apart, weighty
from cmf.analysis.census.recount import recount
from cmf.analysis.census.sizes import sum_by_size
from cmf.analysis.census.tables import Tables, tables_of
from cmf.analysis.census.tallies import tally
from cmf.analysis.commonality.basis import Basis, Metric, NotEvaluable, Result, Weight
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.pairs import Measure
from cmf.analysis.takerates import Rate
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
    rates, fit
        Take rates for the expected share; see `cmf.analysis.takerates`. Without, every variant is
        as likely as any other.
    """

    lowered: LoweredCatalog = field(repr=False)
    within: Scope
    weight: Weight
    measure: Measure
    tables: Tables = field(repr=False)
    rates: Mapping[str, Mapping[str, Rate]] | None = None
    fit: bool = False

    @classmethod
    def of(
        cls,
        lowered: LoweredCatalog,
        within: Scope,
        populations: Sequence[Population],
        weight: Weight,
        measure: Measure,
        *,
        rates: Mapping[str, Mapping[str, Rate]] | None = None,
        fit: bool = False,
    ) -> Comparer:
        """For briefs of one compiled space.

        Raises
        ------
        InputError
            For a measure that has no form with the weight.
        """
        parts = lowered.resolved.catalog.parts
        tables = tables_of(populations[0].contents, parts, weight, measure)
        return cls(lowered, within, weight, measure, tables, rates, fit)

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
        draws = [self._draw(side) for side in (one, other)]
        fair = expected(basis, self.tables, draws[0], draws[1])
        return Comparison(basis, *names, variants, pairs, nothing, least, mean, greatest, fair)

    def _draw(self, side: Population) -> Draw:
        return side.draw if self.rates is None else side.draw_by(self.rates, fit=self.fit)

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
            return self._nothing(basis)
        return None

    def _nothing(self, basis: Basis) -> NotEvaluable:
        cause = f"no pair has a weight by {self.weight.value} in scope {self.within.name}"
        return NotEvaluable(basis, cause)

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
            pairings = self._pairings(one, other, sides)
            best = extreme(pairings, self.tables, measured, greatest=True)
            if best is not None:
                found.append(self._witnessed(basis, best, *sides[best.pairing]))
        return max(found, key=lambda each: each.ratio.value, default=self._nothing(basis))

    def _least(
        self, basis: Basis, one: Population, other: Population
    ) -> Witnessed | NotEvaluable | Unknown:
        if self.measure is Measure.OVERLAP:
            overlap = least_overlap(self._boxes(one, other), self.tables)
            if isinstance(overlap, Unknown):
                return overlap
            if overlap is None:
                return self._nothing(basis)
            return self._witnessed(basis, overlap.found, *overlap.sides)
        best = extreme([(one.shapes, other.shapes)], self.tables, 0, greatest=False)
        if best is None:
            return self._nothing(basis)
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
        if max(one.count, other.count) < COUNTED:
            values = tally(first, second, tables, TALLIED)
            if values is not None:
                ratios = (Fraction(top, min(key)) for key, (_, top) in values.items() if min(key))
                return Bounds.exactly(sum(ratios, Fraction(0)))
        if self.measure is Measure.OVERLAP:
            if self.weight.per_use:
                return Unknown(f"{TALLIED:,} values of the denominators")
            return sum_by_size(one, other, tables)
        within = span((one.shapes, other.shapes), tables)
        always = tables.common_always, tables.measured_always[0]
        if self.measure is not Measure.CARRY_OVER:
            return enclose(first, second, tables.common, tables.measured[0], always, within)
        # The denominator is a matter of the first variant: the second enters by its sum.
        common = {
            v: (table.astype(np.float64) @ np.array(other.draw.counts[v], np.float64))[:, None]
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

    def _boxes(self, one: Population, other: Population) -> Iterator[tuple[Population, Population]]:
        """Restrictions without the pairs of which one variant has no weight, where these matter.

        An overlap has no value there, although one of its two denominators is positive.
        """
        if self.measure is not Measure.OVERLAP:
            yield one, other
            return
        others = list(weighty(other, self.tables.weightless))
        for box in weighty(one, self.tables.weightless):
            yield from ((box, mate) for mate in others)

    def _pairings(
        self, one: Population, other: Population, sides: list[tuple[Population, Population]]
    ) -> Iterator[Pairing]:
        """Pairs of outlines that together are all pairs; `sides` is told whose they are."""
        for pair in apart(one) if one is other else [(one, other)]:
            for box in self._boxes(*pair):
                if not any(side.space.empty for side in box):
                    sides.append(box)
                    yield box[0].shapes, box[1].shapes
