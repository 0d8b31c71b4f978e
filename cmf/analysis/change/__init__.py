"""What a change of a catalogue does: to names, variants, options, vehicles and sharing."""

from cmf.analysis.change.causes import Cause, Causes, causes
from cmf.analysis.change.comparison import Comparison
from cmf.analysis.change.edits import Edits, Item, Rename, RuleEdit, edits, renamed
from cmf.analysis.change.effect import Effect, Size, effect_of
from cmf.analysis.change.project import onto
from cmf.analysis.change.shifts import MetricShift, OptionShift, metric_shifts, option_shifts
from cmf.analysis.change.vehicles import Fate, VehicleChange, rebuilt, vehicle_changes

__all__ = [
    "Cause",
    "Causes",
    "Comparison",
    "Edits",
    "Effect",
    "Fate",
    "Item",
    "MetricShift",
    "OptionShift",
    "Rename",
    "RuleEdit",
    "Size",
    "VehicleChange",
    "causes",
    "edits",
    "effect_of",
    "metric_shifts",
    "onto",
    "option_shifts",
    "rebuilt",
    "renamed",
    "vehicle_changes",
]
