"""Which options can go together in one variant."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cmf.engines.outcome import solved
from cmf.engines.protocols import Space
from cmf.problem.formula import Member
from cmf.problem.problem import Problem, Variant

Matrix = npt.NDArray[np.bool_]
"""Shape (options, options), options numbered through all variables; symmetric."""

Starts = npt.NDArray[np.int64]
"""Number of the first option of every variable, and behind them the number of all options."""


def valid_pairs(space: Space) -> Matrix:
    """Which two options some variant takes; on the diagonal which single ones."""
    first = starts(space.problem)
    valid = np.zeros((first[-1], first[-1]), dtype=np.bool_)
    for v, variable in enumerate(space.problem.variables):
        for option in range(len(variable.options)):
            within = space.where(Member(v, frozenset({option})))
            for w, others in enumerate(solved(within.possible(), ())):
                valid[first[v] + option, [first[w] + other for other in others]] = True
    return valid


def starts(problem: Problem) -> Starts:
    """Where the options of every variable begin."""
    return np.cumsum([0, *(len(variable.options) for variable in problem.variables)])


def cross(variant: Variant, first: Starts) -> tuple[npt.NDArray[np.int64], ...]:
    """Where the pairs of a variant stand in a matrix."""
    taken = first[:-1] + np.array(variant)
    return np.ix_(taken, taken)


def blocks(pairs: Matrix, first: Starts) -> npt.NDArray[np.int64]:
    """Number of pairs of every two variables."""
    rows = np.add.reduceat(pairs.astype(np.int64), first[:-1], axis=0)
    return np.add.reduceat(rows, first[:-1], axis=1)
