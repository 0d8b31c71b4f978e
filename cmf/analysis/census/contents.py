"""What decides the part list of a variant, as variables of a problem.

The pieces of a part in a variant depend on a few slots and features: those that the conditions of
its BOM lines speak of. Parts that depend on the same ones are taken together as a content, whose
options are the part lists that occur there. The whole part list of a variant is the sum of its
contents, hence every weight of it, and of what two variants have in common, is a sum over contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

import numpy as np
import numpy.typing as npt
from attrs import define, evolve, field, frozen

from cmf.model.catalog import Catalog, Scope
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Sum, Table, holds, scope
from cmf.problem.grid import truth
from cmf.problem.lower import LoweredCatalog, disjunction
from cmf.problem.problem import Constraint, Origin, Problem, Variable

Ints = npt.NDArray[np.int64]

CELLS = 5_000
"""Combinations of options up to which a content is a table of them."""

Lines = tuple[tuple[Formula, int], ...]
"""When a line is selected, and its pieces."""


@frozen(eq=False)
class Content:
    """Part lists that a variable of the problem decides.

    Attributes
    ----------
    variable
        Number of the variable.
    parts
        Part numbers.
    pieces
        Shape (options of the variable, parts).
    """

    variable: int
    parts: tuple[str, ...] = field(repr=False)
    pieces: Ints = field(repr=False)


@frozen(eq=False)
class Contents:
    """A problem whose variables tell the part list of a variant.

    Attributes
    ----------
    problem
        The variables that it was made from, then further ones that they decide; every variant has
        exactly one extension.
    contents
        No part in two of them, no variable in two.
    always
        Parts that every variant has, with their pieces.
    """

    problem: Problem = field(repr=False)
    contents: tuple[Content, ...]
    always: Mapping[str, int] = field(repr=False)


def contents_of(lowered: LoweredCatalog, problem: Problem, within: Scope) -> Contents:
    """The contents of the variants of `problem`.

    Parameters
    ----------
    problem
        The problem of the catalogue, restrictions included.
    within
        Lines outside this scope do not count.
    """
    building = _Building(problem)
    always: dict[str, int] = {}
    shared: dict[tuple[int, ...], dict[str, Lines]] = {}
    wide: dict[Lines, list[str]] = {}
    for part, lines in _lines(lowered, within).items():
        about = tuple(sorted({v for formula, _ in lines for v in scope(formula)}))
        if not about:
            pieces = sum(count for formula, count in lines if holds(formula, ()))
            always |= {part: pieces} if pieces else {}
        elif prod(building.sizes[v] for v in about) <= CELLS:
            shared.setdefault(about, {})[part] = lines
        else:
            wide.setdefault(lines, []).append(part)
    for about, parts in shared.items():
        building.tabulate(about, parts)
    for lines, names in wide.items():
        building.add_up(lines, names)
    return Contents(building.finished(), tuple(building.contents), always)


def counted(catalog: Catalog, part: str, slot: str | None, within: Scope) -> bool:
    """Whether a line of `part` in `slot` (`None`: of the vehicle) lies in a scope."""
    inside = within.vehicle_level if slot is None else slot in within.slots
    return inside and catalog.parts[part].part_class not in within.exclude


def _lines(lowered: LoweredCatalog, within: Scope) -> dict[str, Lines]:
    catalog = lowered.resolved.catalog
    found: dict[str, dict[Formula, int]] = {}
    for line, formula in lowered.lines:
        if counted(catalog, line.part, line.slot, within):
            pieces = found.setdefault(line.part, {})
            pieces[formula] = pieces.get(formula, 0) + line.quantity
    return {part: tuple(pieces.items()) for part, pieces in found.items()}


@define(eq=False)
class _Building:
    """The problem, with the variables that are added to it."""

    problem: Problem
    variables: list[Variable] = field(init=False)
    constraints: list[Constraint] = field(factory=list)
    contents: list[Content] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.variables = list(self.problem.variables)

    @property
    def sizes(self) -> list[int]:
        return [len(variable.options) for variable in self.variables]

    def finished(self) -> Problem:
        constraints = (*self.problem.constraints, *self.constraints)
        return evolve(self.problem, variables=tuple(self.variables), constraints=constraints)

    def tabulate(self, about: tuple[int, ...], parts: Mapping[str, Lines]) -> None:
        """A content for parts that depend on few combinations of options."""
        sizes = self.sizes
        cells = prod(sizes[v] for v in about)
        pieces = np.zeros((cells, len(parts)), dtype=np.int64)
        known: dict[Formula, npt.NDArray[np.bool_]] = {}
        for column, lines in enumerate(parts.values()):
            for formula, count in lines:
                if formula not in known:
                    known[formula] = truth(formula, about, sizes).reshape(-1)
                pieces[:, column] += count * known[formula]
        if len(about) == 1:
            self.contents.append(Content(about[0], tuple(parts), pieces))
            return
        kinds, which = np.unique(pieces, axis=0, return_inverse=True)
        number = self.variable(len(kinds))
        rows = np.indices([sizes[v] for v in about]).reshape(len(about), -1).T
        rows = np.column_stack([rows, which.reshape(-1)])
        self.constrain(Table((*about, number), rows.astype(np.int32)))
        self.contents.append(Content(number, tuple(parts), kinds))

    def add_up(self, lines: Lines, parts: Sequence[str]) -> None:
        """A content for parts whose lines speak of too many combinations."""
        pieces = [0, lines[0][1]]
        if len(lines) == 1:
            number = self.indicator(lines[0][0])
        else:
            flags = [self.indicator(formula) for formula, _ in lines]
            pieces = sorted(_sums(count for _, count in lines))
            number = self.variable(len(pieces))
            terms = [
                CostTable.unary(flag, [0, count])
                for flag, (_, count) in zip(flags, lines, strict=True)
            ]
            total = CostTable.unary(number, [-value for value in pieces])
            self.constrain(Sum((*terms, total), 0, 0))
        column = np.array(pieces, dtype=np.int64)[:, None]
        self.contents.append(Content(number, tuple(parts), np.repeat(column, len(parts), axis=1)))

    def indicator(self, formula: Formula) -> int:
        """A variable that is 1 exactly where `formula` holds."""
        number = self.variable(2)
        self.constrain(indicates(number, formula))
        return number

    def variable(self, options: int) -> int:
        number = len(self.variables)
        self.variables.append(Variable(f"content {number}", tuple(map(str, range(options)))))
        return number

    def constrain(self, formula: Formula) -> None:
        self.constraints.append(Constraint(formula, Origin("model", "content")))


def indicates(variable: int, formula: Formula) -> Formula:
    """That a variable of two options is 1 exactly where `formula` holds."""
    yes, no = Member(variable, frozenset({1})), Member(variable, frozenset({0}))
    return And((disjunction([no, formula]), disjunction([yes, Not(formula)])))


def _sums(counts: Iterable[int]) -> set[int]:
    found = {0}
    for count in counts:
        found |= {value + count for value in found}
    return found
