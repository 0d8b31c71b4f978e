"""Reasons in words, on the catalogue that `cmf new` writes and on the Alliance catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmf
from cmf.analysis.why import Impossible, Possible
from cmf.analysis.why.effect import Effects
from cmf.errors import InputError
from cmf.report.why import Sentences
from cmf.workspace.why import Reasons

ALLIANCE = Path(__file__).resolve().parents[2] / "catalogs" / "alliance"


@pytest.fixture(scope="module")
def alliance() -> Reasons:
    return Reasons(cmf.load(ALLIANCE))


def told(reasons: Reasons, *choices: str) -> list[list[str]]:
    answer = reasons.possible(reasons.model.conditions(*choices))
    assert isinstance(answer, Impossible)
    sentences = Sentences.of(reasons.model.catalog)
    return [sentences.conflict(conflict) for conflict in answer.conflicts]


def test_a_chain_of_forced_options_reads_as_a_chain(alliance: Reasons) -> None:
    chains = told(alliance, "rear_underbody == ru_ev_ml_e", "front_underbody == fu_cd_3")
    assert chains[0][0].startswith(
        "rear_underbody == ru_ev_ml_e and front_underbody == fu_cd_3 exclude each other, because "
        "“Rear units join the floors of their family” (A05, owner body, source S07, "
    )
    tank, engine, bay = chains[1]
    assert tank.startswith("rear_underbody == ru_ev_ml_e forces energy == bev, because “An engine")
    assert engine.startswith("energy == bev leaves only engine_compartment.energy == bev, because")
    assert bay.startswith("front_underbody == fu_cd_3 and engine_compartment.energy == bev exclude")
    assert "rules/consistency.yaml:" in engine


def test_modules_that_are_not_effective_are_told_in_one_sentence(alliance: Reasons) -> None:
    chain = told(alliance, "platform == cmf_ev", "model_year == 2020")[0]
    assert chain[0].startswith("model_year == 2020 rules out engine_compartment ec_6am_96_ev, eff")
    assert chain[0].count(", effective from") == 3
    assert chain[0].endswith("; and 4 more like these")
    assert chain[1].startswith("what is left of engine_compartment (sentence 1) rules out front_")


def test_a_quantity_over_several_slots(alliance: Reasons) -> None:
    chain = told(alliance, "wheelbase >= 2800 mm", "segment == b")[0]
    assert any(each.endswith("because of your choice wheelbase >= 2800 mm") for each in chain)


def test_weights_order_repairs(alliance: Reasons) -> None:
    choices = alliance.model.conditions("drive == awd", "centre_floor == cf_a_958")
    answer = alliance.possible(choices, weights={"drive": 5})
    assert isinstance(answer, Impossible)
    assert [(r.weight, r.given_up[0].origin.name) for r in answer.repairs] == [
        (1, "centre_floor == cf_a_958"),
        (5, "drive == awd"),
    ]
    for name, weight in (("drvie", 2), ("drive", 0)):
        with pytest.raises(InputError):
            alliance.possible(choices, weights={name: weight})


def test_rules_are_relaxed_last(alliance: Reasons) -> None:
    choices = alliance.model.conditions("drive == awd")
    answer = alliance.possible(choices, ["centre_floor == cf_a_958"])
    assert isinstance(answer, Impossible)
    assert answer.repairs[0].given_up == choices
    kinds = {each.origin.kind for r in answer.repairs[1:] for each in r.given_up}
    assert kinds <= {"rule", "effectivity"}
    assert all(r.weight > answer.repairs[0].weight for r in answer.repairs[1:])


def test_the_difference_of_a_replacement_is_that_of_its_parts(alliance: Reasons) -> None:
    model = alliance.model
    choices = model.conditions("drive == awd", "centre_floor == cf_a_958")
    answer = alliance.possible(choices)
    assert isinstance(answer, Impossible)
    effects = Effects(model.lowered, model.problem.quantities["unit_cost"])
    measured = [effects.of(each) for repair in answer.repairs for each in repair.replacements]
    assert measured
    assert all(0 < each.kept <= each.wished for each in measured)
    for repair in answer.repairs:
        for each in repair.replacements:
            assert model.problem.valid(each.variant)
            assert not model.problem.valid(each.wished)


def test_forced_and_not_forced(alliance: Reasons) -> None:
    nissan = alliance.model.conditions("brand == nissan")
    forced = alliance.forced(nissan, "company")
    assert isinstance(forced, Impossible)
    (sentence,) = Sentences.of(alliance.model.catalog).conflict(forced.conflicts[0])
    assert sentence.startswith("brand == nissan forces company == nissan, because “A brand belongs")
    assert isinstance(alliance.forced(nissan, "market != jp"), Possible)
    contradictory = alliance.model.conditions("brand == nissan", "brand == dacia")
    assert alliance.forced(contradictory, "company").question.asked == ()


def test_a_session_tells_why_an_option_is_excluded() -> None:
    model = cmf.load(ALLIANCE)
    session = model.compile("sat").session()
    session.choose("brand", "nissan")
    conflict = session.explain("company", "mitsubishi")
    assert conflict is not None
    (sentence,) = Sentences.of(model.catalog).conflict(conflict)
    assert sentence.startswith("brand == nissan and company == mitsubishi exclude each other")
    assert session.explain("company", "nissan") is None
