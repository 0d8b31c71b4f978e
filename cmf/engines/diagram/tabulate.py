"""Formulas of small scope as sparse relations over classes of options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.engines.diagram.merge import numbered, relation_classes, representatives, stacked
from cmf.engines.diagram.relation import Ints, Numbers, Relation
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table, atoms

Dense = npt.NDArray[np.bool_]


@frozen(eq=False)
class Classes:
    """For each variable of a formula, the class of every option that the formula can tell apart.

    Attributes
    ----------
    labels
        By variable: class of each option, classes numbered from 0 in order of first member.
    leaders
        By variable: first option of every class.
    axes
        Variables of which the formula tells any options apart.
    """

    labels: Mapping[int, Ints] = field(repr=False)
    leaders: Mapping[int, Ints] = field(repr=False)
    axes: tuple[int, ...]

    @classmethod
    def of(cls, parts: Mapping[int, Sequence[Ints]]) -> Classes:
        """The coarsest classes that refine all of `parts`."""
        labels = {v: _refined(found) for v, found in sorted(parts.items())}
        leaders = {v: representatives(own, int(own.max()) + 1) for v, own in labels.items()}
        return cls(labels, leaders, tuple(v for v in labels if len(leaders[v]) > 1))

    def size(self, variable: int) -> int:
        """Number of classes."""
        return len(self.leaders[variable])

    def cells(self) -> int:
        """Number of combinations of classes."""
        return math.prod(map(self.size, self.axes))


def _refined(parts: Sequence[Ints]) -> Ints:
    if len(parts) == 1:
        return parts[0]
    return stacked(parts)[0]


def table_relation(table: Table | CostTable) -> Relation:
    """The rows of a table as a relation."""
    return Relation.of(table.scope, table.rows)


def classes_of(formula: Formula, options: Sequence[int]) -> Classes:
    """Classes by what the atoms of a formula tell apart.

    Parameters
    ----------
    options
        Number of options of every variable.
    """
    parts: dict[int, list[Ints]] = {}
    for atom in atoms(formula):
        match atom:
            case Member(variable, members):
                chosen = np.zeros(options[variable], dtype=np.int64)
                chosen[list(members)] = 1
                parts.setdefault(variable, []).append(chosen ^ chosen[0])
            case Table(scope, _):
                sizes = [options[v] for v in scope]
                for v, labels in zip(
                    scope, relation_classes(table_relation(atom), sizes), strict=True
                ):
                    parts.setdefault(v, []).append(labels)
            case Sum(terms, _, _):
                for term in terms:
                    for v, labels in cost_classes(term, options).items():
                        parts.setdefault(v, []).append(labels)
    return Classes.of(parts)


def cost_classes(term: CostTable, options: Sequence[int]) -> dict[int, Ints]:
    """Classes by what a cost table tells apart."""
    if not term.scope:
        return {}
    if len(term.scope) == 1:
        costs = np.full(options[term.scope[0]], term.default, dtype=np.int64)
        costs[term.rows[:, 0]] = term.costs
        return {term.scope[0]: numbered(costs)[0]}
    keep = term.costs != term.default
    relation = table_relation(term).take(keep)
    sizes = [options[v] for v in term.scope]
    labels = relation_classes(relation, sizes, np.asarray(term.costs, dtype=np.int64)[keep])
    return dict(zip(term.scope, labels, strict=True))


def tabulate(formula: Formula, classes: Classes) -> Dense:
    """Truth of a formula for every combination of classes.

    Returns
    -------
    one axis for each of ``classes.axes``
    """
    shape = [classes.size(v) for v in classes.axes]
    return np.broadcast_to(_truth(formula, classes), shape)


def _truth(formula: Formula, classes: Classes) -> Dense:
    match formula:
        case Member(variable, members):
            leaders = classes.leaders[variable].tolist()
            inside = np.array([leader in members for leader in leaders])
            return _spread(inside, (variable,), classes)
        case Table(scope, rows):
            dense = np.zeros([classes.size(v) for v in scope], dtype=np.bool_)
            dense[table_cells(rows, scope, classes)[0]] = True
            return _spread(dense, scope, classes)
        case Sum(terms, low, high):
            total = np.zeros([1] * len(classes.axes), dtype=np.int64)
            for term in terms:
                total = total + _spread(cost_cells(term, classes), term.scope, classes)
            truth = np.ones(total.shape, dtype=np.bool_)
            if low is not None:
                truth &= total >= low
            if high is not None:
                truth &= total <= high
            return truth
        case Not(operand):
            return ~_truth(operand, classes)
        case And(terms):
            result = np.ones([1] * len(classes.axes), dtype=np.bool_)
            for operand in terms:
                result = result & _truth(operand, classes)
            return result
        case Or(terms):
            result = np.zeros([1] * len(classes.axes), dtype=np.bool_)
            for operand in terms:
                result = result | _truth(operand, classes)
            return result


def cost_cells(term: CostTable, classes: Classes) -> Ints:
    """Value of a cost table for every combination of classes of its scope."""
    if not term.scope:
        return np.asarray(term.value(()), dtype=np.int64)
    dense = np.full([classes.size(v) for v in term.scope], term.default, dtype=np.int64)
    cells, keep = table_cells(term.rows, term.scope, classes)
    dense[cells] = term.costs[keep]
    return dense


def table_cells(
    rows: npt.NDArray[np.int32], scope: Sequence[int], classes: Classes
) -> tuple[tuple[Ints, ...], Dense]:
    """Where the rows of a table lie among the combinations of classes; and which rows do."""
    keep = np.ones(len(rows), dtype=np.bool_)
    for column, variable in zip(rows.T, scope, strict=True):
        labels = classes.labels[variable]
        keep &= classes.leaders[variable][labels[column]] == column
    cells = tuple(classes.labels[v][column[keep]] for column, v in zip(rows.T, scope, strict=True))
    return cells, keep


def _spread(dense: Numbers, scope: Sequence[int], classes: Classes) -> Numbers:
    """`dense` with one axis for each of ``classes.axes``."""
    order = sorted(range(len(scope)), key=lambda i: scope[i])
    sizes = {v: classes.size(v) for v in scope}
    return dense.transpose(order).reshape([sizes.get(v, 1) for v in classes.axes])


def unary(formula: Formula, variable: int, options: Sequence[int]) -> Dense:
    """The options of a variable that satisfy a formula about no other variable."""
    if isinstance(formula, Member):
        chosen = np.zeros(options[variable], dtype=np.bool_)
        chosen[list(formula.options)] = True
        return chosen
    classes = classes_of(formula, options)
    truth = np.broadcast_to(tabulate(formula, classes).reshape(-1), classes.size(variable))
    return truth[classes.labels[variable]]
