"""What a constraint leaves of the options of its variables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from attrs import define

from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.formula import Formula, Member, Rows, Table, scope
from cmf.problem.grid import Bools, truth
from cmf.problem.problem import Constraint, Problem

GRID = 300_000
"""Combinations up to which a constraint is spread out."""

Domains = Mapping[int, frozenset[int]]
"""Options of some variables; all others have all of theirs."""


@define(slots=False)
class Narrowing:
    """One constraint, ready to be asked again and again.

    Few combinations are spread out, a table is searched row by row, and anything else is left to a
    solver.
    """

    problem: Problem
    constraint: Constraint
    limits: Limits

    @cached_property
    def scope(self) -> tuple[int, ...]:
        """The variables it speaks of, ascending."""
        return scope(self.constraint.formula)

    def left(self, domains: Domains) -> Domains | None:
        """The options of its variables that go together with some of `domains`; `None`: none."""
        if not self.scope:
            return {} if bool(truth(self.constraint.formula, (), ())) else None
        if self._size <= GRID:
            return self._of_grid(domains)
        match self.constraint.formula:
            case Table(variables, rows):
                return self._of_rows(variables, rows, domains)
            case _:
                return self._of_solver(domains)

    def entails(self, domains: Domains, fact: Member | None) -> bool:
        """Whether the constraint with `domains` entails a fact (`None`: is contradictory)."""
        if fact is None:
            return self.left(domains) is None
        others = self._every(fact.variable) - fact.options
        known = domains.get(fact.variable)
        outside = others if known is None else others & known
        return not outside or self.left({**domains, fact.variable: outside}) is None

    @cached_property
    def _size(self) -> int:
        return math.prod(len(self._every(v)) for v in self.scope)

    @cached_property
    def _grid(self) -> Bools:
        sizes = [len(variable.options) for variable in self.problem.variables]
        return truth(self.constraint.formula, self.scope, sizes)

    @cached_property
    def _space(self) -> SatSpace:
        alone = Problem(self.problem.name, self.problem.variables, (self.constraint,))
        space = SatEngine().open(alone, self.limits)
        if isinstance(space, Unknown):
            raise LimitReached(f"no reason within {space.limit}")
        return space

    def _of_grid(self, domains: Domains) -> Domains | None:
        chosen = [sorted(domains.get(v, self._every(v))) for v in self.scope]
        held = self._grid[np.ix_(*chosen)]
        if not held.any():
            return None
        return {
            v: frozenset(options[place] for place in np.flatnonzero(_along(held, axis)))
            for axis, (v, options) in enumerate(zip(self.scope, chosen, strict=True))
        }

    def _of_rows(self, variables: tuple[int, ...], rows: Rows, domains: Domains) -> Domains | None:
        kept = np.ones(len(rows), dtype=np.bool_)
        for column, v in enumerate(variables):
            if v in domains:
                inside = np.zeros(len(self._every(v)), dtype=np.bool_)
                inside[sorted(domains[v])] = True
                kept &= inside[rows[:, column]]
        if not kept.any():
            return None
        held = rows[kept]
        return {v: frozenset(np.unique(held[:, c]).tolist()) for c, v in enumerate(variables)}

    def _of_solver(self, domains: Domains) -> Domains | None:
        held: list[Formula] = [Member(v, options) for v, options in domains.items()]
        possible = self._space.where(*held).possible()
        if isinstance(possible, Unknown):
            raise LimitReached(f"no reason within {possible.limit}")
        if not isinstance(possible, Solved):
            return None
        return {v: possible.value[v] for v in self.scope}

    def _every(self, variable: int) -> frozenset[int]:
        return frozenset(range(len(self.problem.variables[variable].options)))


def _along(held: Bools, axis: int) -> Bools:
    """Where an array holds somewhere, along one axis."""
    others = tuple(other for other in range(held.ndim) if other != axis)
    return np.asarray(held.any(axis=others))
