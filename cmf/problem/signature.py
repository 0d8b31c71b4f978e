"""What an expression can tell apart: options grouped by the attributes it reads."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from cmf.model.catalog import Measure, Value
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

Group = tuple[int, ...]


class Signatures:
    """Axes and indistinguishable options of the expressions of one catalogue."""

    def __init__(self, resolved: ResolvedCatalog) -> None:
        self._resolved = resolved
        self._axes = resolved.catalog.axes
        self._number = {axis.name: i for i, axis in enumerate(self._axes)}
        self._reads: dict[t.Expr, Mapping[int, frozenset[str | None]]] = {}
        self._classes: dict[tuple[int, frozenset[str | None]], tuple[Group, ...]] = {}

    def reads(self, expr: t.Expr) -> Mapping[int, frozenset[str | None]]:
        """For every axis the attributes that `expr` reads; `None` stands for the option itself.

        Named quantities are looked through; sums over the BOM read every axis of a condition.
        """
        if expr not in self._reads:
            found: dict[int, set[str | None]] = {}
            self._collect(expr, found)
            self._reads[expr] = {axis: frozenset(found[axis]) for axis in sorted(found)}
        return self._reads[expr]

    def axes(self, expr: t.Expr) -> tuple[int, ...]:
        """The axes that `expr` speaks of, ascending."""
        return tuple(self.reads(expr))

    def classes(self, expr: t.Expr, axis: int) -> tuple[Group, ...]:
        """The options of `axis` in groups that `expr` cannot tell apart."""
        return self.groups(axis, self.reads(expr)[axis])

    def groups(self, axis: int, read: frozenset[str | None]) -> tuple[Group, ...]:
        """The options of `axis` in groups of equal values of the attributes `read`."""
        key = (axis, read)
        if key not in self._classes:
            groups: dict[tuple[object, ...], list[int]] = {}
            for number, option in enumerate(self._axes[axis].options):
                values: tuple[object, ...] = tuple(
                    option.name if name is None else _tagged(option.values.get(name))
                    for name in sorted(read, key=lambda n: n or "")
                )
                groups.setdefault(values, []).append(number)
            self._classes[key] = tuple(tuple(group) for group in groups.values())
        return self._classes[key]

    def combinations(self, expr: t.Expr) -> int:
        """Number of combinations that `expr` can tell apart."""
        return prod(len(self.groups(a, read)) for a, read in self.reads(expr).items())

    def is_numeric(self, expr: t.Expr) -> bool:
        """Whether an atom compares, bounds or asks for a number."""
        match expr:
            case t.Constant(value):
                return isinstance(value, int) and not isinstance(value, bool)
            case t.AxisRef(axis):
                return self._axes[self._number[axis]].unit is not None
            case t.AttributeRef(axis, attribute):
                declared = self._axes[self._number[axis]].attributes[attribute]
                return isinstance(declared.type, Measure)
            case t.Compare() | t.Between() | t.Defined():
                return any(self.is_numeric(child) for child in t.children(expr))
            case t.In() | t.Truth():
                return False
            case _:
                return True

    def holds(self, expr: t.Expr, chosen: Mapping[int, int]) -> bool:
        """Whether `expr` is true where the axes it speaks of have the options `chosen`."""
        return semantics.holds(expr, self._world(chosen))

    def value(self, expr: t.Expr, chosen: Mapping[int, int]) -> Value | None:
        """The value of `expr` there; `None` where it is undefined."""
        return semantics.evaluate(expr, self._world(chosen))

    def _world(self, chosen: Mapping[int, int]) -> semantics.World:
        options = {self._axes[a].name: self._axes[a].options[o].name for a, o in chosen.items()}
        return semantics.World(self._resolved, options)

    def _collect(self, expr: t.Expr, found: dict[int, set[str | None]]) -> None:
        match expr:
            case t.AxisRef(axis):
                found.setdefault(self._number[axis], set()).add(None)
            case t.AttributeRef(axis, attribute):
                found.setdefault(self._number[axis], set()).add(attribute)
            case t.QuantityRef(name):
                self._merge(self._resolved.quantities[name].expression, found)
            case t.BomRef():
                for condition in {line.condition for line in self._resolved.lines}:
                    for number in self.axes(condition):
                        found.setdefault(number, set()).add(None)
            case _:
                for child in t.children(expr):
                    self._collect(child, found)

    def _merge(self, expr: t.Expr, found: dict[int, set[str | None]]) -> None:
        for number, read in self.reads(expr).items():
            found.setdefault(number, set()).update(read)


def _tagged(value: Value | None) -> tuple[str, object]:
    return (type(value).__name__, value)  # True and 1 are different values
