"""What a partial assignment leaves open, as a string of bits.

Going down the tree, two partial assignments that leave the same open need one node only. What is
left open is, for every variable below, which of its values are still compatible, and for every
constraint of three variables and more the state of an automaton that has read its upper variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from cmf.engines.diagram.chains import Automaton, automaton
from cmf.engines.diagram.lower import Price
from cmf.engines.diagram.order import Order
from cmf.engines.diagram.relation import Ints, Relation, ranked

Words = npt.NDArray[np.uint64]


@frozen
class Tree:
    """A pseudo-tree: every constraint lies on one branch.

    Attributes
    ----------
    sequence
        Variables from the top down; the subtree of each follows it without a gap.
    children
        Children of every variable.
    """

    sequence: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]

    @classmethod
    def line(cls, sequence: Sequence[int]) -> Tree:
        """One branch, from the top down."""
        below = dict(pairwise(sequence))
        children = (((below[v],) if v in below else ()) for v in range(len(sequence)))
        return cls(tuple(sequence), tuple(children))

    @classmethod
    def of(cls, order: Order) -> Tree:
        """The tree of an elimination order."""
        upwards, place = order.sequence, order.place
        parents = {v: min(order.contexts[v], key=place.__getitem__, default=-1) for v in upwards}
        children: list[list[int]] = [[] for _ in upwards]
        roots = []
        for variable in reversed(upwards):
            if parents[variable] < 0:
                roots.append(variable)
            else:
                children[parents[variable]].append(variable)
        sequence: list[int] = []
        stack = roots[::-1]
        while stack:
            variable = stack.pop()
            sequence.append(variable)
            stack += children[variable][::-1]
        return cls(tuple(sequence), tuple(tuple(c) for c in children))


@frozen(eq=False)
class Field:
    """Bits that hold the state of an automaton."""

    position: int
    width: int

    def read(self, rows: Words, low: int) -> Ints:
        """States in rows that start at word `low`."""
        word = rows[:, self.position // 64 - low] >> np.uint64(self.position % 64)
        return (word & np.uint64((1 << self.width) - 1)).astype(np.int64)

    def write(self, rows: Words, low: int, states: Ints) -> None:
        """Set the states in rows that start at word `low`."""
        shift, mask = self.position % 64, (1 << self.width) - 1
        word = rows[:, self.position // 64 - low]
        word &= np.uint64(~(mask << shift) & (2**64 - 1))
        word |= states.astype(np.uint64) << np.uint64(shift)


@define(eq=False)
class Move:
    """What an assignment to one variable does to the bits.

    Attributes
    ----------
    masks
        Shape (values, words): bits that stay.
    narrowed
        Variables that lose values by `masks` or by `closing`.
    moves
        Automata that read this variable: the field of the state (`None` before the first
        variable) and the states after, by state and value. State 0 has no row.
    closing
        Automata of which one variable is left: as above, and by state after the values it leaves.
    prices
        Cost tables that read this variable last: quantity, field, cost by state and value.
    """

    masks: Words
    narrowed: set[int] = field(factory=set)
    moves: list[tuple[Field | None, Field, Ints, bool]] = field(factory=list)
    closing: list[tuple[Field, Ints, Words]] = field(factory=list)
    prices: list[tuple[int, Field, Ints]] = field(factory=list)


@define(eq=False)
class Layout:
    """Where the bits of every variable are, and what each assignment does to them.

    Attributes
    ----------
    starts, ends
        For every variable, the bits of its subtree.
    initial
        Bits before any assignment.
    """

    tree: Tree
    sizes: Sequence[int]
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    words: int = field(init=False)
    initial: Words = field(init=False)
    moves: list[Move] = field(init=False)

    def lay(self, fields: dict[int, list[int]]) -> dict[tuple[int, int], Field]:
        """Give every variable its bits, and its fields (of the given widths) theirs."""
        count = len(self.sizes)
        self.starts, self.ends = [0] * count, [0] * count
        placed: dict[tuple[int, int], Field] = {}
        position = 0
        for variable in self.tree.sequence:
            self.starts[variable] = position
            position += self.sizes[variable]
            for number, width in enumerate(fields.get(variable, ())):
                if position % 64 + width > 64:
                    position += 64 - position % 64
                placed[variable, number] = Field(position, width)
                position += width
            self.ends[variable] = position
        for variable in reversed(self.tree.sequence):
            for child in self.tree.children[variable]:
                self.ends[variable] = max(self.ends[variable], self.ends[child])
        self.words = position // 64 + 1
        self.initial = np.zeros(self.words, dtype=np.uint64)
        everything = ~np.zeros(self.words, dtype=np.uint64)
        self.moves = [Move(np.tile(everything, (size, 1))) for size in self.sizes]
        return placed

    def window(self, variable: int) -> slice:
        """The words that hold the subtree of a variable."""
        return slice(self.starts[variable] // 64, (max(self.ends[variable], 1) - 1) // 64 + 1)

    def bits(self, variable: int, values: npt.NDArray[np.bool_]) -> Words:
        """Sets of values (shape: sets, values) as words (shape: sets, all words)."""
        start = self.starts[variable]
        wide = np.zeros((len(values), self.words * 64), dtype=np.bool_)
        wide[:, start : start + values.shape[1]] = values
        packed = np.packbits(wide, axis=1, bitorder="little")
        return packed.view("<u8").astype(np.uint64, copy=False)

    def range_mask(self, first: int, last: int) -> Words:
        """All words, with the bits from `first` up to `last` (excluded) set."""
        wide = np.zeros(self.words * 64, dtype=np.bool_)
        wide[first:last] = True
        return np.packbits(wide, bitorder="little").view("<u8").astype(np.uint64, copy=False)


@frozen(eq=False)
class _Machine:
    """An automaton over variables from the top down; a quantity when it gives costs."""

    scope: tuple[int, ...]
    automaton: Automaton
    quantity: int = -1
    costs: Ints | None = None

    @property
    def width(self) -> int:
        """Bits for its states."""
        return max(int(m.shape[0] - 1).bit_length() for m in self.automaton.moves[1:])


def lay_out(
    tree: Tree,
    sizes: Sequence[int],
    relations: Sequence[Relation],
    prices: Sequence[Sequence[Price]],
) -> Layout:
    """Translate constraints and cost tables into moves of bits."""
    depth = {v: i for i, v in enumerate(tree.sequence)}
    machines = [
        _machine(relation, sizes, depth) for relation in relations if len(relation.scope) > 2
    ]
    machines += [
        _cost_machine(price, sizes, depth, quantity)
        for quantity, terms in enumerate(prices)
        for price in terms
    ]
    last: dict[int, list[_Machine]] = {}
    for machine in machines:
        last.setdefault(machine.scope[-1], []).append(machine)
    layout = Layout(tree, sizes)
    placed = layout.lay({v: [m.width for m in found] for v, found in last.items()})
    for variable, found in last.items():
        for number, machine in enumerate(found):
            _install(layout, machine, placed[variable, number])
    for relation in relations:
        if len(relation.scope) == 1:
            values = np.zeros((1, sizes[relation.scope[0]]), dtype=np.bool_)
            values[0, relation.columns[0]] = True
            layout.initial |= layout.bits(relation.scope[0], values)[0]
        elif len(relation.scope) == 2:
            _install_pair(layout, relation, depth)
    return layout


def _sorted(relation: Relation, depth: dict[int, int]) -> tuple[tuple[int, ...], list[Ints]]:
    scope = tuple(sorted(relation.scope, key=depth.__getitem__))
    return scope, [relation.column(v) for v in scope]


def _machine(relation: Relation, sizes: Sequence[int], depth: dict[int, int]) -> _Machine:
    scope, columns = _sorted(relation, depth)
    results = np.ones(relation.size, dtype=np.int64)
    return _Machine(scope, automaton(columns, [sizes[v] for v in scope], results))


def _cost_machine(
    price: Price, sizes: Sequence[int], depth: dict[int, int], quantity: int
) -> _Machine:
    scope, columns = _sorted(price.relation, depth)
    results = ranked(price.costs) + 1
    machine = automaton(columns, [sizes[v] for v in scope], results)
    costs = np.concatenate([[price.default], np.unique(price.costs)])
    return _Machine(scope, machine, quantity, costs)


def _install_pair(layout: Layout, relation: Relation, depth: dict[int, int]) -> None:
    (upper, lower), (left, right) = _sorted(relation, depth)
    allowed = np.zeros((layout.sizes[upper], layout.sizes[lower]), dtype=np.bool_)
    allowed[left, right] = True
    _narrow(layout, upper, lower, allowed)


def _narrow(layout: Layout, upper: int, lower: int, allowed: npt.NDArray[np.bool_]) -> None:
    start = layout.starts[lower]
    rest = ~layout.range_mask(start, start + layout.sizes[lower])
    move = layout.moves[upper]
    move.masks &= layout.bits(lower, allowed) | rest
    move.narrowed.add(lower)


def _install(layout: Layout, machine: _Machine, place: Field) -> None:
    """Let the variables of an automaton move its state."""
    moves = machine.automaton.moves
    first = moves[0][machine.automaton.start : machine.automaton.start + 1]
    prunes = machine.costs is None
    upper = machine.scope[:-1] if machine.costs is not None else machine.scope[:-2]
    for number, variable in enumerate(upper):
        source = None if number == 0 else place
        table = first if number == 0 else moves[number]
        layout.moves[variable].moves.append((source, place, table, prunes))
    if machine.costs is not None:
        costs = machine.costs[moves[-1]]
        layout.moves[machine.scope[-1]].prices.append((machine.quantity, place, costs))
        return
    closer, lower = machine.scope[-2:]
    start = layout.starts[lower]
    rest = ~layout.range_mask(start, start + layout.sizes[lower])
    left = layout.bits(lower, moves[-1] > 0) | rest
    layout.moves[closer].closing.append((place, moves[-2], left))
    layout.moves[closer].narrowed.add(lower)
