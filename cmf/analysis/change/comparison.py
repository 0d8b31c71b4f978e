"""Everything that differs between two states of a catalogue."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.change.causes import Causes
from cmf.analysis.change.edits import Edits
from cmf.analysis.change.effect import Effect, Size
from cmf.analysis.change.shifts import MetricShift, OptionShift
from cmf.analysis.change.vehicles import VehicleChange
from cmf.analysis.difference import Difference
from cmf.model.catalog import Catalog
from cmf.model.units import Unit


@frozen
class Comparison:
    """What changes from the first to the second of two catalogues; pairs are old and new.

    Attributes
    ----------
    labels
        What the user calls the two: folders or revisions.
    counts
        Valid variants of each side as it is.
    common
        Slots and features that both sides have, on which `difference` and `causes` compare.
    narrowed
        Whether a side has others too, which are projected away for that.
    minimise, unit
        The quantity that vehicles cost, and its unit; `None` without line-ups on both sides.
    """

    labels: tuple[str, str]
    catalogs: tuple[Catalog, Catalog] = field(repr=False)
    edits: Edits = field(repr=False)
    effect: Effect
    size: Size
    counts: tuple[int, int]
    common: tuple[str, ...] = field(repr=False)
    narrowed: bool
    difference: Difference = field(repr=False)
    causes: Causes = field(repr=False)
    options: tuple[OptionShift, ...] = field(repr=False)
    vehicles: tuple[VehicleChange, ...] | None = field(repr=False)
    metrics: tuple[MetricShift, ...] = field(repr=False)
    minimise: str | None = None
    unit: Unit | None = None
