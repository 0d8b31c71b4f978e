"""Groups of features as single variables: the same answers as from the features."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmf.engines.diagram import DiagramEngine
from cmf.engines.diagram.clusters import clustering
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.testing.conformance import check_engine

FEATURES = 9


def yes(feature: int) -> Formula:
    return Member(feature, frozenset({1}))


def one_of(parent: int, children: list[int]) -> Formula:
    """Exactly one child where the parent is selected, and none where it is not."""
    terms: list[Formula] = [Or((Not(yes(child)), yes(parent))) for child in children]
    terms.append(Or((Not(yes(parent)), *map(yes, children))))
    terms += [Or((Not(yes(a)), Not(yes(b)))) for a, b in combinations(children, 2)]
    return And(tuple(terms))


@st.composite
def trees(draw: st.DrawFn) -> Problem:
    """A feature tree of alternatives and mandatory features, with some clauses and a sum."""
    formulas: list[Formula] = []
    free = list(range(1, FEATURES))
    parents = [0]
    while free:
        parent = parents.pop(draw(st.integers(0, len(parents) - 1)))
        size = draw(st.integers(1, min(4, len(free))))
        children, free = free[:size], free[size:]
        parents += children
        if draw(st.integers(0, 4)):
            formulas.append(one_of(parent, children))
        else:
            formulas += [Or((Not(yes(child)), yes(parent))) for child in children]
    if draw(st.booleans()):
        formulas.append(yes(0))
    literal = st.tuples(st.integers(0, FEATURES - 1), st.integers(0, 1))
    for clause in draw(st.lists(st.lists(literal, min_size=2, max_size=3), max_size=3)):
        formulas.append(Or(tuple(Member(v, frozenset({o})) for v, o in clause)))
    costs = tuple(CostTable.unary(v, (0, v % 4)) for v in range(FEATURES))
    if draw(st.booleans()):
        formulas.append(Sum(costs, 1, 7))
    return Problem(
        "tree",
        tuple(Variable(f"f{v}", ("no", "yes")) for v in range(FEATURES)),
        tuple(Constraint(f, Origin("model", f"c{i}")) for i, f in enumerate(formulas)),
        {"cost": Quantity("cost", costs)},
    )


@settings(
    max_examples=10, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(trees())
def test_feature_trees_agree_with_brute_force(problem: Problem) -> None:
    check_engine(DiagramEngine(builder="bdd"), problem)


def test_nested_alternatives_become_one_variable() -> None:
    formulas = [yes(0), one_of(0, [1, 2, 3]), one_of(1, [4, 5]), one_of(3, [6, 7, 8])]
    labels = [np.array([-1, 0])] + [np.arange(2)] * 8
    found = clustering(labels, [1] + [2] * 8, formulas, 9)
    assert found is not None
    (cluster,) = found.clusters.values()
    assert set(found.owners) == set(range(9))
    # Below 0: 4, 5, 2, 6, 7 or 8.
    assert len(cluster.rows) == 6
    assert found.formulas == ()


def test_constraints_that_leave_much_open_are_no_variable() -> None:
    clause = Or(tuple(yes(v) for v in range(4)))
    assert clustering([np.arange(2)] * 4, [2] * 4, [clause], 4) is None
