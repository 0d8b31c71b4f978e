"""Proof over every valid variant that each position of the 150 % BOM is filled as declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import combinations

from attrs import field, frozen

from cmf.engines.protocols import Space
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import And, Formula, Member, Not, Or, holds
from cmf.problem.lower import LoweredCatalog, conjunction, disjunction
from cmf.problem.problem import Variant
from cmf.rules.typed import TypedLine

Line = tuple[TypedLine, Formula]


class Filling(Enum):
    """How many parts a position takes.

    In the BOM a position is written as its name, or with a question mark behind it when it may
    stay empty.
    """

    ONE = "exactly one"
    AT_MOST_ONE = "at most one"


@frozen
class Position:
    """A place in the vehicle that a part takes.

    Attributes
    ----------
    slot
        Slot of its lines; `None` for the level of the vehicle.
    lines
        Its lines with the formula that selects each, in file order.

    A position of a slot must be filled whenever the module of the slot has a line for it; one at
    the level of the vehicle always.
    """

    name: str
    slot: str | None
    filling: Filling
    lines: tuple[Line, ...] = field(repr=False)


@frozen
class Proven:
    """The position is filled as declared on every valid variant."""

    position: Position


@frozen
class Counterexample:
    """A valid variant on which the position is filled otherwise.

    Attributes
    ----------
    selected
        The lines that the variant selects: none, or more than one.
    """

    position: Position
    variant: Variant
    selected: tuple[TypedLine, ...]


Verdict = Proven | Counterexample | Unknown


def positions(lowered: LoweredCatalog) -> tuple[Position, ...]:
    """The positions of the BOM, in the order in which lines first name them.

    A position counts as exactly one unless every line of it carries the question mark.
    """
    groups: dict[tuple[str | None, str], list[Line]] = {}
    strict: set[tuple[str | None, str]] = set()
    for line in lowered.lines:
        if line[0].position:
            key = (line[0].slot, line[0].position.removesuffix("?"))
            groups.setdefault(key, []).append(line)
            if not line[0].position.endswith("?"):
                strict.add(key)
    return tuple(
        Position(
            name, slot, Filling.ONE if (slot, name) in strict else Filling.AT_MOST_ONE, tuple(g)
        )
        for (slot, name), g in groups.items()
    )


def prove(lowered: LoweredCatalog, space: Space, position: Position) -> Verdict:
    """Whether `position` is filled as declared on every variant of `space`."""
    fault = violation(lowered, position)
    if fault == Or(()):
        return Proven(position)
    match space.where(fault).find():
        case Solved(variant):
            selected = tuple(line for line, formula in position.lines if holds(formula, variant))
            return Counterexample(position, variant, selected)
        case Infeasible():
            return Proven(position)
        case Unknown() as unknown:
            return unknown


def violation(lowered: LoweredCatalog, position: Position) -> Formula:
    """That a variant fills `position` otherwise than declared; false where none can."""
    return disjunction(list(_violations(lowered, position)))


def _violations(lowered: LoweredCatalog, position: Position) -> Iterator[Formula]:
    number = None if position.slot is None else lowered.problem.index(position.slot)
    modules = [_modules(formula, number) for _, formula in position.lines]
    for (i, (_, one)), (j, (_, other)) in combinations(enumerate(position.lines), 2):
        mine, others = modules[i], modules[j]
        if mine is None or others is None or mine & others:
            yield conjunction([one, other])
    if position.filling is Filling.ONE:
        yield from _gaps(position.lines, number, modules)


def _gaps(
    lines: Sequence[Line], slot: int | None, modules: Sequence[frozenset[int] | None]
) -> Iterator[Formula]:
    """No line is selected, although the module of the slot (or any vehicle) has the position."""
    # A module with an unconditional line has no gap.
    alone = {
        module
        for (_, formula), found in zip(lines, modules, strict=True)
        if isinstance(formula, Member) and formula.variable == slot
        for module in found or ()
    }
    empty = [Not(formula) for _, formula in lines]
    if slot is None or any(found is None for found in modules):
        yield And(tuple(empty))
        return
    served = frozenset(m for found in modules for m in found or ()) - alone
    if served:
        yield And((Member(slot, served), *empty))


def _modules(formula: Formula, slot: int | None) -> frozenset[int] | None:
    """The modules of the slot under which a line may be selected; `None` when it is not said."""
    match formula:
        case Member(variable, options) if variable == slot:
            return options
        case And(terms):
            named = [t.options for t in terms if isinstance(t, Member) and t.variable == slot]
            return frozenset.intersection(*named) if named else None
        case _:
            return None
