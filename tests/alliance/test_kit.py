"""The Alliance catalogue is a construction kit, not a list of cars."""

from __future__ import annotations

from collections import defaultdict

import pytest
from attrs import evolve

import cmf
from cmf.analysis.health import check, faults
from cmf.model.catalog import Catalog, Option, Severity
from cmf.problem.answer import Solved

# Rules of the fact table by chapter: 61 in all, of which the catalogue states at least 42.
CHAPTERS = {"G": 10, "D": 11, "E": 12, "C": 10, "L": 10, "F": 8}
FACT_RULES = {f"{letter}{n:02}" for letter, last in CHAPTERS.items() for n in range(1, last + 1)}

# Underbody units that one vehicle of the line-up uses alone, and what their source says.
ALONE = {
    "fu_rgmp_n": "Kardian: the shortest of the four RGMP wheelbases",
    "fu_bev_wide": "A290: tracks of Renault 5 + 60 mm, own aluminium subframe",
    "fu_cd_3_wide": "Rafale: tracks of Espace + 40 mm",
    "cf_a_958": "redi-GO: shares the insides of Kwid on a shorter wheelbase",
    "cf_b_1190": "Arkana: the longer CMF-B of Busan",
    "cf_b_1353": "Jogger: the longest CMF-B",
    "cf_rgmp_1406": "Niagara: the longest RGMP",
    "cf_bev_1094": "Renault 4: 84 mm more than Renault 5",
    "cf_cd_1238": "Talisman: first wave, long",
    "cf_cd_1314": "Espace V: first wave, longest",
    "ru_a_beam_ev": "Spring: pack in the rear floor, no tank",
    "ru_bev_ml_wide": "A290: tracks of Renault 5 + 60 mm",
    "ru_cd_ml_e_wide": "Rafale: tracks of Espace + 40 mm, rear motor of 100 kW",
    "ru_ev_ml_e": "Ariya e-4ORCE: the front motor a second time",
    "ru_ev_ml_2e": "A390: two rear motors",
}
UNDERBODY = ("front_underbody", "centre_floor", "rear_underbody")


@pytest.fixture(scope="module")
def catalog(programme: cmf.Programme) -> Catalog:
    return programme.model.catalog


@pytest.fixture(scope="module")
def users(programme: cmf.Programme, space: cmf.VariantSpace) -> dict[str, set[str]]:
    """Which vehicles of the line-up may use a module, whatever their briefs leave open."""
    found: dict[str, set[str]] = defaultdict(set)
    for brief in programme.briefs:
        left = space.space.where(*brief.formulas).possible()
        if isinstance(left, Solved):
            for variable, numbers in zip(
                programme.model.problem.variables, left.value, strict=True
            ):
                for number in numbers:
                    found[variable.options[number]].add(brief.vehicle.id)
    return found


def by_kit(catalog: Catalog, slot: str) -> dict[str, list[str]]:
    found = defaultdict(list)
    for module in catalog.axis(slot).options:
        for kit in words(module, "kits"):
            found[kit].append(module.name)
    return found


def words(module: Option, attribute: str) -> frozenset[str]:
    value = module.values[attribute]
    assert isinstance(value, frozenset)
    return value


def test_at_most_six_floors_and_four_rear_units(catalog: Catalog) -> None:
    floors, rears = by_kit(catalog, "centre_floor"), by_kit(catalog, "rear_underbody")
    assert set(floors) == set(rears) == set(catalog.domains["kit"])
    assert max(map(len, floors.values())) <= 6
    assert max(map(len, rears.values())) <= 4


def test_front_unit_is_fixed_within_a_platform(catalog: Catalog) -> None:
    """Variants by weight and track have the same structure, joint and width."""
    fixed: dict[str, set[object]] = defaultdict(set)
    for module in catalog.axis("front_underbody").options:
        for platform in words(module, "platforms"):
            names = ("family", "kit", "width_class", "wheelbase_part")
            fixed[platform].add(tuple(module.values[name] for name in names))
    inside = {o.name for o in catalog.axis("platform").options if not o.outside}
    assert set(fixed) == inside
    assert all(len(kinds) == 1 for kinds in fixed.values())


def test_modules_of_one_vehicle_alone_say_why(catalog: Catalog, users: dict[str, set[str]]) -> None:
    modules = [m for slot in UNDERBODY for m in catalog.axis(slot).options]
    alone = {m.name for m in modules if len(users[m.name]) < 2}
    assert alone == set(ALONE)
    for module in modules:
        if module.name in ALONE:
            assert any(word.startswith("S") for word in module.source.split())


def test_twins_share_their_upper_body(programme: cmf.Programme) -> None:
    brands: dict[str, set[str]] = defaultdict(set)
    for brief in programme.briefs:
        pins = brief.vehicle.pins
        if "upper_body" in pins:
            brands[pins["upper_body"]].add(pins["brand"])
    shared = {body for body, names in brands.items() if len(names) > 1}
    assert {"ub_clio5", "ub_captur", "ub_kiger", "ub_kangoo", "ub_master", "ub_dayz"} <= shared
    assert len(brands["ub_trafic"]) == 3


def test_most_variants_are_cars_that_nobody_launched(
    programme: cmf.Programme, space: cmf.VariantSpace
) -> None:
    launched = {
        (b.vehicle.pins["brand"], b.vehicle.pins["upper_body"], b.vehicle.pins["energy"])
        for b in programme.briefs
        if not b.vehicle.refused_by
    }
    rows = space.count_by("brand", "upper_body", "energy")
    new = sum(count for names, count in rows if tuple(names) not in launched)
    assert sum(count for _, count in rows) == space.count()
    assert new * 2 > space.count()


def test_wheelbase_is_an_output_within_the_published_span(space: cmf.VariantSpace) -> None:
    assert space.where("wheelbase < 2343 mm").count() == 0
    assert space.where("wheelbase > 3590 mm").count() == 0


def test_nothing_is_dead_and_no_rule_is_idle(
    programme: cmf.Programme, space: cmf.VariantSpace
) -> None:
    lowered = programme.model.lowered
    bare = evolve(lowered.resolved, catalog=evolve(lowered.resolved.catalog, parts={}, bom=()))
    assert faults(check(evolve(lowered, resolved=bare), space.space)) == ()


def test_rules_are_those_of_the_fact_table(catalog: Catalog) -> None:
    rules = {rule.id: rule for rule in catalog.rules}
    assert len(FACT_RULES) == 61
    assert len(FACT_RULES & set(rules)) >= 42
    own = set(rules) - FACT_RULES
    assert all(name.startswith("A") for name in own)
    for rule in rules.values():
        assert rule.because
        assert rule.owner
        assert rule.source
        assert rule.basis is not None


def test_warnings_are_those_of_the_fact_table(catalog: Catalog) -> None:
    warnings = {rule.id for rule in catalog.rules if rule.severity is Severity.WARN}
    assert warnings == {"G04", "G06", "E02", "E05", "L04", "L05", "L06", "L10"}
