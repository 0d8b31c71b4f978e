"""The vehicles of a line-up before and after a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from attrs import evolve, frozen

from cmf.analysis.configure import Brief, Build, Outcome, Refusal, build
from cmf.engines.protocols import Space
from cmf.model.lineup import Vehicle
from cmf.problem.formula import Sum
from cmf.problem.problem import Constraint, Problem, Quantity
from cmf.problem.renumber import key


class Fate(Enum):
    """What a change does to a vehicle, the gravest first."""

    LOST = "lost"
    """Built before, cannot be built now."""
    GAINED = "gained"
    """Could not be built before."""
    CHANGED = "changed"
    """Built as another variant."""
    COST = "cost"
    """The same variant at another cost."""
    ADDED = "added"
    """Not in the line-up before."""
    REMOVED = "removed"
    """Not in the line-up any more."""
    REFUSED = "refused"
    """Cannot be built, before and after."""
    SAME = "same"


Settled = Build | Refusal


@frozen
class VehicleChange:
    """A vehicle before and after.

    Attributes
    ----------
    swaps
        Axis, option before and option after, where they differ.
    old_cost, new_cost
        The quantity at whose least value the side completes it, in base units; `None` when it is
        not built or the quantity is undefined.
    conflict
        Why a lost vehicle cannot be built; empty when not asked for.
    """

    vehicle: Vehicle
    fate: Fate
    swaps: tuple[tuple[str, str, str], ...] = ()
    old_cost: int | None = None
    new_cost: int | None = None
    conflict: tuple[Constraint, ...] = ()


@frozen
class Side:
    """The outcomes of one side, with its problem under the names of the new side."""

    problem: Problem
    outcomes: Sequence[Settled]
    minimise: str

    def cost(self, outcome: Settled) -> int | None:
        """What a built vehicle costs."""
        quantity = self.problem.quantities.get(self.minimise)
        if isinstance(outcome, Build) and quantity is not None:
            return quantity.value(outcome.variant)
        return None


def rebuilt(space: Space, briefs: Sequence[Brief], minimise: str, known: Side) -> Iterator[Outcome]:
    """The outcomes of a space all of whose variants the space of `known` has too.

    What is known carries over where the brief and the quantity are the same: the best of more is
    the best of fewer as long as it is one of them, and what none of more meets none of fewer does.
    """
    same = _alike(space.problem, known.problem, minimise, known.minimise)
    before = {outcome.brief.vehicle.id: outcome for outcome in known.outcomes}
    for brief in briefs:
        outcome = before.get(brief.vehicle.id) if same else None
        if outcome is not None and _same_brief(brief, outcome):
            if isinstance(outcome, Refusal):
                yield Refusal(brief)
                continue
            if isinstance(outcome, Build) and space.problem.valid(outcome.variant):
                yield evolve(outcome, brief=brief)
                continue
        yield build(space, brief, minimise)


def vehicle_changes(old: Side, new: Side) -> tuple[VehicleChange, ...]:
    """What became of every vehicle, in the order of the new line-up and then of the old."""
    before = {outcome.brief.vehicle.id: outcome for outcome in old.outcomes}
    after = {outcome.brief.vehicle.id: outcome for outcome in new.outcomes}
    vehicles = {o.brief.vehicle.id: o.brief.vehicle for o in (*old.outcomes, *new.outcomes)}
    found = []
    for name in dict.fromkeys((*after, *before)):
        was, is_ = before.get(name), after.get(name)
        vehicle = vehicles[name]
        swaps = _swaps(old, new, was, is_)
        costs = (old.cost(was) if was else None, new.cost(is_) if is_ else None)
        fate = _fate(was, is_, bool(swaps), costs[0] != costs[1])
        found.append(VehicleChange(vehicle, fate, swaps, *costs))
    return tuple(found)


def _fate(was: Settled | None, is_: Settled | None, swapped: bool, dearer: bool) -> Fate:
    if was is None:
        return Fate.ADDED
    if is_ is None:
        return Fate.REMOVED
    match isinstance(was, Build), isinstance(is_, Build):
        case True, True:
            return Fate.CHANGED if swapped else Fate.COST if dearer else Fate.SAME
        case True, False:
            return Fate.LOST
        case False, True:
            return Fate.GAINED
        case _:
            return Fate.REFUSED


def _swaps(
    old: Side, new: Side, was: Settled | None, is_: Settled | None
) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(was, Build) or not isinstance(is_, Build):
        return ()
    before, after = old.problem.names(was.variant), new.problem.names(is_.variant)
    return tuple(
        (axis, before.get(axis, ""), after.get(axis, ""))
        for axis in dict.fromkeys((*after, *before))
        if before.get(axis) != after.get(axis)
    )


def _alike(one: Problem, other: Problem, minimise: str, by: str) -> bool:
    """Whether variants are numbered and ranked the same on both sides."""
    mine, theirs = one.quantities.get(minimise), other.quantities.get(by)
    if one.variables != other.variables or minimise != by or mine is None or theirs is None:
        return False
    return _ranking(mine) == _ranking(theirs)


def _ranking(quantity: Quantity) -> object:
    return key(Sum(quantity.terms, quantity.offset, None)), key(quantity.defined)


def _same_brief(brief: Brief, outcome: Build | Refusal) -> bool:
    return [key(f) for f in brief.formulas] == [key(f) for f in outcome.brief.formulas]
