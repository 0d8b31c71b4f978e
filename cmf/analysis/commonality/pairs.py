"""Pairwise and directional ratios, as single values and as matrices."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from cmf.analysis.commonality.basis import (
    VEHICLE,
    Basis,
    NotEvaluable,
    Result,
    Weight,
    ratio,
    seen,
)
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.commonality.incidence import Incidence
from cmf.analysis.commonality.meet import meet
from cmf.analysis.commonality.quantities import least_pieces
from cmf.analysis.commonality.weigh import Exact, Lack, weigh
from cmf.errors import did_you_mean, fail

EXACT_DENOMINATORS = 2_000
"""Up to so many distinct denominators a mean of fractions is added up exactly."""


class Measure(Enum):
    """Which ratio of two groups a and b; the functions of the same names give the formulas."""

    CARRY_OVER = "carry-over"
    JACCARD = "Jaccard"
    OVERLAP = "overlap"
    DICE = "Dice"
    RUZICKA = "Ruzicka"


@frozen(eq=False)
class PairMatrix:
    """A ratio for every ordered pair of groups.

    Attributes
    ----------
    labels
        The groups, in the order in which products first name them.
    numerator, denominator
        Shape (groups, groups), exact integers; entry [a, b] belongs to a as the first of the pair.
        A denominator of 0 marks a pair that is not evaluable.
    """

    basis: Basis
    labels: tuple[str, ...]
    numerator: Exact = field(repr=False)
    denominator: Exact = field(repr=False)

    def at(self, a: str, b: str) -> Result:
        """The ratio of the groups `a` and `b`; `InputError` for an unknown one."""
        return self._result(self._number(a), self._number(b))

    def floats(self) -> npt.NDArray[np.float64]:
        """The ratios as floating-point numbers for charts, NaN where not evaluable."""
        top = self.numerator.astype(np.float64)
        bottom = self.denominator.astype(np.float64)
        found: npt.NDArray[np.float64] = np.full(top.shape, np.nan)
        np.divide(top, bottom, out=found, where=bottom > 0)
        return found

    def least(self) -> tuple[str, str, Result] | NotEvaluable:
        """The least ratio of two different groups, with the first such pair in declared order.

        Not evaluable with fewer than two groups, or when some pair is not evaluable.
        """
        top, bottom, cause = self._off_diagonal()
        if cause:
            return NotEvaluable(self.basis, cause)
        near = top.astype(np.float64) / bottom.astype(np.float64)
        # Doubles only shortlist; what is left is compared exactly, equal fractions once.
        first: dict[tuple[int, int], int] = {}
        for place in np.flatnonzero(near <= near.min() * (1 + 1e-9)):
            first.setdefault((int(top[place]), int(bottom[place])), int(place))
        best = min(first, key=lambda key: (Fraction(*key), first[key]))
        a, b = divmod(first[best], len(self.labels) - 1)
        b += b >= a
        return self.labels[a], self.labels[b], self._result(a, b)

    def mean(self) -> Bounds | NotEvaluable:
        """Mean ratio over all ordered pairs of different groups.

        Exact where the denominators are few (low equals high), otherwise enclosed to 15 digits.
        Not evaluable as in `least`.
        """
        top, bottom, cause = self._off_diagonal()
        if cause:
            return NotEvaluable(self.basis, cause)
        kinds, which = np.unique(bottom, return_inverse=True)
        sums = np.zeros(len(kinds), dtype=object)
        np.add.at(sums, which, top.astype(object))
        if len(kinds) <= EXACT_DENOMINATORS:
            each = (Fraction(int(t), int(k)) for t, k in zip(sums, kinds, strict=True))
            total = sum(each, Fraction(0))
            return Bounds.exactly(total / len(top))
        scale = 10**15 * len(kinds)
        low = sum(int(t) * scale // int(k) for t, k in zip(sums, kinds, strict=True))
        parts = scale * len(top)
        return Bounds(Fraction(low, parts), Fraction(low + len(kinds), parts))

    def _off_diagonal(self) -> tuple[Exact, Exact, str]:
        if len(self.labels) < 2:
            return self.numerator, self.denominator, "there is only one group"
        apart = ~np.eye(len(self.labels), dtype=np.bool_)
        top, bottom = self.numerator[apart], self.denominator[apart]
        empty = np.flatnonzero(bottom == 0)
        if not empty.size:
            return top, bottom, ""
        a, b = divmod(int(empty[0]), len(self.labels) - 1)
        b += b >= a
        return top, bottom, f"{self.labels[a]} and {self.labels[b]} have no weight in scope"

    def _number(self, label: str) -> int:
        if label not in self.labels:
            what = self.basis.population
            remedy = did_you_mean(label, self.labels, what=what)
            raise fail(f"unknown-{what}", f"no {what} `{label}`", None, remedy)
        return self.labels.index(label)

    def _result(self, a: int, b: int) -> Result:
        one, other = self.labels[a], self.labels[b]
        directed = self.basis.metric == Measure.CARRY_OVER.value
        direction = f"{one} from {other}" if directed else f"{one} with {other}"
        cause = f"{one} has no weight in scope" if directed else "both have no weight in scope"
        top, bottom = int(self.numerator[a, b]), int(self.denominator[a, b])
        return seen(ratio(self.basis, top, bottom, cause), direction)


def pair_matrix(
    incidence: Incidence,
    measure: Measure,
    *,
    weight: Weight = Weight.PART_NUMBER,
    population: str = VEHICLE,
) -> PairMatrix | NotEvaluable:
    """A ratio of every ordered pair of groups; see the functions below for each formula.

    Not evaluable as a whole when there are no products or parts, or when a figure that the weight
    needs is not known; a single pair is not evaluable when its weights are 0.

    Raises
    ------
    InputError
        Unknown population; `Measure.RUZICKA` with a weight that has no quantity form.
    LimitReached
        More groups than one matrix can have.
    """
    basis = Basis(measure.value, weight, incidence.level, incidence.scope, population=population)
    if measure is Measure.RUZICKA:
        return _ruzicka(incidence, basis, weight, population)
    weighed = weigh(incidence, weight, population)
    if isinstance(weighed, Lack):
        return NotEvaluable(basis, weighed.cause)
    inside = meet(weighed)
    own = inside.diagonal()[:, None]
    if measure is Measure.CARRY_OVER:
        return PairMatrix(basis, weighed.labels, inside, np.broadcast_to(own, inside.shape))
    if weight.per_use:
        # A part weighs what both groups together use of it.
        both = inside + inside.T
        left = own + inside.T
        right = own.T + inside
        union = own + own.T
    else:
        both, left, right = inside, own, own.T
        union = own + own.T - inside
    denominator = {
        Measure.JACCARD: union,
        Measure.OVERLAP: np.minimum(left, right),
        Measure.DICE: left + right,
    }[measure]
    numerator = 2 * both if measure is Measure.DICE else both
    return PairMatrix(basis, weighed.labels, numerator, denominator)


def carry_over(
    incidence: Incidence,
    a: str,
    b: str,
    *,
    weight: Weight = Weight.PART_NUMBER,
    population: str = VEHICLE,
) -> Result:
    """Directional carry-over: how much of `a` comes from `b`.

    ``w_a(A & B) / w_a(A)``, where ``w_a`` weighs the uses by a alone. Range 0..1, not symmetric.
    Not evaluable when a has no weight. For models it is ``share_pair`` of the alliance's targets,
    and what engineers call the COP ratio of a new model against its donor.
    """
    return _pair(incidence, Measure.CARRY_OVER, a, b, weight, population)


def jaccard(
    incidence: Incidence,
    a: str,
    b: str,
    *,
    weight: Weight = Weight.PART_NUMBER,
    population: str = VEHICLE,
) -> Result:
    """Jaccard ratio of two groups: ``w(A & B) / w(A | B)``.

    A weight that counts a part once weighs the sets; a weight that grows with use weighs a part by
    what both together use of it. Either way it equals `share` with k = 2 over just these two.
    Range 0..1, symmetric. Not evaluable when both have no weight.
    """
    return _pair(incidence, Measure.JACCARD, a, b, weight, population)


def overlap(
    incidence: Incidence,
    a: str,
    b: str,
    *,
    weight: Weight = Weight.PART_NUMBER,
    population: str = VEHICLE,
) -> Result:
    """Overlap ratio of two groups: ``w(A & B) / min(w(A), w(B))``.

    ``w`` as in `jaccard`. Range 0..1, symmetric; 1 when one is a subset of the other. Not
    evaluable when one has no weight.
    """
    return _pair(incidence, Measure.OVERLAP, a, b, weight, population)


def dice(
    incidence: Incidence,
    a: str,
    b: str,
    *,
    weight: Weight = Weight.PART_NUMBER,
    population: str = VEHICLE,
) -> Result:
    """Dice ratio of two groups: ``2 w(A & B) / (w(A) + w(B))``.

    ``w`` as in `jaccard`. Range 0..1, symmetric. Not evaluable when both have no weight.
    """
    return _pair(incidence, Measure.DICE, a, b, weight, population)


def ruzicka(
    incidence: Incidence,
    a: str,
    b: str,
    *,
    weight: Weight = Weight.INSTANCE,
    population: str = VEHICLE,
) -> Result:
    """Ruzicka ratio, the quantity form of Jaccard:
    ``sum_j w_j min(q_aj, q_bj) / sum_j w_j max(q_aj, q_bj)``.

    ``w_j`` is 1 (`Weight.INSTANCE`), the mass (`Weight.MASS`) or the unit cost
    (`Weight.LIST_COST`) of one piece. Volumes do not count. Range 0..1, symmetric. Not evaluable
    when both have no weight.

    Raises
    ------
    InputError
        Another weight.
    """
    return _pair(incidence, Measure.RUZICKA, a, b, weight, population)


def _pair(
    incidence: Incidence, measure: Measure, a: str, b: str, weight: Weight, population: str
) -> Result:
    labels = incidence.products.labels(population)
    names = incidence.products.names
    members = [n for n, label in zip(names, labels, strict=True) if label in (a, b)]
    known = dict.fromkeys(label for label in labels if label is not None)
    for label in (a, b):
        if label not in known:
            remedy = did_you_mean(label, known, what=population)
            raise fail(f"unknown-{population}", f"no {population} `{label}`", None, remedy)
    matrix = pair_matrix(incidence.select(members), measure, weight=weight, population=population)
    if isinstance(matrix, NotEvaluable):
        return evolve(matrix, basis=evolve(matrix.basis, direction=f"{a} with {b}"))
    return matrix.at(a, b)


def _ruzicka(
    incidence: Incidence, basis: Basis, weight: Weight, population: str
) -> PairMatrix | NotEvaluable:
    if weight not in (Weight.INSTANCE, Weight.MASS, Weight.LIST_COST):
        raise fail(
            "bad-weight",
            f"the Ruzicka ratio has no form for weight {weight.value}",
            None,
            "use instance, mass or list_cost, or another measure",
        )
    least = least_pieces(incidence, weight, population)
    if isinstance(least, Lack):
        return NotEvaluable(basis, least.cause)
    labels, inside = least
    own = inside.diagonal()[:, None]
    return PairMatrix(basis, labels, inside, own + own.T - inside)
