from __future__ import annotations

import itertools
from collections.abc import Callable
from subprocess import Popen

import numpy as np
import pytest

from cmf.engines.cpsat import CpSatEngine, CpSatSpace
from cmf.engines.protocols import Ranked
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable


def letters(count: int, options: int, *formulas: Formula, **costs: list[CostTable]) -> Problem:
    return Problem(
        "letters",
        tuple(Variable(f"v{n}", tuple(f"o{o}" for o in range(options))) for n in range(count)),
        tuple(Constraint(formula, Origin("rule", "r")) for formula in formulas),
        {name: Quantity(name, tuple(terms)) for name, terms in costs.items()},
    )


def opened(problem: Problem, limits: Limits = Limits(), **settings: int) -> CpSatSpace:
    space = CpSatEngine(**settings).open(problem, limits)
    assert isinstance(space, CpSatSpace)
    return space


def test_nested_formulas_give_every_variant_once() -> None:
    """Auxiliary literals must not multiply the solutions that are counted."""
    inner = Or(
        (
            Member(0, frozenset({1})),
            And((Member(1, frozenset({0})), Not(Member(2, frozenset({1}))))),
        )
    )
    rows = np.array([(0, 0), (1, 2), (2, 1)], dtype=np.int32)
    total = Sum(tuple(CostTable.unary(v, [0, 3, 4]) for v in range(3)), 4, 7)
    either = Or((Table((1, 2), rows), Not(inner), total))
    space = opened(letters(3, 3, either))
    every = [v for v in itertools.product(range(3), repeat=3) if space.problem.valid(v)]
    assert list(space.variants()) == every
    assert space.count() == Solved(len(every))


def test_ties_are_in_declared_order_beyond_one_group_of_variables() -> None:
    """30 variables have more combinations than one solve puts in order."""
    costs = [CostTable.unary(v, [5, 1, 1]) for v in range(30)]
    space = opened(letters(30, 3, price=costs))
    first = (1,) * 30
    assert space.best("price", top=3) == Solved(
        (Ranked(30, first), Ranked(30, (*first[:29], 2)), Ranked(30, (*first[:28], 2, 1)))
    )


def test_large_values_stay_exact() -> None:
    """2**58 + 1 is not a float."""
    price = [CostTable.unary(0, [2**58 + 1, 2**58]), CostTable.unary(1, [-(2**58), 1 - 2**58])]
    space = opened(letters(2, 2, price=price))
    assert space.best("price", greatest=True) == Solved((Ranked(2, (0, 1)),))
    at_most = space.where(Sum(tuple(price), None, 0))
    assert list(at_most.variants()) == [(1, 0)]


def test_sums_beyond_64_bits_are_unknown() -> None:
    huge = [CostTable.unary(v, [0, 2**59]) for v in range(4)]
    assert isinstance(CpSatEngine().open(letters(4, 2, Sum(tuple(huge), None, 5))), Unknown)
    space = opened(letters(4, 2, price=huge))
    assert isinstance(space.best("price"), Unknown)
    restricted = space.where(Sum(tuple(huge), None, 5))
    assert isinstance(restricted.find(), Unknown)
    with pytest.raises(LimitReached, match="magnitude"):
        list(restricted.variants())


def test_a_bound_beyond_64_bits_is_only_a_bound() -> None:
    total = (CostTable.unary(0, [0, 9]),)
    assert opened(letters(1, 2, Sum(total, None, 2**70))).count() == Solved(2)
    assert opened(letters(1, 2, Sum(total, 2**70, None))).count() == Solved(0)
    assert opened(letters(1, 2, Not(Sum(total, None, 2**70)))).find() == Infeasible()


def test_enumeration_stops_at_its_limit() -> None:
    at_limit = opened(letters(3, 3), listed=27)
    assert at_limit.count() == Solved(27)
    beyond = opened(letters(3, 3), listed=26)
    assert beyond.count() == Unknown("26 variants")
    with pytest.raises(LimitReached, match="26 variants"):
        next(beyond.variants())


def test_no_time_is_no_answer() -> None:
    rows = np.array(list(itertools.permutations(range(5), 3)), dtype=np.int32)
    tables = [Table(scope, rows) for scope in itertools.combinations(range(9), 3)]
    price = [CostTable.unary(v, [1, 2, 3, 4, 5]) for v in range(9)]
    space = opened(letters(9, 5, *tables, price=price), Limits(seconds=0))
    unknown = Unknown("0 s")
    answers = (space.find(), space.count(), space.possible(), space.best("price"))
    assert answers == (unknown,) * 4
    with pytest.raises(LimitReached, match="0 s"):
        list(space.variants())


def test_ctrl_c_stops_a_solve_every_time(ctrl_c: Callable[[float], Popen[bytes]]) -> None:
    """An enumeration that would take hours; the second signal finds Python's handler in place."""
    space = opened(letters(12, 12), listed=10**12)
    for _ in range(2):
        with ctrl_c(0.3), pytest.raises(KeyboardInterrupt):
            space.count()
