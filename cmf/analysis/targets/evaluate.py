"""From targets to outcomes."""

from __future__ import annotations

from fractions import Fraction

from attrs import field, frozen

from cmf.analysis.commonality.basis import Metric, NotEvaluable
from cmf.analysis.commonality.bounds import Bounds
from cmf.analysis.targets.fleet import Fleet
from cmf.analysis.targets.gaps import Gap, gap
from cmf.analysis.targets.interval import Affine, most_important
from cmf.analysis.targets.learning import parts_cost_range
from cmf.analysis.targets.measure import Measured, by_volume, measure
from cmf.analysis.targets.outcome import Outcome, Verdict
from cmf.errors import Diagnostic, InputError
from cmf.model.targets import Target, Targets


@frozen
class Assessment:
    """All targets of a line-up with what was found.

    Attributes
    ----------
    fleet
        The vehicles that were looked at.
    outcomes
        In the order of the targets.
    gaps
        What closes the gap, for missed targets on shares.
    """

    fleet: Fleet = field(repr=False)
    outcomes: tuple[Outcome, ...]
    gaps: tuple[Gap, ...]

    @property
    def met(self) -> bool:
        """Whether every target is met: open and not evaluable is no pass."""
        return all(outcome.verdict is Verdict.MET for outcome in self.outcomes)


def assess(targets: Targets, fleet: Fleet) -> Assessment:
    """Every target with its value, its verdict, and what would close its gap.

    Raises
    ------
    InputError
        With every wrong condition of the targets.
    """
    faults: list[Diagnostic] = []
    for target in targets.targets:
        for text in (target.where, target.meets):
            try:
                if text is not None:
                    fleet.formula(text)
            except InputError as error:
                faults += error.diagnostics
    if faults:
        raise InputError(faults)
    outcomes = tuple(evaluate(target, fleet) for target in targets.targets)
    gaps = [gap(o, fleet) for o in outcomes if o.verdict is Verdict.MISSED]
    return Assessment(fleet, outcomes, tuple(each for each in gaps if each is not None))


def evaluate(target: Target, fleet: Fleet) -> Outcome:
    """Value and verdict of one target."""
    undecided = fleet.undecided(target)
    if undecided:
        return Outcome(target, cause=undecided)
    unknown = _unknown(target, fleet)
    least = [None if ends is None else ends[0] for ends in fleet.volumes]
    if not unknown:
        return _plain(target, measure(target, fleet, least), _remarks(target, fleet))
    if target.metric == "parts_cost_reduction":
        return _learned(target, fleet, unknown, least)
    return _interval(target, fleet, unknown, least)


def _unknown(target: Target, fleet: Fleet) -> list[int]:
    """Vehicles that are looked at and whose volume is an interval, when the value needs it."""
    if not by_volume(target):
        return []
    found = []
    for i in fleet.looked_at(target):
        ends = fleet.volumes[i]
        if ends is not None and ends[0] < ends[1]:
            found.append(i)
    return found


def _plain(target: Target, found: Measured, remarks: tuple[str, ...]) -> Outcome:
    match found:
        case NotEvaluable(_, cause):
            return Outcome(target, cause=cause)
        case Bounds(low, high):
            return Outcome(target, low, high, remarks=remarks)
        case Metric():
            counted = (found.numerator, found.denominator)
            remarks = (*found.remarks, *remarks)
            return Outcome(target, found.value, found.value, counted, remarks=remarks)


def _interval(target: Target, fleet: Fleet, unknown: list[int], least: list[int | None]) -> Outcome:
    """Outcome with unknown volumes.

    Numerator and denominator are linear in every volume, so their values at the least volumes and
    with one volume raised at a time say all.
    """
    base = measure(target, fleet, least)
    if not isinstance(base, Metric):
        return _plain(target, base, ())
    rises = []
    for i in unknown:
        ends = fleet.volumes[i]
        raised = [*least[:i], None if ends is None else ends[1], *least[i + 1 :]]
        found = measure(target, fleet, raised)
        if not isinstance(found, Metric):
            return _plain(target, found, ())
        up = Fraction(found.numerator) - base.numerator
        rises.append((up, Fraction(found.denominator) - base.denominator))
    ratio = Affine(Fraction(base.numerator), Fraction(base.denominator), tuple(rises))
    low, high = ratio.lowest(), ratio.highest()
    remarks = (*base.remarks, *_remarks(target, fleet))
    if low == high:
        return Outcome(target, low, high, remarks=remarks)
    matters, left = most_important(ratio)
    name = fleet.names[unknown[matters]]
    return Outcome(target, low, high, deciding=name, left=left, remarks=remarks)


def _learned(target: Target, fleet: Fleet, unknown: list[int], least: list[int | None]) -> Outcome:
    """Outcome of a parts cost reduction, which is not linear in the volumes: enclosed."""
    base = measure(target, fleet, least)
    if isinstance(base, NotEvaluable):
        return _plain(target, base, ())
    found, name, left = parts_cost_range(target, fleet, unknown)
    remarks = _remarks(target, fleet)
    return Outcome(target, found.low, found.high, deciding=name, left=left, remarks=remarks)


def _remarks(target: Target, fleet: Fleet) -> tuple[str, ...]:
    found = []
    among = fleet.looked_at(target)
    if by_volume(target) and (count := fleet.illustrative(among)):
        found.append(f"{count} of {len(among)} volumes are illustrative.")
    for text in (target.where, target.meets):
        if text is None:
            continue
        axes, vehicles = fleet.completed(text)
        if vehicles:
            found.append(f"In {vehicles} vehicles {axes} was completed at least cost.")
    return tuple(found)
