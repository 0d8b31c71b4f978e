"""From variants to parts: explosion of the 150 % BOM."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from cmf.problem.grid import Bools, satisfied
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
    sizes = [len(variable.options) for variable in catalog.problem.variables]
    rows = np.array(variants, dtype=np.int64).reshape(len(variants), len(sizes))
    known: dict[int, Bools] = {}  # many lines have the same condition
    for _, condition in catalog.lines:
        if id(condition) not in known:
            known[id(condition)] = satisfied(condition, rows, sizes)
    selected = np.array([known[id(condition)] for _, condition in catalog.lines])
    uses = np.argwhere(selected.T) if selected.size else ()
    lines = [line for line, _ in catalog.lines]
    return tuple(
        PartUse(int(product), lines[n].part, lines[n].quantity, lines[n].slot)
        for product, n in uses
    )
