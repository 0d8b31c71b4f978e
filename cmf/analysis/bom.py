"""From variants to parts: explosion of the 150 % BOM."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from cmf.problem.formula import holds
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant


@frozen
class PartUse:
    """A part on a vehicle.

    Attributes
    ----------
    product
        Number of the variant in the list that was exploded.
    slot
        Slot of the line; `None` for the level of the vehicle.
    quantity
        Pieces in one vehicle; positive.
    """

    product: int
    part: str
    quantity: int
    slot: str | None


def explode(catalog: LoweredCatalog, variants: Sequence[Variant]) -> tuple[PartUse, ...]:
    """The parts of each variant: every BOM line whose condition holds, in file order."""
    return tuple(
        PartUse(product, line.part, line.quantity, line.slot)
        for product, variant in enumerate(variants)
        for line, condition in catalog.lines
        if holds(condition, variant)
    )
