"""Reasons and repairs of random small problems, against going through all subsets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmf.analysis.why import Conflict, Impossible, Possible, Question, ask
from cmf.engines.sat import SatEngine, SatSpace
from cmf.problem.formula import holds
from cmf.problem.problem import Constraint, Origin, Problem, Variant
from cmf.testing.strategies import formulas, problems

MANY = settings(max_examples=40, deadline=None)
SMALL = problems(kinds=("any", "loose", "empty"), max_combinations=150, max_constraints=4)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Problem, Question]:
    """A problem with up to three choices, each with a weight."""
    problem = draw(SMALL)
    sizes = tuple(len(variable.options) for variable in problem.variables)
    wanted = draw(st.lists(formulas(sizes, depth=1), max_size=3))
    choices = tuple(
        Constraint(formula, Origin("choice", f"c{number}")) for number, formula in enumerate(wanted)
    )
    weights = tuple(draw(st.integers(1, 3)) for _ in choices)
    return problem, Question(choices, (), weights, draw(st.booleans()), 1_000, 1_000)


def combinations(problem: Problem) -> list[Variant]:
    return list(itertools.product(*(range(len(v.options)) for v in problem.variables)))


def meets(constraints: Iterable[Constraint], variant: Variant) -> bool:
    return all(holds(each.formula, variant) for each in constraints)


class Subsets:
    """Every subset of rules and choices, decided by going through all combinations."""

    def __init__(self, problem: Problem, question: Question) -> None:
        self.constraints = (*problem.constraints, *question.restrictions)
        every = range(len(self.constraints))
        broken = {
            frozenset(c for c in every if not holds(self.constraints[c].formula, variant))
            for variant in combinations(problem)
        }
        subsets = [
            frozenset(chosen)
            for size in range(len(every) + 1)
            for chosen in itertools.combinations(every, size)
        ]
        self.contradictory = {s for s in subsets if all(s & each for each in broken)}
        self.correcting = {frozenset(every) - s for s in subsets} - {
            frozenset(every) - s for s in self.contradictory
        }

    def conflicts(self) -> set[frozenset[int]]:
        return smallest(self.contradictory)

    def repairs(self, allowed: Sequence[int]) -> set[frozenset[int]]:
        return smallest({s for s in self.correcting if s <= set(allowed)})

    def numbers(self, constraints: Iterable[Constraint]) -> frozenset[int]:
        return frozenset(
            next(n for n, own in enumerate(self.constraints) if own is each) for each in constraints
        )


def smallest(sets: set[frozenset[int]]) -> set[frozenset[int]]:
    return {s for s in sets if not any(other < s for other in sets)}


def opened(problem: Problem) -> SatSpace:
    space = SatEngine().open(problem)
    assert isinstance(space, SatSpace)
    return space


@MANY
@given(questions())
def test_conflicts_and_repairs_are_the_minimal_ones(drawn: tuple[Problem, Question]) -> None:
    problem, question = drawn
    answer = ask(opened(problem), question)
    subsets = Subsets(problem, question)
    expected = subsets.conflicts()
    if isinstance(answer, Possible):
        assert not expected
        assert meets(subsets.constraints, answer.variant)
        return
    assert answer.complete
    found = [subsets.numbers(each.constraints) for each in answer.conflicts]
    assert set(found) == expected
    assert [len(each) for each in found] == sorted(map(len, expected))
    check_repairs(problem, question, answer, subsets)


def check_repairs(
    problem: Problem, question: Question, answer: Impossible, subsets: Subsets
) -> None:
    rules = len(problem.constraints)
    heavy = sum(question.weights) + 1
    weights = dict(enumerate(question.weights, start=rules))
    if question.relax or not question.choices:
        weights.update(dict.fromkeys(range(rules), heavy))
    expected = sorted(sum(weights[c] for c in each) for each in subsets.repairs(list(weights)))
    found = [subsets.numbers(repair.given_up) for repair in answer.repairs]
    assert set(found) == subsets.repairs(list(weights))
    assert [repair.weight for repair in answer.repairs] == expected
    for repair, given_up in zip(answer.repairs, found, strict=True):
        kept = [c for n, c in enumerate(subsets.constraints) if n not in given_up]
        assert meets(kept, repair.variant)
        for replacement in repair.replacements:
            assert meets(kept, replacement.variant)
            assert all(
                replacement.variant[v] == o != replacement.wished[v]
                for v, o in replacement.options.items()
            )


@MANY
@given(questions())
def test_every_step_of_a_chain_follows(drawn: tuple[Problem, Question]) -> None:
    problem, question = drawn
    answer = ask(opened(problem), question)
    if isinstance(answer, Impossible):
        explained = list(answer.conflicts)
    else:
        explained = [each.conflict for each in answer.implied]
    chains = [each for each in explained if each.chain]
    assume(chains)
    for conflict in chains:
        check_chain(problem, conflict)


def check_chain(problem: Problem, conflict: Conflict) -> None:
    """Cause and premises entail the fact; every constraint of the conflict has a part in it."""
    chain = conflict.chain or ()
    for step in chain:
        facts = [chain[number].fact for number in step.premises]
        held = [fact.formula for fact in facts if fact is not None]
        for variant in combinations(problem):
            if holds(step.cause.formula, variant) and all(holds(f, variant) for f in held):
                assert step.fact is not None
                assert holds(step.fact.formula, variant)
    assert chain[-1].fact is None
    assert {id(step.cause) for step in chain} == {id(each) for each in conflict.constraints}


@MANY
@given(questions())
def test_what_is_implied_is_what_only_the_question_forces(
    drawn: tuple[Problem, Question],
) -> None:
    problem, question = drawn
    answer = ask(opened(problem), question)
    if not isinstance(answer, Possible):
        return
    every = combinations(problem)
    valid = [variant for variant in every if problem.valid(variant)]
    left = [variant for variant in valid if meets(question.restrictions, variant)]
    found = {(each.fact.variable, *each.fact.options) for each in answer.implied}
    expected = {
        (v, left[0][v])
        for v in range(len(problem.variables))
        if len({variant[v] for variant in left}) == 1 < len({variant[v] for variant in valid})
    }
    assert {pair for pair in expected if not says(question, every, pair)} == found


def says(question: Question, every: list[Variant], pair: tuple[int, int]) -> bool:
    """Whether a single choice alone leaves a variable no other option."""
    variable, option = pair
    return any(
        {variant[variable] for variant in every if holds(each.formula, variant)} <= {option}
        for each in question.restrictions
    )
