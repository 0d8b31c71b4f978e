"""Numeric expressions as sums of cost tables over few variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import evolve, frozen

from cmf.errors import CmfError
from cmf.problem.formula import TRUE, And, CostTable, Formula, scope
from cmf.problem.grid import Ints, sparse_costs, truth
from cmf.problem.signature import Signatures
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

LOCAL_LIMIT = 4096
"""Distinguishable combinations up to which a part of a sum is tabulated."""

_ZERO: Ints = np.zeros((), dtype=np.int64)


class NotAdditive(CmfError):
    """An expression is no sum of cost tables over few options."""


@frozen
class Form:
    """``offset`` plus the sum of ``terms``, wherever ``defined`` holds."""

    terms: tuple[CostTable, ...]
    offset: int
    defined: Formula


@frozen
class _Monomial:
    """A whole number times factors that are each tabulated."""

    coefficient: int
    factors: tuple[t.Expr, ...] = ()


class Linearizer:
    """Sums of one catalogue.

    Parameters
    ----------
    decide
        The formula of a statement over few combinations.
    """

    def __init__(
        self,
        resolved: ResolvedCatalog,
        signatures: Signatures,
        decide: Callable[[t.Expr], Formula],
    ) -> None:
        self._resolved = resolved
        self._signatures = signatures
        self._decide = decide
        self._sizes = [len(axis.options) for axis in resolved.catalog.axes]
        self._lines: Sequence[tuple[t.TypedLine, Formula]] | None = None
        self._forms: dict[t.Expr, Form] = {}

    def set_lines(self, lines: Sequence[tuple[t.TypedLine, Formula]]) -> None:
        """Give the BOM lines with their lowered conditions, once they are known."""
        self._lines = lines

    def form(self, expr: t.Expr) -> Form:
        """`expr` as a sum.

        Raises
        ------
        NotAdditive
            When a product or an extremum speaks of too many combinations.
        """
        if expr not in self._forms:
            self._forms[expr] = self._form(expr)
        return self._forms[expr]

    def _form(self, expr: t.Expr) -> Form:
        tables: dict[tuple[int, ...], Ints] = {}
        guards: dict[Formula, None] = {}
        for monomial in self._monomials(expr):
            if any(isinstance(factor, t.BomRef) for factor in monomial.factors):
                self._add_bom(monomial, tables)
                continue
            product = t.Multiply(monomial.factors)
            axes = self._signatures.axes(product)
            values = self._tabulate(product, axes) if monomial.factors else np.ones((), np.int64)
            tables[axes] = tables.get(axes, _ZERO) + monomial.coefficient * values
            for factor in monomial.factors:
                guards[self._decide(t.Defined(factor))] = None
        offset = int(tables.pop((), _ZERO))
        terms = tuple(sparse_costs(tables[axes], axes) for axes in sorted(tables))
        defined = tuple(g for g in guards if g != TRUE)
        guard: Formula = defined[0] if len(defined) == 1 else And(defined)
        return Form(tuple(term for term in terms if term.costs.size), offset, guard)

    def split(self, comparison: t.Compare) -> t.Expr | None:
        """`comparison` without its first extremum that is too large to tabulate.

        ``max(x, y) <= z`` says: ``x`` is the greatest and ``x <= z``, or ``y`` is and ``y <= z``.
        `None` when there is no such extremum.
        """
        node = next(self._large(comparison), None)
        match node:
            case None:
                return None
            case t.QuantityRef(name):
                definition = self._resolved.quantities[name].expression
                cases: list[t.Expr] = [_replace(comparison, node, definition)]
            case t.Absolute(operand):
                zero = t.Constant(0)
                cases = [
                    t.And((t.Compare(">=", operand, zero), _replace(comparison, node, operand))),
                    t.And(
                        (
                            t.Compare("<", operand, zero),
                            _replace(comparison, node, t.Negate(operand)),
                        )
                    ),
                ]
            case t.Least(terms) | t.Greatest(terms):
                operator = "<=" if isinstance(node, t.Least) else ">="
                cases = [
                    t.And(
                        (
                            *(t.Compare(operator, term, other) for other in terms if other != term),
                            t.Defined(term),
                            _replace(comparison, node, term),
                        )
                    )
                    for term in terms
                ]
            case _:
                raise NotAdditive("an extremum cannot be split")
        return t.Or(tuple(cases))

    def _large(self, expr: t.Expr) -> Iterator[t.Expr]:
        match expr:
            case t.Absolute() | t.Least() | t.Greatest():
                if self._signatures.combinations(expr) > LOCAL_LIMIT:
                    yield expr
            case t.QuantityRef(name):
                if next(self._large(self._resolved.quantities[name].expression), None) is not None:
                    yield expr
            case _:
                for child in t.children(expr):
                    yield from self._large(child)

    def _monomials(self, expr: t.Expr) -> list[_Monomial]:
        match expr:
            case t.Constant(value) if isinstance(value, int) and not isinstance(value, bool):
                return [_Monomial(value)]
            case t.QuantityRef(name):
                return self._monomials(self._resolved.quantities[name].expression)
            case t.Add(terms):
                return [m for term in terms for m in self._monomials(term)]
            case t.Negate(operand):
                return [evolve(m, coefficient=-m.coefficient) for m in self._monomials(operand)]
            case t.Multiply(factors):
                product = [_Monomial(1)]
                for factor in factors:
                    product = [
                        _Monomial(a.coefficient * b.coefficient, a.factors + b.factors)
                        for a in product
                        for b in self._monomials(factor)
                    ]
                return product
            case _:
                return [_Monomial(1, (expr,))]

    def _tabulate(self, expr: t.Expr, axes: Sequence[int]) -> Ints:
        if self._signatures.combinations(expr) > LOCAL_LIMIT:
            raise NotAdditive(
                f"a product or extremum distinguishes more than {LOCAL_LIMIT} combinations"
            )
        values = np.zeros([self._sizes[a] for a in axes], dtype=np.int64)
        self._fill(expr, axes, {}, values)
        return values

    def _fill(
        self, expr: t.Expr, axes: Sequence[int], chosen: dict[int, int], values: Ints
    ) -> None:
        if not axes:
            value = self._signatures.value(expr, chosen)
            values[...] = value if isinstance(value, int) else 0
            return
        for group in self._signatures.classes(expr, axes[0]):
            part = np.zeros(values.shape[1:], dtype=np.int64)
            self._fill(expr, axes[1:], {**chosen, axes[0]: group[0]}, part)
            values[list(group)] = part

    def _add_bom(self, monomial: _Monomial, tables: dict[tuple[int, ...], Ints]) -> None:
        if self._lines is None or len(monomial.factors) != 1:
            raise NotAdditive("`bom` can be added and multiplied by whole numbers only")
        reference = monomial.factors[0]
        parts = self._resolved.catalog.parts
        by_cost = reference == t.BomRef("unit_cost")
        amounts: dict[int, int] = {}  # many lines have the same condition
        conditions: dict[int, Formula] = {}
        for line, selected in self._lines:
            part = parts[line.part]
            amount = line.quantity * (part.unit_cost if by_cost else part.mass)
            amounts[id(selected)] = amounts.get(id(selected), 0) + amount
            conditions[id(selected)] = selected
        for number, selected in conditions.items():
            axes = scope(selected)
            places = truth(selected, axes, self._sizes)
            amount = monomial.coefficient * amounts[number]
            tables[axes] = tables.get(axes, _ZERO) + amount * places


def _replace(expr: t.Expr, old: t.Expr, new: t.Expr) -> t.Expr:
    """`expr` with every `old` replaced by `new`."""
    if expr == old:
        return new
    match expr:
        case t.Compare(operator, left, right):
            return t.Compare(operator, _replace(left, old, new), _replace(right, old, new))
        case t.Add(terms):
            return t.Add(tuple(_replace(term, old, new) for term in terms))
        case t.Least(terms):
            return t.Least(tuple(_replace(term, old, new) for term in terms))
        case t.Greatest(terms):
            return t.Greatest(tuple(_replace(term, old, new) for term in terms))
        case t.Multiply(factors):
            return t.Multiply(tuple(_replace(factor, old, new) for factor in factors))
        case t.Negate(operand):
            return t.Negate(_replace(operand, old, new))
        case t.Absolute(operand):
            return t.Absolute(_replace(operand, old, new))
        case _:
            return expr
