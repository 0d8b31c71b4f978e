"""All variants in declared order, one solve for each place where the order branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from attrs import define, field, frozen

from cmf.engines.sat.oracle import Budget, Oracle
from cmf.problem.problem import Variant


@frozen
class _Branch:
    """A variable with a choice: its place, the options to try (the next one last), assumptions."""

    variable: int
    todo: list[int]
    assumptions: list[int]


@define(slots=False)
class Walk:
    """A depth-first search through the variables in declared order that never meets a dead end.

    Before an option is entered a model must show that some variant takes it. The last model serves
    as long as it lies on the path, and unit propagation rules out most other options.

    Attributes
    ----------
    among
        Ascending variables to go through; of the others it only matters that they can follow. All
        without.
    """

    oracle: Oracle
    budget: Budget
    assumptions: Sequence[int] = ()
    among: Sequence[int] | None = None
    _path: list[int] = field(factory=list, init=False)
    _branches: list[_Branch] = field(factory=list, init=False)
    _witness: Variant = field(default=(), init=False)

    @cached_property
    def _options(self) -> list[list[int]]:
        """The literals of the variables to go through."""
        options = self.oracle.encoding.options
        return [options[v] for v in (range(len(options)) if self.among is None else self.among)]

    def _model(self) -> Variant:
        variant = self.oracle.variant()
        return variant if self.among is None else tuple(variant[v] for v in self.among)

    def variants(self) -> Iterator[Variant]:
        """The variants under the assumptions; raises `LimitReached` when the time is over."""
        if not self.oracle.solve(self.assumptions, self.budget):
            return
        self._witness = self._model()
        assumptions: list[int] | None = list(self.assumptions)
        while assumptions is not None:
            if self._descend(assumptions):
                yield tuple(self._path)
            assumptions = self._advance()

    def _descend(self, assumptions: list[int]) -> bool:
        """Follow the variables without a choice; whether that completes a variant."""
        implied = self.oracle.implied(assumptions)
        for literals in self._options[len(self._path) :]:
            todo = [
                option
                for option, literal in enumerate(literals)
                if -literal not in implied and literal not in self.oracle.dead
            ]
            if len(todo) != 1:
                self._branches.append(_Branch(len(self._path), todo[::-1], assumptions))
                return False
            self._path.append(todo[0])
        return True

    def _advance(self) -> list[int] | None:
        """Enter the next option of the last variable that has one; its assumptions."""
        while self._branches:
            branch = self._branches[-1]
            del self._path[branch.variable :]
            while branch.todo:
                option = branch.todo.pop()
                literal = self._options[branch.variable][option]
                assumptions = [*branch.assumptions, literal]
                if self._possible(option, assumptions):
                    self._path.append(option)
                    return assumptions
            self._branches.pop()
        return None

    def _possible(self, option: int, assumptions: Sequence[int]) -> bool:
        if self._witness[: len(self._path) + 1] == (*self._path, option):
            return True
        if not self.oracle.solve(assumptions, self.budget):
            return False
        self._witness = self._model()
        return True
