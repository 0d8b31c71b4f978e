"""Causes, projections, effects and renames, held to brute force."""

from __future__ import annotations

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmf.analysis.change import causes, onto
from cmf.analysis.configure import Brief, build
from cmf.analysis.difference import difference
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.model.lineup import Vehicle
from cmf.problem.problem import Constraint, Origin, Problem
from cmf.testing.strategies import formulas, problems

Named = frozenset[tuple[str, str]]


def named(problem: Problem, names: set[str] | None = None) -> set[Named]:
    """The valid variants by name, of some variables only."""
    return {
        frozenset(p for p in problem.names(v).items() if names is None or p[0] in names)
        for v in BruteEngine().open(problem).valid
    }


@given(problems(max_variables=4, max_combinations=120), st.data())
@settings(max_examples=60, deadline=None)
def test_projection_keeps_what_can_be_completed(problem: Problem, data: st.DataObject) -> None:
    every = [variable.name for variable in problem.variables]
    names = set(data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True)))
    assert named(onto(problem, names)) == named(problem, names)


@given(problems(max_variables=4, max_combinations=120), st.data())
@settings(max_examples=60, deadline=None)
def test_causes_alone_and_together(problem: Problem, data: st.DataObject) -> None:
    """Each cause takes away what its own condition refuses, alone what no other refuses too."""
    sizes = tuple(len(variable.options) for variable in problem.variables)
    kept = [c for c in problem.constraints if data.draw(st.booleans())]
    drawn = data.draw(st.lists(formulas(sizes), max_size=3))
    added = [Constraint(f, Origin("rule", f"n{number}")) for number, f in enumerate(drawn)]
    other = evolve(problem, constraints=(*kept, *added))
    before, after = named(problem), named(other)
    gone = [c for c in problem.constraints if c not in kept]
    for engine in (BruteEngine(), DiagramEngine()):
        one, two = engine.open(problem), engine.open(other)
        both = difference(one, two).both
        found = causes(one, two, both)
        lost = {c.name: (c.lost, c.lost_alone) for c in found.causes if c.lost}
        gained = {c.name: (c.gained, c.gained_alone) for c in found.causes if c.gained}
        assert lost == refused(problem, before, added)
        assert gained == refused(problem, after, gone)
        assert found.lost_jointly == len(before - after) - sum(n for _, n in lost.values())
        assert found.gained_jointly == len(after - before) - sum(n for _, n in gained.values())


def refused(
    problem: Problem, variants: set[Named], constraints: list[Constraint]
) -> dict[str, tuple[int, int]]:
    """For every constraint the variants it refuses, and those that it alone refuses."""
    by_variant = {
        variant: {
            c.origin.name
            for c in evolve(problem, constraints=tuple(constraints)).violated(
                problem.numbers(dict(variant))
            )
        }
        for variant in variants
    }
    names = {name for names in by_variant.values() for name in names}
    return {
        name: (
            sum(1 for names in by_variant.values() if name in names),
            sum(1 for names in by_variant.values() if names == {name}),
        )
        for name in names
    }


@given(problems(max_variables=5, max_combinations=300), st.data())
@settings(max_examples=60, deadline=None)
def test_few_variants_are_tried_with_the_same_outcome(
    problem: Problem, data: st.DataObject
) -> None:
    """A vehicle is built the same by listing what its pins leave as by compiling its brief."""
    sizes = tuple(len(variable.options) for variable in problem.variables)
    drawn = data.draw(st.lists(formulas(sizes), max_size=3))
    choices = tuple(Constraint(f, Origin("choice", str(f))) for f in drawn)
    brief = Brief(Vehicle("V01", "one", {}), choices)
    assume(problem.quantities)
    name = data.draw(st.sampled_from(sorted(problem.quantities)))
    listed = build(DiagramEngine().open(problem), brief, name)
    assert listed == build(BruteEngine().open(problem), brief, name)
