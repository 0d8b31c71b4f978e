"""From formulas to relations over classes of options: what the builders compile.

Formulas too wide for a table are split by hidden variables (partial sums, prefixes of a table,
truth of a subformula). Each hidden variable is a function of the visible ones, so no variant is
counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from attrs import define, field, frozen

from cmf.engines.diagram.chains import Step, sum_chain, table_chain
from cmf.engines.diagram.merge import merged, relation_classes, representatives, stacked
from cmf.engines.diagram.relation import Ints, Relation, join
from cmf.engines.diagram.tabulate import (
    Classes,
    Dense,
    classes_of,
    cost_classes,
    table_relation,
    tabulate,
    unary,
)
from cmf.errors import LimitReached
from cmf.problem.formula import And, CostTable, Formula, Not, Or, Sum, Table, holds, scope

CELLS = 1 << 14
"""A formula with at most this many combinations of classes becomes one table."""

ROWS = 20_000_000
"""No single relation may have more rows than this."""


@frozen(eq=False)
class Price:
    """A sparse cost table over classes: `costs` on the rows, `default` elsewhere."""

    relation: Relation
    costs: Ints = field(repr=False)
    default: int


@frozen(eq=False)
class System:
    """Relations over classes.

    Attributes
    ----------
    labels
        For every variable of the problem the class of each option; -1 when no variant can take it.
    sizes
        Number of classes of every variable, hidden ones last.
    relations
        What must hold.
    costs
        Cost tables over classes, one list for each quantity asked for.
    feasible
        False when the constraints were refuted while they were lowered.
    """

    labels: tuple[Ints, ...] = field(repr=False)
    sizes: tuple[int, ...]
    relations: tuple[Relation, ...]
    costs: tuple[tuple[Price, ...], ...] = ()
    feasible: bool = True

    @property
    def visible(self) -> int:
        """Number of variables of the problem."""
        return len(self.labels)


@frozen(eq=False)
class _Local:
    """A relation over the classes that it tells apart by itself."""

    relation: Relation
    labels: dict[int, Ints]


@define(eq=False)
class _Lowering:
    """Collects relations, one formula after the other."""

    options: Sequence[int]
    allowed: list[Dense]
    locals: list[_Local] = field(factory=list)
    hidden: list[int] = field(factory=list)
    feasible: bool = True

    def require(self, formula: Formula) -> None:
        """Add a constraint."""
        variables = scope(formula)
        match formula:
            case And(terms):
                for term in terms:
                    self.require(term)
            case Not(Not(operand)):
                self.require(operand)
            case Not(Or(terms)):
                for term in terms:
                    self.require(Not(term))
            case _ if not variables:
                self.feasible &= holds(formula, ())
            case _ if len(variables) == 1:
                self._restrict(formula, variables[0])
            case Table():
                self._table(formula)
            case _:
                classes = classes_of(formula, self.options)
                if classes.cells() <= CELLS:
                    self._cells(formula, classes)
                else:
                    self._wide(formula, classes)

    def _restrict(self, formula: Formula, variable: int) -> None:
        self.allowed[variable] &= unary(formula, variable, self.options)

    def _table(self, table: Table) -> None:
        relation = table_relation(table)
        labels = relation_classes(relation, [self.options[v] for v in table.scope])
        self._add(merged(relation, labels), dict(zip(table.scope, labels, strict=True)))

    def _add(self, relation: Relation, labels: dict[int, Ints]) -> None:
        self.locals.append(_Local(relation, labels))

    def _cells(self, formula: Formula, classes: Classes) -> None:
        """One table of all true combinations."""
        dense = tabulate(formula, classes)
        if not classes.axes:
            self.feasible &= bool(dense)
            return
        cells = np.nonzero(dense)
        relation = Relation(classes.axes, cells, len(cells[0]))
        if max(dense.shape) <= 2:
            self._add(relation, {v: classes.labels[v] for v in classes.axes})
            return
        finer = relation_classes(relation, [classes.size(v) for v in relation.scope])
        labels = {
            v: labels[classes.labels[v]] for v, labels in zip(relation.scope, finer, strict=True)
        }
        self._add(merged(relation, finer), labels)

    def _wide(self, formula: Formula, classes: Classes) -> None:
        """Split a formula that has too many combinations."""
        match formula:
            case Or(terms):
                self._clause([self.truth(term) for term in terms])
            case Not(And(terms)):
                self._clause([self.truth(Not(term)) for term in terms])
            case Not(operand):
                self._pin(self.truth(operand), 0)
            case Sum():
                self._pin(self._chain(sum_chain(formula, classes, ROWS), classes), 1)
            case _:
                self._pin(self.truth(formula), 1)

    def _new(self, size: int) -> int:
        self.hidden.append(size)
        return len(self.options) + len(self.hidden) - 1

    def _pin(self, variable: int, value: int) -> None:
        self._add(Relation((variable,), (np.array([value]),), 1), {})

    def truth(self, formula: Formula) -> int:
        """A hidden variable that is 1 where the formula holds and 0 elsewhere."""
        classes = classes_of(formula, self.options)
        if len(classes.axes) < 2 or classes.cells() <= CELLS:
            dense = tabulate(formula, classes)
            numbers = np.arange(dense.size)
            cells = np.unravel_index(numbers, dense.shape) if dense.ndim else ()
            variable = self._new(2)
            columns = (*cells, dense.reshape(-1).astype(np.int64))
            self._add(
                Relation((*classes.axes, variable), columns, dense.size),
                {v: classes.labels[v] for v in classes.axes},
            )
            return variable
        match formula:
            case Not(operand):
                return self._gate([self.truth(operand)], any_of=False, negated=True)
            case And(terms):
                return self._gate([self.truth(term) for term in terms], any_of=False)
            case Or(terms):
                return self._gate([self.truth(term) for term in terms], any_of=True)
            case Sum():
                return self._chain(sum_chain(formula, classes, ROWS), classes)
            case Table():
                return self._chain(table_chain(formula, classes), classes)
        raise AssertionError(formula)

    def _gate(self, inputs: Sequence[int], *, any_of: bool, negated: bool = False) -> int:
        """A hidden variable that is the disjunction or conjunction of others."""
        inputs = list(inputs)
        while len(inputs) > 1 or negated:
            few, inputs = inputs[:8], inputs[8:]
            cells = np.indices((2,) * len(few)).reshape(len(few), -1)
            value = cells.any(axis=0) if any_of else cells.all(axis=0)
            out = self._new(2)
            columns = (*cells, (value ^ negated).astype(np.int64))
            self._add(Relation((*few, out), columns, cells.shape[1]), {})
            inputs.append(out)
            negated = False
        return inputs[0]

    def _clause(self, inputs: Sequence[int]) -> None:
        self._pin(self._gate(inputs, any_of=True), 1)

    def _chain(self, steps: Iterable[Step], classes: Classes) -> int:
        """A chain of hidden states; the last one is the truth of the formula."""
        state = -1
        for step in steps:
            fresh = self._new(step.states)
            names = (*step.scope, fresh) if state < 0 else (state, *step.scope, fresh)
            relation = Relation(names, step.columns, len(step.columns[-1]))
            self._add(relation, {v: classes.labels[v] for v in step.scope})
            state = fresh
        return state

    def system(self, quantities: Sequence[Sequence[CostTable]]) -> System:
        """Refine classes over all relations and rewrite the relations in them."""
        parts: list[list[Ints]] = [[np.zeros(n, dtype=np.int64)] for n in self.options]
        for local in self.locals:
            for variable, labels in local.labels.items():
                parts[variable].append(labels)
        for terms in quantities:
            for term in terms:
                for variable, told_apart in cost_classes(term, self.options).items():
                    parts[variable].append(told_apart)
        refined = [_numbered(p, allowed) for p, allowed in zip(parts, self.allowed, strict=True)]
        sizes = [int(label.max(initial=-1)) + 1 for label in refined] + self.hidden
        relations = tuple(self._global(local, refined, sizes) for local in self.locals)
        feasible = self.feasible and all(sizes) and all(r.size for r in relations)
        costs = tuple(tuple(_price(term, refined) for term in terms) for terms in quantities)
        return System(tuple(refined), tuple(sizes), relations, costs, feasible)

    def _global(self, local: _Local, labels: Sequence[Ints], sizes: Sequence[int]) -> Relation:
        relation = local.relation
        for variable, mine in local.labels.items():
            relation = _refined(relation, variable, mine, labels[variable], sizes)
        return relation


def _price(term: CostTable, labels: Sequence[Ints]) -> Price:
    """A cost table over classes: the rows of first members."""
    keep = np.ones(len(term.rows), dtype=np.bool_)
    columns = []
    for column, variable in zip(term.rows.T, term.scope, strict=True):
        mine = labels[variable]
        first = np.full(int(mine.max(initial=-1)) + 2, -1, dtype=np.int64)
        first[mine[::-1]] = np.arange(len(mine))[::-1]
        keep &= (mine[column] >= 0) & (first[mine[column]] == column)
        columns.append(mine[column])
    relation = Relation(term.scope, tuple(c[keep] for c in columns), int(keep.sum()))
    return Price(relation, np.asarray(term.costs, dtype=np.int64)[keep], term.default)


def _numbered(parts: Sequence[Ints], allowed: Dense) -> Ints:
    """Common refinement; excluded options get -1 and do not count as a class."""
    labels = np.full(len(allowed), -1, dtype=np.int64)
    if allowed.any():
        labels[allowed] = stacked([p[allowed] for p in parts])[0]
    return labels


def _refined(
    relation: Relation, variable: int, mine: Ints, labels: Ints, sizes: Sequence[int]
) -> Relation:
    """Replace the classes of one relation by those of all relations, which refine them."""
    count = sizes[variable]
    before = int(mine.max(initial=-1)) + 1
    if count == before and labels.min(initial=0) >= 0:
        return relation
    kept = np.flatnonzero(labels >= 0)
    parents = mine[kept[representatives(labels[kept], count)]]
    names = tuple(-1 if v == variable else v for v in relation.scope)
    table = Relation((-1, variable), (parents, np.arange(count)), count)
    # The old class is variable -1: its size is the last entry.
    wide = join(Relation(names, relation.columns, relation.size), table, [*sizes, before], ROWS)
    if wide is None:
        raise LimitReached(f"{ROWS:,} rows in one relation")
    return Relation(relation.scope, tuple(wide.column(v) for v in relation.scope), wide.size)


def lower(
    options: Sequence[int],
    formulas: Iterable[Formula],
    quantities: Sequence[Sequence[CostTable]] = (),
) -> System:
    """Relations for a conjunction of formulas.

    Parameters
    ----------
    options
        Number of options of every variable.
    quantities
        For each quantity that the diagram shall carry, its cost tables of two variables and more.

    Raises
    ------
    LimitReached
        When a formula is too wide for the memory that a relation may take.
    """
    lowering = _Lowering(options, [np.ones(n, dtype=np.bool_) for n in options])
    for formula in formulas:
        lowering.require(formula)
    return lowering.system(quantities)
