"""What must not be buildable, and the rule that refuses it.

A rule refuses a vehicle when the brief alone is possible with every other rule, and impossible
with that rule: then it is the reason, and the only one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from attrs import evolve

import cmf
from cmf.engines.sat import SatEngine
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.problem import Constraint, Problem

LINEUP = Path(__file__).parents[2] / "catalogs" / "alliance" / "vehicles.csv"
with open(LINEUP, newline="", encoding="utf-8") as stream:
    REFUSED = {row["id"]: row["refused_by"] for row in csv.DictReader(stream) if row["refused_by"]}

IMPOSSIBLE = {
    "a first-generation hybrid in Europe after the start of Euro 7": (
        "market == eu and model_year == 2028 and engine_compartment == ec_h4m_b"
    ),
    "a combustion engine from Douai today": (
        "plant == douai and energy == petrol and model_year >= 2023"
    ),
    "a CMF-B car in the United States": "platform == cmf_b_hs and market == na",
    "a torsion beam that is driven": (
        "rear_underbody.axle == torsion_beam and drive in {awd, e_awd, rwd}"
    ),
    "an 800 V pack in an AmpR Medium car": ("battery.voltage_class == v800 and platform == cmf_ev"),
    "the A290 motor on the standard subframe": (
        "front_underbody == fu_bev_std and engine_compartment == ec_6am_160_bev"
    ),
    "a Rafale rear unit under a car of standard track": (
        "rear_underbody == ru_cd_ml_e_wide and front_underbody == fu_cd_3"
    ),
    "the HVAC unit under the bonnet of a Leaf": "cockpit.hvac == bay and upper_body == ub_leaf "
    "and engine_compartment == ec_ym52_160_ev",
    "a level-2 pack on CMF-B LS": "platform == cmf_b_ls and ee_architecture.adas == l2",
    "two rear motors without the 6AM in front": (
        "rear_underbody.motor_count == 2 and engine_compartment.motor == am67"
    ),
    "a new car without cyber security rules in 2025": (
        "market == eu and model_year == 2025 and not ee_architecture.cyber"
    ),
    "the central computer before 2026": "ee_architecture.gen == ee_s and model_year == 2025",
    "a Note from Oppama in 2028": "plant == oppama and model_year == 2028",
    "a left-hand drive kei car": "platform == kei and hand == lhd",
}


def refusal(problem: Problem, constraints: tuple[Constraint, ...]) -> bool:
    space = SatEngine().open(evolve(problem, constraints=constraints, quantities={}, warnings=()))
    assert not isinstance(space, Unknown)
    found = space.find()
    assert isinstance(found, Solved | Infeasible)
    return isinstance(found, Infeasible)


@pytest.mark.parametrize("vehicle", REFUSED)
def test_refused_by_the_named_rule_alone(vehicle: str, programme: cmf.Programme) -> None:
    brief = next(b for b in programme.briefs if b.vehicle.id == vehicle)
    problem = programme.model.problem
    named = {c for c in problem.constraints if c.origin.name == REFUSED[vehicle]}
    others = tuple(c for c in problem.constraints if c not in named)
    assert len(named) == 1
    assert refusal(problem, (*brief.choices, *named))
    assert not refusal(problem, (*brief.choices, *others))


def test_negative_cases_cover_the_outside_platforms(programme: cmf.Programme) -> None:
    negative = [b.vehicle.pins for b in programme.briefs if b.vehicle.refused_by]
    axis = programme.model.catalog.axis("platform")
    outside = {option.name for option in axis.options if option.outside}
    assert outside == {pins["platform"] for pins in negative if "platform" in pins}
    assert outside == {"ladder_nissan", "ladder_mitsubishi", "geely_cma"}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_impossible(what: str, space: cmf.VariantSpace) -> None:
    assert space.where(IMPOSSIBLE[what]).count() == 0


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_impossible_only_together(what: str, space: cmf.VariantSpace) -> None:
    """Each half is possible, so that the statement above is about their combination."""
    for half in IMPOSSIBLE[what].split(" and "):
        assert space.where(half).find() is not None
