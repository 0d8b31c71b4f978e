"""Variables that one choice decides: groups of a feature tree become one variable.

``exactly one of 24 features`` says little in 24 bits and much in one variable of 25 values. A
constraint that few combinations of its variables satisfy is therefore a variable: its values are
those combinations. Such variables are joined as long as the result has no more values than both
apart, which makes one variable of a whole subtree of nested alternatives. Found is this from the
meaning of the constraints, however they are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from attrs import define, field, frozen

from cmf.engines.diagram.merge import representatives
from cmf.engines.diagram.nodes import Branch, Forest
from cmf.engines.diagram.relation import Ints
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table, atoms, holds
from cmf.problem.formula import scope as scope_of

WIDEST = 40
"""Variables of a constraint that is looked at."""
STEPS = 20_000
"""Partial combinations of one constraint that are looked at."""

Scope = tuple[int, ...]
Row = tuple[int, ...]


@frozen
class Cluster:
    """A variable whose values stand for combinations of classes of others."""

    scope: Scope
    rows: tuple[Row, ...] = field(repr=False)

    def column(self, variable: int) -> list[int]:
        """The class of a variable for every value."""
        place = self.scope.index(variable)
        return [row[place] for row in self.rows]


@frozen
class Clustering:
    """Clusters with numbers of their own, and what is still to be said in them.

    Attributes
    ----------
    clusters
        By number.
    owners
        For every variable that a cluster decides, the number of that cluster.
    formulas
        The whole conjunction, over clusters and the variables that none decides.
    """

    clusters: Mapping[int, Cluster]
    owners: Mapping[int, int]
    formulas: tuple[Formula, ...] = field(repr=False)

    def attached(self, forest: Forest, sizes: Sequence[int]) -> Forest:
        """The same nodes, with those of the decided variables below their clusters.

        Parameters
        ----------
        sizes
            Number of classes of every variable.
        """
        decided: dict[int, list[int]] = {}
        for variable, owner in self.owners.items():
            decided.setdefault(owner, []).append(variable)
        branches: list[Branch] = []
        for branch in forest.branches:
            own = decided.get(branch.variable, [])
            branches += [_leaf(variable, sizes[variable]) for variable in own]
            if not own:
                branches.append(branch)
                continue
            cluster = self.clusters[branch.variable]
            below = [np.array(cluster.column(v), dtype=np.int64)[branch.values] for v in own]
            branches.append(
                Branch(
                    branch.variable,
                    (*branch.children, *own),
                    branch.owners,
                    branch.values,
                    np.concatenate([branch.targets, np.stack(below)]),
                    branch.costs,
                    branch.count,
                )
            )
        return Forest(tuple(branches), forest.offsets)


def _leaf(variable: int, size: int) -> Branch:
    """A node for each value of a variable below which nothing is left to choose."""
    values = np.arange(size)
    none = np.zeros((0, size), dtype=np.int64)
    return Branch(variable, (), values, values, none, none, size)


def clustering(
    labels: Sequence[Ints], sizes: Sequence[int], formulas: Sequence[Formula], first: int
) -> Clustering | None:
    """Clusters of a conjunction; `None` when there are none.

    Parameters
    ----------
    labels, sizes
        For every variable the class of each option (-1 when it is excluded), and how many there
        are.
    first
        Number of the first cluster.
    """
    classes = [
        representatives(own[own >= 0], size) for own, size in zip(labels, sizes, strict=True)
    ]
    leaders = [
        np.flatnonzero(own >= 0)[found].tolist() for own, found in zip(labels, classes, strict=True)
    ]
    fixed = {v for formula in formulas for atom in atoms(formula) for v in _in_tables(atom)}
    pool, rest = _Pool(), []
    for formula in formulas:
        scope = scope_of(formula)
        if len(scope) > 1:
            found = None
            if len(scope) <= WIDEST and not fixed.intersection(scope):
                found = _Models(formula, scope, leaders).few()
            if found is None:
                rest.append(formula)
            else:
                pool.add(Cluster(scope, tuple(found)))
    if not pool.clusters:
        return None
    pool.merge()
    return _Rewriting.of(pool.clusters.values(), leaders, first).clustering(rest)


def _in_tables(atom: Member | Table | Sum) -> Iterator[int]:
    """Variables that an atom relates to others by a table."""
    match atom:
        case Table(scope, _):
            yield from scope
        case Sum(terms, _, _):
            for term in terms:
                yield from term.scope if len(term.scope) > 1 else ()
        case Member():
            pass


@define
class _Models:
    """The combinations of classes that satisfy one formula, as long as they are few."""

    formula: Formula
    scope: Scope
    leaders: Sequence[Sequence[int]]
    chosen: dict[int, int] = field(factory=dict)
    found: list[Row] = field(factory=list)
    steps: int = 0

    def few(self) -> list[Row] | None:
        """All of them; `None` when a variable for them would not be smaller."""
        if any(not self.leaders[v] for v in self.scope):
            return None
        most = sum(len(self.leaders[v]) - 1 for v in self.scope) + 1
        return self.found if self._extend(0, (), most) else None

    def _extend(self, place: int, row: Row, most: int) -> bool:
        self.steps += 1
        if len(self.found) > most or self.steps > STEPS:
            return False
        if _decided(self.formula, self.chosen) is False:
            return True
        if place == len(self.scope):
            self.found.append(row)
            return len(self.found) <= most
        variable = self.scope[place]
        for number, option in enumerate(self.leaders[variable]):
            self.chosen[variable] = option
            if not self._extend(place + 1, (*row, number), most):
                return False
        self.chosen.pop(variable)
        return True


def _decided(formula: Formula, chosen: Mapping[int, int]) -> bool | None:
    """The truth of a formula where some variables are chosen; `None` while it is open."""
    match formula:
        case Member(variable, options):
            option = chosen.get(variable)
            return None if option is None else option in options
        case Not(operand):
            truth = _decided(operand, chosen)
            return None if truth is None else not truth
        case And(terms) | Or(terms):
            deciding = isinstance(formula, Or)
            open_ = False
            for term in terms:
                truth = _decided(term, chosen)
                if truth is deciding:
                    return deciding
                open_ |= truth is None
            return None if open_ else not deciding
        case _:
            variables = scope_of(formula)
            if any(v not in chosen for v in variables):
                return None
            return holds(formula, [chosen.get(v, 0) for v in range(max(variables, default=0) + 1)])


@define
class _Pool:
    """Clusters that are joined with neighbours."""

    clusters: dict[int, Cluster] = field(factory=dict)
    uses: dict[int, set[int]] = field(factory=dict)
    _next: int = 0

    def add(self, cluster: Cluster) -> int:
        """Number a cluster."""
        number, self._next = self._next, self._next + 1
        self.clusters[number] = cluster
        for variable in cluster.scope:
            self.uses.setdefault(variable, set()).add(number)
        return number

    def _take(self, number: int) -> Cluster:
        cluster = self.clusters.pop(number)
        for variable in cluster.scope:
            self.uses[variable].discard(number)
        return cluster

    def merge(self) -> None:
        """Join each with the neighbour that gives fewest values, while that saves values."""
        waiting = list(self.clusters)
        while waiting:
            number = waiting.pop()
            if number not in self.clusters:
                continue
            mine = self.clusters[number]
            around = {other for v in mine.scope for other in self.uses[v]} - {number}
            sizes = {other: _joint(mine, self.clusters[other]) for other in around}
            good = [
                (size, other)
                for other, size in sizes.items()
                if size < len(mine.rows) + len(self.clusters[other].rows)
            ]
            if good:
                other = min(good)[1]
                waiting.append(self.add(_joined(self._take(number), self._take(other))))


def _joint(one: Cluster, other: Cluster) -> int:
    """Number of rows of a join."""
    shared = [v for v in one.scope if v in other.scope]
    counts = Counter(_parts(other, shared))
    return sum(counts[part] for part in _parts(one, shared))


def _joined(one: Cluster, other: Cluster) -> Cluster:
    shared = [v for v in one.scope if v in other.scope]
    fresh = [place for place, v in enumerate(other.scope) if v not in one.scope]
    partners: dict[Row, list[Row]] = {}
    for part, row in zip(_parts(other, shared), other.rows, strict=True):
        partners.setdefault(part, []).append(tuple(row[place] for place in fresh))
    rows = [
        (*row, *more)
        for part, row in zip(_parts(one, shared), one.rows, strict=True)
        for more in partners.get(part, ())
    ]
    return Cluster((*one.scope, *(other.scope[place] for place in fresh)), tuple(rows))


def _parts(cluster: Cluster, variables: Sequence[int]) -> list[Row]:
    places = [cluster.scope.index(v) for v in variables]
    return [tuple(row[place] for place in places) for row in cluster.rows]


@frozen
class _Rewriting:
    """Formulas over variables said in their clusters.

    Attributes
    ----------
    leaders
        For every variable the first option of each class.
    """

    clusters: Mapping[int, Cluster]
    owners: Mapping[int, int]
    leaders: Sequence[Sequence[int]]
    others: Sequence[Cluster]

    @classmethod
    def of(
        cls, clusters: Iterable[Cluster], leaders: Sequence[Sequence[int]], first: int
    ) -> _Rewriting:
        """A variable in several clusters belongs to the one that decides most.

        A cluster of which others decide all variables is a constraint between those.
        """
        numbered: dict[int, Cluster] = {}
        owners: dict[int, int] = {}
        others: list[Cluster] = []
        for cluster in sorted(clusters, key=lambda c: -len(c.scope)):
            if all(variable in owners for variable in cluster.scope):
                others.append(cluster)
                continue
            number = first + len(numbered)
            numbered[number] = cluster
            for variable in cluster.scope:
                owners.setdefault(variable, number)
        return cls(numbered, owners, leaders, others)

    def clustering(self, rest: Iterable[Formula]) -> Clustering:
        """With `rest` and with what clusters have in common said in clusters."""
        formulas = [self._formula(formula) for formula in rest]
        formulas += [self._rows(cluster) for cluster in self.others]
        for number, cluster in self.clusters.items():
            for variable in cluster.scope:
                if self.owners[variable] != number:
                    formulas.append(self._same(variable, number))
        return Clustering(self.clusters, self.owners, tuple(formulas))

    def _rows(self, cluster: Cluster) -> Formula:
        """One of the rows of a cluster holds."""
        return Or(tuple(And(tuple(map(self._value, cluster.scope, row))) for row in cluster.rows))

    def _value(self, variable: int, label: int) -> Formula:
        return self._member(variable, frozenset({self.leaders[variable][label]}))

    def _same(self, variable: int, number: int) -> Formula:
        """A cluster gives a variable the class that its owner gives it."""
        cases = []
        for label, _ in enumerate(self.leaders[variable]):
            mine = [i for i, c in enumerate(self.clusters[number].column(variable)) if c == label]
            cases.append(And((Member(number, frozenset(mine)), self._value(variable, label))))
        return Or(tuple(cases))

    def _member(self, variable: int, options: frozenset[int]) -> Member:
        owner = self.owners[variable]
        good = [option in options for option in self.leaders[variable]]
        column = self.clusters[owner].column(variable)
        return Member(owner, frozenset(i for i, label in enumerate(column) if good[label]))

    def _formula(self, formula: Formula) -> Formula:
        match formula:
            case Member(variable, options):
                return self._member(variable, options) if variable in self.owners else formula
            case Not(operand):
                return Not(self._formula(operand))
            case And(terms):
                return And(tuple(map(self._formula, terms)))
            case Or(terms):
                return Or(tuple(map(self._formula, terms)))
            case Sum(terms, low, high):
                return Sum(tuple(map(self._cost_table, terms)), low, high)
            case Table():
                return formula

    def _cost_table(self, term: CostTable) -> CostTable:
        if not term.scope or term.scope[0] not in self.owners:
            return term
        (variable,) = term.scope
        owner = self.owners[variable]
        options = self.leaders[variable]
        costs = [0] * len(options)
        for label, option in enumerate(options):
            hit = np.flatnonzero(term.rows[:, 0] == option)
            costs[label] = int(term.costs[hit[0]]) if len(hit) else term.default
        column = self.clusters[owner].column(variable)
        return CostTable.unary(owner, [costs[label] for label in column])
