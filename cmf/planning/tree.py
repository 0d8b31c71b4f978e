"""Proof by cases: branch and bound on how many choices are in use.

A case bounds the counts (`cmf.planning.counts`); its relaxation says what no plan of the case costs
less than. The case of least bound is split next, on the count that promises most. Where all counts
are whole it is settled what is on offer, and a small model settles the rest.

The cases and what is known of them are kept here; the work on one is done by a
`cmf.planning.splitter.Splitter`, in this process or in several others.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
from attrs import define, evolve, field, frozen

Floats = npt.NDArray[np.float64]


@frozen(order=True)
class Case:
    """Bounds on the counts, with what was found under them.

    Attributes
    ----------
    bound
        No plan of the case costs less.
    counts
        Their values in the relaxation.
    offer
        Where all counts are whole: what no plan costs less than that takes only what is on offer in
        the relaxation. Other plans of the case may.
    """

    bound: int
    low: Floats = field(eq=False, order=False)
    high: Floats = field(eq=False, order=False)
    counts: Floats = field(eq=False, order=False)
    offer: int | None = field(default=None, eq=False, order=False)


@define(eq=False)
class Tree:
    """The cases that are left, and the bound that follows.

    Attributes
    ----------
    bound
        No plan costs less; `None` before there is a case.
    """

    bound: int | None = None
    _open: list[tuple[Case, int]] = field(factory=list)
    _in_work: dict[int, Case] = field(factory=dict)
    _given_up: int | None = None
    _number: int = 0

    @property
    def idle(self) -> bool:
        """Whether no open case could raise the bound."""
        least = self._open[0][0].bound if self._open else None
        return least is None or (self._given_up is not None and least >= self._given_up)

    @property
    def done(self) -> bool:
        """Whether the bound will not rise any more."""
        return self.idle and not self._in_work and self._number > 0

    def add(self, *cases: Case) -> None:
        """Cases to look at."""
        for case in cases:
            self._number += 1
            heappush(self._open, (case, self._number))
        self._conclude()

    def take(self) -> tuple[int, Case]:
        """The open case of least bound, with a number to return it by."""
        case, number = heappop(self._open)
        self._in_work[number] = case
        return number, case

    def split(self, number: int, sides: tuple[Case, Case] | None) -> None:
        """A case was split, or could not be: its bound stays then."""
        case = self._in_work.pop(number)
        if sides is None:
            self._give_up(case.bound if case.offer is None else max(case.bound, case.offer))
        self.add(*(sides or ()))

    def settled(self, number: int, offer: int) -> None:
        """What is on offer in a case costs so much at least; it is done when nothing else of the
        case can cost less."""
        case = self._in_work.pop(number)
        if offer <= case.bound:
            self._give_up(case.bound)
            self._conclude()
        else:
            self.add(evolve(case, offer=offer))

    def _give_up(self, bound: int) -> None:
        self._given_up = bound if self._given_up is None else min(self._given_up, bound)

    def _conclude(self) -> None:
        """The bound of all is the least of what is left."""
        left = [case.bound for case in self._in_work.values()]
        left += [self._open[0][0].bound] if self._open else []
        left += [] if self._given_up is None else [self._given_up]
        if left and (self.bound is None or min(left) > self.bound):
            self.bound = min(left)
