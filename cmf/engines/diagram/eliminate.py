"""Bucket elimination: from relations to the nodes of a tree-shaped diagram."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from attrs import define, field, frozen

from cmf.engines.diagram.budget import Budget
from cmf.engines.diagram.lower import Price, System
from cmf.engines.diagram.nodes import Branch, Forest, hash_consed, relative
from cmf.engines.diagram.order import Order
from cmf.engines.diagram.relation import (
    Ints,
    Relation,
    group,
    join,
    pack,
    pack_alike,
    ranked,
    semijoin,
    sort_order,
)


@frozen(eq=False)
class _References:
    """What a message carries: a node, and the costs that were moved out of it."""

    nodes: Ints
    costs: Ints


def reduce_domains(system: System) -> list[Relation] | None:
    """Drop rows with a value that some other relation never takes; `None` when nothing is left."""
    domains = [np.ones(size, dtype=np.bool_) for size in system.sizes]
    relations = list(system.relations)
    waiting = set(range(len(relations)))
    uses: list[list[int]] = [[] for _ in domains]
    for number, relation in enumerate(relations):
        for variable in relation.scope:
            uses[variable].append(number)
    while waiting:
        number = min(waiting)
        waiting.discard(number)
        relation = relations[number]
        keep = np.ones(relation.size, dtype=np.bool_)
        for variable, column in zip(relation.scope, relation.columns, strict=True):
            keep &= domains[variable][column]
        if not keep.all():
            relation = relations[number] = relation.take(keep)
        for variable, column in zip(relation.scope, relation.columns, strict=True):
            seen = np.zeros_like(domains[variable])
            seen[column] = True
            if not (seen | ~domains[variable]).all():
                domains[variable] &= seen
                waiting.update(uses[variable])
                waiting.discard(number)
        if not relation.size:
            return None
    for variable, domain in enumerate(domains):
        values = np.flatnonzero(domain)
        relations.append(Relation((variable,), (values,), len(values)))
    return relations


def project(relation: Relation, variables: Sequence[int], sizes: Sequence[int]) -> Relation:
    """The distinct combinations of a few of the variables of a relation."""
    columns = [relation.column(v) for v in variables]
    keys, space = pack(columns, [sizes[v] for v in variables], relation.size)
    rows = group(keys, space)[1]
    return Relation(tuple(variables), tuple(c[rows] for c in columns), len(rows))


@frozen(eq=False)
class _Source:
    """A relation to be joined, with what is known of its shape."""

    relation: Relation
    distinct: dict[frozenset[int], int] = field(factory=dict)

    def growth(self, known: set[int], sizes: Sequence[int], best: float) -> float:
        """By what factor a join grows a table that has the variables `known`.

        Exact for a table that holds every combination once; just a bound from below where that
        bound is no better than `best`.
        """
        relation = self.relation
        shared = frozenset(v for v in relation.scope if v in known)
        count = self.distinct.get(shared)
        if count is None:
            most = math.prod(sizes[v] for v in shared)
            if relation.size / most >= best:
                return relation.size / most
            count = project(relation, sorted(shared), sizes).size
            self.distinct[shared] = count
        return relation.size / max(count, 1)


@define(eq=False)
class Elimination:
    """One run of bucket elimination.

    Attributes
    ----------
    sizes
        Number of values of every variable; followed by the number of references of every variable,
        which is how messages carry nodes through joins.
    """

    order: Order
    budget: Budget
    sizes: list[int]
    relations: list[Relation]
    prices: Sequence[Sequence[Price]]
    count: int
    offsets: list[int] = field(init=False)
    references: dict[int, _References] = field(init=False, factory=dict)
    due: list[list[tuple[int, Price]]] = field(init=False)
    buckets: list[list[Relation]] = field(init=False)
    uses: list[list[int]] = field(init=False)
    children: list[list[int]] = field(init=False)
    place: dict[int, int] = field(init=False)
    projections: dict[tuple[int, frozenset[int]], _Source] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.place = self.order.place
        self.buckets = [[] for _ in range(self.count)]
        self.uses = [[] for _ in range(self.count)]
        self.children = [[] for _ in range(self.count)]
        for number, relation in enumerate(self.relations):
            self.buckets[self._deepest(relation.scope)].append(relation)
            for variable in relation.scope:
                self.uses[variable].append(number)
        self.offsets = [0] * len(self.prices)
        self.due = [[] for _ in range(self.count)]
        for quantity, prices in enumerate(self.prices):
            for price in prices:
                self.due[self._deepest(price.relation.scope)].append((quantity, price))

    def _deepest(self, scope: Sequence[int]) -> int:
        return min(scope, key=self.place.__getitem__)

    def run(self, variables: int | None = None) -> Forest | None:
        """The nodes of every variable in order of elimination; `None` when there is no solution.

        Parameters
        ----------
        variables
            How many variables to eliminate; all by default.
        """
        branches = []
        for variable in self.order.sequence[:variables]:
            self.budget.check()
            table = self._bucket(variable)
            if not table.size:
                return None
            branches.append(self._reduce(variable, table))
        return Forest(tuple(branches), tuple(self.offsets))

    def left(self) -> list[Relation]:
        """What the eliminations so far leave to be said of the other variables."""
        return [
            project(relation, [v for v in relation.scope if v < self.count], self.sizes)
            for bucket in self.buckets
            for relation in bucket
        ]

    def _sources(self, variable: int, scope: frozenset[int]) -> list[_Source]:
        """Everything that says something of a scope.

        That is what the bucket holds, and projections of the relations of other buckets: they
        follow from the whole anyway, and keep the join near its final size.
        """
        parts = self.buckets[variable]
        self.buckets[variable] = []
        for v in {v for _, price in self.due[variable] for v in price.relation.scope}:
            parts.append(self.relations[self.domains + v])
        found = [_Source(part) for part in parts]
        for number in sorted({n for v in scope for n in self.uses[v]}):
            relation = self.relations[number]
            inside = scope.intersection(relation.scope)
            if len(inside) < 2 or self._deepest(relation.scope) == variable:
                continue
            key = (number, inside)
            if key not in self.projections:
                part = project(relation, sorted(inside), self.sizes)
                self.projections[key] = _Source(part)
            found.append(self.projections[key])
        return found

    def _bucket(self, variable: int) -> Relation:
        """Join of everything that speaks of `variable` and is not yet eliminated."""
        scope = self.order.contexts[variable] | {variable}
        sources = self._sources(variable, scope)
        # The variable of most values often decides many others; joined late it multiplies rows.
        table = self.relations[self.domains + max(scope, key=self.sizes.__getitem__)]
        while sources:
            known = set(table.scope)
            chosen, best = 0, math.inf
            for number, source in enumerate(sources):
                growth = source.growth(known, self.sizes, best)
                if growth < best:
                    chosen, best = number, growth
            part = sources.pop(chosen).relation
            if known.issuperset(part.scope):
                table = semijoin(table, part, self.sizes)
            else:
                table = self.budget.joined(join(table, part, self.sizes, self.budget.rows))
        return table

    def _reduce(self, variable: int, table: Relation) -> Branch:
        """Group by context, make equal groups one node, and send the nodes upward."""
        names = sorted(v for v in table.scope if v < self.count and v != variable)
        children = self.children[variable]
        carried = [self.references[child] for child in children]
        links = [table.column(self.count + child) for child in children]
        keys, space = pack(
            [table.column(v) for v in names], [self.sizes[v] for v in names], table.size
        )
        owners, rows = group(keys, space)
        costs, least = self._costs(variable, table, owners, len(rows))
        nodes = [reference.nodes[link] for reference, link in zip(carried, links, strict=True)]
        numbers, branch = hash_consed(
            variable,
            children,
            self.sizes[variable],
            owners,
            len(rows),
            table.column(variable),
            nodes,
            costs,
        )
        self.budget.add(branch)
        self._send(variable, table, names, rows, numbers, least)
        return branch

    def _costs(self, variable: int, table: Relation, owners: Ints, count: int) -> tuple[Ints, Ints]:
        """Cost of every row, less the least of its context; and that least. By quantity."""
        costs = np.zeros((len(self.prices), table.size), dtype=np.int64)
        for child in self.children[variable]:
            costs += self.references[child].costs[:, table.column(self.count + child)]
        for quantity, price in self.due[variable]:
            costs[quantity] += _looked_up(price, table, self.sizes)
        return relative(costs, owners, count)

    def _send(
        self,
        variable: int,
        table: Relation,
        names: Sequence[int],
        rows: Ints,
        numbers: Ints,
        least: Ints,
    ) -> None:
        """Give the parent, for every context, the node and the cost moved out of it."""
        if not names:
            self.offsets = [a + int(b) for a, b in zip(self.offsets, least[:, 0], strict=True)]
            return
        ranks = [ranked(cost) for cost in least]
        bounds = [int(column.max(initial=0)) + 1 for column in (numbers, *ranks)]
        keys, space = pack([numbers, *ranks], bounds, len(rows))
        links, samples = group(keys, space)
        self.references[variable] = _References(numbers[samples], least[:, samples])
        carrier = self.count + variable
        self.sizes[carrier] = len(samples)
        columns = (*(table.column(v)[rows] for v in names), links)
        parent = self._deepest(names)
        self.buckets[parent].append(Relation((*names, carrier), columns, len(rows)))
        self.children[parent].append(variable)

    @property
    def domains(self) -> int:
        """Where the domains of the variables start among the relations."""
        return len(self.relations) - self.count


def _looked_up(price: Price, table: Relation, sizes: Sequence[int]) -> Ints:
    """Cost of every row of a table."""
    names = price.relation.scope
    rows, known, space = pack_alike(
        [table.column(v) for v in names],
        price.relation.columns,
        [sizes[v] for v in names],
        (table.size, price.relation.size),
    )
    order = sort_order(known, space)
    known = known[order]
    place = np.minimum(np.searchsorted(known, rows), max(len(known) - 1, 0))
    costs = np.full(table.size, price.default, dtype=np.int64)
    if len(known):
        hit = known[place] == rows
        costs[hit] = price.costs[order][place[hit]]
    return costs


def build(
    system: System, relations: Sequence[Relation], order: Order, budget: Budget
) -> Forest | None:
    """All nodes, variable by variable; `None` when there is no solution.

    Parameters
    ----------
    relations
        Those of the system, reduced by `reduce_domains`.

    Raises
    ------
    LimitReached
        When a join or the diagram outgrows the budget.
    """
    count = len(system.sizes)
    sizes = [*system.sizes, *([0] * count)]
    return Elimination(order, budget, sizes, list(relations), system.costs, count).run()
