"""Which product uses which part, where, and how often: all that the metrics look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from cmf.analysis.commonality.basis import VEHICLE
from cmf.errors import did_you_mean, fail
from cmf.model.catalog import Part, Scope

Index = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

MAX_QUANTITY = 10**9
"""Greatest number of pieces on one line: sums over any number of lines then fit in 64 bits."""

VEHICLE_LEVEL = -1
"""Slot number of a line that belongs to no slot."""


@frozen
class Products:
    """The products that are compared, as columns.

    Attributes
    ----------
    names
        No name twice.
    volumes
        Vehicles a year of each product; `None` where it is not known.
    groups
        Population key (``brand``, ``company``, ``platform`` …) to the label of every product;
        a label is `None` where it is not known. The population ``vehicle`` always exists, whatever
        is written here: every product is its own group.
    """

    names: tuple[str, ...]
    volumes: tuple[int | None, ...]
    groups: Mapping[str, tuple[str | None, ...]] = field(factory=dict)

    def labels(self, population: str) -> tuple[str | None, ...]:
        """The label of every product; `InputError` when there is no such population."""
        if population == VEHICLE:
            return self.names
        if population not in self.groups:
            remedy = did_you_mean(population, [VEHICLE, *self.groups], what="population")
            raise fail("unknown-population", f"no population `{population}`", None, remedy)
        return self.groups[population]


@frozen
class Parts:
    """The parts, as columns; a figure is `None` where it is not known.

    Attributes
    ----------
    numbers
        No number twice.
    unit_costs, investments
        In minor units of one currency.
    masses
        In grams.
    classes
        Commodity class, empty for none; scopes may exclude classes.
    """

    numbers: tuple[str, ...]
    unit_costs: tuple[int | None, ...]
    masses: tuple[int | None, ...]
    investments: tuple[int | None, ...]
    classes: tuple[str, ...]

    @classmethod
    def of(cls, parts: Iterable[Part]) -> Parts:
        """The parts of a catalogue."""
        rows = tuple(parts)
        return cls(
            tuple(p.number for p in rows),
            tuple(p.unit_cost for p in rows),
            tuple(p.mass for p in rows),
            tuple(p.investment for p in rows),
            tuple(p.part_class for p in rows),
        )

    @classmethod
    def named(cls, numbers: Sequence[str]) -> Parts:
        """Parts of which nothing but the number is known."""
        unknown = (None,) * len(numbers)
        return cls(tuple(numbers), unknown, unknown, unknown, ("",) * len(numbers))


@frozen(eq=False)
class Lines:
    """Uses with their place: line t says that a product takes pieces of a part in a slot.

    Sorted by product, part and slot, no such triple twice.

    Attributes
    ----------
    product, part, slot
        Numbers from 0; the slot is `VEHICLE_LEVEL` for a line that belongs to no slot.
    quantity
        Pieces, from 1 to `MAX_QUANTITY`.
    """

    product: Index
    part: Index
    slot: Index
    quantity: Counts = field(repr=False)

    def where(self, keep: npt.NDArray[np.bool_]) -> Lines:
        """The lines for which `keep` is true."""
        return Lines(self.product[keep], self.part[keep], self.slot[keep], self.quantity[keep])


@frozen(eq=False)
class Uses:
    """Distinct pairs of product and part, with the pieces of all slots together.

    Attributes
    ----------
    product, part
        Sorted by product, then part; no pair twice.
    quantity
        Pieces.
    start
        Shape (products + 1): the uses of product i are ``start[i]:start[i + 1]``.
    """

    product: Index
    part: Index
    quantity: Counts
    start: Counts


@frozen(eq=False)
class Incidence:
    """Products, parts and uses: the neutral structure under every commonality metric.

    It does not know how the variants were found. Parts that no line uses are allowed and count
    nowhere. Build one with `incidence_of` or `incidence_from_arrays`.

    Attributes
    ----------
    slots
        Names of the slots that lines refer to.
    level
        What a part is here, for the basis of results: ``part``, ``module``, ``connection`` …
    scope
        Name of the scope that the lines were restricted to.
    """

    products: Products = field(repr=False)
    parts: Parts = field(repr=False)
    slots: tuple[str, ...]
    lines: Lines = field(repr=False)
    level: str = "part"
    scope: str = "whole vehicle"

    def restrict(self, scope: Scope) -> Incidence:
        """Only the lines of a scope: of its slots (and the vehicle level when it says so), without
        the part classes it excludes. Products and parts stay.

        Raises `InputError` when the scope names a slot that does not exist here.
        """
        unknown = [name for name in scope.slots if name not in self.slots]
        if unknown:
            remedy = did_you_mean(unknown[0], self.slots, what="slot")
            raise fail("unknown-slot", f"no slot `{unknown[0]}`", None, remedy)
        # One more flag at the end, which VEHICLE_LEVEL = -1 picks.
        inside = np.array([*(s in scope.slots for s in self.slots), scope.vehicle_level])
        counted = np.array([c not in scope.exclude for c in self.parts.classes], dtype=np.bool_)
        keep = inside[self.lines.slot] & counted[self.lines.part]
        return evolve(self, lines=self.lines.where(keep), scope=scope.name)

    def select(self, names: Sequence[str]) -> Incidence:
        """Only these products, in their declared order; `InputError` for an unknown name."""
        known = set(self.products.names)
        for name in names:
            if name not in known:
                remedy = did_you_mean(name, self.products.names, what="product")
                raise fail("unknown-product", f"no product `{name}`", None, remedy)
        wanted = set(names)
        keep = np.array([n in wanted for n in self.products.names], dtype=np.bool_)
        chosen = np.flatnonzero(keep)
        products = Products(
            tuple(self.products.names[i] for i in chosen),
            tuple(self.products.volumes[i] for i in chosen),
            {k: tuple(v[i] for i in chosen) for k, v in self.products.groups.items()},
        )
        number = np.cumsum(keep, dtype=np.int32) - 1
        lines = self.lines.where(keep[self.lines.product])
        lines = evolve(lines, product=number[lines.product].astype(np.int32))
        return evolve(self, products=products, lines=lines)

    def beside(self, other: Incidence) -> Incidence:
        """These products, then those of `other`, which has the same parts and slots.

        Populations are kept that both know.
        """
        mine, theirs = self.products, other.products
        groups = {k: v + theirs.groups[k] for k, v in mine.groups.items() if k in theirs.groups}
        products = Products(mine.names + theirs.names, mine.volumes + theirs.volumes, groups)
        behind = other.lines.product + np.int32(len(mine.names))
        lines = Lines(
            np.concatenate([self.lines.product, behind]),
            np.concatenate([self.lines.part, other.lines.part]),
            np.concatenate([self.lines.slot, other.lines.slot]),
            np.concatenate([self.lines.quantity, other.lines.quantity]),
        )
        return evolve(self, products=products, lines=lines)

    @cached_property
    def uses(self) -> Uses:
        """The lines with slots added together."""
        product, part = self.lines.product, self.lines.part
        first = np.ones(len(product), dtype=np.bool_)
        first[1:] = (product[1:] != product[:-1]) | (part[1:] != part[:-1])
        begin = np.flatnonzero(first)
        quantity = (
            np.add.reduceat(self.lines.quantity, begin) if begin.size else self.lines.quantity
        )
        start = np.searchsorted(product[begin], np.arange(len(self.products.names) + 1))
        return Uses(product[begin], part[begin], quantity, start.astype(np.int64))
