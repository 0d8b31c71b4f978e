"""From a problem to its compiled space."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.engines.diagram import fold
from cmf.engines.diagram.budget import Budget
from cmf.engines.diagram.builders import grow
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.lower import lower
from cmf.engines.diagram.relation import Ints
from cmf.engines.diagram.structure import Diagram, assemble
from cmf.problem.answer import Limits
from cmf.problem.formula import CostTable, Formula

_log = logging.getLogger(__name__)

JOINS = 20.0
"""Bucket elimination is used where it is expected to meet at most 2 to this power rows."""

TRIES = (200_000, 2_000_000)
"""Partial assignments after which one order is given up for the next, before the last round."""

S = TypeVar("S", bound=np.generic)


@frozen(eq=False)
class Compiled:
    """A diagram over classes of options.

    Options are numbered through all variables, so that one array speaks of all of them.

    Attributes
    ----------
    first
        Length (variables + 1): number of the first option of every variable.
    slots
        For every option its slot in the diagram; the last slot, which no arc takes, for options
        that no variant takes. Further slots of the diagram belong to hidden variables, which are
        functions of these.
    """

    first: Ints = field(repr=False)
    slots: Ints = field(repr=False)
    diagram: Diagram

    @cached_property
    def by_slot(self) -> Ints:
        """All options, sorted by slot."""
        return np.argsort(self.slots, kind="stable")

    @cached_property
    def hidden(self) -> Ints:
        """1 for slots that stand for no option, else 0."""
        free = np.ones(self.diagram.slots[-1] + 1, dtype=np.int64)
        free[1 : self.diagram.slots[len(self.first) - 1]] = 0
        free[-1] = 0
        return free

    @cached_property
    def long(self) -> bool:
        """Whether numbers of variants may not fit a machine word, whatever the restriction."""
        if self.diagram.top < 0:
            return False
        every = self.weights(np.ones(len(self.slots), dtype=np.bool_))
        with np.errstate(over="ignore"):
            about = fold.counts(self.diagram, every.astype(np.float64))
        return not bool(np.max(about) < 2.0**61)

    def weights(self, allowed: Mask) -> Ints:
        """For every slot the number of allowed options that it stands for."""
        weights = np.bincount(self.slots[allowed], minlength=len(self.hidden))
        weights[-1] = 0
        return weights + self.hidden

    @cached_property
    def borders(self) -> list[int]:
        """`first` as Python integers."""
        borders: list[int] = self.first.tolist()
        return borders

    @cached_property
    def within(self) -> Ints:
        """For every option its number within its variable."""
        return np.arange(len(self.slots)) - np.repeat(self.first[:-1], np.diff(self.first))

    def part(self, variable: int) -> slice:
        """Where the options of a variable are."""
        return slice(self.borders[variable], self.borders[variable + 1])

    def sets(self, options: Mask) -> tuple[frozenset[int], ...]:
        """The options of a mask as one set for each variable."""
        chosen = np.flatnonzero(options)
        numbers = self.within.take(chosen).tolist()
        ends = np.searchsorted(chosen, self.first).tolist()
        return tuple([frozenset(numbers[begin:end]) for begin, end in pairwise(ends)])

    def leaders(self, options: Mask) -> tuple[int, ...]:
        """The first option of a mask for every variable; each has one."""
        chosen = np.flatnonzero(options)
        leaders = self.within.take(chosen.take(np.searchsorted(chosen, self.first[:-1])))
        return tuple(leaders.tolist())

    def rows(self, options: npt.NDArray[S]) -> tuple[tuple[Any, ...], ...]:
        """Numbers over all options as one tuple for each variable."""
        flat = options.tolist()
        return tuple([tuple(flat[begin:end]) for begin, end in pairwise(self.borders)])

    def split(self, options: npt.NDArray[S]) -> tuple[npt.NDArray[S], ...]:
        """An array over all options as one array for each variable."""
        return tuple(np.split(options, self.first[1:-1])) if len(self.first) > 1 else ()


def compile_formulas(
    options: Sequence[int],
    formulas: Sequence[Formula],
    limits: Limits,
    quantities: Sequence[Sequence[CostTable]] = (),
    builder: str = "auto",
) -> Compiled:
    """Compile a conjunction.

    Parameters
    ----------
    options
        Number of options of every variable.
    quantities
        For each quantity that the arcs shall carry, its cost tables of two variables and more.
    builder
        See `cmf.engines.diagram.builders`.

    Raises
    ------
    LimitReached
        When a limit is reached first.
    """
    budget = Budget(limits)
    system = lower(options, formulas, quantities)
    forest, sizes = grow(formulas, system, budget, builder)
    diagram = assemble(forest, sizes, len(quantities))
    _log.info("diagram of %d nodes and %d arcs", diagram.nodes, diagram.arcs)
    first = np.cumsum([0, *options])
    never = diagram.slots[-1]
    slots = [
        np.where(labels >= 0, labels + start, never)
        for start, labels in zip(diagram.slots.tolist(), system.labels, strict=False)
    ]
    return Compiled(first, np.concatenate([np.zeros(0, dtype=np.int64), *slots]), diagram)
