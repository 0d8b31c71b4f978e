"""The options of a space after some choices: free, implied, chosen or excluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import cast

from attrs import define, field, frozen

from cmf.engines.outcome import solved
from cmf.engines.protocols import CountingSpace, Space
from cmf.problem.problem import Problem


class Status(Enum):
    """What has become of an option."""

    FREE = "free"
    IMPLIED = "implied"
    CHOSEN = "chosen"
    EXCLUDED = "excluded"


@frozen
class Offer:
    """An option after the choices made so far.

    Attributes
    ----------
    count
        Variants left that take it; `None` when the engine does not count.
    """

    variable: str
    option: str
    status: Status
    count: int | None


@define(slots=False, eq=False)
class Step:
    """A state of the session; never changed, so that taking a step back is going back to it."""

    choices: Mapping[int, int]
    space: Space = field(repr=False)

    @cached_property
    def counts(self) -> tuple[tuple[int | None, ...], ...]:
        """For every option how many variants take it: 0 if none does, else `None` if not known."""
        variables = self.space.problem.variables
        if hasattr(self.space, "option_counts"):
            counted = solved(cast(CountingSpace, self.space).option_counts(), None)
            if counted is not None:
                return counted.counts
        possible = solved(self.space.possible(), None) or (frozenset[int](),) * len(variables)
        return tuple(
            tuple(None if option in left else 0 for option in range(len(variable.options)))
            for variable, left in zip(variables, possible, strict=True)
        )

    def offers(self, problem: Problem) -> Iterator[Offer]:
        """Every option in declared order, as it stands now."""
        for number, (variable, row) in enumerate(zip(problem.variables, self.counts, strict=True)):
            chosen = self.choices.get(number)
            for option, (name, count) in enumerate(zip(variable.options, row, strict=True)):
                yield Offer(variable.name, name, _status(row, option, chosen), count)


def _status(row: Sequence[int | None], option: int, chosen: int | None) -> Status:
    if row[option] == 0:
        return Status.EXCLUDED
    if option == chosen:
        return Status.CHOSEN
    return Status.IMPLIED if sum(count != 0 for count in row) == 1 else Status.FREE
