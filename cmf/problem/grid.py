"""Truth and value of formulas over the whole product of a few variables, vectorised.

An array over a scope has one axis for every variable of the scope, ascending, as long as the
variable has options.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table, holds

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DENSE = 10**6
"""Cells up to which a cost table is spread out to look many variants up."""

Scalar = TypeVar("Scalar", np.bool_, np.int64)


def truth(formula: Formula, scope: Sequence[int], sizes: Sequence[int]) -> Bools:
    """Where `formula` holds.

    Parameters
    ----------
    formula
        Speaks of variables of `scope` only.
    scope
        Ascending variable numbers.
    sizes
        Number of options of every variable of the problem.

    Returns
    -------
    array
        Over `scope`.
    """
    shape = tuple(sizes[v] for v in scope)
    return np.broadcast_to(_truth(formula, scope, shape), shape)


def _truth(formula: Formula, scope: Sequence[int], shape: tuple[int, ...]) -> Bools:
    match formula:
        case Member(variable, options):
            axis = scope.index(variable)
            mask = np.zeros(shape[axis], dtype=np.bool_)
            mask[sorted(options)] = True
            return mask.reshape([-1 if i == axis else 1 for i in range(len(shape))])
        case Table(columns, rows):
            dense = np.zeros([shape[scope.index(v)] for v in columns], dtype=np.bool_)
            dense[tuple(rows.T)] = True
            return _align(dense, columns, scope)
        case Sum(terms, low, high):
            total = np.zeros([1] * len(shape), dtype=np.int64)
            for term in terms:
                total = total + _align(dense_costs(term, scope, shape), term.scope, scope)
            result = np.ones(total.shape, dtype=np.bool_)
            if low is not None:
                result &= total >= low
            if high is not None:
                result &= total <= high
            return result
        case Not(operand):
            return ~_truth(operand, scope, shape)
        case And(parts):
            result = np.ones([1] * len(shape), dtype=np.bool_)
            for part in parts:
                result = result & _truth(part, scope, shape)
            return result
        case Or(parts):
            result = np.zeros([1] * len(shape), dtype=np.bool_)
            for part in parts:
                result = result | _truth(part, scope, shape)
            return result


def dense_costs(term: CostTable, scope: Sequence[int], shape: Sequence[int]) -> Ints:
    """The values of a cost table over its own scope, in the order of that scope."""
    dense = np.full([shape[scope.index(v)] for v in term.scope], term.default, dtype=np.int64)
    if term.scope:
        dense[tuple(term.rows.T)] = term.costs
    return dense


def values(terms: Sequence[CostTable], rows: Ints, sizes: Sequence[int]) -> Ints:
    """The sum of cost tables on several variants.

    Parameters
    ----------
    rows
        Shape (variants, variables), option numbers.
    sizes
        Number of options of every variable.
    """
    total = np.zeros(len(rows), dtype=np.int64)
    for term in terms:
        shape = [sizes[v] for v in term.scope]
        if prod(shape) <= DENSE:
            dense = dense_costs(term, term.scope, shape)
            total += dense[tuple(rows[:, v] for v in term.scope)]
        else:
            total += [term.value(row) for row in rows.tolist()]
    return total


def satisfied(formula: Formula, rows: Ints, sizes: Sequence[int]) -> Bools:
    """On which of several variants (one a row) `formula` holds."""
    match formula:
        case Member(variable, options):
            mask = np.zeros(sizes[variable], dtype=np.bool_)
            mask[sorted(options)] = True
            return np.asarray(mask[rows[:, variable]], dtype=np.bool_)
        case Not(operand):
            return ~satisfied(operand, rows, sizes)
        case And(parts):
            found = np.ones(len(rows), dtype=np.bool_)
            for part in parts:
                found &= satisfied(part, rows, sizes)
            return found
        case Or(parts):
            found = np.zeros(len(rows), dtype=np.bool_)
            for part in parts:
                found |= satisfied(part, rows, sizes)
            return found
        case Sum(terms, low, high):
            totals = values(terms, rows, sizes)
            above = low is None or totals >= low
            return np.broadcast_to(above & (high is None or totals <= high), len(rows))
        case Table():
            return np.array([holds(formula, row) for row in rows.tolist()], dtype=np.bool_)


def sparse_costs(values: Ints, scope: tuple[int, ...]) -> CostTable:
    """The cost table of an array over `scope`; zeros are its default."""
    if not scope:
        return CostTable((), np.zeros((0, 0), np.int32), np.zeros(0, np.int64), int(values))
    rows = np.argwhere(values)
    return CostTable(scope, rows.astype(np.int32), values[tuple(rows.T)].astype(np.int64))


def _align(
    array: npt.NDArray[Scalar], columns: Sequence[int], scope: Sequence[int]
) -> npt.NDArray[Scalar]:
    """`array`, whose axes are `columns`, with its axes in the order of `scope`."""
    order = sorted(range(len(columns)), key=lambda i: scope.index(columns[i]))
    moved = array.transpose(order)
    sizes = {columns[i]: array.shape[i] for i in order}
    return moved.reshape([sizes.get(v, 1) for v in scope])
