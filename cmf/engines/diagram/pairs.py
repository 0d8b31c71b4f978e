"""Pairs of variants from two restricted spaces: two outlines walked side by side.

A pair of variants is a path through the product of the two diagrams. Because both are outlines of
one compiled diagram, a node of the product is a pair of nodes of the same layer, and what a pair of
variants is worth, added or multiplied up over variables, is one fold over pairs of nodes: no pair
of variants is ever listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.engines.diagram.outline import Layer, Outline
from cmf.engines.diagram.relation import Ints, group

Matrix = npt.NDArray[Any]
"""Shape (options of a variable in the first variant, options in the second)."""

CELLS = 1 << 17
"""Pairs of arcs that are looked at together: so many stay in the cache of the processor."""

SMALL = 1e-60
"""Stands for an infinitesimal: its square is lost beside 1, and does not underflow."""


@frozen
class Nearest:
    """A pair of least cost.

    Attributes
    ----------
    one, other
        Option of every variable that is looked at, in either variant.
    """

    cost: int
    one: Mapping[int, int]
    other: Mapping[int, int]


def least(one: Outline, other: Outline, costs: Mapping[int, Matrix]) -> Nearest:
    """The first pair of least cost.

    Parameters
    ----------
    costs
        For every variable that is looked at the cost of its options in the two variants, integers
        whose sums fit their type.
    """
    walk = _Walk(one, other, costs, together=np.add, among=np.minimum, counted=False)
    cost = walk.value()
    chosen = walk.first()
    pairs = {v: _first_option(costs[v], one, other, v, a, b) for v, (a, b) in chosen.items()}
    return Nearest(
        int(cost),
        {v: pair[0] for v, pair in pairs.items()},
        {v: pair[1] for v, pair in pairs.items()},
    )


def moments(
    one: Outline, other: Outline, factors: Mapping[int, tuple[Matrix, Matrix]]
) -> tuple[float, float]:
    """Sums over all pairs of variants: of a product over the variables, and of a sum times it.

    Parameters
    ----------
    factors
        For every variable that is looked at, by its options in the two variants, a factor f and a
        term g; neither is negative. The results are the sums of ``prod f`` and ``sum g prod f``.
    """
    # Dual numbers f + f g e, where e times e is nothing, written as complex numbers.
    duals = {v: f * (1 + 1j * SMALL * g) for v, (f, g) in factors.items()}
    walk = _Walk(one, other, duals, together=np.multiply, among=np.add, counted=True)
    value = walk.value()
    return float(value.real), float(value.imag) / SMALL


@frozen(eq=False)
class _Walk:
    """A fold over pairs of nodes: `together` joins what lies on one path, `among` the paths."""

    one: Outline
    other: Outline
    tables: Mapping[int, Matrix]
    together: np.ufunc = field(kw_only=True)
    among: np.ufunc = field(kw_only=True)
    counted: bool = field(kw_only=True)
    values: dict[int, Matrix] = field(init=False, factory=dict)
    """By layer, shape (nodes of the one, nodes of the other)."""
    chosen: dict[int, Matrix] = field(init=False, factory=dict)
    """By variable, its table over choices."""
    strands: dict[int, _Strand] = field(init=False, factory=dict)
    """By layer whose nodes have one arc each."""

    def value(self) -> Any:
        """The value of the whole."""
        for variable, table in self.tables.items():
            self.chosen[variable] = _by_choice(table, self.one, self.other, variable, self.among)
        for number, layer in self.one.layers.items():
            if _single(layer) and _single(self.other.layers[number]):
                self.strands[number] = self._strand(number)
            else:
                self.values[number] = self._nodes(number)
        return self._values(max(self.one.layers))[0, 0]

    def _values(self, number: int) -> Matrix:
        """Values of the pairs of nodes of a layer that was walked."""
        if number not in self.values:
            self.values[number] = self._nodes(number)
        return self.values[number]

    def _strand(self, number: int) -> _Strand:
        """A layer without a choice of arcs, on top of the strand below it."""
        layer, mate = self.one.layers[number], self.other.layers[number]
        strand = _Strand()
        if layer.children:
            child, nodes = layer.children[0][0], (layer.children[0][1], mate.children[0][1])
            below = self.strands.get(child)
            strand = below.above(nodes) if below else _Strand(below=child, nodes=nodes)
        if layer.variable < 0:
            return strand
        table, choices = self.chosen[layer.variable], (layer.choices, mate.choices)
        return strand.joined(table, choices, self.together)

    def _nodes(self, number: int) -> Matrix:
        """Values of the pairs of nodes of a layer."""
        layer, mate = self.one.layers[number], self.other.layers[number]
        terms = [
            (table.take(columns, axis=1), rows) for table, rows, columns in self._terms(number)
        ]
        if self.counted and terms and np.any(mate.weights != 1):
            terms[0] = (terms[0][0] * mate.weights, terms[0][1])
        if not terms:
            # Nothing is looked at: one arc stands for all variants.
            many = np.multiply.outer(layer.weights, mate.weights)
            return many.astype(complex) if self.counted else np.zeros((1, 1), dtype=np.int64)
        weights = layer.weights if self.counted and np.any(layer.weights != 1) else None
        pieces = []
        mates = _Ranked.of(mate.owners)
        for nodes, arcs in _stretches(layer, len(mate.owners)):
            mine = [(table, rows[arcs]) for table, rows in terms]
            ranked = _Ranked.of(layer.owners[arcs] - nodes.start)
            half = self._gathered(mine, ranked, None if weights is None else weights[arcs])
            if len(mates.rounds) > 1:
                turned = [(np.ascontiguousarray(half.T), np.arange(len(mate.owners)))]
                half = self._gathered(turned, mates, None).T
            pieces.append(half)
        return np.ascontiguousarray(np.concatenate(pieces) if len(pieces) > 1 else pieces[0])

    def _terms(self, number: int) -> Iterator[tuple[Matrix, Ints, Ints]]:
        """Tables, with the row and the column of every arc in them."""
        layer, mate = self.one.layers[number], self.other.layers[number]
        strand = self.strands.get(number)
        if strand:
            if strand.table is not None:
                yield strand.table, strand.kinds[0], strand.kinds[1]
            if strand.below is not None:
                yield self._values(strand.below), strand.nodes[0], strand.nodes[1]
            return
        if layer.variable >= 0:
            yield self.chosen[layer.variable], layer.choices, mate.choices
        for (child, nodes), (_, mates) in zip(layer.children, mate.children, strict=True):
            yield self._values(child), nodes, mates

    def _gathered(
        self,
        terms: list[tuple[Matrix, Ints]],
        arcs: _Ranked,
        weights: npt.NDArray[np.float64] | None,
    ) -> Matrix:
        """From arcs (rows) to the nodes that own them."""
        found = np.zeros((0, 0))
        for number, (rows, nodes) in enumerate(arcs.rounds):
            made = terms[0][0].take(terms[0][1][rows], axis=0)
            for table, index in terms[1:]:
                made = self.together(made, table.take(index[rows], axis=0), out=made)
            if weights is not None:
                made *= weights[rows, None]
            if number:
                found[nodes] = self.among(found[nodes], made)
            else:
                found = made
        return found

    def first(self) -> dict[int, tuple[int, int]]:
        """The choices of the first best path, from the top down, once there is a value."""
        chosen: dict[int, tuple[int, int]] = {}
        stack = [(max(self.one.layers), 0, 0)]
        while stack:
            number, a, b = stack.pop()
            layer, mate = self.one.layers[number], self.other.layers[number]
            rows, columns = _arcs_of(layer, a), _arcs_of(mate, b)
            costs = np.zeros((1, 1))
            if number not in self.strands:
                for table, mine, others in self._terms(number):
                    costs = costs + table[np.ix_(mine[rows], others[columns])]
            i, j = divmod(int(costs.argmin()), costs.shape[1])
            i, j = rows.start + i, columns.start + j
            if layer.variable >= 0:
                chosen[layer.variable] = int(layer.choices[i]), int(mate.choices[j])
            for (child, nodes), (_, mates) in zip(layer.children, mate.children, strict=True):
                stack.append((child, int(nodes[i]), int(mates[j])))
        return chosen


@frozen(eq=False)
class _Strand:
    """Layers one below the other whose nodes have one arc each: nothing is chosen between.

    The value of a pair of nodes is one of few kinds, joined with a value of a layer below.

    Attributes
    ----------
    table
        By kind of the node of the one and of the other; `None` where no variable is looked at.
    kinds, nodes
        Of every node of the one and of the other, its kind and its node in the layer `below`.
    """

    table: Matrix | None = None
    kinds: tuple[Ints, ...] = ()
    below: int | None = None
    nodes: tuple[Ints, ...] = ()

    def above(self, nodes: tuple[Ints, Ints]) -> _Strand:
        """The strand for nodes that lead to given nodes of this one."""
        kinds, below = (
            tuple(numbers[chosen] for numbers, chosen in zip(mine, nodes, strict=False))
            for mine in (self.kinds, self.nodes)
        )
        return _Strand(self.table, kinds, self.below, below)

    def joined(self, table: Matrix, choices: tuple[Ints, Ints], together: np.ufunc) -> _Strand:
        """The strand with one more variable."""
        if self.table is None:
            return _Strand(table, choices, self.below, self.nodes)
        numbers, olds, news = [], [], []
        for side, (kinds, chosen) in enumerate(zip(self.kinds, choices, strict=True)):
            wide = table.shape[side]
            found, samples = group(kinds * wide + chosen, self.table.shape[side] * wide)
            numbers.append(found)
            olds.append(kinds[samples])
            news.append(chosen[samples])
        both = together(self.table[np.ix_(*olds)], table[np.ix_(*news)])
        return _Strand(both, tuple(numbers), self.below, self.nodes)


def _single(layer: Layer) -> bool:
    """Whether every node has one arc, and at most one layer is below."""
    return (
        len(layer.owners) == layer.owners[-1] + 1
        and len(layer.children) <= 1
        and (layer.variable >= 0 or len(layer.children) > 0)
        and bool(np.all(layer.weights == 1))
    )


@frozen(eq=False)
class _Ranked:
    """Arcs in rounds: the first arc of every node, then the second of those that have one …

    Attributes
    ----------
    rounds
        Numbers of arcs, with the nodes that own them.
    """

    rounds: tuple[tuple[Ints, Ints], ...]

    @classmethod
    def of(cls, owners: Ints) -> _Ranked:
        """From the node of every arc, ascending."""
        ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
        order = np.argsort(ranks, kind="stable")
        bounds = np.searchsorted(ranks[order], np.arange(1, int(ranks.max()) + 1))
        return cls(tuple((rows, owners[rows]) for rows in np.split(order, bounds)))


def _stretches(layer: Layer, width: int) -> Iterator[tuple[slice, slice]]:
    """Stretches of the nodes of a layer with their arcs, so many that they stay in the cache."""
    starts = [*layer.starts.tolist(), len(layer.owners)]
    most = max(1, CELLS // max(1, width))
    first = 0
    for node in range(1, len(starts)):
        if node == len(starts) - 1 or starts[node + 1] - starts[first] > most:
            yield slice(first, node), slice(starts[first], starts[node])
            first = node


def _by_choice(
    table: Matrix, one: Outline, other: Outline, variable: int, among: np.ufunc
) -> Matrix:
    """A table over options as one over choices."""
    for axis, side in enumerate((one, other)):
        choices = side.choices[variable]
        table = table.take(np.concatenate(choices), axis=axis)
        if len(choices) < table.shape[axis]:
            starts = np.cumsum([0, *(len(choice) for choice in choices[:-1])])
            table = among.reduceat(table, starts, axis=axis)
    return table


def _first_option(
    table: Matrix, one: Outline, other: Outline, variable: int, mine: int, others: int
) -> tuple[int, int]:
    """The first options behind two choices that have the least cost together."""
    rows, columns = one.choices[variable][mine], other.choices[variable][others]
    block = table[np.ix_(rows, columns)]
    a, b = divmod(int(block.argmin()), len(columns))
    return int(rows[a]), int(columns[b])


def _arcs_of(layer: Layer, node: int) -> slice:
    first, last = np.searchsorted(layer.owners, [node, node + 1])
    return slice(int(first), int(last))
