"""Sessions of choices: every state agrees with brute force, whatever was done to get there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cmf
from cmf.analysis.offers import Status
from cmf.analysis.session import ExcludedOption, Session
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.engines.protocols import Engine
from cmf.engines.sat import SatEngine
from cmf.errors import InputError
from cmf.problem.formula import Member, Not, Or, holds
from cmf.problem.problem import Constraint, Origin, Problem, Variable, Variant
from cmf.testing.strategies import problems

STEPS = st.lists(st.tuples(st.sampled_from("ccccru"), st.integers(0, 99), st.integers(0, 99)))


def left(problem: Problem, choices: dict[str, str]) -> list[Variant]:
    wanted = {problem.index(name): option for name, option in choices.items()}
    return [
        variant
        for variant in BruteEngine().open(problem).valid
        if all(problem.variables[v].options[variant[v]] == o for v, o in wanted.items())
    ]


def check_state(session: Session, expected: dict[str, str], *, counting: bool) -> None:
    problem = session.problem
    assert session.choices == expected
    variants = left(problem, expected)
    offers = iter(session.options())
    for v, variable in enumerate(problem.variables):
        taken = [sum(x[v] == o for x in variants) for o in range(len(variable.options))]
        for option, many in zip(variable.options, taken, strict=True):
            offer = next(offers)
            assert (offer.variable, offer.option) == (variable.name, option)
            assert offer.count == (many if counting or not many else None)
            if many == 0:
                status = Status.EXCLUDED
            elif expected.get(variable.name) == option:
                status = Status.CHOSEN
            else:
                status = Status.IMPLIED if many == len(variants) else Status.FREE
            assert offer.status is status
    assert next(offers, None) is None
    for name, quantity in problem.quantities.items():
        values = [value for value in map(quantity.value, variants) if value is not None]
        bounds = session.bounds(name)
        assert (bounds and (bounds.least, bounds.greatest)) == (
            (min(values), max(values)) if values else None
        )


def check_reason(session: Session, choice: tuple[str, str], reason: tuple[Constraint, ...]) -> None:
    """Its parts are rules, choices or the option itself; together impossible, but none too many."""
    problem = session.problem
    texts = {f"{n} == {o}" for n, o in [*session.choices.items(), choice]}
    for part in reason:
        assert part in problem.constraints or part.origin.name in texts
    free = Problem("free", problem.variables)
    every = BruteEngine().open(free).valid
    assert not any(all(holds(p.formula, v) for p in reason) for v in every)
    for number in range(len(reason)):
        rest = reason[:number] + reason[number + 1 :]
        assert any(all(holds(p.formula, v) for p in rest) for v in every)


def walk(engine: Engine, problem: Problem, steps: list[tuple[str, int, int]]) -> None:
    counting = engine.name != "sat"
    session = Session(engine.open(problem))
    states: list[dict[str, str]] = [{}]
    explained = 0
    for kind, first, second in steps:
        now = states[-1]
        variable = problem.variables[first % len(problem.variables)]
        option = variable.options[second % len(variable.options)]
        if kind == "c" and not left(problem, {variable.name: option, **now}):
            with pytest.raises(ExcludedOption) as refused:
                session.choose(variable.name, option)
            if explained < 2:
                check_reason(session, (variable.name, option), refused.value.conflict)
                explained += 1
        elif kind == "c" and now.get(variable.name, option) != option:
            with pytest.raises(ExcludedOption) as refused:
                session.choose(variable.name, option)
            check_reason(session, (variable.name, option), refused.value.conflict)
        elif kind == "c":
            session.choose(variable.name, option)
            if variable.name not in now:
                states.append({**now, variable.name: option})
        elif kind == "r" and variable.name in now:
            session.retract(variable.name)
            states.append({n: o for n, o in now.items() if n != variable.name})
        elif kind == "r":
            with pytest.raises(InputError, match="not-chosen"):
                session.retract(variable.name)
        elif len(states) > 1:
            session.undo()
            states.pop()
        else:
            with pytest.raises(InputError, match="nothing-to-undo"):
                session.undo()
        check_state(session, states[-1], counting=counting)


@given(problems(max_combinations=120), STEPS)
@settings(max_examples=60, deadline=None)
def test_random_walks_of_the_diagram_engine(
    problem: Problem, steps: list[tuple[str, int, int]]
) -> None:
    walk(DiagramEngine(), problem, steps)


@given(problems(max_combinations=60), STEPS)
@settings(max_examples=20, deadline=None)
def test_random_walks_of_the_sat_engine(
    problem: Problem, steps: list[tuple[str, int, int]]
) -> None:
    walk(SatEngine(), problem, steps)


def vehicle() -> Problem:
    """A battery-electric vehicle needs the large floor; the sport roof needs the small one."""
    return Problem(
        "vehicle",
        (
            Variable("energy", ("ice", "bev")),
            Variable("floor", ("small", "large")),
            Variable("roof", ("plain", "sport")),
        ),
        (
            _rule("R1", "the pack needs room", _implies((0, 1), (1, 1))),
            _rule("R2", "", _implies((2, 1), (1, 0))),
        ),
    )


def _implies(one: tuple[int, int], other: tuple[int, int]) -> Or:
    condition, statement = (Member(v, frozenset({o})) for v, o in (one, other))
    return Or((Not(condition), statement))


def _rule(name: str, reason: str, formula: Or) -> Constraint:
    return Constraint(formula, Origin("rule", name, reason))


def test_a_refused_choice_carries_choices_and_rules() -> None:
    session = Session(DiagramEngine().open(vehicle()))
    session.choose("energy", "bev")
    with pytest.raises(ExcludedOption) as refused:
        session.choose("roof", "sport")
    names = [part.origin.name for part in refused.value.conflict]
    assert names == ["energy == bev", "roof == sport", "R1", "R2"]
    assert "`roof == sport` is excluded" in str(refused.value)
    assert "R1 (the pack needs room)" in str(refused.value)
    assert session.choices == {"energy": "bev"}


def test_what_is_not_excluded_has_no_reason() -> None:
    session = Session(DiagramEngine().open(vehicle()))
    assert session.why("roof", "sport") == ()


def test_choices_after_a_retraction_still_hold() -> None:
    session = Session(DiagramEngine().open(vehicle()))
    session.choose("energy", "bev")
    session.choose("roof", "plain")
    session.retract("energy")
    assert session.choices == {"roof": "plain"}
    assert session.current.count().value == 3
    session.undo()
    assert session.choices == {"energy": "bev", "roof": "plain"}
    assert session.current.count().value == 1


def test_options_of_an_empty_space_say_why() -> None:
    problem = vehicle().where(_rule("R3", "", Or(())))
    session = Session(DiagramEngine().open(problem))
    assert {offer.status for offer in session.options()} == {Status.EXCLUDED}
    assert [part.origin.name for part in session.why("roof", "plain")] == ["R3"]


@pytest.mark.parametrize(
    ("variable", "option", "code", "remedy"),
    [
        ("rof", "plain", "unknown-axis", "did you mean `roof`?"),
        ("roof", "plane", "unknown-option", "did you mean `plain`?"),
    ],
)
def test_unknown_names(variable: str, option: str, code: str, remedy: str) -> None:
    session = Session(DiagramEngine().open(vehicle()))
    for ask in (session.choose, session.why):
        with pytest.raises(InputError) as error:
            ask(variable, option)
        assert [(d.code, d.remedy) for d in error.value.diagnostics] == [(code, remedy)]


def test_reasons_quote_the_conditions_of_the_space() -> None:
    space = cmf.load(Path(cmf.__file__).parent / "cli" / "template").compile()
    axis = next(v for v in space.space.problem.variables if len(v.options) > 1)
    first, second = axis.options[:2]
    session = space.where(f"{axis.name} == {first}").session()
    reason = session.why(axis.name, second)
    assert [part.origin.name for part in reason] == [
        f"{axis.name} == {second}",
        f"{axis.name} == {first}",
    ]
