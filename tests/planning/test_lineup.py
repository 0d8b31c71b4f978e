"""The planning problem of a line-up says of every plan what the catalogue says."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve

import cmf
from cmf.analysis.configure import Build
from cmf.analysis.sharing import incidence_of_builds
from cmf.analysis.targets import Verdict, fleet_of
from cmf.analysis.targets.evaluate import evaluate as judge
from cmf.planning.brute import variants
from cmf.planning.constraints import Share
from cmf.planning.data import Plan
from cmf.planning.decision.recheck import recheck
from cmf.planning.evaluate import evaluate
from cmf.planning.lineup.pose import Posed
from cmf.rules.resolve import resolve_condition
from cmf.rules.semantics import World, holds
from cmf.workspace.planning import Asked, ask

HERE = Path(__file__).parent
PLANS = 60


def asked(folder: Path, *targets: str) -> Asked:
    programme = cmf.load_lineup(folder)
    found = ask(programme, programme.model.compile(engine="brute"), targets)
    assert isinstance(found, Asked)
    return found


@pytest.fixture(scope="module")
def rich() -> Asked:
    return asked(HERE / "rich", "all")


@pytest.fixture(scope="module")
def plans(rich: Asked) -> list[Plan]:
    every = list(product(*(tuple(variants(v.diagram)) for v in rich.posed.problem.vehicles)))
    assert len(every) > 10 * PLANS
    return [rich.posed.today, *map(Plan, every[7 :: len(every) // PLANS])]


def test_every_target_is_judged_alike(rich: Asked, plans: list[Plan]) -> None:
    posed = rich.posed
    met = dict.fromkeys((t.id for t in rich.targets if t.id not in rich.cannot), 0)
    for plan in plans:
        found = evaluate(posed.problem, plan)
        builds = [
            evolve(build, variant=variant)
            for build, variant in zip(posed.builds, posed.variants(plan), strict=True)
        ]
        fleet = fleet_of(posed.lowered, builds, (), incidence_of_builds(posed.lowered, builds), {})
        for target in rich.targets:
            if target.id in rich.cannot:
                continue
            outcome = judge(target, fleet)
            mine = [
                measured
                for each, measured in zip(posed.assumed, found.measured, strict=True)
                if each.words == target.id
            ]
            holds_here = all(measured.met for measured in mine)
            assert holds_here == (outcome.verdict is Verdict.MET), (target.id, plan)
            met[target.id] += holds_here
            if isinstance(mine[0].constraint, Share):
                assert mine[0].value == outcome.low, target.id
    # The plans tell most targets apart.
    assert sum(0 < count < len(plans) for count in met.values()) >= 15, met


def test_only_what_is_no_ratio_of_sums_is_refused(rich: Asked) -> None:
    assert set(rich.cannot) == {"lineup", "narrow"}


def test_every_cost_is_counted_alike(rich: Asked, plans: list[Plan]) -> None:
    posed = rich.posed
    kinds = [0, 0, 0, 0]
    for plan in plans:
        cost = evaluate(posed.problem, plan).cost
        again = recheck(
            posed.lowered, posed.planning, posed.builds, posed.volumes, posed.variants(plan), cost
        )
        assert again.faults == ()
        figures = (cost.investment, cost.premium, cost.integration, cost.pieces)
        kinds = [n + bool(figure) for n, figure in zip(kinds, figures, strict=True)]
    assert all(kinds)


def test_the_recheck_notices(rich: Asked) -> None:
    posed = rich.posed
    wrong = list(posed.variants(posed.today))
    problem = posed.lowered.problem
    battery, brand = problem.index("battery"), problem.index("brand")
    none = problem.variables[battery].options.index("none")
    wrong[1] = tuple(none if i == battery else o for i, o in enumerate(wrong[1]))
    wrong[2] = tuple(0 if i == brand else o for i, o in enumerate(wrong[2]))
    cost = evaluate(posed.problem, posed.today).cost
    found = recheck(
        posed.lowered, posed.planning, posed.builds, posed.volumes, wrong, evolve(cost, pieces=1)
    )
    words = "\n".join(found.faults)
    assert "B: rule R2 is broken" in words
    assert "C: something changes that is not open" in words
    assert "the cost is" in words


def test_exactly_the_admissible_variants_are_offered(rich: Asked) -> None:
    """Against every combination of options, by the meaning of the rules."""
    posed = rich.posed
    lowered = posed.lowered
    problem, resolved = lowered.problem, lowered.resolved
    for i, build in enumerate(posed.builds):
        wanted = set()
        for variant in product(*(range(len(v.options)) for v in problem.variables)):
            world = World(resolved, problem.names(variant))
            if not all(holds(rule.statement, world) for rule in resolved.rules):
                continue
            if world.options["engine"] == "e3" and world.options["model_year"] == "2024":
                continue
            if not problem.valid(variant):
                raise AssertionError(variant)
            if _admissible(posed, build, variant, world):
                wanted.add(variant)
        offered = {
            posed.variants(evolve(posed.today, choices=_with(posed.today, i, chosen)))[i]
            for chosen in variants(posed.problem.vehicles[i].diagram)
        }
        assert offered == wanted, build.brief.vehicle.id
        assert build.variant in offered


def _with(plan: Plan, place: int, chosen: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return (*plan.choices[:place], chosen, *plan.choices[place + 1 :])


def _admissible(posed: Posed, build: Build, variant: tuple[int, ...], world: World) -> bool:
    """Features as today, pinned slots kept, power near today's, and the open brief of C."""
    problem = posed.lowered.problem
    features = {axis.name for axis in posed.lowered.resolved.catalog.features}
    for name in features | set(build.brief.vehicle.pins):
        number = problem.index(name)
        if variant[number] != build.variant[number]:
            return False
    power = problem.quantities["power"]
    before, now = power.value(build.variant), power.value(variant)
    assert before is not None
    if now is None or not before - 15_000 <= now <= before + 15_000:
        return False
    # Of the briefs only one speaks of something that is not open.
    if build.brief.vehicle.id != "C":
        return True
    return world.option("engine").values["grade"] == "high"


def test_leaders_use_what_they_lead(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HERE / "rich", tmp_path / "rich"))
    text = (folder / "planning.yaml").read_text(encoding="utf-8")
    (folder / "planning.yaml").write_text(f"{text}leaders: brand\n", encoding="utf-8")
    posed = asked(folder).posed
    place = [each.words for each in posed.assumed].index(
        "modules are used by their leader, by brand"
    )
    catalog = posed.lowered.resolved.catalog
    seen = set()
    every = product(*(tuple(variants(v.diagram)) for v in posed.problem.vehicles))
    for plan in map(Plan, list(every)[::211]):
        users: dict[str, set[str]] = {}
        for variant in posed.variants(plan):
            names = posed.lowered.problem.names(variant)
            for slot in catalog.slots:
                lead = next(o.lead for o in slot.options if o.name == names[slot.name])
                if lead:
                    users.setdefault(f"{lead} {names[slot.name]}", set()).add(names["brand"])
        good = all(name.split()[0] in brands for name, brands in users.items())
        assert evaluate(posed.problem, plan).measured[place].met == good
        seen.add(good)
    assert seen == {True, False}


def test_without_a_planning_file_the_briefs_bind() -> None:
    posed = asked(HERE / "e12").posed
    for vehicle, build in zip(posed.problem.vehicles, posed.builds, strict=True):
        require = build.brief.vehicle.require
        assert require is not None
        statement = resolve_condition(posed.lowered.resolved, require)
        offered = [
            posed.variants(Plan(_with(posed.today, posed.builds.index(build), chosen)))
            for chosen in variants(vehicle.diagram)
        ]
        for every in offered:
            variant = every[posed.builds.index(build)]
            names = posed.lowered.problem.names(variant)
            assert holds(statement, World(posed.lowered.resolved, names))
