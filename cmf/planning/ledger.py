"""Constraints that look at who uses what, as prices on uses: share targets and numbers in use.

A constraint is weighed with a multiplier, money per unit that it lacks; the search raises it while
the constraint is missed and lowers it while it is met.
"""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
from attrs import define, evolve, field

from cmf.planning.compiled import Compiled, Index
from cmf.planning.constraints import AtMost, Counting, Followed, Leads, Share, Spread

Floats = npt.NDArray[np.float64]


class Ledger(Protocol):
    """One constraint, kept up to date while vehicles come and go."""

    multiplier: float

    def fresh(self) -> Ledger:
        """The same constraint, with no vehicle in."""

    def copy(self) -> Ledger:
        """An independent copy."""

    def count(self, vehicle: int, entries: Index, sign: int) -> None:
        """A vehicle comes (1) or goes (-1) with some uses."""

    def prices(self, vehicle: int, a: int, b: int, group: Index) -> Floats:
        """What each of the uses ``a .. b`` adds, at the multiplier."""

    def lack(self) -> float:
        """What is missing to meet the constraint; negative is to spare."""

    def shortage(self) -> float:
        """What is missing, in money."""


@define(eq=False)
class Counted:
    """What the constraints have in common: who uses what, and the multiplier.

    Attributes
    ----------
    entry_group
        The group of every use.
    users
        How many vehicles use each group, in all or by label.
    """

    entry_group: Index
    users: Index
    multiplier: float = field(default=0.0, kw_only=True)

    def fresh(self) -> Self:
        """The same constraint, with no vehicle in."""
        return evolve(self, users=np.zeros_like(self.users))

    def copy(self) -> Self:
        """An independent copy."""
        return evolve(self, users=self.users.copy())

    def lack(self) -> float:
        """What is missing to meet the constraint; negative is to spare."""
        raise NotImplementedError

    def shortage(self) -> float:
        """What is missing, in money."""
        return self.multiplier * max(0.0, self.lack())


@define(eq=False)
class ShareLedger(Counted):
    """A share target.

    Attributes
    ----------
    weight
        Of every use; for weights that count once, of every group.
    counts
        Which labels (rows) make a group (column) common.
    total
        For each group the weight in use.
    """

    bound: float
    once: bool
    k: int
    label: Index
    looked_at: npt.NDArray[np.bool_]
    weight: Floats
    counts: npt.NDArray[np.bool_]
    total: Floats

    def fresh(self) -> Self:
        """The same constraint, with no vehicle in."""
        return evolve(self, users=np.zeros_like(self.users), total=np.zeros_like(self.total))

    def copy(self) -> Self:
        """An independent copy."""
        return evolve(self, users=self.users.copy(), total=self.total.copy())

    def count(self, vehicle: int, entries: Index, sign: int) -> None:
        """A vehicle comes or goes with some uses."""
        group = self.entry_group[entries]
        if not self.once:
            np.add.at(self.total, group, sign * self.weight[entries])
        if self.looked_at[vehicle]:
            self.users[self.label[vehicle], np.unique(group)] += sign

    def _spread(self) -> Index:
        spread: Index = ((self.users > 0) & self.counts).sum(axis=0)
        return spread

    def parts(self) -> tuple[float, float]:
        """Common weight and weight in use."""
        weight = self.total
        if self.once:
            weight = np.where(self.users.any(axis=0), self.weight, 0.0)
        return float(weight[self._spread() >= self.k].sum()), float(weight.sum())

    def prices(self, vehicle: int, a: int, b: int, group: Index) -> Floats:
        """What each use adds, at the multiplier."""
        if not self.multiplier:
            return np.zeros(len(group))
        spread = self._spread()
        label = self.label[vehicle]
        new = self.counts[label] & (self.users[label] == 0) & self.looked_at[vehicle]
        common = spread + new >= self.k
        if self.once:
            unused = ~self.users.any(axis=0) & self.looked_at[vehicle]
            becomes = common & (unused | (spread < self.k))
            gain = np.where(becomes, self.weight, 0.0)
            gain = gain - self.bound * np.where(unused, self.weight, 0.0)
            return np.asarray(-self.multiplier * gain[group])
        turned = np.where(common & (spread < self.k), self.total, 0.0)
        gain = self.weight[a:b] * (common[group] - self.bound) + turned[group]
        return np.asarray(-self.multiplier * gain)

    def lack(self) -> float:
        """How far the common weight is short of its bound."""
        shared, whole = self.parts()
        return self.bound * whole - shared if whole > 0 else 1.0


def share_ledger(
    compiled: Compiled, share: Share, entry_group: Index, entry_pair: Index
) -> ShareLedger:
    """The ledger of a share target."""
    problem = compiled.problem
    names = [vehicle.group(share.population) for vehicle in problem.vehicles]
    labels = list(dict.fromkeys(names))
    members = [
        [(j, share.weights[j]) for j in items if j in share.weights] for items in compiled.items_of
    ]
    if share.counting is Counting.ONCE:
        weight = np.array([float(sum(w for _, w in each)) for each in members])
    else:
        weight = np.array(
            [
                _entry_weight(compiled, share, dict(members[g]), p)
                for g, p in zip(entry_group.tolist(), entry_pair.tolist(), strict=True)
            ],
            dtype=np.float64,
        )
    counts = np.ones((len(labels), compiled.groups), dtype=np.bool_)
    k = 1
    match share.common:
        case Spread(number):
            k = number
        case Followed(leads):
            for g, each in enumerate(members):
                lead = leads.get(each[0][0]) if each else None
                counts[:, g] = [lead is not None and label != lead for label in labels]
        case _:
            counts[:] = [[label == share.common.group] for label in labels]
    return ShareLedger(
        entry_group,
        np.zeros((len(labels), compiled.groups), dtype=np.int64),
        float(share.bound),
        share.counting is Counting.ONCE,
        k,
        np.array([labels.index(name) for name in names]),
        np.array([not share.among or v in share.among for v in range(len(names))]),
        weight,
        counts,
        np.zeros(compiled.groups),
    )


def _entry_weight(compiled: Compiled, share: Share, members: dict[int, int], pair: int) -> float:
    if not members:
        return 0.0
    vehicle, choice = int(compiled.pair_vehicle[pair]), int(compiled.pair_choice[pair])
    factor = share.factors[vehicle] if share.factors else 1
    if share.counting is Counting.VEHICLE:
        return float(factor * sum(members.values()))
    uses = compiled.problem.uses(vehicle, choice)
    return float(factor * sum(members.get(use.item, 0) * use.quantity for use in uses))


@define(eq=False)
class NumberLedger(Counted):
    """At most a number of items in use."""

    weight: Floats
    most: float

    def count(self, vehicle: int, entries: Index, sign: int) -> None:
        """A vehicle comes or goes with some uses."""
        self.users[np.unique(self.entry_group[entries])] += sign

    def prices(self, vehicle: int, a: int, b: int, group: Index) -> Floats:
        """What each use adds, at the multiplier."""
        return np.asarray(self.multiplier * np.where(self.users == 0, self.weight, 0.0)[group])

    def lack(self) -> float:
        """How many too many are in use."""
        return float(self.weight[self.users > 0].sum()) - self.most


@define(eq=False)
class LeadLedger(Counted):
    """Items that only follow their leader's group."""

    label: Index
    lead: Index

    def count(self, vehicle: int, entries: Index, sign: int) -> None:
        """A vehicle comes or goes with some uses."""
        self.users[self.label[vehicle], np.unique(self.entry_group[entries])] += sign

    def _led(self) -> npt.NDArray[np.bool_]:
        led: npt.NDArray[np.bool_] = self.users[self.lead, np.arange(len(self.lead))] > 0
        return led

    def prices(self, vehicle: int, a: int, b: int, group: Index) -> Floats:
        """What each use adds, at the multiplier."""
        alone = (self.lead >= 0) & ~self._led() & (self.lead != self.label[vehicle])
        return np.asarray(self.multiplier * alone[group])

    def lack(self) -> float:
        """How many groups are used without their leader."""
        return float(((self.lead >= 0) & self.users.any(axis=0) & ~self._led()).sum())


def ledgers_of(compiled: Compiled, entry_group: Index, entry_pair: Index) -> list[Ledger]:
    """The ledgers of all constraints that look at who uses what."""
    group_of = {j: g for g, items in enumerate(compiled.items_of) for j in items}
    found: list[Ledger] = []
    for constraint in compiled.problem.constraints:
        match constraint:
            case Share():
                found.append(share_ledger(compiled, constraint, entry_group, entry_pair))
            case AtMost(_, weights, most):
                number = np.zeros(compiled.groups)
                for j, w in weights.items():
                    if j in group_of:
                        number[group_of[j]] += w
                users = np.zeros(compiled.groups, dtype=np.int64)
                found.append(NumberLedger(entry_group, users, number, float(most)))
            case Leads():
                found.append(_lead_ledger(compiled, constraint, group_of, entry_group))
            case _:
                pass
    return found


def _lead_ledger(
    compiled: Compiled, leads: Leads, group_of: dict[int, int], entry_group: Index
) -> LeadLedger:
    names = [vehicle.group(leads.population) for vehicle in compiled.problem.vehicles]
    labels = list(dict.fromkeys([*names, *leads.leads.values()]))
    lead = np.full(compiled.groups, -1, dtype=np.int64)
    for j, name in leads.leads.items():
        if j in group_of:
            lead[group_of[j]] = labels.index(name)
    users = np.zeros((len(labels), compiled.groups), dtype=np.int64)
    return LeadLedger(entry_group, users, np.array([labels.index(n) for n in names]), lead)
