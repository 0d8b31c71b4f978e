"""What an engine answers. Every engine passes one conformance suite, `cmf.testing.conformance`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy.typing as npt
from attrs import frozen

from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Formula
from cmf.problem.problem import Problem, Variant


@frozen
class OptionCounts:
    """How many valid variants take each option.

    Attributes
    ----------
    total
        Number of variants; at least 1.
    counts
        For every variable, for every option, the number of variants that take it; 0 means that the
        option is excluded, `total` that it is implied.
    """

    total: int
    counts: tuple[tuple[int, ...], ...]


@frozen
class Ranked:
    """A variant with the value that ranks it, in base units."""

    value: int
    variant: Variant


Weights = Sequence[Sequence[int]]
"""For every variable the weight of each option, 0 or more. A variant weighs their product."""


@frozen
class Bounds:
    """The least and the greatest value of a quantity, in base units."""

    least: int
    greatest: int


@frozen
class Aim:
    """A quantity that is to be small, or great."""

    quantity: str
    greatest: bool = False


@frozen
class Efficient:
    """A variant that no other one betters in every aim.

    Attributes
    ----------
    values
        In base units, in the order of the aims.
    variant
        The first in declared order of those that have these values.
    """

    values: tuple[int, ...]
    variant: Variant


class Space(Protocol):
    """The valid variants of a problem, as one engine sees them."""

    @property
    def problem(self) -> Problem:
        """The problem, restrictions included."""

    def where(self, *formulas: Formula) -> Space:
        """The variants that also satisfy `formulas`."""

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """One variant, the same every time."""

    def count(self) -> Solved[int] | Unknown:
        """Number of variants; 0 is an answer."""

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes."""

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order; raises `LimitReached` at a limit."""

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order.

        Variants on which the quantity is undefined do not take part; `Infeasible` when none is
        left.
        """

    def bounds(self, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
        """The least and the greatest value; variants without a value do not take part."""

    def pareto(self, aims: Sequence[Aim]) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
        """The Pareto front: all combinations of values that no variant betters.

        A variant betters another when it is as good in every aim and better in one. Sorted, best
        first, by the first aim, then the second, and so on. Variants on which a quantity is
        undefined do not take part.
        """

    def project(self, variables: Sequence[int]) -> Space | Unknown:
        """The distinct combinations of the options of a few variables that variants take.

        Parameters
        ----------
        variables
            Ascending numbers, at least one. The problem of the result has only these.
        """


class CountingSpace(Space, Protocol):
    """A space that counts by option and samples, without enumerating."""

    def option_counts(
        self, weights: Weights | None = None
    ) -> Solved[OptionCounts] | Infeasible | Unknown:
        """For every option the number of variants that take it.

        Parameters
        ----------
        weights
            Every variant then counts with its weight; `Infeasible` when they are all 0.
        """

    def sample(
        self, size: int, seed: int, weights: Weights | None = None
    ) -> Solved[tuple[Variant, ...]] | Infeasible | Unknown:
        """`size` variants drawn independently, the same for the same seed.

        Parameters
        ----------
        weights
            The chance of a variant is its weight divided by that of all; uniform without.
        """


@runtime_checkable
class ArraySpace(Protocol):
    """A space that lists its variants as arrays."""

    def arrays(self, rows: int) -> Iterator[npt.NDArray[Any]]:
        """All variants in declared order, in pieces of shape (variants, variables).

        Parameters
        ----------
        rows
            About how many variants a piece may have at most.
        """


class Engine(Protocol):
    """Opens problems."""

    @property
    def name(self) -> str:
        """Short name, such as ``diagram``."""

    def open(self, problem: Problem, limits: Limits = Limits()) -> Space | Unknown:
        """The variant space of `problem`; `Unknown` when it cannot be built within the limits."""
