"""Formulas of one problem said in the numbers of another that has the same names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.problem.formula import FALSE, TRUE, And, CostTable, Formula, Member, Not, Or, Sum, Table
from cmf.problem.problem import Problem

Scope = tuple[int, ...]


@frozen
class Renumbering:
    """Where the variables and options of a source problem are in a target problem.

    Attributes
    ----------
    variables
        For every source variable its number in the target, if it is there.
    options
        For every source variable: target option of the source options that count. For a variable
        that the target does not have these are the options that it is held to.
    """

    variables: tuple[int | None, ...]
    options: tuple[Mapping[int, int], ...]

    @classmethod
    def of(cls, source: Problem, target: Problem, held: Mapping[int, int]) -> Renumbering:
        """By name; `held` gives an option to every source variable that the target lacks."""
        numbers = {variable.name: v for v, variable in enumerate(target.variables)}
        options: list[dict[int, int]] = []
        for v, variable in enumerate(source.variables):
            if variable.name in numbers:
                there = target.variables[numbers[variable.name]].options
                known = {name: number for number, name in enumerate(there)}
                names = enumerate(variable.options)
                options.append({o: known[name] for o, name in names if name in known})
            else:
                options.append({held[v]: 0})
        return cls(
            tuple(numbers.get(variable.name) for variable in source.variables), tuple(options)
        )

    def formula(self, formula: Formula) -> Formula:
        """The formula in target numbers; true on the same variants, of options both sides have."""
        match formula:
            case Member(variable, options):
                own, target = self.options[variable], self.variables[variable]
                mapped = frozenset(own[option] for option in options if option in own)
                if target is None:
                    return TRUE if mapped else FALSE
                return Member(target, mapped)
            case Table(scope, rows):
                numbers, kept = self._rows(scope, rows)
                if not numbers:
                    return TRUE if kept.any() else FALSE
                return Table(numbers, self._mapped(scope, rows[kept]))
            case Sum(terms, low, high):
                return Sum(tuple(map(self.cost_table, terms)), low, high)
            case Not(operand):
                return Not(self.formula(operand))
            case And(parts):
                return And(tuple(map(self.formula, parts)))
            case Or(parts):
                return Or(tuple(map(self.formula, parts)))

    def cost_table(self, table: CostTable) -> CostTable:
        """The same values in target numbers."""
        numbers, kept = self._rows(table.scope, table.rows)
        costs = table.costs[kept]
        rows = self._mapped(table.scope, table.rows[kept])
        if not numbers:
            default = int(costs[0]) if len(costs) else table.default
            return CostTable((), rows[:0], costs[:0], default)
        return CostTable(numbers, rows, costs, table.default)

    def _rows(
        self, scope: Scope, rows: npt.NDArray[np.int32]
    ) -> tuple[Scope, npt.NDArray[np.bool_]]:
        """The scope in target numbers, and which rows speak of options that count."""
        kept = np.ones(len(rows), dtype=np.bool_)
        for column, v in enumerate(scope):
            kept &= np.isin(rows[:, column], list(self.options[v]))
        numbers = (self.variables[v] for v in scope)
        return tuple(number for number in numbers if number is not None), kept

    def _mapped(self, scope: Scope, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Rows of options that count in target numbers, without what the target lacks."""
        columns = [
            [self.options[v][option] for option in rows[:, column].tolist()]
            for column, v in enumerate(scope)
            if self.variables[v] is not None
        ]
        return np.array(columns, dtype=np.int32).reshape(len(columns), len(rows)).T


def key(formula: Formula) -> Hashable:
    """Equal for formulas that are written the same."""
    match formula:
        case Table(scope, rows):
            return ("table", scope, _sorted(rows, rows))
        case Sum(terms, low, high):
            return ("sum", tuple(map(_cost_key, terms)), low, high)
        case Not(operand):
            return ("not", key(operand))
        case And(terms) | Or(terms):
            return (type(formula).__name__, tuple(map(key, terms)))
        case _:
            return formula


def _cost_key(table: CostTable) -> Hashable:
    return (
        table.scope,
        _sorted(table.rows, np.column_stack([table.rows, table.costs])),
        table.default,
    )


def _sorted(rows: npt.NDArray[np.int32], what: npt.NDArray[np.int64 | np.int32]) -> Sequence[bytes]:
    order = np.lexsort(rows.T) if rows.shape[1] else np.arange(len(rows))
    return (what[order].astype(np.int64).tobytes(),)
