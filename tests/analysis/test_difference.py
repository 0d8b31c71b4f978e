"""What two spaces have apart: counts, cubes and names, held to brute force."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.analysis.cubes import Cube
from cmf.analysis.difference import Change, difference
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.errors import InputError
from cmf.problem.formula import CostTable, Formula, Member, Sum, Table, holds
from cmf.problem.problem import Constraint, Origin, Problem, Variable
from cmf.problem.renumber import Renumbering
from cmf.testing.strategies import formulas, problems

Named = frozenset[tuple[str, str]]


def named(problem: Problem, without: frozenset[str] = frozenset()) -> set[Named]:
    """The variants by name, without some variables."""
    return {
        frozenset(pair for pair in problem.names(variant).items() if pair[0] not in without)
        for variant in BruteEngine().open(problem).valid
    }


def meets(variant: Named, cube: Cube) -> bool:
    options = dict(variant)
    return all(options[name] in allowed for name, allowed in cube.conditions)


def check_change(change: Change, inside: set[Named], outside: set[Named], most: int) -> None:
    apart = inside - outside
    assert change.count == len(apart)
    assert len(change.cubes) <= most
    described: set[Named] = set()
    for cube in change.cubes:
        variants = {variant for variant in inside if meets(variant, cube)}
        assert variants <= apart
        assert cube.count == len(variants)
        assert cube.new == len(variants - described) > 0
        described |= variants
    assert change.covered == len(described)


def check(one: Problem, other: Problem, most: int = 3) -> None:
    for engine in (BruteEngine(), DiagramEngine()):
        found = difference(engine.open(one), engine.open(other), most)
        mine = {v.name for v in one.variables} - {v.name for v in other.variables}
        theirs = {v.name for v in other.variables} - {v.name for v in one.variables}
        before, after = named(one, frozenset(mine)), named(other, frozenset(theirs))
        assert found.both == len(before & after)
        check_change(found.gained, after, before, most)
        check_change(found.lost, before, after, most)


@given(problems(max_combinations=200), st.data())
@settings(max_examples=40, deadline=None)
def test_same_variables(problem: Problem, data: st.DataObject) -> None:
    sizes = tuple(len(variable.options) for variable in problem.variables)
    drawn = data.draw(st.lists(formulas(sizes), max_size=2))
    added = [Constraint(formula, Origin("rule", "new")) for formula in drawn]
    kept = [c for c in problem.constraints if data.draw(st.booleans())]
    check(problem, evolve(problem, constraints=(*kept, *added)))


@given(problems(max_combinations=120), st.data())
@settings(max_examples=50, deadline=None)
def test_other_order_names_and_variables(problem: Problem, data: st.DataObject) -> None:
    """The other side has its variables and options in another order, some under new names."""
    order = data.draw(st.permutations(range(len(problem.variables))))
    variables = []
    for v in order:
        names = list(data.draw(st.permutations(problem.variables[v].options)))
        if data.draw(st.booleans()):
            names[0] = "renamed"
        variables.append(Variable(problem.variables[v].name, tuple(names)))
    if data.draw(st.booleans()):
        variables.insert(data.draw(st.integers(0, len(order))), Variable("added", ("yes", "no")))
    sizes = tuple(len(variable.options) for variable in variables)
    drawn = data.draw(st.lists(formulas(sizes), max_size=2))
    for v, variable in enumerate(variables):
        if variable.name == "added":
            drawn.append(Member(v, frozenset({1})))
    constraints = tuple(Constraint(formula, Origin("rule", "r")) for formula in drawn)
    check(problem, Problem("other", tuple(variables), constraints))


def vehicle(*formulas: Formula, energies: tuple[str, ...] = ("ice", "bev")) -> Problem:
    variables = (Variable("energy", energies), Variable("floor", ("small", "medium", "large")))
    return Problem(
        "vehicle", variables, tuple(Constraint(f, Origin("rule", "r")) for f in formulas)
    )


def test_what_only_one_side_knows_is_said() -> None:
    new = vehicle(energies=("ice", "bev", "fuel cell"))
    found = difference(DiagramEngine().open(vehicle()), DiagramEngine().open(new))
    assert (found.both, found.gained.count, found.lost.count) == (6, 3, 0)
    assert (found.only_first, found.only_second) == ((), ("energy == fuel cell",))
    assert [cube.text for cube in found.gained.cubes] == ["energy == 'fuel cell'"]
    assert found.lost.cubes == ()


def test_options_of_a_cube_are_gathered() -> None:
    rule = Table((0, 1), np.array([[0, 0], [0, 1], [0, 2], [1, 2]], dtype=np.int32))
    found = difference(DiagramEngine().open(vehicle()), DiagramEngine().open(vehicle(rule)))
    (cube,) = found.lost.cubes
    assert (found.gained.count, found.lost.count, cube.count, cube.new) == (0, 2, 2, 2)
    assert cube.text == "energy == bev and floor in {small, medium}"


def test_an_empty_side_has_one_cube() -> None:
    empty = DiagramEngine().open(vehicle(Member(0, frozenset())))
    found = difference(DiagramEngine().open(vehicle()), empty)
    assert [(cube.text, cube.count) for cube in found.lost.cubes] == [("true", 6)]


def test_an_undecided_variable_is_refused() -> None:
    more = vehicle()
    more = evolve(more, variables=(*more.variables, Variable("roof", ("plain", "sport"))))
    with pytest.raises(InputError, match="only one side knows `roof`, and leaves it 2 options"):
        difference(DiagramEngine().open(vehicle()), DiagramEngine().open(more))
    decided = DiagramEngine().open(more).where(Member(2, frozenset({1})))
    found = difference(DiagramEngine().open(vehicle()), decided)
    assert (found.both, found.only_second) == (6, ("roof",))


@given(problems(max_combinations=120), st.data())
@settings(max_examples=50, deadline=None)
def test_formulas_in_other_numbers(problem: Problem, data: st.DataObject) -> None:
    """A variable that the target lacks is held; the rest is in another order."""
    sizes = tuple(len(variable.options) for variable in problem.variables)
    formula = data.draw(formulas(sizes))
    order = data.draw(st.permutations(range(len(sizes))))[: data.draw(st.integers(0, len(sizes)))]
    held = {v: data.draw(st.integers(0, sizes[v] - 1)) for v in range(len(sizes)) if v not in order}
    turned = [tuple(data.draw(st.permutations(problem.variables[v].options))) for v in order]
    variables = tuple(
        Variable(problem.variables[v].name, options)
        for v, options in zip(order, turned, strict=True)
    )
    target = Problem("target", variables)
    told = Renumbering.of(problem, target, held).formula(formula)
    for variant in BruteEngine().open(evolve(problem, constraints=())).valid:
        if all(variant[v] == option for v, option in held.items()):
            names = problem.names(variant)
            assert holds(told, target.numbers(names)) == holds(formula, variant)


def test_a_sum_over_held_variables_keeps_their_cost() -> None:
    costs = Sum((CostTable.unary(0, (5, 7)), CostTable.unary(1, (1, 2, 3))), 8, 9)
    target = Problem("target", vehicle().variables[1:])
    told = Renumbering.of(vehicle(), target, {0: 1}).formula(costs)
    assert [holds(told, (floor,)) for floor in range(3)] == [True, True, False]
