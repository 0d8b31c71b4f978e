"""A diagram in the making: axis by axis, from the rules as `cmf.verify` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from cmf.analysis.certify.patience import Patience
from cmf.verify.meaning import State

Key = tuple[tuple[int, State], ...]
"""What is open: statements and sums by their number, each with its state."""

Targets = Sequence[int]
"""Where the options lead: a place in the layer below, or ``-n - 1``: statement n refuses."""


@define
class Layer:
    """What is decided next, on all ways that lead here.

    Attributes
    ----------
    places
        What is open on a way, by its place in the layer.
    growth
        By how much sums have grown at least on the way to each place.
    came
        The place above and the option by which that is so.
    rows
        Where each place leads.
    """

    places: dict[Key, int] = field(factory=dict)
    growth: list[int] = field(factory=list)
    came: list[tuple[int, int]] = field(factory=list)
    rows: list[Targets] = field(factory=list)

    def reach(self, key: Key, growth: int, came: tuple[int, int]) -> int:
        """The place of what is open, with the least growth that leads there."""
        place = self.places.setdefault(key, len(self.places))
        if place == len(self.growth):
            self.growth.append(growth)
            self.came.append(came)
        elif growth < self.growth[place]:
            self.growth[place], self.came[place] = growth, came
        return place


@define
class Draft:
    """Decides axis by axis what statements and sums leave open.

    Attributes
    ----------
    sizes
        Number of options of the axes, in the order in which they are decided.
    statements
        Statements that must hold, by number.
    sums
        Sums that are followed, by numbers above.
    costs
        Growth of all other sums by level and option.
    room
        Growth from which on a way is of no interest; `None` follows all to the end.
    limit
        Nodes that are allowed.
    """

    sizes: Sequence[int]
    statements: Mapping[int, State]
    sums: Mapping[int, State]
    costs: Sequence[Sequence[int]]
    room: int | None
    limit: int
    patience: Patience
    layers: list[Layer] = field(factory=list)

    def grow(self) -> bool:
        """Decide all axes; whether that stays within the limit."""
        starting: dict[int, Key] = {}
        for number, state in (*self.statements.items(), *self.sums.items()):
            level = 0 if state.most == 0 and number in self.statements else state.level
            if level < len(self.sizes):
                starting[level] = (*starting.get(level, ()), (number, state))
        self.layers = [Layer({(): 0}, [0], [(0, 0)])]
        total = 0
        for level in range(len(self.sizes)):
            total += len(self.layers[level].places)
            self.patience.tell(total, self.limit)
            below = Layer()
            if not self._decide(level, starting.get(level, ()), below, self.limit - total):
                return False
            self.layers.append(below)
        return True

    def _decide(self, level: int, begun: Key, below: Layer, left: int) -> bool:
        layer = self.layers[level]
        size = self.sizes[level]
        opened: dict[Key, int] = {}
        for key, place in layer.places.items():
            growth = layer.growth[place]
            if self.room is not None and growth >= self.room:
                layer.rows.append([below.reach((), growth, (place, 0))] * size)
                opened[key] = place
                continue
            at = tuple(sorted(key + begun, key=lambda each: each[0]))
            opened[at] = place
            layer.rows.append([self._target(at, level, o, below, place) for o in range(size)])
            if len(below.places) > left:
                return False
            self.patience.check()
        layer.places = opened
        return True

    def _target(self, key: Key, level: int, option: int, below: Layer, place: int) -> int:
        left = []
        growth = self.layers[level].growth[place] + self.costs[level][option]
        for number, state in key:
            after = state.after(level, option)
            if number in self.sums:
                growth += after.least - state.least
            elif after.most == 0:
                return -number - 1
            if after.least < after.most:
                left.append((number, after))
        if self.room is not None and growth >= self.room:
            left = []
        return below.reach(tuple(left), growth, (place, option))

    def cheapest(self) -> tuple[int, list[int]] | None:
        """The least growth of all ways, and its options; `None` when there is no way."""
        last = self.layers[-1]
        if not last.growth:
            return None
        options, place = [], 0
        for layer in reversed(self.layers[1:]):
            place, option = layer.came[place]
            options.append(option)
        return last.growth[0], options[::-1]

    def folded(self) -> tuple[list[list[list[int]]], list[int]]:
        """The nodes from the bottom up, equal ones once, and the statements that refuse."""
        known: dict[object, int] = {}
        nodes: list[list[list[int]]] = []
        used: dict[int, int] = {}
        under = [0]
        for level in range(len(self.sizes) - 1, -1, -1):
            layer = self.layers[level]
            numbers = []
            for key, row in zip(layer.places, layer.rows, strict=True):
                arcs: dict[int, list[int]] = {}
                for option, target in enumerate(row):
                    refused = -1 - used.setdefault(-target - 1, len(used)) if target < 0 else 0
                    arcs.setdefault(refused or under[target], []).append(option)
                name = (
                    level,
                    tuple((to, tuple(options)) for to, options in arcs.items()),
                    tuple(each for each in key if each[0] in self.sums),
                )
                if name not in known:
                    nodes.append([[level], *([to, *options] for to, options in arcs.items())])
                    known[name] = len(nodes)
                numbers.append(known[name])
            under = numbers
        return nodes, list(used)
