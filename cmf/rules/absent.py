"""Comparisons with a number that is none of a feature's options: they are false whatever is chosen.

The meaning stays what semantics S3 says: a comparison is true or false, never a mistake. But who
writes ``model_year == 2030`` where there is no such year should be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from cmf.model.catalog import Axis
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog


@frozen
class Absent:
    """A comparison of a numeric feature with a number that it cannot have.

    Attributes
    ----------
    operator
        ``==`` or ``!=``.
    number
        In the unit of the feature.
    near
        The options next to it.
    """

    axis: str
    operator: str
    number: str
    near: tuple[str, ...]

    @property
    def message(self) -> str:
        """What is odd, in a sentence without a full stop."""
        effect = "never holds" if self.operator == "==" else "always holds"
        written = f"{self.axis} {self.operator} {self.number}"
        return f"`{written}` {effect}: `{self.axis}` has no option {self.number}"

    @property
    def remedy(self) -> str:
        """What may have been meant."""
        return f"did you mean {' or '.join(f'`{name}`' for name in self.near)}?"


def absent(expr: t.Expr, resolved: ResolvedCatalog) -> Iterator[Absent]:
    """Every such comparison in a statement, as it is written."""
    match expr:
        case t.Compare(("==" | "!=") as sign, t.AxisRef(axis), t.Constant(int(number))) | t.Compare(
            ("==" | "!=") as sign, t.Constant(int(number)), t.AxisRef(axis)
        ):
            yield from _missing(resolved.axes[axis], sign, number)
        case _:
            for part in t.children(expr):
                yield from absent(part, resolved)


def _missing(axis: Axis, sign: str, number: int) -> Iterator[Absent]:
    factor = 1 if axis.unit is None else axis.unit.factor
    values = [int(name) * factor for name in axis.names]
    if number in values:
        return
    near = tuple(axis.names[values.index(value)] for value in _around(values, number))
    shown = str(number // factor) if number % factor == 0 else str(number / factor)
    yield Absent(axis.name, sign, shown, near)


def _around(values: Sequence[int], number: int) -> Iterator[int]:
    below = [value for value in values if value < number]
    above = [value for value in values if value > number]
    yield from [max(below)] if below else []
    yield from [min(above)] if above else []
