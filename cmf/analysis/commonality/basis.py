"""What a ratio is a ratio of, its exact value, and how a threshold is tested."""

from __future__ import annotations

import re
from enum import Enum
from fractions import Fraction

from attrs import evolve, frozen

from cmf.errors import fail
from cmf.model.units import parse_number
from cmf.source import Span

VEHICLE = "vehicle"
"""The population in which every product stands for itself."""


class Weight(Enum):
    """How much a part counts.

    Symbols: ``q_ij`` pieces of part j in product i, ``c_j`` unit cost, ``V_i`` volume.

    `PART_NUMBER`, `LIST_COST` and `INVESTMENT` are properties of the part and count once, however
    often it is used. `INSTANCE`, `MASS` and `SPEND` grow with every use.
    """

    PART_NUMBER = "part_number"
    """1 for each part number."""
    INSTANCE = "instance"
    """Pieces: ``sum_i q_ij``."""
    MASS = "mass"
    """``mass_j sum_i q_ij``, in grams."""
    LIST_COST = "list_cost"
    """``c_j``, in minor units of the currency."""
    SPEND = "spend"
    """``c_j sum_i V_i q_ij``, in minor units of the currency."""
    INVESTMENT = "investment"
    """Tooling and engineering of the part, in minor units of the currency."""

    @property
    def per_use(self) -> bool:
        """Whether the weight grows with every use of the part."""
        return self in (Weight.INSTANCE, Weight.MASS, Weight.SPEND)


@frozen
class Basis:
    """What was measured: a bare percentage without it is not a result.

    Attributes
    ----------
    metric
        Name of the formula, such as ``share`` or ``CI97``.
    weight
        How much a part counts; `None` for metrics that only count part numbers by definition.
    level
        What counts as a part: ``part``, ``module``, ``connection`` …
    scope
        Name of the part of the vehicle that was looked at.
    k
        A part is common when at least `k` groups of the population use it; `None` where the
        metric has no such threshold.
    population
        What is counted for `k` and compared: ``vehicle``, ``brand``, ``company`` …
    direction
        Empty for a value of the whole family or a symmetric pair; ``from N`` for a share seen
        from one group; ``A from B`` for what A takes over from B.
    """

    metric: str
    weight: Weight | None = None
    level: str = "part"
    scope: str = "whole vehicle"
    k: int | None = None
    population: str = VEHICLE
    direction: str = ""

    @property
    def text(self) -> str:
        """The basis in one line for people."""
        words = [self.metric]
        if self.weight is not None:
            words.append(f"weight {self.weight.value}")
        if self.k is not None:
            words.append(f"used in >= {self.k} of population {self.population}")
        else:
            words.append(f"population {self.population}")
        if self.direction:
            words.append(self.direction)
        return ", ".join([*words, f"level {self.level}", f"scope {self.scope}"])


@frozen
class Metric:
    """A metric that has a value.

    Attributes
    ----------
    numerator, denominator
        Exact and as counted: not reduced, so that ``28/42`` still shows what was added up.
        The denominator is positive.
    remarks
        What a reader of the number must also know, in whole sentences.
    """

    basis: Basis
    numerator: int | Fraction
    denominator: int | Fraction
    remarks: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.denominator <= 0:
            raise ValueError(f"{self.basis.metric}: the denominator must be positive")

    @property
    def value(self) -> Fraction:
        """The reduced ratio."""
        return Fraction(self.numerator) / Fraction(self.denominator)

    def percent(self, digits: int = 1) -> str:
        """The ratio as text such as ``66.7 %``, rounded half up; for display only."""
        scaled = self.value * 100 * 10**digits
        rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        sign, rounded = ("-" if rounded < 0 else ""), abs(rounded)
        whole, rest = divmod(rounded, 10**digits)
        return f"{sign}{whole}.{rest:0{digits}d} %" if digits else f"{sign}{whole} %"


@frozen
class NotEvaluable:
    """A metric without a value (semantics S5): not 0, not 1, never a pass.

    Attributes
    ----------
    cause
        Why, in one sentence without a full stop.
    """

    basis: Basis
    cause: str


Result = Metric | NotEvaluable


def ratio(
    basis: Basis, numerator: int | Fraction, denominator: int | Fraction, cause: str
) -> Result:
    """The metric ``numerator / denominator``, or not evaluable for `cause` when that is 0/0."""
    if denominator == 0:
        return NotEvaluable(basis, cause)
    return Metric(basis, numerator, denominator)


def seen(result: Result, direction: str) -> Result:
    """The same result with another direction in its basis."""
    return evolve(result, basis=evolve(result.basis, direction=direction))


class Verdict(Enum):
    """How a result stands to a threshold."""

    MET = "met"
    MISSED = "missed"
    NOT_EVALUABLE = "not evaluable"


class Sense(Enum):
    """On which side of its bound a target lies."""

    AT_LEAST = ">="
    AT_MOST = "<="


_RATIO = re.compile(r"\s*(?P<upper>[^/%]+?)\s*(?:/\s*(?P<lower>[^/%]+?)\s*)?(?P<percent>%)?\s*\Z")


def parse_ratio(text: str, span: Span | None = None) -> Fraction:
    """The exact number that `text` writes: ``80 %``, ``4/5``, ``0.8``, ``-12.5 %``.

    Raises `InputError` for anything else, at `span`.
    """
    match = _RATIO.match(text) if len(text) <= 80 else None
    upper = parse_number(match["upper"]) if match else None
    lower = parse_number(match["lower"]) if match and match["lower"] else Fraction(1)
    if match is None or upper is None or not lower:
        raise fail(
            "bad-ratio",
            f"`{text[:80]}` is not a ratio",
            span,
            "write `80 %`, `4/5` or `0.8`",
        )
    return upper / lower / (100 if match["percent"] else 1)


@frozen
class Threshold:
    """A bound that a metric must reach or keep, exact from its text.

    Attributes
    ----------
    bound
        As a pure ratio: ``80 %`` is 4/5.
    """

    bound: Fraction
    sense: Sense = Sense.AT_LEAST

    @classmethod
    def parse(cls, text: str, span: Span | None = None) -> Threshold:
        """Read ``80 %``, ``>= 4/5`` or ``<= 4``; without a sign the bound is a lower one.

        Raises `InputError` at `span` when the text is something else.
        """
        stripped = text.strip()
        for sign, sense in (
            (">=", Sense.AT_LEAST),
            ("≥", Sense.AT_LEAST),
            ("<=", Sense.AT_MOST),
            ("≤", Sense.AT_MOST),
        ):
            if stripped.startswith(sign):
                return cls(parse_ratio(stripped[len(sign) :], span), sense)
        return cls(parse_ratio(stripped, span))

    def judge(self, result: Result) -> Verdict:
        """Met, missed or not evaluable, by cross multiplication (semantics S2)."""
        if isinstance(result, NotEvaluable):
            return Verdict.NOT_EVALUABLE
        left = result.numerator * self.bound.denominator
        right = self.bound.numerator * result.denominator
        good = left >= right if self.sense is Sense.AT_LEAST else left <= right
        return Verdict.MET if good else Verdict.MISSED

    def margin(self, result: Metric) -> Fraction:
        """Distance from the bound, as a ratio: positive or zero exactly when met."""
        distance = result.value - self.bound
        return distance if self.sense is Sense.AT_LEAST else -distance
