"""The problem over a few of the variables of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmf.errors import fail
from cmf.problem.formula import Formula, Table, scope
from cmf.problem.problem import Constraint, Origin, Problem, Quantity
from cmf.problem.renumber import Renumbering

PROJECTION = "projection"
"""Kind of origin of what the variables left out leave open."""


def projected(problem: Problem, variables: Sequence[int], tables: Sequence[Table]) -> Problem:
    """A problem over `variables`, whose variants are parts of the variants of `problem`.

    Quantities that rest on other variables are left out, warnings too.

    Parameters
    ----------
    variables
        Ascending numbers.
    tables
        What holds between the variables left, in their new numbers.
    """
    kept = set(variables)
    bare = Problem(problem.name, tuple(problem.variables[v] for v in variables))
    numbers = Renumbering.of(problem, bare, dict.fromkeys(range(len(problem.variables)), 0))
    constraints = tuple(
        Constraint(table, Origin(PROJECTION, _names(bare, table.scope))) for table in tables
    )
    quantities = {
        name: Quantity(
            name,
            tuple(map(numbers.cost_table, quantity.terms)),
            quantity.offset,
            numbers.formula(quantity.defined),
            quantity.unit,
            quantity.title,
        )
        for name, quantity in problem.quantities.items()
        if kept.issuperset(scope(quantity.defined))
        and all(kept.issuperset(term.scope) for term in quantity.terms)
    }
    return Problem(problem.name, bare.variables, constraints, quantities)


def listed(rows: Sequence[Sequence[int]], width: int) -> Table:
    """A table of all variables of a projection, from its combinations."""
    cells = np.array(rows, dtype=np.int32).reshape(len(rows), width)
    return Table(tuple(range(width)), cells)


def narrowed(
    problem: Problem, variables: Sequence[int], target: Problem, formula: Formula
) -> Formula:
    """A formula over `problem` as one over its projection `target` on `variables`.

    Raises
    ------
    InputError
        When it speaks of other variables.
    """
    outside = [problem.variables[v].name for v in scope(formula) if v not in set(variables)]
    if outside:
        raise fail(
            "outside-projection",
            f"{', '.join(f'`{name}`' for name in outside)}: not among the axes that are kept",
            None,
            "put this condition before the projection, or keep these axes too",
        )
    held = dict.fromkeys(range(len(problem.variables)), 0)
    return Renumbering.of(problem, target, held).formula(formula)


def _names(problem: Problem, variables: Sequence[int]) -> str:
    return ", ".join(problem.variables[v].name for v in variables)
