"""Targets on numbers of vehicles, volumes and options as constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from cmf.planning.constraints import AtMost, Constraint, Total
from cmf.planning.lineup.ground import Ground
from cmf.planning.lineup.view import NotExpressible, View, formula_of
from cmf.problem.formula import And, Formula, Member, scope
from cmf.problem.grid import Ints, values


def _total(
    view: View,
    amounts: Ints,
    speaks: tuple[int, ...],
    low: Fraction | None,
    high: Fraction | None,
) -> Total:
    terms = view.ground.assembly.terms(amounts, speaks)
    return Total(
        view.target.id,
        terms,
        None if low is None else -((-low.numerator) // low.denominator),
        None if high is None else high.numerator // high.denominator,
    )


def _sum(view: View, amounts: Ints) -> Iterator[Constraint]:
    bounds = view.target.bounds
    yield _total(view, amounts * view.where, view.speaks, bounds.low, bounds.high)


def _count(view: View) -> Iterator[Constraint]:
    yield from _sum(view, np.ones(len(view.where), dtype=np.int64))


def _volume(view: View) -> Iterator[Constraint]:
    yield from _sum(view, view.ground.volume)


def _ratio(view: View, each: Ints) -> Iterator[Constraint]:
    """``a / b <= good / among <= c / d`` by cross-multiplication, and something to look at."""
    formula = formula_of(view.ground, view.target.meets)
    good = view.where & view.ground.assembly.truth(formula)
    speaks = (*view.speaks, *scope(formula))
    bounds, zero = view.target.bounds, Fraction(0)
    yield _total(view, each * view.where, view.speaks, Fraction(1), None)
    for bound, low, high in ((bounds.low, zero, None), (bounds.high, None, zero)):
        if bound is not None:
            margin = each * (bound.denominator * good - bound.numerator * view.where)
            yield _total(view, margin, speaks, low, high)


def _vehicle_share(view: View) -> Iterator[Constraint]:
    yield from _ratio(view, np.ones(len(view.where), dtype=np.int64))


def _volume_share(view: View) -> Iterator[Constraint]:
    yield from _ratio(view, view.ground.volume)


def _volume_times(view: View) -> Iterator[Constraint]:
    assembly, target = view.ground.assembly, view.target
    quantity = assembly.lowered.problem.quantities.get(target.quantity)
    if quantity is None:
        reason = assembly.lowered.not_additive.get(target.quantity, "it is no sum")
        raise NotExpressible(f"{target.quantity}: {reason}")
    undefined = view.where & ~assembly.truth(quantity.defined)
    if undefined.any():
        speaks = (*view.speaks, *scope(quantity.defined))
        yield _total(view, undefined.astype(np.int64), speaks, None, Fraction(0))
    counted = (view.where & ~undefined).astype(np.int64) * view.ground.volume
    terms: dict[tuple[int, int], int] = {}
    pieces = [
        (values([term], assembly.rows, assembly.sizes), term.scope) for term in quantity.terms
    ]
    pieces.append((np.full(len(counted), quantity.offset, dtype=np.int64), ()))
    for amounts, variables in pieces:
        speaks = (*variables, *view.speaks, *scope(quantity.defined))
        for key, amount in assembly.terms(amounts * counted, speaks).items():
            terms[key] = terms.get(key, 0) + amount
    bounds = target.bounds
    low = None if bounds.low is None else -((-bounds.low.numerator) // bounds.low.denominator)
    high = None if bounds.high is None else bounds.high.numerator // bounds.high.denominator
    yield Total(target.id, terms, low, high)


def _options_in_use(view: View) -> Iterator[Constraint]:
    target, ground = view.target, view.ground
    if target.bounds.high is None or target.bounds.low is not None:
        raise NotExpressible("only an upper bound on the options in use can be planned for")
    where = formula_of(ground, target.where)
    yield options_in_use(ground, target.id, target.axis, where, int(target.bounds.high))


def options_in_use(ground: Ground, name: str, axis: str, where: Formula, most: int) -> AtMost:
    """At most a number of options of a slot or feature in use, by the vehicles of a condition."""
    number = ground.assembly.lowered.problem.index(axis)
    variable = ground.assembly.lowered.problem.variables[number]
    markers = {
        ground.marker(f"{axis} {variable.options[option]}",
                      And((Member(number, frozenset({option})), where))): 1
        for option in np.unique(ground.assembly.rows[:, number]).tolist()
    }  # fmt: skip
    return AtMost(name, markers, most)


SUMS: Mapping[str, Callable[[View], Iterator[Constraint]]] = MappingProxyType(
    {
        "count": _count,
        "volume": _volume,
        "vehicle_share": _vehicle_share,
        "volume_share": _volume_share,
        "volume_times": _volume_times,
        "options_in_use": _options_in_use,
    }
)
