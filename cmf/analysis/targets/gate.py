"""Comparison with an earlier run: which metric fell, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from cmf.analysis.targets.outcome import Outcome


@frozen
class Earlier:
    """A target as it stood in an earlier run.

    Attributes
    ----------
    basis
        What was measured.
    low, high
        Its range; `None` when it was not evaluable.
    """

    basis: str
    low: Fraction | None
    high: Fraction | None


@frozen
class Fall:
    """A target that stands worse than before.

    Attributes
    ----------
    by
        By how much, in the unit of the value; `None` where it cannot be compared.
    reason
        One sentence without a full stop.
    """

    id: str
    by: Fraction | None
    reason: str


def compare(outcomes: Sequence[Outcome], earlier: Mapping[str, Earlier]) -> tuple[Fall, ...]:
    """The targets that fell by more than their tolerance.

    Of intervals the worse ends are compared. A target that is gone, that is measured differently,
    or that had a value and has none now, fails too: nothing was compared. A new target does not.
    """
    falls = []
    now = {outcome.target.id: outcome for outcome in outcomes}
    for name, before in earlier.items():
        if name not in now:
            falls.append(Fall(name, None, "the target is gone"))
        elif (fall := _fall(now[name], before)) is not None:
            falls.append(fall)
    return tuple(falls)


def _fall(outcome: Outcome, before: Earlier) -> Fall | None:
    target = outcome.target
    if target.basis != before.basis:
        return Fall(target.id, None, f"it was measured as `{before.basis}`")
    if before.low is None or before.high is None:
        return None
    if outcome.low is None or outcome.high is None:
        return Fall(target.id, None, f"it had a value and has none now: {outcome.cause}")
    bounds = target.bounds
    worse = max(
        bounds.worse(before.low, outcome.low) if bounds.low is not None else Fraction(0),
        bounds.worse(before.high, outcome.high) if bounds.high is not None else Fraction(0),
    )
    if worse <= target.tolerance:
        return None
    return Fall(target.id, worse, "it fell by more than its tolerance")
