"""Formulas of small scope as sparse relations over classes of options."""

from __future__ import annotations

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
    """

    labels: Mapping[int, Ints] = field(repr=False)

    def size(self, variable: int) -> int:
        """Number of classes."""
        return int(self.labels[variable].max(initial=-1)) + 1

    def leaders(self, variable: int) -> Ints:
        """First option of every class."""
        return representatives(self.labels[variable], self.size(variable))

    def cells(self) -> int:
        """Number of combinations of classes."""
        product = 1
        for variable in self.labels:
            product *= self.size(variable)
        return product


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
                chosen[[o for o in members if o < options[variable]]] = 1
                parts.setdefault(variable, []).append(chosen)
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
    return Classes({v: stacked(labels)[0] for v, labels in sorted(parts.items())})


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
    one axis for each variable of `classes`, in their order
    """
    shape = [classes.size(v) for v in classes.labels]
    return np.broadcast_to(_truth(formula, classes), shape)


def _truth(formula: Formula, classes: Classes) -> Dense:
    match formula:
        case Member(variable, members):
            leaders = classes.leaders(variable)
            inside = np.isin(leaders, np.fromiter(members, dtype=np.int64, count=len(members)))
            return _spread(inside, (variable,), classes)
        case Table(scope, rows):
            dense = np.zeros([classes.size(v) for v in scope], dtype=np.bool_)
            dense[table_cells(rows, scope, classes)[0]] = True
            return _spread(dense, scope, classes)
        case Sum(terms, low, high):
            total = np.zeros([1] * len(classes.labels), dtype=np.int64)
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
            result = np.ones([1] * len(classes.labels), dtype=np.bool_)
            for operand in terms:
                result = result & _truth(operand, classes)
            return result
        case Or(terms):
            result = np.zeros([1] * len(classes.labels), dtype=np.bool_)
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
        keep &= classes.leaders(variable)[labels[column]] == column
    cells = tuple(classes.labels[v][column[keep]] for column, v in zip(rows.T, scope, strict=True))
    return cells, keep


def _spread(dense: Numbers, scope: Sequence[int], classes: Classes) -> Numbers:
    """`dense` with one axis for every variable of `classes`."""
    variables = list(classes.labels)
    places = [variables.index(v) for v in scope]
    order = np.argsort(places)
    shape = [1] * len(variables)
    for place, size in zip(places, dense.shape, strict=True):
        shape[place] = size
    return dense.transpose(order).reshape(shape)
