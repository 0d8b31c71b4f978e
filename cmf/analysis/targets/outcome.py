"""What was found for a target, and how it stands to the threshold."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from attrs import frozen

from cmf.model.targets import Target


class Verdict(Enum):
    """How a target stands; only `MET` is a pass."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    """What is not known exactly decides."""
    NOT_EVALUABLE = "not evaluable"


@frozen
class Outcome:
    """Value and verdict of a target.

    Attributes
    ----------
    low, high
        Least and greatest possible value, exact; equal where the value is known. `None` when not
        evaluable.
    counted
        Numerator and denominator as counted, where the value is known.
    cause
        Why it is not evaluable; empty otherwise.
    deciding
        The vehicle whose unknown volume matters most; empty where volumes are known.
    left
        Width of the interval that is left when the volume of `deciding` is fixed at its middle.
    remarks
        What a reader of the value must also know, in whole sentences.
    """

    target: Target
    low: Fraction | None = None
    high: Fraction | None = None
    counted: tuple[int | Fraction, int | Fraction] | None = None
    cause: str = ""
    deciding: str = ""
    left: Fraction = Fraction(0)
    remarks: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Met or missed only when that holds for every possible value."""
        if self.low is None or self.high is None:
            return Verdict.NOT_EVALUABLE
        bounds = self.target.bounds
        if bounds.contains(self.low) and bounds.contains(self.high):
            return Verdict.MET
        below = bounds.low is not None and self.high < bounds.low
        above = bounds.high is not None and self.low > bounds.high
        return Verdict.MISSED if below or above else Verdict.OPEN

    @property
    def margin(self) -> Fraction | None:
        """Least possible distance from the threshold; negative when it is missed."""
        if self.low is None or self.high is None:
            return None
        return min(self.target.bounds.margin(value) for value in (self.low, self.high))
