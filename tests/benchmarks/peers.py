"""What a Python user could use instead, each by hand and as well as its interface allows.

Every peer is imported where it is used, so that a missing one is skipped. Nothing here is used by
the product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from cmf.problem.formula import And, Formula, Member, Not, Or, Table, scope
from cmf.problem.problem import Problem

Clauses = list[list[int]]


class Encoding:
    """One literal for every option, one for every tuple of a table; models and variants match.

    Attributes
    ----------
    options
        For every variable the literals of its options: 1, 2, 3 … in declared order.
    """

    def __init__(self, problem: Problem) -> None:
        sizes = [len(variable.options) for variable in problem.variables]
        ends = np.cumsum([0, *sizes])
        self.options = [list(range(ends[v] + 1, ends[v + 1] + 1)) for v in range(len(sizes))]
        self.variables = int(ends[-1])
        self.clauses: Clauses = []
        for literals in self.options:
            self.clauses.append(literals)
            for number, literal in enumerate(literals):
                self.clauses += [[-literal, -other] for other in literals[:number]]
        for constraint in problem.constraints:
            formula = constraint.formula
            if isinstance(formula, Table):
                self._table(formula)
            else:
                self.clauses += [self._clause(term) for term in conjuncts(formula)]

    def _clause(self, formula: Formula) -> list[int]:
        terms = formula.terms if isinstance(formula, Or) else (formula,)
        found = []
        for term in terms:
            if not isinstance(term, Member):
                raise TypeError("only tables and clauses of memberships are encoded by hand")
            found += [self.options[term.variable][o] for o in sorted(term.options)]
        return found

    def _table(self, table: Table) -> None:
        first = self.variables + 1
        tuples = range(first, first + len(table.rows))
        self.variables += len(table.rows)
        for column, variable in zip(table.rows.T.tolist(), table.scope, strict=True):
            literals = self.options[variable]
            support: Clauses = [[-literal] for literal in literals]
            for literal, option in zip(tuples, column, strict=True):
                self.clauses.append([-literal, literals[option]])
                support[option].append(literal)
            self.clauses += support
        self.clauses.append(list(tuples))

    @property
    def literals(self) -> list[int]:
        """Literals of all options."""
        return [literal for literals in self.options for literal in literals]


def conjuncts(formula: Formula) -> Iterator[Formula]:
    """The clauses of a formula in clause form."""
    if isinstance(formula, And):
        for term in formula.terms:
            yield from conjuncts(term)
    else:
        yield formula


class IncrementalSat:
    """PySAT: still-possible options by one assumption solve per option not yet seen in a model."""

    def __init__(self, problem: Problem) -> None:
        from pysat.solvers import Solver

        self.encoding = Encoding(problem)
        self.solver = Solver("glucose4", bootstrap_with=self.encoding.clauses)

    def possible(self, picks: Sequence[tuple[int, int]]) -> set[int]:
        """Literals of the options that are possible after some picks."""
        literals = self.encoding.options
        assumptions = [literals[variable][option] for variable, option in picks]
        last = literals[-1][-1]
        if not self.solver.solve(assumptions):
            return set()
        seen = {literal for literal in self.solver.get_model()[:last] if literal > 0}
        for literal in self.encoding.literals:
            if literal not in seen and self.solver.solve([*assumptions, literal]):
                seen |= {x for x in self.solver.get_model()[:last] if x > 0}
        return seen


class CpSat:
    """OR-tools CP-SAT with one worker."""

    def __init__(self, problem: Problem) -> None:
        from ortools.sat.python import cp_model

        self.library = cp_model
        self.model = cp_model.CpModel()
        sizes = [len(variable.options) for variable in problem.variables]
        self.x = [self.model.new_int_var(0, size - 1, f"x{v}") for v, size in enumerate(sizes)]
        for constraint in problem.constraints:
            table = constraint.formula
            if not isinstance(table, Table):
                raise TypeError("only tables are given to CP-SAT by hand")
            scoped = [self.x[v] for v in table.scope]
            self.model.add_allowed_assignments(scoped, table.rows.tolist())

    def enumerate(self, seconds: float) -> tuple[int, bool]:
        """Number of variants found, and whether these are all."""
        found = 0

        class Count(self.library.CpSolverSolutionCallback):  # type: ignore[name-defined, misc]
            def on_solution_callback(self) -> None:
                nonlocal found
                found += 1

        solver = self.library.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.enumerate_all_solutions = True
        status = solver.solve(self.model, Count())
        return found, status == self.library.OPTIMAL

    def takes(self, variable: int, option: int, seconds: float) -> bool | None:
        """Whether some variant takes an option; `None` when time is up."""
        model = self.model.clone()
        model.add(model.get_int_var_from_proto_index(self.x[variable].index) == option)
        solver = self.library.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(model)
        if status in (self.library.OPTIMAL, self.library.FEASIBLE):
            return True
        return False if status == self.library.INFEASIBLE else None


class Diagram:
    """A BDD over log-encoded domains: FORCE order, tables built bottom-up, then conjoined."""

    def __init__(self, problem: Problem, library: str, restarts: int = 40) -> None:
        sizes = [len(variable.options) for variable in problem.variables]
        formulas = [f for c in problem.constraints for f in conjuncts(c.formula)]
        scopes = [scope(formula) for formula in formulas]
        self.sizes = sizes
        bits = [max(0, (size - 1).bit_length()) for size in sizes]
        order = force(scopes, bits, restarts)
        first, total = {}, 0
        for variable in order:
            first[variable] = total
            total += bits[variable]
        self.bits, self.first, self.total = bits, first, total
        self.place = {variable: place for place, variable in enumerate(order)}
        self.library = Oxidd(total) if library == "oxidd" else Cudd(total)
        parts = [
            (self._depth(s), self._formula(f, sizes)) for s, f in zip(scopes, formulas, strict=True)
        ]
        for variable, size in enumerate(sizes):
            if size < 1 << bits[variable]:
                rows = np.arange(size, dtype=np.int32).reshape(-1, 1)
                parts.append((self._depth((variable,)), self._rows((variable,), rows)))
        parts.sort(key=lambda part: part[0])
        # Neighbours first: what is joined early speaks of variables that are close together.
        nodes = [node for _, node in parts]
        while len(nodes) > 1:
            paired = [
                self.library.conjoin(a, b) for a, b in zip(nodes[::2], nodes[1::2], strict=False)
            ]
            nodes = paired + nodes[len(nodes) & ~1 :]
        self.top = nodes[0]

    def count(self) -> int:
        """Number of variants."""
        return self.library.count(self.top)

    def size(self) -> int:
        """Number of inner nodes."""
        return self.library.size(self.top)

    def possible(self, picks: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """Options possible after some picks: one conjunction for every option."""
        left = self.top
        for variable, option in picks:
            left = self.library.conjoin(left, self._option(variable, option))
        return {
            (variable, option)
            for variable, size in enumerate(self.sizes)
            for option in range(size)
            if self.library.conjoin(left, self._option(variable, option)) != self.library.false
        }

    def _option(self, variable: int, option: int) -> object:
        return self._rows((variable,), np.array([[option]], dtype=np.int32))

    def _depth(self, variables: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted((self.place[v] for v in variables), reverse=True))

    def _formula(self, formula: Formula, sizes: Sequence[int]) -> object:
        match formula:
            case Table(variables, rows):
                return self._rows(variables, rows)
            case Or(terms):
                node = self.library.false
                for term in terms:
                    node = self.library.disjoin(node, self._formula(term, sizes))
                return node
            case Member(variable, options):
                rows = np.array(sorted(options), dtype=np.int32).reshape(-1, 1)
                return self._rows((variable,), rows)
            case Not(operand):
                return self.library.negate(self._formula(operand, sizes))
        raise TypeError(f"{formula} is not encoded by hand")

    def _rows(self, variables: Sequence[int], rows: np.ndarray) -> object:
        """The BDD of a table: equal rests of rows become one node, from the last bit upwards."""
        columns = sorted(range(len(variables)), key=lambda c: self.first[variables[c]])
        levels, planes = [], []
        for column in columns:
            variable = variables[column]
            for bit in range(self.bits[variable]):
                levels.append(self.first[variable] + bit)
                planes.append(rows[:, column] >> (self.bits[variable] - 1 - bit) & 1)
        if not levels or not len(rows):
            return self.library.true if len(rows) else self.library.false
        matrix = np.unique(np.stack(planes, axis=1).astype(np.int8), axis=0)
        nodes = [self.library.false, self.library.true]
        rest = np.ones(len(matrix), dtype=np.int64)
        for depth in range(len(levels) - 1, -1, -1):
            heads, group = np.unique(matrix[:, :depth], axis=0, return_inverse=True)
            branches = np.zeros((len(heads), 2), dtype=np.int64)
            branches[group.reshape(-1), matrix[:, depth]] = rest
            distinct, rest = np.unique(branches, axis=0, return_inverse=True)
            made = [self.library.ite(levels[depth], nodes[h], nodes[low]) for low, h in distinct]
            nodes = [self.library.false, *made]
            rest = rest.reshape(-1) + 1
            matrix = heads
        return nodes[int(rest[0])]


def force(scopes: Sequence[Sequence[int]], bits: Sequence[int], restarts: int) -> list[int]:
    """A variable order of small total span: every variable moves to the middle of its constraints.

    FORCE: F. Aloul, I. Markov, K. Sakallah, GLSVLSI 2003. The variable of most constraints is put
    first, as hub.
    """
    rng = np.random.default_rng(1)
    edges = np.concatenate([np.full(len(s), e) for e, s in enumerate(scopes)])
    ends = np.concatenate([np.asarray(s) for s in scopes])
    width = np.bincount(edges)
    degree = np.bincount(ends, minlength=len(bits))
    weight = np.maximum(np.asarray(bits), 1)
    best, least = np.arange(len(bits)), np.inf
    for restart in range(restarts):
        order = np.arange(len(bits)) if restart == 0 else rng.permutation(len(bits))
        for _ in range(60):
            position = np.empty(len(bits))
            position[order] = np.cumsum(weight[order])
            middle = np.bincount(edges, position[ends]) / width
            pull = np.bincount(ends, middle[edges], len(bits)) / np.maximum(degree, 1)
            order = np.argsort(pull, kind="stable")
        order = np.concatenate([[degree.argmax()], order[order != degree.argmax()]])
        position[order] = np.cumsum(weight[order])
        low, high = np.full(len(scopes), np.inf), np.zeros(len(scopes))
        np.minimum.at(low, edges, position[ends])
        np.maximum.at(high, edges, position[ends])
        span = float((high - low).sum())
        if span < least:
            best, least = order, span
    return best.tolist()


class Oxidd:
    """OxiDD used directly, one thread."""

    def __init__(self, levels: int) -> None:
        from oxidd.bdd import BDDManager

        self.manager = BDDManager(40_000_000, 4_000_000, 1)
        self.levels = levels
        self.manager.add_vars(levels)
        self.true, self.false = self.manager.true(), self.manager.false()
        self.variables = [self.manager.var(level) for level in range(levels)]

    def ite(self, level: int, high, low):
        return self.variables[level].ite(high, low)

    def conjoin(self, a, b):
        return a & b

    def disjoin(self, a, b):
        return a | b

    def negate(self, a):
        return ~a

    def count(self, node) -> int:
        return node.sat_count(self.levels)

    def size(self, node) -> int:
        return node.node_count()


class Cudd:
    """CUDD through ``dd``."""

    def __init__(self, levels: int) -> None:
        from dd.cudd import BDD

        self.manager = BDD(memory_estimate=4 * 2**30)
        self.manager.configure(reordering=False)
        self.levels = levels
        names = [f"b{level}" for level in range(levels)]
        self.manager.declare(*names)
        self.true, self.false = self.manager.true, self.manager.false
        self.variables = [self.manager.var(name) for name in names]

    def ite(self, level: int, high, low):
        return self.manager.ite(self.variables[level], high, low)

    def conjoin(self, a, b):
        return self.manager.apply("and", a, b)

    def disjoin(self, a, b):
        return self.manager.apply("or", a, b)

    def negate(self, a):
        return self.manager.apply("not", a)

    def count(self, node) -> int:
        return round(self.manager.count(node, self.levels))

    def size(self, node) -> int:
        return len(node)


def ganak_count(problem: Problem) -> int:
    """Number of variants by the model counter Ganak."""
    import pyganak

    encoding = Encoding(problem)
    counter = pyganak.Counter()
    counter.new_vars(encoding.variables)
    counter.add_clauses(encoding.clauses)
    counter.set_sampling_set(encoding.literals)
    return int(counter.count())


def flamapy_count(path: Path) -> int:
    """Number of configurations of a UVL file by flamapy's BDD."""
    from flamapy.interfaces.python.flamapy_feature_model import FLAMAFeatureModel

    return int(FLAMAFeatureModel(str(path)).configurations_number())


def ddnnife_count(path: Path) -> int:
    """Number of models of a d-DNNF (or, where it brings a compiler, CNF) file by ddnnife."""
    from ddnnife import Ddnnf

    return int(Ddnnf.from_file(str(path), None).rc())
