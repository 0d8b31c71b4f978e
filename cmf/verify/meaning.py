"""What a statement still asks after some axes were decided, by `rules.semantics` alone.

States are whole numbers; ``-s`` asks the contrary of ``s``; `TRUE` and ``-TRUE`` ask nothing more.
An atom is judged on every combination of options that it can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from attrs import define, field

from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

TRUE = 1
NEVER = 10**9


class OutOfBudget(Exception):
    """The work that was allowed does not suffice."""


@define
class Meaning:
    """States of statements, over axes decided in `order`; `budget` combinations and steps."""

    resolved: ResolvedCatalog
    order: Sequence[str]
    budget: int
    _asked: list[tuple[bool, int, tuple[int, ...]]] = field(
        factory=lambda: [(False, NEVER, ())] * 2
    )
    _known: dict[tuple[bool, int, tuple[int, ...]], int] = field(factory=dict)
    _steps: dict[tuple[int, int], int] = field(factory=dict)
    _reads: dict[t.Expr, Mapping[str, frozenset[str]]] = field(factory=dict)

    def spend(self, work: int) -> None:
        """Take note of work; raises `OutOfBudget`."""
        self.budget -= work
        if self.budget < 0:
            raise OutOfBudget

    def level(self, state: int) -> int:
        """Place in the order of the next axis that a state asks for; `NEVER` for none."""
        return self._asked[abs(state)][1]

    def state(self, expr: t.Expr) -> int:
        """The state of a statement when nothing is decided."""
        match expr:
            case t.And(terms):
                return self._all([self.state(term) for term in terms])
            case t.Or(terms):
                return -self._all([-self.state(term) for term in terms])
            case t.Not(operand):
                return -self.state(operand)
            case t.Implies(left, right):
                return -self._all([self.state(left), -self.state(right)])
        reads = self.reads(expr)
        axes = sorted(reads, key=self.order.index)
        groups = [list(self.groups(axis, reads[axis])) for axis in axes]
        self.spend(prod(map(len, groups)))
        return self._table(expr, axes, groups, {})

    def step(self, state: int, level: int, option: int) -> int:
        """The state after the axis at `level` took an option, all axes before it being decided."""
        joint, asked, parts = self._asked[abs(state)]
        if asked != level:
            return state
        sign = 1 if state > 0 else -1
        if not joint:
            return sign * parts[option]
        key = (abs(state), option)
        if key not in self._steps:
            self.spend(len(parts))
            self._steps[key] = self._all([self.step(part, level, option) for part in parts])
        return sign * self._steps[key]

    def reads(self, expr: t.Expr) -> Mapping[str, frozenset[str]]:
        """Attributes that an expression reads, by axis; the empty name is the option itself."""
        if expr not in self._reads:
            found: dict[str, set[str]] = {}
            match expr:
                case t.AxisRef(axis):
                    found[axis] = {""}
                case t.AttributeRef(axis, attribute):
                    found[axis] = {attribute}
            for part in self._parts(expr):
                for axis, names in self.reads(part).items():
                    found.setdefault(axis, set()).update(names)
            self._reads[expr] = {axis: frozenset(names) for axis, names in found.items()}
        return self._reads[expr]

    def _parts(self, expr: t.Expr) -> Iterator[t.Expr]:
        match expr:
            case t.QuantityRef(name):
                yield self.resolved.quantities[name].expression
            case t.BomRef():
                yield from {line.condition: None for line in self.resolved.lines}
            case _:
                yield from t.children(expr)

    def groups(self, axis: str, names: frozenset[str]) -> Iterator[list[int]]:
        """Numbers of the options that agree in what is read."""
        groups: dict[tuple[object, ...], list[int]] = {}
        for number, option in enumerate(self.resolved.axes[axis].options):
            values = [option.values.get(n) if n else option.name for n in sorted(names)]
            groups.setdefault(tuple((type(v), v) for v in values), []).append(number)
        yield from groups.values()

    def _table(
        self, expr: t.Expr, axes: list[str], groups: list[list[list[int]]], chosen: dict[str, str]
    ) -> int:
        if not axes:
            return TRUE if semantics.holds(expr, semantics.World(self.resolved, chosen)) else -TRUE
        names = self.resolved.axes[axes[0]].names
        parts = [0] * len(names)
        for group in groups[0]:
            world = {**chosen, axes[0]: names[group[0]]}
            below = self._table(expr, axes[1:], groups[1:], world)
            for option in group:
                parts[option] = below
        if len(set(parts)) == 1:
            return parts[0]
        sign = 1 if parts[0] > 0 else -1  # a table and its contrary are one
        level = self.order.index(axes[0])
        return sign * self._number(False, level, tuple(sign * part for part in parts))

    def _all(self, states: Sequence[int]) -> int:
        kept: set[int] = set()
        for state in states:
            joint, _, parts = self._asked[abs(state)]
            kept.update(parts if joint and state > 0 else [state])
        kept.discard(TRUE)
        if -TRUE in kept or any(-state in kept for state in kept):
            return -TRUE
        if len(kept) < 2:
            return kept.pop() if kept else TRUE
        return self._number(True, min(map(self.level, kept)), tuple(sorted(kept)))

    def _number(self, joint: bool, level: int, parts: tuple[int, ...]) -> int:
        """The state of a table by option (not joint), or of a conjunction of states (joint)."""
        asked = (joint, level, parts)
        if asked not in self._known:
            self._known[asked] = len(self._asked)
            self._asked.append(asked)
        return self._known[asked]
