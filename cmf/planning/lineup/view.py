"""What a target looks at, as planning sees it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from attrs import frozen

from cmf.model.targets import Target
from cmf.planning.lineup.ground import Ground
from cmf.problem.formula import TRUE, Formula, scope
from cmf.problem.grid import Bools
from cmf.rules.resolve import resolve_condition
from cmf.source import Text


class NotExpressible(Exception):
    """A target that a plan cannot be held to; the message says why."""


@frozen(eq=False)
class View:
    """What a target looks at.

    Attributes
    ----------
    where
        For every row whether its vehicle is looked at.
    speaks
        Variables on which that depends.
    """

    ground: Ground
    target: Target
    where: Bools
    speaks: tuple[int, ...]

    @classmethod
    def of(cls, target: Target, ground: Ground, refused: Collection[str]) -> View:
        """Raises `NotExpressible` for a target that looks at vehicles without a variant."""
        if target.vehicles == "all" and refused:
            raise NotExpressible("it also looks at vehicles that cannot be built")
        formula = formula_of(ground, target.where)
        return cls(target=target, ground=ground, where=ground.assembly.truth(formula),
                   speaks=scope(formula))  # fmt: skip

    def vehicles(self) -> frozenset[int]:
        """The vehicles that are looked at, whatever is planned."""
        spans = self.ground.assembly.spans
        found = set()
        for i, (first, last) in enumerate(pairwise(spans)):
            own = self.where[first:last]
            if own.any() != own.all():
                raise NotExpressible("the vehicles it looks at depend on the modules chosen")
            if own.any():
                found.add(i)
        return frozenset(found)


def formula_of(ground: Ground, text: Text | None) -> Formula:
    """A condition of a target; raises `InputError` at its place."""
    lowered = ground.assembly.lowered
    if text is None:
        return TRUE
    return lowered.condition(resolve_condition(lowered.resolved, text))
