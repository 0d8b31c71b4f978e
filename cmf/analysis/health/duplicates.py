"""Modules that differ in so little that one of them might do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations

from attrs import frozen

from cmf.analysis.health.finding import remark
from cmf.errors import Diagnostic
from cmf.model.catalog import Axis, Catalog, Measure, Option, Part
from cmf.model.units import CURRENCIES, UNITS, format_number
from cmf.problem.formula import Formula, Member, Sum, Table, atoms, scope
from cmf.problem.lower import LoweredCatalog

FEW = 2
"""Part numbers in which modules of the same interfaces may differ on each side."""
_INCIDENTAL = frozenset(UNITS[symbol].dimension for symbol in ("kg", *CURRENCIES))
"""What may differ between modules of the same interfaces: money and mass."""


def near_duplicates(lowered: LoweredCatalog) -> Iterator[Diagnostic]:
    """Pairs of modules of one slot that could be unified at little cost.

    No rule and no effectivity tells them apart, and their attributes differ at most in money and
    mass; or at most in numbers, and their parts in at most `FEW` part numbers on each side.
    """
    catalog = lowered.resolved.catalog
    rules = (*lowered.problem.constraints, *lowered.problem.warnings)
    every = [
        atom for each in rules if each.origin.kind != "effectivity" for atom in atoms(each.formula)
    ]
    for variable, axis in enumerate(catalog.slots):
        about = [atom for atom in every if variable in scope(atom)]
        parts = _parts(catalog, axis)
        groups: dict[Hashable, list[Option]] = defaultdict(list)
        for number, option in enumerate(axis.options):
            if option.name != "none":
                told = tuple(_role(atom, variable, number) for atom in about)
                groups[told, option.effective].append(option)
        for alike in groups.values():
            for pair in combinations(alike, 2):
                found = _Pair(catalog, axis, *pair, parts)
                if found.same_attributes or (found.same_words and found.few_parts):
                    yield found.finding()


def _role(atom: Formula, variable: int, option: int) -> Hashable:
    """What an atom about a variable makes of an option; equal where it tells none apart."""
    match atom:
        case Member(_, options):
            return option in options
        case Table(variables, rows):
            column = variables.index(variable)
            others = [row for row in rows.tolist() if row[column] == option]
            return frozenset(tuple(row[:column] + row[column + 1 :]) for row in others)
        case Sum(terms, _, _):
            roles = []
            for term in terms:
                if variable in term.scope:
                    column = term.scope.index(variable)
                    cells = zip(term.rows.tolist(), term.costs.tolist(), strict=True)
                    held = [(tuple(row), cost) for row, cost in cells if row[column] == option]
                    roles.append(
                        frozenset((row[:column] + row[column + 1 :], cost) for row, cost in held)
                    )
            return tuple(roles)
        case _:
            return None


def _parts(catalog: Catalog, axis: Axis) -> Mapping[str, Mapping[str, int]]:
    """For every module of a slot its parts, whatever their conditions, with their quantities."""
    found: dict[str, dict[str, int]] = {option.name: {} for option in axis.options}
    for line in catalog.bom:
        if line.slot == axis.name:
            for module in line.modules or axis.names:
                if module != "none":
                    parts = found[module]
                    parts[line.part] = parts.get(line.part, 0) + line.quantity
    return found


@frozen
class _Pair:
    """Two modules that no rule tells apart."""

    catalog: Catalog
    axis: Axis
    first: Option
    second: Option
    parts: Mapping[str, Mapping[str, int]]

    @property
    def same_attributes(self) -> bool:
        """Whether only money and mass differ."""
        return self._alike(lambda kind: kind.unit.dimension in _INCIDENTAL)

    @property
    def same_words(self) -> bool:
        """Whether only numbers differ."""
        return self._alike(lambda kind: True)

    def _alike(self, incidental: Callable[[Measure], bool]) -> bool:
        """Whether all attributes but incidental numbers have the same values."""
        return all(
            self.first.values.get(name) == self.second.values.get(name)
            for name, attribute in self.axis.attributes.items()
            if not (isinstance(attribute.type, Measure) and incidental(attribute.type))
        )

    @property
    def few_parts(self) -> bool:
        """Whether both have parts, and only few of them differ."""
        one, two = self.parts[self.first.name], self.parts[self.second.name]
        return bool(one and two) and all(
            len([part for part in mine if part not in other]) <= FEW
            for mine, other in ((one, two), (two, one))
        )

    def finding(self) -> Diagnostic:
        """What it is about the pair, and what giving up the one that saves most would save."""
        kept, dropped = sorted((self.first, self.second), key=self._saved)
        differ = (
            "only in money and mass" if self.same_attributes else "only in numbers and a few parts"
        )
        own = len(self._own(dropped))
        numbers = "1 part number is" if own == 1 else f"{own} part numbers are"
        saved = self._money(self._saved(dropped))
        change = self._cost(kept) - self._cost(dropped)
        sign = "+" if change > 0 else ""
        cost = f"{sign}{self._money(change)} a vehicle"
        return remark(
            "near-duplicate-modules",
            f"no rule tells `{self.first.name}` and `{self.second.name}` of `{self.axis.name}` "
            f"apart, and they differ {differ}: without `{dropped.name}` {saved} of "
            f"investment and {numbers} saved, at {cost}",
            dropped.span,
            f"use `{kept.name}` in its place, or say in a rule or attribute what sets them apart",
        )

    def _money(self, amount: int) -> str:
        """An amount in minor units, with blanks between thousands."""
        currency = self.catalog.currency
        whole, point, rest = format_number(amount, currency).partition(".")
        return f"{int(whole):,}".replace(",", " ") + f"{point}{rest} {currency.symbol}"

    def _own(self, option: Option) -> Sequence[Part]:
        """Parts of a module that no other module of its slot has."""
        others = {p for name, parts in self.parts.items() if name != option.name for p in parts}
        elsewhere = {line.part for line in self.catalog.bom if line.slot != self.axis.name}
        own = [part for part in self.parts[option.name] if part not in others | elsewhere]
        return [self.catalog.parts[part] for part in own]

    def _saved(self, option: Option) -> int:
        """Investment, in minor units, of a module and of the parts that only it has."""
        own = option.values.get("investment", 0)
        tools = sum(part.investment for part in self._own(option))
        return tools + (own if isinstance(own, int) else 0)

    def _cost(self, option: Option) -> int:
        pieces = self.parts[option.name].items()
        return sum(self.catalog.parts[part].unit_cost * number for part, number in pieces)
