"""A problem seen through the variables that another one has too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from math import prod

from attrs import evolve

from cmf.errors import LimitReached
from cmf.problem.formula import And, Formula, Or, scope
from cmf.problem.problem import Constraint, Origin, Problem
from cmf.problem.renumber import Renumbering

COMBINATIONS = 256
"""Combinations of options of connected variables that are left out, up to which it is done."""


def onto(problem: Problem, names: Collection[str]) -> Problem:
    """The problem of what valid variants say about the variables `names`.

    An assignment is valid when some option of the other variables completes it. Constraints that
    speak of these become one constraint that names all of them. Quantities and warnings are left
    behind.

    Raises
    ------
    LimitReached
        When variables that are left out are entangled in too many combinations.
    """
    sizes = [len(variable.options) for variable in problem.variables]
    gone = [v for v, variable in enumerate(problem.variables) if variable.name not in names]
    if not gone:
        return evolve(problem, quantities={}, warnings=())
    kept = tuple(variable for variable in problem.variables if variable.name in names)
    bare = Problem(problem.name, kept)
    plain = Renumbering.of(problem, bare, dict.fromkeys(gone, 0))
    constraints = [
        Constraint(plain.formula(constraint.formula), constraint.origin)
        for constraint in problem.constraints
        if not set(scope(constraint.formula)) & set(gone)
    ]
    for variables, entangled in _blocks(problem.constraints, gone):
        if prod(sizes[v] for v in variables) > COMBINATIONS:
            names_ = ", ".join(f"`{problem.variables[v].name}`" for v in variables)
            raise LimitReached(
                f"{names_}, which only one side knows, has more than {COMBINATIONS} combinations"
            )
        cases: list[Formula] = []
        for options in product(*(range(sizes[v]) for v in variables)):
            held = {**dict.fromkeys(gone, 0), **dict(zip(variables, options, strict=True))}
            there = Renumbering.of(problem, bare, held)
            cases.append(And(tuple(there.formula(c.formula) for c in entangled)))
        constraints.append(Constraint(Or(tuple(cases)), _joint(entangled)))
    return Problem(problem.name, kept, tuple(constraints))


def _blocks(
    constraints: Sequence[Constraint], gone: Sequence[int]
) -> Iterator[tuple[list[int], list[Constraint]]]:
    """Variables that are left out, with those that constraints tie them to, and the constraints."""
    blocks: list[tuple[set[int], list[Constraint]]] = []
    for constraint in constraints:
        touched = set(scope(constraint.formula)) & set(gone)
        if not touched:
            continue
        held = [constraint]
        for block in [b for b in blocks if b[0] & touched]:
            blocks.remove(block)
            touched |= block[0]
            held = block[1] + held
        blocks.append((touched, held))
    for variables, held in blocks:
        yield sorted(variables), held


def _joint(constraints: Sequence[Constraint]) -> Origin:
    if len(constraints) == 1:
        return constraints[0].origin
    first = constraints[0].origin
    names = ", ".join(constraint.origin.name for constraint in constraints)
    return Origin("rules", names, first.reason, first.span)
