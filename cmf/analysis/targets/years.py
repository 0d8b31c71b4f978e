"""How the targets of a line-up move from model year to model year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from cmf.analysis.commonality.basis import Basis, NotEvaluable, Result, Weight
from cmf.analysis.commonality.pairs import carry_over
from cmf.analysis.targets.evaluate import evaluate
from cmf.analysis.targets.fleet import Fleet
from cmf.analysis.targets.outcome import Outcome
from cmf.errors import fail
from cmf.model.targets import Target

_NEW, _BEFORE = "new", "before"
_STAGE = "stage"
"""Population of two groups: the vehicles of a year, and those of all years before."""


@frozen
class Point:
    """The line-up as it stood in a model year.

    Attributes
    ----------
    vehicles, new
        Vehicles with a model year up to this one, built or not; those of this very year.
    outcomes
        All targets that are measured, on these vehicles.
    carried
        How much of the built vehicles of this year is taken from those before, by weight.
    """

    year: int
    vehicles: int
    new: int
    outcomes: tuple[Outcome, ...]
    carried: tuple[Result, ...]


def trend(
    fleet: Fleet,
    targets: Sequence[Target],
    weights: Sequence[Weight] = (Weight.PART_NUMBER, Weight.LIST_COST),
) -> Iterator[Point]:
    """The targets for every model year in which a vehicle appears: of all vehicles up to it.

    Carry-over of a year is ``w(parts of its vehicles that earlier ones use) / w(all their parts)``;
    it is not evaluable in the first year.

    Raises
    ------
    InputError
        When the catalogue has no time feature.
    """
    catalog = fleet.lowered.resolved.catalog
    if catalog.time is None:
        remedy = "name a numeric feature of years with `time:` in catalog.yaml"
        raise fail("no-time", "the catalogue declares no time feature", None, remedy)
    axis = fleet.lowered.problem.index(catalog.time)
    names = fleet.lowered.problem.variables[axis].options
    years = [None if known[axis] is None else int(names[known[axis] or 0]) for known in fleet.known]
    measured = [target for target in targets if target.metric != "not_measured"]
    for year in sorted({year for year in years if year is not None}):
        so_far = [i for i, each in enumerate(years) if each is not None and each <= year]
        part = fleet.only(so_far)
        yield Point(
            year,
            len(so_far),
            years.count(year),
            tuple(evaluate(target, part) for target in measured),
            tuple(_carried(part, [years[i] == year for i in so_far], weight) for weight in weights),
        )


def _carried(fleet: Fleet, new: Sequence[bool], weight: Weight) -> Result:
    stages = tuple(_NEW if each else _BEFORE for each in new[: len(fleet.builds)])
    for stage, what in ((_NEW, "no vehicle of this year is built"), (_BEFORE, "it is the first")):
        if stage not in stages:
            return NotEvaluable(Basis("carry-over from earlier years", weight), what)
    products = evolve(fleet.parts.products, groups={_STAGE: stages})
    incidence = evolve(fleet.parts, products=products)
    return carry_over(incidence, _NEW, _BEFORE, weight=weight, population=_STAGE)
