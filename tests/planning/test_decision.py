"""What is told about a plan: baseline, way, prices, conflicts, cost against sharing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import cmf
from cmf.analysis.sharing import incidence_of_builds
from cmf.analysis.targets import fleet_of
from cmf.analysis.targets.cost import parts_cost
from cmf.errors import InputError
from cmf.model.targets import Bounds, Target
from cmf.planning.answer import PlanLimits, Planned
from cmf.planning.brute import front as every_front
from cmf.planning.constraints import Constraint, Share, Total
from cmf.planning.data import Plan
from cmf.planning.decision.baseline import learned, stand_alone
from cmf.planning.decision.conflict import Conflict, conflict, held_to
from cmf.planning.decision.decide import Decision
from cmf.planning.decision.freedom import freed
from cmf.planning.decision.front import MostSharing, Search, most_sharing, pareto
from cmf.planning.decision.minimal import minimal
from cmf.planning.decision.relaxation import Kind
from cmf.planning.decision.solver import try_all
from cmf.planning.evaluate import accepts, evaluate, share_of
from cmf.planning.excess import Excess
from cmf.planning.solve import solve
from cmf.problem.answer import Infeasible
from cmf.workspace.planning import Asked, ask

HERE = Path(__file__).parent
E12 = HERE / "e12"

Ask = Callable[..., Asked]


def asked(folder: Path, *targets: str, **options: object) -> Asked:
    programme = cmf.load_lineup(folder)
    found = ask(programme, programme.model.compile(engine="brute"), targets, **options)  # type: ignore[arg-type]
    assert isinstance(found, Asked)
    return found


def planned(question: Asked) -> Planned:
    found = solve(question.posed.problem)
    assert isinstance(found, Planned)
    return found


@pytest.mark.parametrize(
    ("targets", "cost", "share"),
    [
        ([], 34400, Fraction(43, 63)),
        (["ci97"], 34900, Fraction(3, 4)),
        (["spend"], 36300, Fraction(61, 69)),
        (["spend >= 92 %"], 36800, Fraction(69, 74)),
    ],
)
def test_e12_from_its_files(targets: list[str], cost: int, share: Fraction) -> None:
    decision = cmf.plan(E12, targets)
    assert isinstance(decision, Decision)
    assert decision.cost.total == cost
    assert decision.planned.bound == cost
    assert decision.rechecked.faults == ()
    judged = asked(E12, "spend")
    assert judged.share is not None
    shared, whole = share_of(judged.posed.problem, decision.planned.evaluation.users, judged.share)
    assert Fraction(shared, whole) == share


def test_stand_alone_is_each_vehicle_at_its_own_least_cost() -> None:
    problem = asked(E12).posed.problem
    baseline = stand_alone(problem, try_all)
    assert [cost.total for cost in baseline.vehicles] == [13400, 13700, 11300]
    assert baseline.cost.investment == 14400
    assert baseline.cost.premium == baseline.cost.integration == 0


def test_the_learning_curve_is_that_of_the_targets() -> None:
    question = asked(HERE / "rich")
    posed = question.posed
    rate = Fraction(23, 25)
    found = learned(posed.problem, evaluate(posed.problem, posed.today), rate)
    figures = {"learning": rate, "over_design": Fraction(0)}
    target = Target("t", "T", "parts_cost_reduction", Bounds(rate, None, ""), figures=figures)
    incidence = incidence_of_builds(posed.lowered, posed.builds)
    fleet = fleet_of(posed.lowered, posed.builds, (), incidence, {})
    reduction = parts_cost(target, fleet, posed.volumes)
    spend = sum(
        item.unit_cost * sum(n * posed.problem.vehicles[i].volume for i, n in users.items())
        for item, users in zip(
            posed.problem.items, evaluate(posed.problem, posed.today).users, strict=True
        )
    )
    assert abs(1 - found.low / spend - reduction.low) < Fraction(1, 10**30)  # type: ignore[union-attr]


@pytest.mark.parametrize("targets", [(), ("spend-brand",)])
def test_every_step_of_the_way_is_a_plan(targets: tuple[str, ...]) -> None:
    question = asked(HERE / "rich", *targets)
    best = planned(question)
    decision = question.decide(best)
    problem, choices = question.posed.problem, list(question.posed.today.choices)
    assert decision.steps
    for step in decision.steps:
        for i in step.vehicles:
            choices[i] = best.plan.choices[i]
            assert accepts(problem.vehicles[i].diagram, choices[i])
        found = evaluate(problem, Plan(tuple(choices)))
        assert step.cost == found.cost.total
        if question.share is not None:
            assert step.share == share_of(problem, found.users, question.share)
    assert tuple(choices) == best.plan.choices


def test_the_way_takes_first_what_gains_most() -> None:
    question = asked(E12, "spend >= 92 %")
    steps = question.decide(planned(question)).steps
    assert [step.vehicles for step in steps] == [(0,), (1,)]
    assert [step.cost for step in steps] == [37500, 36800]


def test_prices_of_targets() -> None:
    question = asked(E12, "ci97", "spend")
    best = planned(question)
    found = {price.words: price for price in question.prices(best, PlanLimits())}
    spend, ci97 = found["spend"], found["ci97"]
    assert (spend.whole, spend.point) == ((1400, 1400), (0, 0))
    assert (ci97.whole, ci97.point) == ((0, 0), None)


def test_a_conflict_is_minimal_and_its_relaxations_work() -> None:
    question = asked(HERE / "rich", "invest-petrol", "list-r", "kilowatts", "high")
    posed = question.posed
    assert isinstance(solve(posed.problem), Infeasible)
    found = question.conflict(20)
    assert found.minimal
    assert set(found.words) < {each.words for each in posed.assumed}

    def plan_with(words: tuple[str, ...]) -> bool:
        kept = tuple(each.constraint for each in posed.assumed if each.words in words)
        return isinstance(solve(evolve(posed.problem, constraints=kept)), Planned)

    assert not plan_with(found.words)
    for word in found.words:
        assert plan_with(tuple(other for other in found.words if other != word))
    bounds = [each for each in found.relaxations if each.kind is Kind.BOUND]
    assert bounds
    for loose in bounds:
        assert loose.reached is not None
        constraints: list[Constraint] = []
        for each in posed.assumed:
            match each.constraint:
                case Share() as share if each.words == loose.words:
                    constraints.append(evolve(share, bound=loose.reached))
                case Total(low=int()) as total if each.words == loose.words:
                    constraints.append(evolve(total, low=int(loose.reached)))
                case other:
                    constraints.append(other)
        best = solve(evolve(posed.problem, constraints=tuple(constraints)))
        assert isinstance(best, Planned)
        assert best.cost <= loose.cost


def test_rules_and_vehicles_of_a_conflict_are_all_needed() -> None:
    question = asked(HERE / "rich", "invest-petrol", "list-r", "kilowatts")
    found = question.conflict(30)
    assert found.minimal
    assert [rule.id for rule in found.rules] == ["R1", "R2", "R3"]
    assert found.rules[0].because
    assert found.vehicles == ("A", "B", "C")
    every = frozenset(rule.id for rule in question.posed.lowered.resolved.rules)
    ids = [build.brief.vehicle.id for build in question.posed.builds]

    def possible(rules: set[str], vehicles: set[str]) -> bool:
        posed = question.without(every - rules)
        free = [i for i, name in enumerate(ids) if name not in vehicles]
        return isinstance(solve(freed(held_to(posed, found.words), free)), Planned)

    rules, vehicles = {rule.id for rule in found.rules}, set(found.vehicles)
    assert not possible(rules, vehicles)
    for rule in rules:
        assert possible(rules - {rule}, vehicles)
    for vehicle in vehicles:
        assert possible(rules, vehicles - {vehicle})


def test_rules_that_freed_vehicles_break_are_named() -> None:
    question = asked(HERE / "rich", "invest-petrol", "list-r", "kilowatts")
    ways = [each for each in question.conflict(30).relaxations if each.kind is Kind.VEHICLES]
    assert [each.names for each in ways] == [("B",), ("A",)]
    assert all(each.reached is None for each in ways)
    costs = [each.cost for each in question.conflict(30).relaxations]
    assert costs == sorted(costs)
    known = {rule.id for rule in question.posed.lowered.resolved.rules}
    assert {rule.id for each in ways for rule in each.against} <= known
    assert ways[0].against


def test_without_time_a_conflict_says_what_it_does_not_know() -> None:
    question = asked(HERE / "rich", "invest-petrol", "list-r", "kilowatts")
    found = question.conflict(0)
    assert not found.minimal
    assert found.undecided >= {*found.words, *found.vehicles}
    assert len(found.vehicles) == len(question.posed.builds)


def test_an_interrupt_gives_the_conflict_as_far_as_it_is_known() -> None:
    question = asked(HERE / "rich", "invest-petrol", "list-r", "kilowatts")
    calls = 0

    def tired(*asked: object) -> Excess:
        nonlocal calls
        calls += 1
        raise KeyboardInterrupt

    found = conflict(question.posed, solve, 30, question.without, tired)
    assert calls == 1
    assert not found.minimal
    assert found.relaxations == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=4),
    st.none() | st.integers(1, 5),
)
def test_what_is_minimal_is_minimal(cores: list[set[int]], largest: int | None) -> None:
    every = list(range(12))

    def hopeless(kept: Sequence[int]) -> bool:
        return any(core <= set(kept) for core in cores)

    kept, unknown = minimal(every, hopeless, largest)
    assert unknown == []
    assert set(kept) in cores
    assert not any(core < set(kept) for core in cores)
    # What cannot be asked stays, and is said.
    kept, unknown = minimal(every, lambda some: None if 0 not in some else hopeless(some))
    assert 0 in kept
    assert unknown == [0]


def test_contradictory_targets() -> None:
    found = cmf.plan(E12, ["ci97", "spend >= 99 %"])
    assert isinstance(found, Conflict)
    assert found.words == ("spend",)
    assert [
        (each.words, each.reached) for each in found.relaxations if each.kind is Kind.BOUND
    ] == [("spend", Fraction(69, 74))]


def test_cost_against_sharing_is_the_whole_front() -> None:
    question = asked(E12, "spend")
    assert question.share is not None
    problem = question.posed.problem
    wanted = [
        (point.cost, point.share)
        for point in every_front(evolve(problem, constraints=()), question.share)
    ]
    search = Search.of(problem, question.share, try_all, PlanLimits())
    found = [(point.planned.cost, point.share) for point in pareto(search, 5)]
    assert found == wanted
    most = most_sharing(search)
    assert isinstance(most, MostSharing)
    assert most.proven
    assert (most.point.share, most.point.planned.cost) == (Fraction(69, 74), 36800)


def test_kept_vehicles_and_few_changes() -> None:
    free = planned(asked(E12, "ci97"))
    assert free.cost == 34900
    kept = asked(E12, "ci97", keep=["B"])
    assert planned(kept).plan.choices[1] == kept.posed.today.choices[1]
    one = planned(asked(E12, changes=1))
    assert sum(
        a != b
        for before, after in zip(asked(E12).posed.today.choices, one.plan.choices, strict=True)
        for a, b in zip(before, after, strict=True)
    ) <= 1  # fmt: skip
    assert isinstance(cmf.plan(E12, ["ci97"], changes=1), Conflict)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(E12, tmp_path / "e12"))


def vehicles(folder: Path, *rows: str) -> None:
    text = "\n".join(("id,name,brand,require,volume", *rows)) + "\n"
    (folder / "vehicles.csv").write_text(text, encoding="utf-8")


def test_volumes_of_zero(folder: Path) -> None:
    vehicles(folder, "A,A,n,,0", "B,B,r,eb == e2,0")
    found = cmf.plan(folder)
    assert isinstance(found, Decision)
    # Nothing is built, so the cheapest investment serves both.
    assert found.cost.pieces == 0
    assert found.cost.investment == 1900 + 1500 + 1500
    assert found.change("parts", "alone") is None
    # No spend: the share has no value, which is never a pass.
    assert isinstance(cmf.plan(folder, ["spend"]), Conflict)


def test_one_vehicle(folder: Path) -> None:
    vehicles(folder, "A,A,n,,12")
    found = cmf.plan(folder)
    assert isinstance(found, Decision)
    assert found.cost == found.baseline.cost
    with pytest.raises(InputError, match="there is only one vehicle with parts"):
        cmf.plan(folder, ["ci97"])
    assert isinstance(cmf.plan(folder, ["spend"]), Conflict)


def test_no_volume_is_not_evaluable(folder: Path) -> None:
    vehicles(folder, "A,A,n,,12", "B,B,r,,")
    with pytest.raises(InputError, match="no exact volume of B"):
        cmf.plan(folder)


def test_a_vehicle_without_a_variant(folder: Path) -> None:
    vehicles(folder, "A,A,n,,12", "B,B,r,eb == e1 and eb == e2,3")
    found = cmf.plan(folder)
    assert isinstance(found, tuple)
    assert [refusal.brief.vehicle.id for refusal in found] == ["B"]
    assert found[0].conflict


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (["spendd"], "did you mean `spend`"),
        (["spend >= lots"], "bad-threshold"),
        (["lineup"], "no plan can be held to lineup"),
    ],
)
def test_wrong_targets(folder: Path, targets: list[str], words: str) -> None:
    text = (folder / "targets.yaml").read_text(encoding="utf-8")
    more = "  - {id: lineup, title: T, metric: share_lineup, threshold: 50 %}\n"
    (folder / "targets.yaml").write_text(text + more, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        cmf.plan(folder, targets)


def test_wrong_vehicle_to_keep() -> None:
    with pytest.raises(InputError, match="no vehicle `Z` to keep"):
        cmf.plan(E12, keep=["Z"])
