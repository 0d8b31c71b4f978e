"""The planning problem of a line-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from attrs import field, frozen

from cmf.analysis.configure import Build
from cmf.engines.protocols import Space
from cmf.model.planning import Planning
from cmf.model.targets import Target
from cmf.planning.constraints import Constraint, Leads, Share, Total
from cmf.planning.data import Diagram, Plan, PlanningProblem, Vehicle
from cmf.planning.lineup.assembly import Assembly
from cmf.planning.lineup.briefs import MOST_VARIANTS, Freedom
from cmf.planning.lineup.express import express
from cmf.planning.lineup.ground import Ground
from cmf.planning.lineup.sums import options_in_use
from cmf.planning.lineup.view import NotExpressible
from cmf.problem.formula import TRUE, Member
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant

CHANGES = "changes"
"""Name of the constraint on changes against today's plan."""


@frozen
class Assumed:
    """A constraint of the problem, and what states it.

    Attributes
    ----------
    words
        For people: the id of a target, ``supply of battery bp_ev_87``.
    target
        The target that it comes from; `None` for a bound of the planning file.
    """

    constraint: Constraint = field(repr=False)
    words: str
    target: Target | None = None


@frozen(eq=False)
class Posed:
    """A planning problem, with the way back to vehicles and variants.

    Attributes
    ----------
    builds
        The vehicles as they are built today, in the order of the problem.
    assumed
        Why each constraint of the problem is there, in their order.
    volumes
        Cars a year of each vehicle.
    """

    problem: PlanningProblem
    lowered: LoweredCatalog = field(repr=False)
    planning: Planning = field(repr=False)
    builds: tuple[Build, ...] = field(repr=False)
    volumes: tuple[int, ...]
    assumed: tuple[Assumed, ...]
    _variants: tuple[Mapping[tuple[int, ...], Variant], ...] = field(repr=False)

    @property
    def today(self) -> Plan:
        """Today's plan."""
        chosen = [vehicle.today for vehicle in self.problem.vehicles]
        return Plan(tuple(choices for choices in chosen if choices is not None))

    def plan_of(self, modules: Mapping[str, Mapping[str, str]]) -> Plan:
        """The plan that gives every vehicle (by id) an option for every slot, by their names.

        Raises
        ------
        LookupError
            With the id of a vehicle that has no such variant.
        """
        names = self.lowered.problem.variables
        chosen = []
        for build, known in zip(self.builds, self._variants, strict=True):
            wanted = modules.get(build.brief.vehicle.id, {})
            found = [
                choices
                for choices, variant in known.items()
                if all(
                    wanted.get(axis.name) == axis.options[option]
                    for axis, option in zip(names, variant, strict=True)
                    if axis.name in self.problem.slots
                )
            ]
            if not found:
                raise LookupError(build.brief.vehicle.id)
            chosen.append(found[0])
        return Plan(tuple(chosen))

    def variants(self, plan: Plan) -> tuple[Variant, ...]:
        """The variant of every vehicle; raises `KeyError` for choices that are none."""
        return tuple(
            known[chosen] for known, chosen in zip(self._variants, plan.choices, strict=True)
        )


def pose(
    lowered: LoweredCatalog,
    space: Space,
    builds: Sequence[Build],
    volumes: Sequence[int],
    planning: Planning,
    targets: Sequence[Target] = (),
    refused: Collection[str] = (),
    most: int = MOST_VARIANTS,
) -> tuple[Posed, Mapping[str, str]]:
    """The planning problem of the built vehicles of a line-up.

    Parameters
    ----------
    space
        All valid variants of the catalogue.
    builds
        The vehicles as they are built today.
    volumes
        Cars a year of each.
    refused
        Ids of vehicles that cannot be built.
    most
        Valid variants that a vehicle may have.

    Returns
    -------
    the problem, and the targets that a plan cannot be held to, with the reason

    Raises
    ------
    LimitReached
        When a vehicle has too many variants.
    InputError
        When a condition of a target or of the planning file is wrong.
    """
    freedom = Freedom.of(lowered, planning)
    pieces = [freedom.variants(space, build, most) for build in builds]
    spans = [0, *np.cumsum([len(piece) for piece in pieces]).tolist()]
    assembly = Assembly(lowered, builds, freedom.axes, np.concatenate(pieces), spans)
    ground = Ground.of(assembly, planning, volumes)
    assumed, cannot = _assumptions(ground, targets, refused)
    known = [_rows_by_choice(assembly, i) for i in range(len(builds))]
    vehicles = [_vehicle(ground, i, build, known[i]) for i, build in enumerate(builds)]
    if planning.changes is not None:
        assumed.append(Assumed(_changes(assembly, vehicles, planning.changes), "changes"))
    problem = assembly.finish(vehicles, [each.constraint for each in assumed])
    variants = tuple(
        {choices: tuple(assembly.rows[row].tolist()) for choices, row in rows.items()}
        for rows in known
    )
    posed = Posed(
        problem, lowered, planning, tuple(builds), tuple(volumes), tuple(assumed), variants
    )
    return posed, cannot


def _assumptions(
    ground: Ground, targets: Sequence[Target], refused: Collection[str]
) -> tuple[list[Assumed], dict[str, str]]:
    """Targets and bounds as constraints, and the targets that cannot be, with the reason."""
    found: list[Assumed] = []
    cannot: dict[str, str] = {}
    for target in targets:
        try:
            constraints = express(target, ground, refused)
        except NotExpressible as reason:
            cannot[target.id] = str(reason)
            continue
        found += [Assumed(constraint, target.id, target) for constraint in constraints]
    return [*found, *_bounds(ground)], cannot


def share_named(posed: Posed, name: str) -> Share | None:
    """The share that a target speaks of; `None` when it is no share."""
    for each in posed.assumed:
        if each.words == name and isinstance(each.constraint, Share):
            return each.constraint
    return None


def _rows_by_choice(assembly: Assembly, vehicle: int) -> dict[tuple[int, ...], int]:
    first = assembly.spans[vehicle]
    return {choices: first + n for n, choices in enumerate(assembly.paths(vehicle))}


def _vehicle(
    ground: Ground, number: int, build: Build, known: Mapping[tuple[int, ...], int]
) -> Vehicle:
    rows = {tuple(ground.assembly.rows[row].tolist()): choices for choices, row in known.items()}
    variables = ground.assembly.lowered.problem.variables
    groups = {v.name: v.options[o] for v, o in zip(variables, build.variant, strict=True)}
    return Vehicle(
        build.brief.vehicle.id,
        ground.volumes[number] * ground.planning.years,
        Diagram(()),
        groups,
        charges={},
        today=rows.get(build.variant),
        keep=build.brief.vehicle.id in ground.planning.keep,
    )


def _changes(assembly: Assembly, vehicles: Sequence[Vehicle], most: int) -> Total:
    """At most a number of modules (options) that differ from today's."""
    terms = {}
    own = set(assembly.options.values())
    for i, vehicle in enumerate(vehicles):
        for choices in assembly.paths(i):
            for choice in own & set(choices):
                if vehicle.today is not None and choice not in vehicle.today:
                    terms[i, choice] = 1
    return Total(CHANGES, terms, None, most)


def _bounds(ground: Ground) -> list[Assumed]:
    """The bounds of the planning file: supply, capacity of plants, options in use."""
    problem, planning = ground.assembly.lowered.problem, ground.planning
    found = []
    wanted = {
        f"supply of {slot} {m}": (slot, m, most) for (slot, m), most in planning.supply.items()
    }
    wanted |= {f"capacity of {p}": ("plant", p, most) for p, most in planning.plants.items()}
    for words, (name, option, most) in wanted.items():
        axis = problem.index(name)
        taken = Member(axis, frozenset({problem.variables[axis].options.index(option)}))
        amounts = ground.assembly.truth(taken) * ground.volume
        total = Total(words, ground.assembly.terms(amounts, (axis,)), None, most)
        found.append(Assumed(total, words))
    if planning.leaders:
        catalog = ground.assembly.catalog
        leads = {
            item: lead
            for (number, option), item in ground.modules.items()
            if (lead := catalog.axes[number].options[option].lead)
        }
        words = f"modules are used by their leader, by {planning.leaders}"
        found.append(Assumed(Leads(words, leads, planning.leaders), words))
    for cap in planning.caps:
        words = f"at most {cap.at_most} options of {cap.axis}"
        found.append(Assumed(options_in_use(ground, words, cap.axis, TRUE, cap.at_most), words))
    return found
