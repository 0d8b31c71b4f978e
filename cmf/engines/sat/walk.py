"""All variants in declared order, one solve for each place where the order branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from cmf.engines.sat.oracle import Budget, Oracle
from cmf.problem.problem import Variant


@frozen
class _Branch:
    """A variable with a choice: its number, the options to try (the next one last), assumptions."""

    variable: int
    todo: list[int]
    assumptions: list[int]


@define
class Walk:
    """A depth-first search through the variables in declared order that never meets a dead end.

    Before an option is entered a model must show that some variant takes it. The last model serves
    as long as it lies on the path, and unit propagation rules out most other options.
    """

    oracle: Oracle
    budget: Budget
    assumptions: Sequence[int] = ()
    _path: list[int] = field(factory=list)
    _branches: list[_Branch] = field(factory=list)
    _witness: Variant = ()

    def variants(self) -> Iterator[Variant]:
        """The variants under the assumptions; raises `LimitReached` when the time is over."""
        if not self.oracle.solve(self.assumptions, self.budget):
            return
        self._witness = self.oracle.variant()
        assumptions: list[int] | None = list(self.assumptions)
        while assumptions is not None:
            if self._descend(assumptions):
                yield tuple(self._path)
            assumptions = self._advance()

    def _descend(self, assumptions: list[int]) -> bool:
        """Follow the variables without a choice; whether that completes a variant."""
        implied = self.oracle.implied(assumptions)
        for literals in self.oracle.encoding.options[len(self._path) :]:
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
                literal = self.oracle.encoding.options[branch.variable][option]
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
        self._witness = self.oracle.variant()
        return True
