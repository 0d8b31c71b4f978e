"""Top-down building: one node for all partial assignments that leave the same open.

Where few combinations are forbidden one by one, the tables of bucket elimination hold nearly every
combination of their context, while what is left open below takes few forms.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from cmf.engines.diagram.budget import Budget
from cmf.engines.diagram.nodes import Branch, Forest, hash_consed, relative
from cmf.engines.diagram.relation import Ints, scrambled
from cmf.engines.diagram.residual import Layout, Move, Words

_BLOCK = 1 << 21
"""Words of one block of partial assignments."""

Small = npt.NDArray[np.int32]


@frozen(eq=False)
class _Layer:
    """All partial assignments down to one variable that differ in what they leave open.

    Attributes
    ----------
    states
        Number of forms of what is left open above the variable.
    owners, values
        For every way to go on, the form it starts from and the value.
    targets
        For every child the form that it gets.
    costs
        Shape (quantities, ways).
    """

    states: int
    owners: Small
    values: Small
    targets: tuple[Small, ...]
    costs: Ints


def distinct(rows: Words) -> tuple[Ints, Ints]:
    """Number equal rows alike; and a row for each number."""
    if rows.shape[1] == 1:
        _, first, numbers = np.unique(rows[:, 0], return_index=True, return_inverse=True)
        return numbers, first
    salt = 0
    while True:
        words = np.zeros(len(rows), dtype=np.uint64)
        for number, column in enumerate(rows.T):
            words += scrambled(column.view(np.int64), salt + number)
        _, first, numbers = np.unique(words, return_index=True, return_inverse=True)
        if np.array_equal(rows[first][numbers], rows):
            return numbers, first
        salt += rows.shape[1]


class TooWide(Exception):
    """More partial assignments than were to be tried."""


@define(eq=False)
class Descent:
    """One run from the top to the leaves and back.

    Attributes
    ----------
    most
        Ways to go on, over all variables, after which to give up.
    """

    layout: Layout
    budget: Budget
    quantities: int
    most: int
    layers: dict[int, _Layer] = field(factory=dict)
    ways: int = 0

    def run(self) -> Forest | None:
        """The nodes; `None` when there is no solution; raises `TooWide`."""
        layout = self.layout
        waiting: dict[int, Words] = {}
        below = {c for children in layout.tree.children for c in children}
        for variable in layout.tree.sequence:
            if variable not in below:
                waiting[variable] = _cut(layout, layout.initial[None, :], 0, variable)
        for variable in layout.tree.sequence:
            states = waiting.pop(variable)
            layer = self._layer(variable, states, waiting)
            if not len(layer.owners):
                return None
            self.layers[variable] = layer
        return self._nodes()

    def _layer(self, variable: int, states: Words, waiting: dict[int, Words]) -> _Layer:
        """Try every value in every state; hands the children their states."""
        layout = self.layout
        low = layout.window(variable).start
        size = layout.sizes[variable]
        block = max(1, _BLOCK // max(1, states.shape[1] * size))
        pieces: list[_Layer] = []
        found: list[list[Words]] = [[] for _ in layout.tree.children[variable]]
        for first in range(0, len(states), block):
            self.budget.check()
            owners, values, rows, costs = self._assign(variable, states[first : first + block], low)
            self.ways += len(owners)
            if self.ways > self.most:
                raise TooWide
            targets = []
            for child, seen in zip(layout.tree.children[variable], found, strict=True):
                numbers, leaders = distinct(cut := _cut(layout, rows, low, child))
                targets.append((numbers + sum(map(len, seen))).astype(np.int32))
                seen.append(cut[leaders])
            pieces.append(
                _Layer(
                    0,
                    (owners + first).astype(np.int32),
                    values.astype(np.int32),
                    tuple(targets),
                    costs,
                )
            )
        renumbered = []
        for child, seen in zip(layout.tree.children[variable], found, strict=True):
            every = np.concatenate(seen)
            numbers, leaders = distinct(every)
            waiting[child] = every[leaders]
            renumbered.append(numbers.astype(np.int32))
        return _Layer(
            len(states),
            np.concatenate([p.owners for p in pieces]),
            np.concatenate([p.values for p in pieces]),
            tuple(
                numbers[np.concatenate([p.targets[i] for p in pieces])]
                for i, numbers in enumerate(renumbered)
            ),
            np.concatenate([p.costs for p in pieces], axis=1),
        )

    def _assign(self, variable: int, states: Words, low: int) -> tuple[Ints, Ints, Words, Ints]:
        """Ways to go on from some states: state, value, bits afterwards, costs."""
        layout = self.layout
        move = layout.moves[variable]
        bits = np.arange(layout.sizes[variable]) + layout.starts[variable]
        open_ = (states[:, bits // 64 - low] >> (bits % 64).astype(np.uint64)) & np.uint64(1)
        owners, values = np.nonzero(open_)
        rows = states[owners]
        rows &= move.masks[values, low : low + states.shape[1]]
        costs = np.zeros((self.quantities, len(rows)), dtype=np.int64)
        for quantity, place, table in move.prices:
            costs[quantity] += table[place.read(rows, low), values]
        keep = self._moved(move, rows, values, low)
        for other in sorted(move.narrowed):
            start = layout.starts[other]
            mask = layout.range_mask(start, start + layout.sizes[other])
            window = np.flatnonzero(mask)
            keep &= (rows[:, window - low] & mask[window]).any(axis=1)
        if keep.all():
            return owners, values, rows, costs
        return owners[keep], values[keep], rows[keep], costs[:, keep]

    def _moved(self, move: Move, rows: Words, values: Ints, low: int) -> npt.NDArray[np.bool_]:
        """Move the automata in `rows`; which rows may still be completed."""
        keep = np.ones(len(rows), dtype=np.bool_)
        for source, place, table, prunes in move.moves:
            states = place.read(rows, low) if source else np.zeros(len(rows), dtype=np.int64)
            after = table[states, values]
            place.write(rows, low, after)
            if prunes:
                keep &= after > 0
        for place, table, left in move.closing:
            states = place.read(rows, low)
            after = table[states, values]
            place.write(rows, low, np.zeros(len(rows), dtype=np.int64))
            rows &= left[after, low : low + rows.shape[1]]
        return keep

    def _nodes(self) -> Forest | None:
        """From the leaves to the top: drop dead ends, make equal states one node."""
        tree = self.layout.tree
        nodes: dict[int, Ints] = {}
        least: dict[int, Ints] = {}
        branches: list[Branch] = []
        for variable in reversed(tree.sequence):
            self.budget.check()
            layer = self.layers.pop(variable)
            children = tree.children[variable]
            targets = [nodes[c][t] for c, t in zip(children, layer.targets, strict=True)]
            good = np.ones(len(layer.owners), dtype=np.bool_)
            for target in targets:
                good &= target >= 0
            costs = layer.costs[:, good]
            for child, forms in zip(children, layer.targets, strict=True):
                costs = costs + least[child][:, forms[good]]
            alive, owners = np.unique(layer.owners[good], return_inverse=True)
            relative_costs, lowest = relative(costs, owners, len(alive))
            numbers, branch = hash_consed(
                variable,
                children,
                self.layout.sizes[variable],
                owners.astype(np.int64),
                len(alive),
                layer.values[good].astype(np.int64),
                [target[good] for target in targets],
                relative_costs,
            )
            if not len(alive):
                return None
            self.budget.add(branch)
            branches.append(branch)
            nodes[variable] = np.full(layer.states, -1, dtype=np.int64)
            nodes[variable][alive] = numbers
            least[variable] = np.zeros((self.quantities, layer.states), dtype=np.int64)
            least[variable][:, alive] = lowest
        below = {c for children in tree.children for c in children}
        roots = [v for v in tree.sequence if v not in below]
        offsets = sum((least[r][:, 0] for r in roots), np.zeros(self.quantities, dtype=np.int64))
        return Forest(tuple(branches), tuple(offsets.tolist()))


def _cut(layout: Layout, rows: Words, low: int, variable: int) -> Words:
    """The bits of one subtree, from rows that start at word `low`."""
    window = layout.window(variable)
    mask = layout.range_mask(layout.starts[variable], layout.ends[variable])[window]
    return rows[:, window.start - low : window.stop - low] & mask
