"""Hypothesis strategies that draw small random problems.

They need the package ``hypothesis``, so import this module only from tests.
"""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from cmf.problem.formula import (
    FALSE,
    TRUE,
    And,
    CostTable,
    Formula,
    Member,
    Not,
    Or,
    Rows,
    Sum,
    Table,
)
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable

KINDS = ("free", "loose", "loose", "loose", "any", "any", "single", "empty")
"""How a problem is constrained, as often as it is named: see `problems`."""


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    max_variables: int = 6,
    max_options: int = 5,
    max_constraints: int = 8,
    max_combinations: int = 2_000,
    kinds: tuple[str, ...] = KINDS,
) -> Problem:
    """Problems small enough for the brute-force engine, with every kind of formula in them.

    Parameters
    ----------
    max_variables, max_options, max_constraints
        Greatest size; variables and options are at least one each.
    max_combinations
        Greatest product of the numbers of options.
    kinds
        What to draw from, a kind that is named twice comes twice as often: ``free`` (no
        constraint), ``loose`` (one or two random constraints), ``any`` (up to
        `max_constraints` of them), ``single`` (exactly one variant is left) and ``empty`` (none
        is left).

    Returns
    -------
    A strategy of problems with up to three quantities, some of them partly undefined, and
    sometimes with a warning.
    """
    sizes = _sizes(draw, max_variables, max_options, max_combinations)
    kind = draw(st.sampled_from(kinds))
    if kind == "single":
        found = [frozenset({draw(st.integers(0, size - 1))}) for size in sizes]
        drawn: list[Formula] = [Member(v, options) for v, options in enumerate(found)]
    elif kind == "free":
        drawn = []
    elif kind == "loose":
        drawn = draw(st.lists(formulas(sizes), min_size=1, max_size=2))
    else:
        drawn = draw(st.lists(formulas(sizes), max_size=max_constraints))
    if kind == "empty":
        drawn.insert(draw(st.integers(0, len(drawn))), draw(_contradictions(sizes)))
    names = [f"q{number}" for number in range(draw(st.integers(0, 3)))]
    return Problem(
        name="random",
        variables=tuple(
            Variable(f"v{number}", tuple(f"o{option}" for option in range(size)))
            for number, size in enumerate(sizes)
        ),
        constraints=tuple(
            Constraint(formula, Origin("rule", f"r{number}"))
            for number, formula in enumerate(drawn)
        ),
        quantities={name: draw(_quantities(sizes, name)) for name in names},
        warnings=tuple(
            Constraint(formula, Origin("rule", "warn"))
            for formula in draw(st.lists(formulas(sizes), max_size=1))
        ),
    )


def formulas(sizes: tuple[int, ...], *, depth: int = 2) -> st.SearchStrategy[Formula]:
    """Formulas over variables with `sizes` options, nested at most `depth` times."""
    atoms = st.one_of(_members(sizes), _tables(sizes), _sums(sizes))
    if depth == 0:
        return atoms
    inner = formulas(sizes, depth=depth - 1)
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(atoms, inner.map(Not), several.map(And), several.map(Or))


def _sizes(draw: st.DrawFn, variables: int, options: int, combinations: int) -> tuple[int, ...]:
    sizes: list[int] = []
    for _ in range(draw(st.integers(1, variables))):
        room = combinations // math.prod(sizes)
        sizes.append(draw(st.integers(1, max(1, min(options, room)))))
    return tuple(sizes)


@st.composite
def _members(draw: st.DrawFn, sizes: tuple[int, ...]) -> Formula:
    variable = draw(st.integers(0, len(sizes) - 1))
    options = draw(st.frozensets(st.integers(0, sizes[variable] - 1)))
    # Excluding a few is as frequent as naming a few: otherwise most problems end up empty.
    excluding = draw(st.booleans())
    return Member(variable, frozenset(range(sizes[variable])) - options if excluding else options)


@st.composite
def _scopes(draw: st.DrawFn, sizes: tuple[int, ...], least: int, most: int) -> tuple[int, ...]:
    scope = st.lists(
        st.integers(0, len(sizes) - 1), min_size=least, max_size=min(most, len(sizes)), unique=True
    )
    return tuple(draw(scope))


def _rows(sizes: tuple[int, ...], scope: tuple[int, ...], most: int) -> st.SearchStrategy[Rows]:
    row = st.tuples(*(st.integers(0, sizes[variable] - 1) for variable in scope))
    return st.lists(row, max_size=most if scope else 0, unique=True).map(
        lambda rows: np.array(rows, dtype=np.int32).reshape(len(rows), len(scope))
    )


@st.composite
def _tables(draw: st.DrawFn, sizes: tuple[int, ...]) -> Formula:
    scope = draw(_scopes(sizes, 1, 3))
    return Table(scope, draw(_rows(sizes, scope, 10)))


@st.composite
def _cost_tables(draw: st.DrawFn, sizes: tuple[int, ...]) -> CostTable:
    """Mostly unary and full, as catalogues have them; otherwise sparse over none, one or two."""
    costs = st.integers(-9, 9)
    if draw(st.integers(0, 2)):
        variable = draw(st.integers(0, len(sizes) - 1))
        size = sizes[variable]
        return CostTable.unary(variable, draw(st.lists(costs, min_size=size, max_size=size)))
    scope = draw(_scopes(sizes, 0, 2))
    rows = draw(_rows(sizes, scope, 6))
    return CostTable(
        scope, rows, np.array([draw(costs) for _ in rows], dtype=np.int64), draw(costs)
    )


@st.composite
def _sums(draw: st.DrawFn, sizes: tuple[int, ...]) -> Formula:
    terms = draw(st.lists(_cost_tables(sizes), max_size=4).map(tuple))
    bounds = st.none() | st.integers(-12, 12)
    return Sum(terms, draw(bounds), draw(bounds))


@st.composite
def _contradictions(draw: st.DrawFn, sizes: tuple[int, ...]) -> Formula:
    atom = draw(formulas(sizes, depth=0))
    choices: list[Formula] = [FALSE, And((atom, Not(atom))), Member(0, frozenset())]
    return draw(st.sampled_from(choices))


@st.composite
def _quantities(draw: st.DrawFn, sizes: tuple[int, ...], name: str) -> Quantity:
    terms = draw(st.lists(_cost_tables(sizes), max_size=4).map(tuple))
    defined = draw(st.one_of(st.just(TRUE), st.just(TRUE), formulas(sizes, depth=1)))
    return Quantity(name, terms, draw(st.integers(-5, 5)), defined)
