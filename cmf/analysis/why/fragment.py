"""A few constraints alone, over nothing but the variables that they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from attrs import evolve, field, frozen

from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import holds, scope
from cmf.problem.problem import Constraint, Problem
from cmf.problem.renumber import Renumbering


class DisprovedError(RuntimeError):
    """A second look contradicts the first: a defect of this program, never of a catalogue."""


@frozen
class Fragment:
    """Constraints of a problem, cut out of it.

    Attributes
    ----------
    problem
        The constraints over their own variables.
    variables
        For each of these variables its number in the whole problem.
    constraints
        The constraints as they stand in the whole problem.
    """

    problem: Problem
    variables: tuple[int, ...]
    constraints: tuple[Constraint, ...] = field(repr=False)
    limits: Limits

    @classmethod
    def of(cls, problem: Problem, constraints: Sequence[Constraint], limits: Limits) -> Fragment:
        numbers = sorted({v for each in constraints for v in scope(each.formula)})
        own = tuple(problem.variables[number] for number in numbers)
        small = Problem(problem.name, own)
        renumbering = Renumbering.of(problem, small, defaultdict(int))
        renumbered = (evolve(c, formula=renumbering.formula(c.formula)) for c in constraints)
        return cls(small.where(*renumbered), tuple(numbers), tuple(constraints), limits)

    def prove_minimal(self) -> None:
        """Prove by fresh solves that the constraints exclude each other, and minimally so.

        Without any one of them there must be a combination that meets the others, which is checked
        without a solver.

        Raises
        ------
        DisprovedError
            When it is not so.
        LimitReached
            When there is no proof within the limits.
        """
        space = self.open(self.problem)
        every = range(len(self.constraints))
        if space.explainer().variant(every) is not None:
            raise DisprovedError(f"no conflict: {self._names}")
        for number in every:
            rest = [other for other in every if other != number]
            witness = space.explainer().variant(rest)
            if witness is None or not all(
                holds(self.problem.constraints[other].formula, witness) for other in rest
            ):
                raise DisprovedError(f"no minimal conflict: {self._names}")

    def open(self, problem: Problem) -> SatSpace:
        """The space of a problem over the same variables."""
        space = SatEngine().open(problem, self.limits)
        if isinstance(space, Unknown):
            raise LimitReached(f"no proof within {space.limit}")
        return space

    @property
    def _names(self) -> str:
        return ", ".join(each.origin.name for each in self.constraints)
