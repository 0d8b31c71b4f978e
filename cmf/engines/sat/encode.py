"""A problem as clauses.

One literal for each option, exactly one of a variable is true; a variable of two options has a
single literal and its negation. Auxiliary literals only *imply* what they stand for, as far as the
place of a formula needs it. Literals are numbered as in DIMACS, from 1, negative for a negation.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from attrs import define, evolve, field

from cmf.engines.sat.boxes import Box, boxes, complement
from cmf.engines.sat.sums import Group, require_sum
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Rows, Sum, Table

PAIRWISE = 6
"""Up to this many options exclude each other in pairs; more by a chain of auxiliary literals."""


@define
class Encoding:
    """Clauses under construction.

    Attributes
    ----------
    clauses
        All clauses one behind the other, each ended by 0.
    top
        The greatest literal in use. Literal 1 is true.
    options
        For every variable the literals of its options.
    sums
        Sums that were added up in binary, with their digits.
    """

    clauses: array[int] = field(factory=lambda: array("i", [1, 0]), repr=False)
    top: int = 1
    options: list[list[int]] = field(factory=list)
    _implying: dict[tuple[Hashable, bool], int] = field(factory=dict, repr=False)
    _classes: dict[tuple[Hashable, ...], Group] = field(factory=dict, repr=False)
    sums: dict[tuple[Group, ...], list[int]] = field(factory=dict, repr=False)

    def fork(self) -> Encoding:
        """A copy that can be extended alone."""
        return evolve(
            self,
            clauses=self.clauses[:],
            sums=dict(self.sums),
            implying=dict(self._implying),
            classes=dict(self._classes),
        )

    def new(self) -> int:
        """A fresh literal."""
        self.top += 1
        return self.top

    def clause(self, *literals: int) -> None:
        """At least one of `literals` holds."""
        self.clauses.extend(literals)
        self.clauses.append(0)

    def declare(self, size: int) -> None:
        """A further variable with `size` options."""
        if size == 1:
            self.options.append([1])
        elif size == 2:
            second = self.new()
            # Says nothing, but the solver gives values only to what stands in a clause.
            self.clause(second, -second)
            self.options.append([-second, second])
        else:
            literals = [self.new() for _ in range(size)]
            self.clause(*literals)
            self.at_most_one(literals)
            self.options.append(literals)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """No two of `literals` hold."""
        rest = list(literals)
        while len(rest) > PAIRWISE:
            # True as soon as one of those behind is.
            chained = self.new()
            self._exclude_pairs([*rest[: PAIRWISE - 1], chained])
            rest = [-chained, *rest[PAIRWISE - 1 :]]
        self._exclude_pairs(rest)

    def _exclude_pairs(self, literals: Sequence[int]) -> None:
        for number, first in enumerate(literals):
            for second in literals[number + 1 :]:
                self.clause(-first, -second)

    def require(self, formula: Formula, guard: Sequence[int] = (), sign: bool = True) -> None:
        """`formula` holds (with a false `sign`: does not hold), or a literal of `guard` does."""
        match formula:
            case Not(operand):
                self.require(operand, guard, not sign)
            case And(terms) | Or(terms) if isinstance(formula, And) == sign:
                for term in terms:
                    self.require(term, guard, sign)
            case Member(variable, options):
                self._member(variable, options, guard, sign)
            case Table(scope, rows) if sign:
                self._table(scope, rows, guard)
            case Table(scope, rows):
                for box in boxes(rows):
                    self.clause(*guard, *self._outside(scope, box))
            case Sum(terms, low, high) if sign:
                require_sum(self, self.groups(terms), low, high, guard)
            case _:
                self.clause(*guard, *self.alternatives(formula, sign))

    def alternatives(self, formula: Formula, sign: bool = True) -> list[int]:
        """Literals of which each implies `formula`; where it holds, one of them may."""
        match formula:
            case Not(operand):
                return self.alternatives(operand, not sign)
            case And(terms) | Or(terms) if isinstance(formula, Or) == sign:
                found = [literal for t in terms for literal in self.alternatives(t, sign)]
                return list(dict.fromkeys(found))
            case Member(variable, options):
                literals = self.options[variable]
                return [x for option, x in enumerate(literals) if (option in options) == sign]
            case Sum(terms, low, high) if not sign:
                below = None if low is None else Sum(terms, None, low - 1)
                above = None if high is None else Sum(terms, high + 1, None)
                return [self.implying(part) for part in (below, above) if part is not None]
            case _:
                return [self.implying(formula, sign)]

    def implying(self, formula: Formula, sign: bool = True) -> int:
        """A literal that implies `formula` (or its negation), the same one for equal formulas."""
        key = (fingerprint(formula), sign)
        if key not in self._implying:
            self._implying[key] = self.new()
            self.require(formula, (-self._implying[key],), sign)
        return self._implying[key]

    def groups(self, terms: Iterable[CostTable]) -> list[Group]:
        """A sum as groups, one for each set of variables that a cost table speaks of."""
        by_scope: dict[tuple[int, ...], list[CostTable]] = {}
        for term in terms:
            by_scope.setdefault(tuple(sorted(term.scope)), []).append(term)
        return [self._group(scope, tables) for scope, tables in by_scope.items()]

    def _group(self, scope: tuple[int, ...], tables: list[CostTable]) -> Group:
        """The sum of cost tables over the same variables; exactly one literal is true."""
        default = sum(table.default for table in tables)
        costs: dict[tuple[int, ...], int] = {}
        for table in tables:
            order = np.argsort(table.scope)
            rows = table.rows[:, order].tolist()
            for row, cost in zip(map(tuple, rows), table.costs.tolist(), strict=True):
                costs[row] = costs.get(row, default) + cost - table.default
        if len(scope) == 1:
            literals = self.options[scope[0]]
            return tuple((x, costs.get((option,), default)) for option, x in enumerate(literals))
        key = tuple(map(fingerprint, tables))
        if key not in self._classes:
            self._classes[key] = self._classified(scope, costs, default)
        return self._classes[key]

    def _classified(
        self, scope: tuple[int, ...], costs: dict[tuple[int, ...], int], default: int
    ) -> Group:
        """A literal for every distinct cost, exactly one of them true."""
        rows: dict[int, list[tuple[int, ...]]] = {default: []}
        for row, cost in costs.items():
            rows.setdefault(cost, []).append(row)
        literals = {cost: self.new() for cost in rows}
        self.clause(*literals.values())
        self.at_most_one(list(literals.values()))
        for cost, same in rows.items():
            table = np.array(same, dtype=np.int32).reshape(len(same), len(scope))
            for box in boxes(table):
                self.clause(literals[cost], *self._outside(scope, box))
            if cost != default:
                self._table(scope, table, (-literals[cost],))
        return tuple((literal, cost) for cost, literal in literals.items())

    def _member(
        self, variable: int, options: frozenset[int], guard: Sequence[int], sign: bool
    ) -> None:
        literals = self.options[variable]
        inside = [x for option, x in enumerate(literals) if (option in options) == sign]
        outside = [x for option, x in enumerate(literals) if (option in options) != sign]
        if len(inside) <= len(outside):
            self.clause(*guard, *inside)
        else:
            for literal in outside:
                self.clause(*guard, -literal)

    def _outside(self, scope: Sequence[int], box: Box) -> list[int]:
        """Literals of which one is true wherever `box` does not hold."""
        return [
            literal
            for variable, chosen in zip(scope, box, strict=True)
            for option, literal in enumerate(self.options[variable])
            if option not in chosen
        ]

    def _table(self, scope: tuple[int, ...], rows: Rows, guard: Sequence[int]) -> None:
        """One of `rows`: by the boxes of what is missing if those are few, else by selectors."""
        if not len(rows):
            self.clause(*guard)
            return
        inside = boxes(rows)
        missing = complement(rows, [len(self.options[variable]) for variable in scope])
        outside = None if missing is None else boxes(missing)
        if outside is not None and len(outside) <= 2 * len(inside):
            for box in outside:
                self.clause(*guard, *self._outside(scope, box))
        else:
            self._selected(scope, inside, guard)

    def _selected(self, scope: Sequence[int], found: Sequence[Box], guard: Sequence[int]) -> None:
        """One of the boxes `found`, by a literal for each; its options support each other."""
        selectors = [self.new() for _ in found]
        self.clause(*guard, *selectors)
        for selector, box in zip(selectors, found, strict=True):
            for variable, chosen in zip(scope, box, strict=True):
                self._member(variable, chosen, (-selector,), True)
        for column, variable in enumerate(scope):
            for option, literal in enumerate(self.options[variable]):
                support = [s for s, b in zip(selectors, found, strict=True) if option in b[column]]
                if len(support) < len(found):
                    self.clause(*guard, -literal, *support)


def fingerprint(part: Formula | CostTable) -> Hashable:
    """Equal for formulas (or cost tables) that are written alike.

    A formula that is asked again and again, each time as a new object, is then encoded once.
    """
    match part:
        case Not(operand):
            return "not", fingerprint(operand)
        case And(terms):
            return "and", *map(fingerprint, terms)
        case Or(terms):
            return "or", *map(fingerprint, terms)
        case Sum(terms, low, high):
            return "sum", low, high, *map(fingerprint, terms)
        case Table(scope, rows):
            return "table", scope, rows.tobytes()
        case CostTable(scope, rows, costs, default):
            return "costs", scope, rows.tobytes(), costs.tobytes(), default
        case Member():
            return part
