"""A planning problem that grows: items, and which choice of which vehicle uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from attrs import define, evolve, field

from cmf.analysis.configure import Build
from cmf.model.catalog import Catalog
from cmf.planning.constraints import Constraint
from cmf.planning.data import Choice, Diagram, Item, PlanningProblem, Use, Vehicle
from cmf.planning.diagrams import from_variants
from cmf.problem.formula import Formula, scope
from cmf.problem.grid import Bools, Ints, satisfied
from cmf.problem.lower import LoweredCatalog

Terms = Mapping[tuple[int, int], int]
"""Vehicle and choice to an amount."""

JOINT = "together"
"""Name of a slot that stands for a fact about several slots at once."""

NEITHER = "-"
"""Choice in such a slot of a vehicle that the fact does not distinguish."""


@define(slots=False)
class Assembly:
    """Choices of the vehicles, and what they use.

    A fact about a variant (a BOM line, a condition of a target, a quantity) is attached to the
    choice of one slot where that decides it, which is nearly always so when the features are
    fixed. Where several slots decide together, a further slot is added whose choice is the fact.

    Attributes
    ----------
    axes
        Variables that are slots of the planning problem, in order.
    rows
        The variants of all vehicles below each other, shape (rows, variables).
    spans
        First row of each vehicle, and the number of rows at the end.
    """

    lowered: LoweredCatalog
    builds: Sequence[Build]
    axes: tuple[int, ...]
    rows: Ints
    spans: Sequence[int]
    choices: list[Choice] = field(factory=list)
    columns: list[Ints] = field(factory=list)
    slots: list[str] = field(factory=list)
    items: list[Item] = field(factory=list)
    options: dict[tuple[int, int], int] = field(factory=dict)
    shared: defaultdict[int, list[Use]] = field(factory=lambda: defaultdict(list))
    extras: defaultdict[tuple[int, int], list[Use]] = field(factory=lambda: defaultdict(list))

    def __attrs_post_init__(self) -> None:
        for place, axis in enumerate(self.axes):
            variable = self.lowered.problem.variables[axis]
            self.slots.append(variable.name)
            column = self.rows[:, axis]
            for option in np.unique(column).tolist():
                self.options[axis, option] = len(self.choices)
                self.choices.append(Choice(variable.options[option], place))
            numbers = [self.options.get((axis, o), 0) for o in range(len(variable.options))]
            self.columns.append(np.array(numbers, dtype=np.int64)[column])

    @property
    def catalog(self) -> Catalog:
        """The catalogue that the vehicles are built from."""
        return self.lowered.resolved.catalog

    @cached_property
    def sizes(self) -> list[int]:
        """Number of options of every variable."""
        return [len(variable.options) for variable in self.lowered.problem.variables]

    def add(self, item: Item) -> int:
        """A further item; its number."""
        self.items.append(item)
        return len(self.items) - 1

    def truth(self, formula: Formula) -> Bools:
        """For every row whether a formula holds."""
        return satisfied(formula, self.rows, self.sizes)

    def use(self, item: int, quantity: int, formula: Formula) -> None:
        """Every variant on which `formula` holds uses pieces of an item."""
        held = self.truth(formula)
        speaks = scope(formula)
        if len(speaks) == 1 and speaks[0] in self.axes:
            for choice in np.unique(self.columns[self.axes.index(speaks[0])][held]).tolist():
                self.shared[choice].append(Use(item, quantity))
            return
        for key in self.terms(held.astype(np.int64), speaks):
            self.extras[key].append(Use(item, quantity))

    def terms(self, amounts: Ints, speaks: Sequence[int]) -> Terms:
        """An amount of every row, as amounts of the choices of each vehicle.

        Parameters
        ----------
        amounts
            One for each row.
        speaks
            Variables on which the amounts depend.
        """
        places = [self.axes.index(axis) for axis in speaks if axis in self.axes]
        found: dict[tuple[int, int], int] = {}
        joint: list[int] = []
        for i, (first, last) in enumerate(pairwise(self.spans)):
            own = amounts[first:last]
            if not own.any():
                continue
            place = _deciding(own, [self.columns[p][first:last] for p in places])
            if place is None:
                joint.append(i)
                continue
            column = self.columns[places[place] if place >= 0 else 0][first:last]
            for choice, amount in zip(column.tolist(), own.tolist(), strict=True):
                if amount:
                    found[i, choice] = amount
        return {**found, **self._together(amounts, joint)} if joint else found

    def _together(self, amounts: Ints, vehicles: Sequence[int]) -> Terms:
        """The same for vehicles in which no single slot decides: a slot of its own."""
        place = len(self.slots)
        self.slots.append(JOINT)
        column = np.full(len(self.rows), len(self.choices), dtype=np.int64)
        self.choices.append(Choice(NEITHER, place))
        found = {}
        for i in vehicles:
            first, last = self.spans[i], self.spans[i + 1]
            for amount in np.unique(amounts[first:last]).tolist():
                number = len(self.choices)
                self.choices.append(Choice(str(amount), place))
                column[first:last][amounts[first:last] == amount] = number
                if amount:
                    found[i, number] = amount
        self.columns.append(column)
        return found

    def diagram(self, vehicle: int) -> Diagram:
        """The variants of a vehicle as a diagram of choices."""
        return from_variants(self.paths(vehicle), len(self.slots))

    def paths(self, vehicle: int) -> list[tuple[int, ...]]:
        """The choices of every variant of a vehicle, row by row."""
        span = slice(self.spans[vehicle], self.spans[vehicle + 1])
        return list(zip(*(column[span].tolist() for column in self.columns), strict=True))

    def finish(
        self, vehicles: Sequence[Vehicle], constraints: Sequence[Constraint]
    ) -> PlanningProblem:
        """The problem, with diagrams and uses filled in."""
        choices = [
            evolve(choice, uses=tuple(_joined(self.shared[number])))
            for number, choice in enumerate(self.choices)
        ]
        extras: list[dict[int, tuple[Use, ...]]] = [{} for _ in vehicles]
        for (i, choice), uses in self.extras.items():
            extras[i][choice] = tuple(_joined(uses))
        return PlanningProblem(
            tuple(self.slots),
            tuple(self.items),
            tuple(choices),
            tuple(
                evolve(vehicle, diagram=self.diagram(i), extras=extras[i])
                for i, vehicle in enumerate(vehicles)
            ),
            tuple(constraints),
        )


def _joined(uses: Sequence[Use]) -> list[Use]:
    """Uses with the pieces of one item added up."""
    pieces: dict[int, int] = {}
    for use in uses:
        pieces[use.item] = pieces.get(use.item, 0) + use.quantity
    return [Use(item, quantity) for item, quantity in pieces.items()]


def _deciding(amounts: Ints, columns: Sequence[Ints]) -> int | None:
    """Number of the first column that decides the amounts; -1 when they are all the same, `None`
    when no column does."""
    if (amounts == amounts[0]).all():
        return -1
    for number, column in enumerate(columns):
        _, first, where = np.unique(column, return_index=True, return_inverse=True)
        if (amounts[first][where] == amounts).all():
            return number
    return None
