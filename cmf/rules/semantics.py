"""The meaning of typed expressions on a variant, without any solver (semantics S8).

S1  A world gives every axis exactly one option. An expression may be judged on a world that knows
    fewer axes, as long as it does not speak of the others.
S2  Quantities are exact integers in base units.
S3  An attribute that an option lacks is undefined. Arithmetic on something undefined is undefined.
    A comparison, range or membership test with something undefined is false; `Defined` asks. The
    connectives have two values: ``not`` of a false comparison is true.
S4  Effectivity is an ordinary condition on the time feature, so it needs no clause of its own.

Everything that an engine answers can be checked against this module, so it is written to be read.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from math import prod

from attrs import frozen

from cmf.model.catalog import Option, Value
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

_ORDER: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@frozen
class World:
    """A variant, together with the catalogue that gives it meaning.

    Attributes
    ----------
    options
        Option name of every axis that is asked for. Unknown names raise `KeyError` when they are.
    """

    resolved: ResolvedCatalog
    options: Mapping[str, str]

    def option(self, axis: str) -> Option:
        """The option that `axis` takes."""
        return self.resolved.options[axis][self.options[axis]]


def evaluate(expr: t.Expr, world: World) -> Value | None:
    """The value of `expr` on a variant; `None` where it is undefined (S3).

    A statement has the value that `holds` gives it.
    """
    match expr:
        case t.Constant(value):
            return value
        case t.AxisRef(axis):
            unit = world.resolved.axes[axis].unit
            name = world.option(axis).name
            return name if unit is None else int(name) * unit.factor
        case t.AttributeRef(axis, attribute):
            return world.option(axis).values.get(attribute)
        case t.QuantityRef(name):
            return evaluate(world.resolved.quantities[name].expression, world)
        case t.BomRef(measure):
            return _bom(measure, world)
        case t.Add(terms):
            return _combine(sum, terms, world)
        case t.Multiply(factors):
            return _combine(prod, factors, world)
        case t.Least(terms):
            return _combine(min, terms, world)
        case t.Greatest(terms):
            return _combine(max, terms, world)
        case t.Negate(operand):
            number = _number(operand, world)
            return None if number is None else -number
        case t.Absolute(operand):
            number = _number(operand, world)
            return None if number is None else abs(number)
        case _:
            return holds(expr, world)


def holds(expr: t.Expr, world: World) -> bool:
    """Whether the statement `expr` is true on a variant."""
    match expr:
        case t.And(terms):
            return all(holds(term, world) for term in terms)
        case t.Or(terms):
            return any(holds(term, world) for term in terms)
        case t.Not(operand):
            return not holds(operand, world)
        case t.Implies(left, right):
            return not holds(left, world) or holds(right, world)
        case t.Truth(operand):
            return evaluate(operand, world) is True
        case t.Defined(operand):
            return evaluate(operand, world) is not None
        case t.Compare(sign, left, right):
            return _compare(sign, evaluate(left, world), evaluate(right, world))
        case t.Between(operand, low, high):
            value, least, most = (_number(e, world) for e in (operand, low, high))
            if value is None or least is None or most is None:
                return False
            return least <= value <= most
        case t.In(operand, members):
            choice, among = evaluate(operand, world), evaluate(members, world)
            return isinstance(among, frozenset) and choice is not None and choice in among
        case t.Match(columns, rows):
            values = [evaluate(column, world) for column in columns]
            return any(
                all(_accepts(test, v) for test, v in zip(row, values, strict=True)) for row in rows
            )
        case _:
            raise TypeError(f"not a statement: {expr!r}")


def _number(expr: t.Expr, world: World) -> int | None:
    value = evaluate(expr, world)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError(f"not a number: {expr!r}")


def _combine(
    function: Callable[[Iterable[int]], int], terms: tuple[t.Expr, ...], world: World
) -> int | None:
    numbers = [_number(term, world) for term in terms]
    known = [number for number in numbers if number is not None]
    return function(known) if len(known) == len(numbers) else None


def _bom(measure: str, world: World) -> int:
    total = 0
    for line in world.resolved.lines:
        if holds(line.condition, world):
            part = world.resolved.catalog.parts[line.part]
            total += line.quantity * (part.unit_cost if measure == "unit_cost" else part.mass)
    return total


def _compare(sign: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None:
        return False
    if sign == "==":
        return left == right
    if sign == "!=":
        return left != right
    if isinstance(left, int) and isinstance(right, int):
        return _ORDER[sign](left, right)
    raise TypeError(f"no order between {left!r} and {right!r}")


def _accepts(test: t.Test | None, value: Value | None) -> bool:
    """Whether a cell of a table accepts a value; `None` is the cell ``*``."""
    if test is None:
        return True
    if value is None:
        return False
    for accepted in test:
        if isinstance(accepted, tuple):
            low, high = accepted
            if isinstance(value, int) and low <= value <= high:
                return True
        elif value == accepted:
            return True
    return False
