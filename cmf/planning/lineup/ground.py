"""What stands under a planning problem: the items of a catalogue, and who uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
from attrs import evolve, field, frozen

from cmf.analysis.targets.fleet import ABSENT, INVESTMENT
from cmf.model.catalog import AxisKind, Option, Part, Scope
from cmf.model.planning import Planning
from cmf.planning.data import Item, Tier
from cmf.planning.lineup.assembly import Assembly
from cmf.problem.formula import TRUE, And, Formula, Member
from cmf.problem.grid import Ints
from cmf.rules.typed import TypedLine

PART = "part"
MODULE = "module"
MARKER = "marker"
"""Kind of an item without cost, by which a constraint sees what is in use."""
CHANGEOVER = "change-over"

Line = tuple[TypedLine, Formula]


@frozen(slots=False, eq=False)
class Ground:
    """The items of a planning problem, made on demand.

    Attributes
    ----------
    volumes
        Cars a year of every vehicle.
    parts, modules
        Items of the part numbers, and of the modules by slot and option.
    """

    assembly: Assembly
    planning: Planning
    volumes: tuple[int, ...]
    parts: Mapping[str, int]
    modules: Mapping[tuple[int, int], int]
    _scoped: dict[str, Mapping[str, int]] = field(factory=dict, init=False)

    @classmethod
    def of(cls, assembly: Assembly, planning: Planning, volumes: Sequence[int]) -> Ground:
        """Enter the modules, the parts and the equipment of plants that some variant uses."""
        modules = _modules(assembly, planning)
        ground = cls(assembly, planning, tuple(volumes), _parts(assembly, planning), modules)
        if planning.changeover:
            ground._changeovers()
        return ground

    @cached_property
    def lines(self) -> Mapping[str, Sequence[Line]]:
        """The BOM lines of each part."""
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for line, formula in self.assembly.lowered.lines:
            found[line.part].append((line, formula))
        return found

    @cached_property
    def vehicle(self) -> Ints:
        """The vehicle of every row."""
        lengths = np.diff(self.assembly.spans)
        return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)

    @cached_property
    def volume(self) -> Ints:
        """The yearly volume of the vehicle of every row."""
        return np.array(self.volumes, dtype=np.int64)[self.vehicle]

    def scope(self, name: str) -> Mapping[str, int]:
        """Items that are in use exactly where a part is used in a scope; all parts for ``""``.

        A part that is also used outside the scope gets an item of its own for its uses inside.
        """
        if not name:
            return self.parts
        if name not in self._scoped:
            self._scoped[name] = self._scope(self.assembly.catalog.scopes[name])
        return self._scoped[name]

    def marker(self, name: str, formula: Formula) -> int:
        """An item without cost that the variants use on which a formula holds."""
        number = self.assembly.add(Item(name, MARKER))
        self.assembly.use(number, 1, formula)
        return number

    def _scope(self, scope: Scope) -> Mapping[str, int]:
        found = {}
        for part, item in self.parts.items():
            if self.assembly.catalog.parts[part].part_class in scope.exclude:
                continue
            lines = self.lines[part]
            inside = [
                (line, formula)
                for line, formula in lines
                if (scope.vehicle_level if line.slot is None else line.slot in scope.slots)
            ]
            if len(inside) == len(lines):
                found[part] = item
            elif inside:
                found[part] = self.assembly.add(Item(f"{part} in {scope.name}", MARKER))
                for line, formula in inside:
                    self.assembly.use(found[part], line.quantity, formula)
        return found

    def _changeovers(self) -> None:
        """An item for every module at a plant that does not build it today."""
        assembly = self.assembly
        problem = assembly.lowered.problem
        plant = problem.index("plant")
        for axis in assembly.axes:
            if assembly.catalog.axes[axis].kind is not AxisKind.SLOT:
                continue
            today = {(b.variant[plant], b.variant[axis]) for b in assembly.builds}
            possible = np.unique(assembly.rows[:, [plant, axis]], axis=0).tolist()
            for place, option in possible:
                module = problem.variables[axis].options[option]
                if module == ABSENT or (place, option) in today:
                    continue
                at = problem.variables[plant].options[place]
                name = f"{problem.variables[axis].name} {module} at {at}"
                item = Item(name, CHANGEOVER, investment=self.planning.changeover)
                here = (Member(plant, frozenset({place})), Member(axis, frozenset({option})))
                assembly.use(assembly.add(item), 1, And(here))


def whole(amount: Fraction) -> int:
    """An amount of money rounded to whole minor units, half up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def paid_once(planning: Planning, name: str, kind: str, investment: int) -> Item:
    """An item with its investment, premium and integration cost."""
    premium = whole(planning.premium * investment)
    integration = whole(planning.integration * investment)
    return Item(name, kind, investment, premium, integration)


def prices(planning: Planning, unit_cost: int) -> tuple[Tier, ...]:
    """The volume prices of a part over all years, without tiers that do not lower its price."""
    tiers: list[Tier] = []
    price = unit_cost
    for tier in planning.tiers:
        cheaper = whole(tier.factor * unit_cost)
        if cheaper < price:
            tiers.append(Tier(tier.above * planning.years, cheaper))
            price = cheaper
    return tuple(tiers)


def investment_of(option: Option) -> int:
    """The investment of a module; 0 when none is declared."""
    value = option.values.get(INVESTMENT)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _part(planning: Planning, part: Part) -> Item:
    item = paid_once(planning, part.number, PART, part.investment)
    tiers = prices(planning, part.unit_cost)
    return evolve(item, unit_cost=part.unit_cost, tiers=tiers)


def _parts(assembly: Assembly, planning: Planning) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for line, formula in assembly.lowered.lines:
        if formula != TRUE and not assembly.truth(formula).any():
            continue
        if line.part not in found:
            found[line.part] = assembly.add(_part(planning, assembly.catalog.parts[line.part]))
        assembly.use(found[line.part], line.quantity, formula)
    return found


def _modules(assembly: Assembly, planning: Planning) -> Mapping[tuple[int, int], int]:
    found = {}
    for axis, option in assembly.options:
        declared = assembly.catalog.axes[axis]
        module = declared.options[option]
        if declared.kind is not AxisKind.SLOT or module.name == ABSENT:
            continue
        name = f"{declared.name} {module.name}"
        item = assembly.add(paid_once(planning, name, MODULE, investment_of(module)))
        assembly.use(item, 1, Member(axis, frozenset({option})))
        found[axis, option] = item
    return found
