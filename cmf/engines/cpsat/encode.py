"""A problem as a CP-SAT model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from cmf.errors import LimitReached
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table
from cmf.problem.problem import Problem, Variant

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

LARGEST = 2**60
"""Sums of greater magnitude are refused: CP-SAT computes with 64 bits."""


@frozen
class Linear:
    """`constant` plus the coefficients of the true literals, always from `low` to `high`."""

    literals: tuple[int, ...]
    coefficients: tuple[int, ...]
    constant: int
    low: int
    high: int


@define
class Encoding:
    """A CP-SAT model under construction.

    Literals are variable indices of the model; a negative one, as CP-SAT has it, is a negation.
    Every auxiliary literal is *equivalent* to what it stands for, in both directions, so that
    the model has exactly one solution for each variant and can be enumerated.
    """

    model: CpModel
    numbers: list[int] = field(factory=list)
    options: list[list[int]] = field(factory=list)
    conjunctions: dict[tuple[int, ...], int] = field(factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> Encoding:
        from ortools.sat.python.cp_model import CpModel

        encoding = cls(CpModel())
        for variable in problem.variables:
            encoding._declare(len(variable.options))
        for constraint in problem.constraints:
            encoding.require(constraint.formula)
        return encoding

    def fork(self) -> Encoding:
        """A copy that can be extended alone."""
        return Encoding(self.model.clone(), self.numbers, self.options, dict(self.conjunctions))

    def _declare(self, size: int) -> None:
        model = self.model
        if size == 1:
            number = model.new_constant(0)
            literals = [model.new_constant(1).index]
        elif size == 2:
            number = model.new_bool_var("")
            literals = [-number.index - 1, number.index]
        else:
            number = model.new_int_var(0, size - 1, "")
            bools = [model.new_bool_var("") for _ in range(size)]
            model.add_exactly_one(bools)
            model.add(sum(option * b for option, b in enumerate(bools)) == number)
            literals = [b.index for b in bools]
        self.numbers.append(number.index)
        self.options.append(literals)

    def number(self, variable: int) -> Any:
        return self.model.get_int_var_from_proto_index(self.numbers[variable])

    def every_number(self) -> list[Any]:
        """The number of the chosen option, for every variable."""
        return [self.number(variable) for variable in range(len(self.numbers))]

    def bools(self, literals: Iterable[int]) -> list[Any]:
        get = self.model.get_bool_var_from_proto_index
        return [get(literal) if literal >= 0 else ~get(-literal - 1) for literal in literals]

    def clause(self, literals: Iterable[int]) -> None:
        self.model.add_bool_or(self.bools(literals))

    def suggest(self, literals: Iterable[int]) -> None:
        """Let the search try these literals first."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for literal in self.bools(literals):
            self.model.add_hint(literal, True)

    def exclude(self, variant: Variant) -> None:
        """Forbid one variant."""
        self.clause(-self.options[v][option] - 1 for v, option in enumerate(variant))

    def optimise(self, expression: Any, greatest: bool) -> None:
        """Replace the objective."""
        if greatest:
            self.model.maximize(expression)
        else:
            self.model.minimize(expression)

    def require(self, formula: Formula) -> None:
        """Add a formula that must hold; raises `LimitReached` for sums too large for CP-SAT."""
        match formula:
            case And(terms):
                for term in terms:
                    self.require(term)
            case Or(terms):
                self.clause([self.literal(term) for term in terms])
            case Member(variable, options):
                self.clause([self.options[variable][option] for option in sorted(options)])
            case Table(scope, rows) if len(rows):
                numbers = [self.number(variable) for variable in scope]
                self.model.add_allowed_assignments(numbers, rows.tolist())
            case Table():
                self.clause([])
            case Sum(terms, low, high):
                total = self.linear(terms)
                self._within(total, _inside(total, low, high))
            case Not(Not(operand)):
                self.require(operand)
            case Not(Or(terms)):
                for term in terms:
                    self.require(Not(term))
            case Not(Table(scope, rows)) if len(rows):
                numbers = [self.number(variable) for variable in scope]
                self.model.add_forbidden_assignments(numbers, rows.tolist())
            case Not(Sum(terms, low, high)):
                total = self.linear(terms)
                self._within(total, _outside(total, low, high))
            case Not(operand):
                self.clause([-self.literal(operand) - 1])

    def literal(self, formula: Formula) -> int:
        """A literal that is true exactly where `formula` holds."""
        match formula:
            case Not(operand):
                return -self.literal(operand) - 1
            case Member(variable, options):
                literals = self.options[variable]
                return self._disjunction([literals[option] for option in sorted(options)])
            case Table(scope, rows):
                return self._disjunction([self._row(scope, row) for row in rows.tolist()])
            case Or(terms):
                return self._disjunction([self.literal(term) for term in terms])
            case And(terms):
                return self._conjunction([self.literal(term) for term in terms])
            case Sum(terms, low, high):
                total = self.linear(terms)
                reified = self.model.new_bool_var("")
                self._within(total, _inside(total, low, high), reified)
                self._within(total, _outside(total, low, high), ~reified)
                return int(reified.index)

    def _row(self, scope: Sequence[int], row: Sequence[int]) -> int:
        return self._conjunction([self.options[v][o] for v, o in zip(scope, row, strict=True)])

    def _disjunction(self, literals: Sequence[int]) -> int:
        return -self._conjunction([-literal - 1 for literal in literals]) - 1

    def _conjunction(self, literals: Sequence[int]) -> int:
        key = tuple(sorted(set(literals)))
        if len(key) == 1:
            return key[0]
        if key not in self.conjunctions:
            reified = self.model.new_bool_var("")
            bools = self.bools(key)
            self.model.add_bool_and(bools).only_enforce_if(reified)
            self.model.add_bool_or([*(~b for b in bools), reified])
            self.conjunctions[key] = int(reified.index)
        return self.conjunctions[key]

    def linear(self, terms: Iterable[CostTable]) -> Linear:
        """The sum of cost tables over literals, the least cost of every option taken out."""
        constant, rows = 0, dict[int, int]()
        unary: dict[int, list[int]] = {}
        for term in terms:
            costs = term.costs.tolist()
            if len(term.scope) == 1:
                own = [term.default] * len(self.options[term.scope[0]])
                for (option,), cost in zip(term.rows.tolist(), costs, strict=True):
                    own[option] = cost
                before = unary.get(term.scope[0], [0] * len(own))
                unary[term.scope[0]] = [a + b for a, b in zip(before, own, strict=True)]
                continue
            constant += term.default
            for row, cost in zip(term.rows.tolist(), costs, strict=True):
                literal = self._row(term.scope, row)
                rows[literal] = rows.get(literal, 0) + cost - term.default
        low = constant + sum(min(cost, 0) for cost in rows.values())
        high = constant + sum(max(cost, 0) for cost in rows.values())
        pairs = list(rows.items())
        for variable, own in unary.items():
            least = min(own)
            low, high, constant = low + least, high + max(own), constant + least
            pairs += zip(self.options[variable], (cost - least for cost in own), strict=True)
        pairs = [(literal, cost) for literal, cost in pairs if cost]
        if sum(abs(cost) for _, cost in pairs) + abs(constant) > LARGEST:
            raise LimitReached(f"sums of magnitude {LARGEST:,}")
        return Linear(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs), constant, low, high)

    def expression(self, total: Linear) -> Any:
        from ortools.sat.python.cp_model import LinearExpr

        weighted = LinearExpr.weighted_sum(self.bools(total.literals), total.coefficients)
        return weighted + total.constant

    def _within(self, total: Linear, intervals: list[list[int]], only_if: Any = None) -> None:
        from ortools.util.python.sorted_interval_list import Domain

        if intervals:
            domain = Domain.from_intervals(intervals)
            added = self.model.add_linear_expression_in_domain(self.expression(total), domain)
        else:
            added = self.model.add_bool_or([])
        if only_if is not None:
            added.only_enforce_if(only_if)


def _inside(total: Linear, low: int | None, high: int | None) -> list[list[int]]:
    """The values of a sum from `low` to `high`, as intervals."""
    least = total.low if low is None else max(low, total.low)
    greatest = total.high if high is None else min(high, total.high)
    return [[least, greatest]] if least <= greatest else []


def _outside(total: Linear, low: int | None, high: int | None) -> list[list[int]]:
    """The other values of a sum, as intervals."""
    if low is not None and high is not None and low > high:
        return _inside(total, None, None)
    below = [] if low is None else _inside(total, None, low - 1)
    above = [] if high is None else _inside(total, high + 1, None)
    return below + above
