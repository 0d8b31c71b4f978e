"""One valid variant for every vehicle of a line-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import cast

import numpy as np
from attrs import frozen

from cmf.engines.protocols import ArraySpace, Space
from cmf.model.lineup import Vehicle
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import Formula, Member, scope
from cmf.problem.grid import Ints, satisfied, values
from cmf.problem.problem import Constraint, Origin, Problem, Variant

FEW = 2_000
"""Variants up to which a vehicle is built by trying all that its pins leave."""


class Decided(Enum):
    """Who decided an option of a vehicle."""

    PINNED = "pinned"
    IMPLIED = "implied"
    COMPLETED = "completed"


@frozen
class Brief:
    """A vehicle with its conditions as constraints, each of which knows the words of the brief."""

    vehicle: Vehicle
    choices: tuple[Constraint, ...]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The conditions alone."""
        return tuple(choice.formula for choice in self.choices)


@frozen
class Build:
    """A vehicle and the variant it is built as.

    Attributes
    ----------
    decided
        For every variable: pinned by the brief, implied (the brief and the rules leave one option),
        or completed at least `minimise`.
    """

    brief: Brief
    variant: Variant
    decided: tuple[Decided, ...]


@frozen
class Refusal:
    """A vehicle that cannot be built.

    Attributes
    ----------
    conflict
        A minimal set of choices and rules that cannot hold together; empty when not yet asked for.
    """

    brief: Brief
    conflict: tuple[Constraint, ...] = ()


Outcome = Build | Refusal | Unknown


def pins(problem: Problem, options: Mapping[str, str], vehicle: Vehicle) -> tuple[Constraint, ...]:
    """The pinned options of a vehicle as constraints."""
    constraints = []
    for name, option in options.items():
        number = problem.index(name)
        choice = problem.variables[number].options.index(option)
        origin = Origin("choice", f"{name} == {option}", vehicle.name, vehicle.span)
        constraints.append(Constraint(Member(number, frozenset({choice})), origin))
    return tuple(constraints)


def build(space: Space, brief: Brief, minimise: str) -> Outcome:
    """The valid variant of least `minimise` that meets a brief, ties in declared order."""
    few = _few(space, brief)
    if few is not None:
        return _first_of(space.problem, brief, minimise, few)
    within = space.where(*brief.formulas)
    possible = within.possible()
    if isinstance(possible, Unknown):
        return possible
    if isinstance(possible, Infeasible):
        return Refusal(brief)
    best = within.best(minimise)
    match best:
        case Solved(value=(first, *_)):
            decided = _decided(space.problem, brief.vehicle, possible.value)
            return Build(brief, first.variant, decided)
        case Unknown():
            return best
        case _:
            return Refusal(brief)


def _decided(
    problem: Problem, vehicle: Vehicle, possible: Sequence[frozenset[int]]
) -> tuple[Decided, ...]:
    return tuple(
        Decided.PINNED
        if variable.name in vehicle.pins
        else Decided.IMPLIED
        if len(left) == 1
        else Decided.COMPLETED
        for variable, left in zip(problem.variables, possible, strict=True)
    )


def _few(space: Space, brief: Brief) -> Ints | None:
    """The variants that meet a brief, in declared order, where its pins leave few to be tried.

    `None` where there are many, or the engine does not list them at once.
    """
    if not isinstance(space, ArraySpace):
        return None
    pinned = space.where(*(f for f in brief.formulas if len(scope(f)) == 1))
    count = pinned.count()
    if not isinstance(count, Solved) or count.value > FEW:
        return None
    sizes = [len(variable.options) for variable in space.problem.variables]
    pieces = cast(ArraySpace, pinned).arrays(FEW)
    rows: Ints = np.concatenate([np.zeros((0, len(sizes)), np.int64), *pieces])
    for formula in brief.formulas:
        rows = rows[satisfied(formula, rows, sizes)]
    return rows


def _first_of(problem: Problem, brief: Brief, minimise: str, rows: Ints) -> Outcome:
    """What `build` answers, with all variants that meet the brief at hand."""
    quantity = problem.quantities[minimise]
    sizes = [len(variable.options) for variable in problem.variables]
    ranked = rows[satisfied(quantity.defined, rows, sizes)]
    if not len(ranked):
        return Refusal(brief)
    best = int(values(quantity.terms, ranked, sizes).argmin())  # the first of equals
    possible = [frozenset(map(int, np.unique(column))) for column in rows.T]
    decided = _decided(problem, brief.vehicle, possible)
    return Build(brief, tuple(map(int, ranked[best])), decided)
