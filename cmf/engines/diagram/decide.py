"""Building by binary decision diagrams (OxiDD), for problems that the other builders find too wide.

Classes of options are written as bits. Conjunction makes equal what is equal, however it is
written, which is what the top-down builder cannot see; the price is a linear order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import define, field

from cmf.engines.diagram.budget import Budget, TooLarge
from cmf.engines.diagram.chains import Step, sum_chain, table_chain
from cmf.engines.diagram.force import force_order
from cmf.engines.diagram.lower import ROWS
from cmf.engines.diagram.nodes import Branch, Forest
from cmf.engines.diagram.relation import Ints
from cmf.engines.diagram.tabulate import Classes, classes_of
from cmf.problem.formula import And, Formula, Member, Not, Or, Sum, Table, scope

NODE_BYTES = 48
"""Memory of one node, its share of the tables included."""

_NODES = 30_000_000
"""Nodes where no memory limit is given."""

_NODES_A_SECOND = 500_000
"""Nodes that are made in a second at least."""

_CACHE = 4_000_000
"""Remembered results of operations."""

_TOGETHER = 40
"""Constraints that are conjoined before they meet the rest: each meeting costs a full pass."""


@define(eq=False)
class _Encoding:
    """Formulas as functions over bits.

    Attributes
    ----------
    labels
        For every variable the class of each option, -1 for options that no variant takes.
    order
        Variables from the top down.
    first
        First bit of every variable, its highest one.
    """

    manager: Any
    labels: Mapping[int, Ints]
    order: Sequence[int]
    first: dict[int, int] = field(init=False)
    sizes: dict[int, int] = field(init=False)
    found: dict[tuple[int, frozenset[int]], Any] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.sizes = {v: int(own.max(initial=-1)) + 1 for v, own in self.labels.items()}
        self.first = {}
        bit = 0
        for variable in self.order:
            self.first[variable] = bit
            bit += self.width(variable)
        self.manager.add_vars(bit)

    @property
    def _options(self) -> list[int]:
        """Number of options of every variable up to the last."""
        numbers = range(max(self.labels, default=-1) + 1)
        return [len(self.labels[v]) if v in self.labels else 0 for v in numbers]

    def width(self, variable: int) -> int:
        """Number of bits of a variable."""
        return (self.sizes[variable] - 1).bit_length()

    def member(self, variable: int, options: Iterable[int]) -> Any:
        """The variable takes one of some options."""
        labels = self.labels[variable]
        classes = frozenset(int(labels[o]) for o in options) - {-1}
        key = (variable, classes)
        if key not in self.found:
            self.found[key] = self._codes(variable, sorted(classes), 0)
        return self.found[key]

    def _codes(self, variable: int, codes: Sequence[int], depth: int) -> Any:
        if not codes:
            return self.manager.false()
        bits = self.width(variable) - depth
        if len(codes) == 1 << bits:
            return self.manager.true()
        half = 1 << (bits - 1)
        low = self._codes(variable, [c for c in codes if c < half], depth + 1)
        high = self._codes(variable, [c - half for c in codes if c >= half], depth + 1)
        return self.manager.var(self.first[variable] + depth).ite(high, low)

    def truth(self, formula: Formula) -> Any:
        """Where a formula holds."""
        match formula:
            case Member(variable, options):
                return self.member(variable, options)
            case Not(operand):
                return ~self.truth(operand)
            case And(terms):
                result = self.manager.true()
                for term in terms:
                    result &= self.truth(term)
                return result
            case Or(terms):
                result = self.manager.false()
                for term in terms:
                    result |= self.truth(term)
                return result
            case Sum():
                classes = classes_of(formula, self._options)
                return self._chain(list(sum_chain(formula, classes, ROWS)), classes)
            case Table():
                classes = classes_of(formula, self._options)
                return self._chain(list(table_chain(formula, classes)), classes)

    def _chain(self, steps: Sequence[Step], classes: Classes) -> Any:
        """Where a chain of states ends in state 1."""
        states = [self.manager.false(), self.manager.true()]
        for number in range(len(steps) - 1, -1, -1):
            step = steps[number]
            first = number == 0
            before = [self.manager.false()] * (1 if first else steps[number - 1].states)
            columns = step.columns if not first else (np.zeros_like(step.columns[0]), *step.columns)
            for state, *values, after in zip(*(c.tolist() for c in columns), strict=True):
                way = states[after]
                for variable, label in zip(step.scope, values, strict=True):
                    members = np.flatnonzero(classes.labels[variable] == label).tolist()
                    way &= self.member(variable, members)
                before[state] |= way
            states = before
        return states[0]


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    match formula:
        case And(terms):
            for term in terms:
                yield from _conjuncts(term)
        case Not(Or(terms)):
            for term in terms:
                yield from _conjuncts(Not(term))
        case _:
            yield formula


def decide(
    labels: Mapping[int, Ints], formulas: Sequence[Formula], budget: Budget
) -> Forest | None:
    """Build the nodes of one linear diagram; `None` when there is no solution.

    Parameters
    ----------
    labels
        For every variable of the diagram the class of each option, -1 for options that no variant
        takes.

    Raises
    ------
    LimitReached
        When memory or time do not suffice.
    """
    from oxidd.bdd import BDDManager
    from oxidd.util import DDMemoryError

    parts = [part for formula in formulas for part in _conjuncts(formula)]
    scopes = [scope(part) for part in parts]
    order = [v for v in force_order(max(labels, default=-1) + 1, scopes) if v in labels]
    limits = budget.limits
    nodes = _NODES if limits.memory is None else max(1_000, limits.memory // NODE_BYTES)
    if limits.seconds is not None:
        # An operation cannot be interrupted, but it ends where nodes do.
        nodes = max(1_000, min(nodes, int(limits.seconds * _NODES_A_SECOND)))
    manager = BDDManager(nodes, min(_CACHE, nodes), 1)
    try:
        encoding = _Encoding(manager, labels, order)
        return _export(encoding, _conjunction(encoding, parts, scopes, budget), budget)
    except DDMemoryError as error:
        raise TooLarge(f"{nodes:,} nodes of a binary decision diagram") from error


def _conjunction(
    encoding: _Encoding,
    parts: Sequence[Formula],
    scopes: Sequence[Sequence[int]],
    budget: Budget,
) -> Any:
    place = {v: i for i, v in enumerate(encoding.order)}
    depths = [sorted(map(place.__getitem__, found), reverse=True) for found in scopes]
    waiting = sorted(range(len(parts)), key=depths.__getitem__)
    whole = encoding.manager.true()
    for variable, size in encoding.sizes.items():
        every = [int(np.argmax(encoding.labels[variable] == c)) for c in range(size)]
        whole &= encoding.member(variable, every)
    for first in range(0, len(waiting), _TOGETHER):
        few = encoding.manager.true()
        for number in waiting[first : first + _TOGETHER]:
            few &= encoding.truth(parts[number])
            budget.check()
        whole &= few
    return whole


def _export(encoding: _Encoding, whole: Any, budget: Budget) -> Forest | None:
    """The diagram with one level for each variable, every path through all of them."""
    nothing = encoding.manager.false()
    if whole == nothing:
        return None
    branches = []
    states = [whole]
    last = len(encoding.order) - 1
    for number, variable in enumerate(encoding.order):
        budget.check()
        numbers: dict[Any, int] = {}
        owners, values, targets = [], [], []
        top = encoding.first[variable]
        for owner, state in enumerate(states):
            for value, after in enumerate(_values(state, top, encoding.width(variable))):
                if value < encoding.sizes[variable] and after != nothing:
                    owners.append(owner)
                    values.append(value)
                    targets.append(numbers.setdefault(after, len(numbers)))
            if budget.arcs + len(owners) > budget.ways:
                raise TooLarge(f"{budget.ways:,} arcs")
        branch = Branch(
            variable,
            () if number == last else (encoding.order[number + 1],),
            np.array(owners, dtype=np.int64),
            np.array(values, dtype=np.int64),
            np.array([targets] if number < last else [], dtype=np.int64).reshape(-1, len(owners)),
            np.zeros((0, len(owners)), dtype=np.int64),
            len(states),
        )
        budget.add(branch)
        branches.append(branch)
        states = list(numbers)
    return Forest(tuple(reversed(branches)), ())


def _values(state: Any, top: int, width: int) -> list[Any]:
    """What is left for every code of a variable whose bits start at level `top`."""
    found = [state]
    for level in range(top, top + width):
        following = []
        for each in found:
            pair = each.cofactors() if _level(each) == level else None
            # The first cofactor is the one of the bit being set.
            following += [each, each] if pair is None else [pair[1], pair[0]]
        found = following
    return found


def _level(function: Any) -> int:
    level = function.node_level()
    return -1 if level is None else int(level)
