"""Which variants a planner may give to a vehicle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from attrs import frozen

from cmf.analysis.configure import Build
from cmf.engines.protocols import ArraySpace, Space
from cmf.errors import LimitReached, fail
from cmf.model.lineup import Vehicle
from cmf.model.planning import Planning
from cmf.problem.answer import Unknown
from cmf.problem.formula import Formula, Member
from cmf.problem.grid import Ints, values
from cmf.problem.lower import LoweredCatalog
from cmf.rules import typed as t
from cmf.rules.resolve import resolve_condition

MOST_VARIANTS = 200_000
"""Valid variants that one vehicle may have; more of them call for a narrower brief."""


@frozen(eq=False)
class Freedom:
    """What a planner may change.

    Attributes
    ----------
    axes
        Numbers of the variables that may change: the slots, and the features that are open.
    """

    lowered: LoweredCatalog
    planning: Planning
    axes: tuple[int, ...]

    @classmethod
    def of(cls, lowered: LoweredCatalog, planning: Planning) -> Freedom:
        """The freedom that the assumptions of a plan leave."""
        catalog = lowered.resolved.catalog
        slots = {axis.name for axis in catalog.slots} | set(planning.open)
        axes = [number for number, axis in enumerate(catalog.axes) if axis.name in slots]
        return cls(lowered, planning, tuple(axes))

    def conditions(self, today: Build) -> tuple[Formula, ...]:
        """What binds the plan of a vehicle: features as today, and its brief where that is not
        open. A vehicle that is kept keeps everything."""
        vehicle, variables = today.brief.vehicle, self.lowered.problem.variables
        kept = vehicle.id in self.planning.keep
        return (
            *(
                Member(number, frozenset({today.variant[number]}))
                for number, axis in enumerate(variables)
                if kept
                or number not in self.axes
                or (axis.name in vehicle.pins and axis.name not in self.planning.open)
            ),
            *self._required(vehicle),
        )

    def variants(self, space: Space, today: Build, most: int = MOST_VARIANTS) -> Ints:
        """The variants that a plan may give to a vehicle, in declared order.

        Parameters
        ----------
        space
            All valid variants of the catalogue.
        today
            How the vehicle is built today.
        most
            Valid variants that it may have.

        Returns
        -------
        array
            Shape (variants, variables); today's variant is one of them.

        Raises
        ------
        LimitReached
            When there are more than `most`.
        InputError
            When `within` names a quantity that is no sum over the options.
        """
        within = space.where(*self.conditions(today))
        counted = within.count()
        if isinstance(counted, Unknown) or counted.value > most:
            raise LimitReached(
                f"{today.brief.vehicle.id} has more than {most} variants to choose from: "
                "open fewer conditions in planning.yaml"
            )
        found = _array(within, len(today.variant))
        return found[self._near(found, today)]

    def _required(self, vehicle: Vehicle) -> Iterator[Formula]:
        """The conditions of a brief that speak of nothing that is open."""
        if vehicle.require is None:
            return
        if not self.planning.open:
            yield self.lowered.condition(resolve_condition(self.lowered.resolved, vehicle.require))
            return
        statement = resolve_condition(self.lowered.resolved, vehicle.require)
        for term in statement.terms if isinstance(statement, t.And) else (statement,):
            if not names(term) & set(self.planning.open):
                yield self.lowered.condition(term)

    def _near(self, variants: Ints, today: Build) -> Ints:
        """Numbers of the variants whose quantities are within the stated steps of today's."""
        keep = np.ones(len(variants), dtype=np.bool_)
        sizes = [len(variable.options) for variable in self.lowered.problem.variables]
        for name, (low, high) in self.planning.within.items():
            quantity = self.lowered.problem.quantities.get(name)
            if quantity is None:
                reason = self.lowered.not_additive[name]
                raise fail("quantity-not-additive", f"`{name}` cannot bound a plan: {reason}",
                           self.planning.span)  # fmt: skip
            now = quantity.value(today.variant)
            if now is None:
                continue
            found = values(quantity.terms, variants, sizes) + quantity.offset
            keep &= (now + low <= found) & (found <= now + high)
        return np.flatnonzero(keep)


def names(expr: t.Expr) -> frozenset[str]:
    """The slots, features and quantities that an expression names, attributes also by their own
    name."""
    match expr:
        case t.AxisRef(name) | t.QuantityRef(name):
            return frozenset({name})
        case t.AttributeRef(axis, attribute):
            return frozenset({axis, f"{axis}.{attribute}"})
        case _:
            inside: Sequence[frozenset[str]] = [names(child) for child in t.children(expr)]
            return frozenset().union(*inside)


def _array(space: Space, width: int) -> Ints:
    if isinstance(space, ArraySpace):
        pieces = [np.asarray(piece, dtype=np.int64) for piece in space.arrays(MOST_VARIANTS)]
        return np.concatenate([np.zeros((0, width), dtype=np.int64), *pieces])
    listed = list(islice(space.variants(), MOST_VARIANTS))
    return np.array(listed, dtype=np.int64).reshape(-1, width)
