"""The 150 % BOM of a variant space: what its variants need, and whether positions are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cmf.analysis.census import Group, populations
from cmf.analysis.positions import (
    Counterexample,
    Reason,
    Verdict,
    positions,
    prove,
    reason_of,
    violation,
)
from cmf.analysis.usage import Usage, usages
from cmf.engines.sat import SatEngine
from cmf.errors import LimitReached, fail
from cmf.model.catalog import Scope
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.workspace.engine import AUTO_NODES, AUTO_SECONDS, diagram_engine

if TYPE_CHECKING:
    from cmf.workspace.space import VariantSpace


@frozen
class Bom:
    """The 150 % BOM over all variants of a space.

    Attributes
    ----------
    variants
        Number of variants.
    positions
        Every position of the BOM: proven, refuted by a variant, or unknown.
    reasons
        For every position that is refuted, in their order.
    parts
        What the variants need, by part number.
    """

    variants: int
    positions: tuple[Verdict, ...] = field(repr=False)
    reasons: tuple[Reason, ...] = field(repr=False)
    parts: tuple[Usage, ...] = field(repr=False)


def bom(space: VariantSpace) -> Bom:
    """Explode the 150 % BOM over all variants of a space, and prove its positions.

    Raises
    ------
    InputError
        When the catalogue has no parts.
    LimitReached
        When the part lists of the variants do not compile.
    """
    model = space.model
    catalog = model.catalog
    if not catalog.parts:
        raise fail(
            "no-parts", f"`{catalog.name}` has no parts", None, "write parts.csv and bom.csv"
        )
    whole = Scope("whole", "", tuple(axis.name for axis in catalog.slots), vehicle_level=True)
    limits = Limits(seconds=AUTO_SECONDS, nodes=AUTO_NODES)
    problem = space.space.problem
    opened = populations(model.lowered, problem, [Group("all")], whole, diagram_engine(), limits)
    if isinstance(opened, Unknown):
        raise LimitReached(f"the part lists do not compile within {opened.limit}: narrow the space")
    (everything,) = opened
    sat = SatEngine().open(problem)
    if isinstance(sat, Unknown):
        raise LimitReached(f"the rules do not open within {sat.limit}")
    verdicts = tuple(prove(model.lowered, sat, each) for each in positions(model.lowered))
    reasons = tuple(
        evolve(reason_of(model.lowered, sat, each), variants=_violating(space, each))
        for each in verdicts
        if isinstance(each, Counterexample)
    )
    draw = everything.draw
    found = usages(everything.contents, draw.counts, draw.total)
    return Bom(draw.total, verdicts, reasons, found)


def _violating(space: VariantSpace, refuted: Counterexample) -> int | None:
    """Number of variants that fill a position otherwise, where the engine can count them."""
    fault = violation(space.model.lowered, refuted.position)
    counted = space.space.where(fault).count()
    return counted.value if isinstance(counted, Solved) else None
