"""Formulas over finite-domain variables: the language in which every constraint reaches an engine.

Variables and options are numbered from 0 in declared order. Formulas are total: undefined
attributes were already turned into membership tests when the rules were lowered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

Rows = npt.NDArray[np.int32]
Costs = npt.NDArray[np.int64]


@frozen
class Member:
    """Variable `variable` takes one of `options`."""

    variable: int
    options: frozenset[int]


@frozen(eq=False)
class Table:
    """The variables of `scope` take the values of one of `rows`.

    Attributes
    ----------
    scope
        Distinct variables; at least one.
    rows
        Shape (rows, variables), option numbers, no row twice; may have no row.
    """

    scope: tuple[int, ...]
    rows: Rows = field(repr=False)


@frozen(eq=False)
class CostTable:
    """An integer for every combination of the options of a few variables.

    Attributes
    ----------
    scope
        Distinct variables; may be empty (then `default` is the value).
    rows
        Shape (rows, variables), option numbers, no row twice.
    costs
        Value for each row.
    default
        Value of every combination that has no row.
    """

    scope: tuple[int, ...]
    rows: Rows = field(repr=False)
    costs: Costs = field(repr=False)
    default: int = 0

    @classmethod
    def unary(cls, variable: int, costs: Sequence[int]) -> CostTable:
        """A value for every option of one variable."""
        rows = np.arange(len(costs), dtype=np.int32).reshape(-1, 1)
        return cls((variable,), rows, np.asarray(costs, dtype=np.int64))

    def value(self, variant: Sequence[int]) -> int:
        """The value on a variant (option number of every variable)."""
        wanted = np.array([variant[v] for v in self.scope], dtype=np.int32)
        hits = np.flatnonzero((self.rows == wanted).all(axis=1))
        return int(self.costs[hits[0]]) if hits.size else self.default


@frozen(eq=False)
class Sum:
    """``low <= sum of terms <= high``; a bound that is `None` is open."""

    terms: tuple[CostTable, ...]
    low: int | None
    high: int | None


@frozen
class Not:
    """Negation."""

    operand: Formula


@frozen
class And:
    """Conjunction; true when empty."""

    terms: tuple[Formula, ...]


@frozen
class Or:
    """Disjunction; false when empty."""

    terms: tuple[Formula, ...]


Formula = Member | Table | Sum | Not | And | Or

TRUE = And(())
FALSE = Or(())


def holds(formula: Formula, variant: Sequence[int]) -> bool:
    """Whether `formula` is true on a variant: the reference that every engine answers to."""
    match formula:
        case Member(variable, options):
            return variant[variable] in options
        case Table(scope, rows):
            wanted = np.array([variant[v] for v in scope], dtype=np.int32)
            return bool((rows == wanted).all(axis=1).any())
        case Sum(terms, low, high):
            total = sum(term.value(variant) for term in terms)
            return (low is None or low <= total) and (high is None or total <= high)
        case Not(operand):
            return not holds(operand, variant)
        case And(terms):
            return all(holds(term, variant) for term in terms)
        case Or(terms):
            return any(holds(term, variant) for term in terms)


def atoms(formula: Formula) -> Iterator[Member | Table | Sum]:
    """The atoms of a formula, from left to right."""
    match formula:
        case Not(operand):
            yield from atoms(operand)
        case And(terms) | Or(terms):
            for term in terms:
                yield from atoms(term)
        case _:
            yield formula


def scope(formula: Formula) -> tuple[int, ...]:
    """The variables a formula speaks of, ascending."""
    found: set[int] = set()
    for atom in atoms(formula):
        match atom:
            case Member(variable, _):
                found.add(variable)
            case Table(variables, _):
                found.update(variables)
            case Sum(terms, _, _):
                for term in terms:
                    found.update(term.scope)
    return tuple(sorted(found))
