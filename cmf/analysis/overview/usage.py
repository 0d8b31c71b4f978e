"""Which vehicle takes which module, and how far every module reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from cmf.analysis.commonality.basis import VEHICLE
from cmf.analysis.configure import Build
from cmf.analysis.sharing import yearly_volume
from cmf.model.catalog import Axis, AxisKind, Catalog

ABSENT = "none"
"""Option of an optional slot that stays empty."""

UNIQUE = ""
"""Reach of what one vehicle alone uses."""


@frozen
class Member:
    """A built vehicle, as charts show it.

    Attributes
    ----------
    groups
        Population (``brand``, ``company``) to the vehicle's own group, as far as the catalogue
        has these features.
    volume
        Vehicles a year; `None` where it is not known.
    """

    id: str
    name: str
    groups: Mapping[str, str]
    volume: int | None

    @property
    def brand(self) -> str:
        """Its brand; empty when the catalogue has none."""
        return self.groups.get("brand", "")


@frozen
class ModuleUse:
    """A module in use.

    Attributes
    ----------
    users
        Numbers of the built vehicles that take it, ascending.
    reach
        The widest population of which two groups or more use it: ``vehicle``, ``brand``,
        ``company``; `UNIQUE` when one vehicle alone does.
    groups
        Population to the number of its groups that use the module.
    volume
        Yearly volume of the users; `None` where one is not known.
    """

    module: str
    title: str
    users: tuple[int, ...] = field(repr=False)
    reach: str
    groups: Mapping[str, int]
    volume: int | None


@frozen
class SlotUse:
    """The modules of one slot.

    Attributes
    ----------
    used
        Those in use, the most used first; equal ones in declared order.
    modules
        How many the catalogue has.
    vehicles
        How many built vehicles take a module: an optional slot may stay empty.
    """

    slot: str
    title: str
    used: tuple[ModuleUse, ...]
    modules: int
    vehicles: int


def members(catalog: Catalog, builds: Sequence[Build]) -> tuple[Member, ...]:
    """The built vehicles, brand by brand in declared order, else in the order of the line-up."""
    populations = [a for a in catalog.features if a.name in ("brand", "company")]
    number = {axis.name: i for i, axis in enumerate(catalog.axes)}
    found = []
    for build in builds:
        options = {a.name: build.variant[number[a.name]] for a in populations}
        vehicle = build.brief.vehicle
        groups = {a.name: a.names[options[a.name]] for a in populations}
        member = Member(vehicle.id, vehicle.name, groups, yearly_volume(vehicle))
        found.append((options.get("brand", 0), member))
    return tuple(member for _, member in sorted(found, key=lambda pair: pair[0]))


def slot_uses(
    catalog: Catalog, builds: Sequence[Build], fleet: Sequence[Member]
) -> tuple[SlotUse, ...]:
    """Every slot with its modules; vehicles are numbered as in `fleet`."""
    place = {member.id: i for i, member in enumerate(fleet)}
    return tuple(
        _slot(number, axis, builds, fleet, place)
        for number, axis in enumerate(catalog.axes)
        if axis.kind is AxisKind.SLOT
    )


def _slot(
    number: int,
    axis: Axis,
    builds: Sequence[Build],
    fleet: Sequence[Member],
    place: dict[str, int],
) -> SlotUse:
    users: defaultdict[int, list[int]] = defaultdict(list)
    for build in builds:
        users[build.variant[number]].append(place[build.brief.vehicle.id])
    used = [
        _module(axis.options[option].name, axis.options[option].title, sorted(found), fleet)
        for option, found in sorted(users.items())
        if axis.options[option].name != ABSENT
    ]
    return SlotUse(
        axis.name,
        axis.title or axis.name,
        tuple(sorted(used, key=lambda each: -len(each.users))),
        sum(option.name != ABSENT for option in axis.options),
        sum(len(each.users) for each in used),
    )


def _module(name: str, title: str, users: list[int], fleet: Sequence[Member]) -> ModuleUse:
    groups = {VEHICLE: len(users)}
    for population in fleet[users[0]].groups:
        groups[population] = len({fleet[i].groups[population] for i in users})
    wide = [population for population, count in groups.items() if count > 1]
    volumes = [fleet[i].volume for i in users]
    known = [volume for volume in volumes if volume is not None]
    return ModuleUse(
        name,
        title or name,
        tuple(users),
        wide[-1] if wide else UNIQUE,
        groups,
        sum(known) if len(known) == len(volumes) else None,
    )
