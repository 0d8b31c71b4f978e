"""Shares that move: of every option, and of the sharing metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from cmf.analysis.commonality.basis import Basis, Metric, Result
from cmf.engines.outcome import solved
from cmf.engines.protocols import CountingSpace


@frozen
class OptionShift:
    """How many of all variants take an option, before and after.

    Attributes
    ----------
    old, new
        Variants that take it, and variants in all; `None` on a side that lacks the option or has
        no variant.
    """

    axis: str
    option: str
    old: tuple[int, int] | None
    new: tuple[int, int] | None

    @property
    def difference(self) -> Fraction | None:
        """New share less old share; `None` when one has no value."""
        if self.old is None or self.new is None:
            return None
        return Fraction(*self.new) - Fraction(*self.old)


@frozen
class MetricShift:
    """A sharing metric before and after; `None` on a side that does not have it."""

    basis: Basis
    old: Result | None
    new: Result | None

    @property
    def difference(self) -> Fraction | None:
        """New value less old value; `None` when one is missing or not evaluable (S5)."""
        if isinstance(self.old, Metric) and isinstance(self.new, Metric):
            return self.new.value - self.old.value
        return None

    @property
    def moved(self) -> bool:
        """Whether the value changed, or came, or went."""
        if self.difference is not None:
            return self.difference != 0
        return type(self.old) is not type(self.new)


def option_shifts(old: CountingSpace, new: CountingSpace) -> tuple[OptionShift, ...]:
    """Every option of either side, in the order of the new one and then of the old."""
    before, after = _shares(old), _shares(new)
    return tuple(
        OptionShift(*name, before.get(name), after.get(name))
        for name in dict.fromkeys((*after, *before))
    )


def metric_shifts(old: Sequence[Result], new: Sequence[Result]) -> Iterator[MetricShift]:
    """Every metric of either side, by its basis."""
    before, after = ({result.basis: result for result in side} for side in (old, new))
    for basis in dict.fromkeys((*after, *before)):
        yield MetricShift(basis, before.get(basis), after.get(basis))


def _shares(space: CountingSpace) -> Mapping[tuple[str, str], tuple[int, int] | None]:
    found = solved(space.option_counts(), None)
    if found is None:
        return {(v.name, option): None for v in space.problem.variables for option in v.options}
    return {
        (variable.name, option): (count, found.total)
        for variable, counts in zip(space.problem.variables, found.counts, strict=True)
        for option, count in zip(variable.options, counts, strict=True)
    }
