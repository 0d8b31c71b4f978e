from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable
from subprocess import Popen

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmf.engines.brute import BruteEngine, BruteSpace
from cmf.engines.cpsat import CpSatEngine, CpSatSpace
from cmf.engines.sat import Repair, SatEngine, SatSpace, boxes, sums
from cmf.errors import LimitReached, MissingExtra
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.testing.conformance import check_engine
from cmf.testing.strategies import problems

MANY = settings(
    max_examples=50,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def options(variable: int, *chosen: int) -> Member:
    return Member(variable, frozenset(chosen))


def letters(count: int, size: int, *formulas: Formula, **costs: list[CostTable]) -> Problem:
    return Problem(
        "letters",
        tuple(Variable(f"v{n}", tuple(f"o{o}" for o in range(size))) for n in range(count)),
        tuple(Constraint(formula, Origin("rule", "r")) for formula in formulas),
        {name: Quantity(name, tuple(terms)) for name, terms in costs.items()},
    )


def opened(problem: Problem, limits: Limits = Limits(), **settings: int) -> SatSpace:
    space = SatEngine(**settings).open(problem, limits)
    assert isinstance(space, SatSpace)
    return space


def brute(problem: Problem) -> BruteSpace:
    space = BruteEngine().open(problem)
    assert isinstance(space, BruteSpace)
    return space


@MANY
@given(problems(max_combinations=300))
def test_sums_in_binary_and_tables_by_selectors_are_right_too(problem: Problem) -> None:
    """The random problems are small, so their sums are diagrams and their tables clauses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "ARCS", 0)
        patch.setattr(boxes, "COMPLEMENT", 0)
        check_engine(SatEngine(), problem)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 11, 40])
def test_a_variable_takes_exactly_one_option(size: int) -> None:
    assert list(opened(letters(1, size)).variants()) == [(option,) for option in range(size)]


@MANY
@given(st.data())
def test_boxes_partition_a_table(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    every = list(itertools.product(*map(range, sizes)))
    rows = data.draw(st.lists(st.sampled_from(every), unique=True))
    table = np.array(rows, dtype=np.int32).reshape(len(rows), len(sizes))
    covered = [row for box in boxes.boxes(table) for row in itertools.product(*box)]
    assert sorted(covered) == sorted(rows)
    missing = boxes.complement(table, sizes)
    assert missing is not None
    assert sorted(map(tuple, missing.tolist())) == sorted(set(every) - set(rows))


def test_a_table_that_is_a_product_is_one_box() -> None:
    rows = np.array(list(itertools.product((0, 2), (1,), (0, 1, 3))), dtype=np.int32)
    assert boxes.boxes(rows) == [(frozenset({0, 2}), frozenset({1}), frozenset({0, 1, 3}))]


def test_restrictions_to_options_need_no_encoding() -> None:
    space = opened(letters(4, 5, Not(And((options(0, 1), options(1, 2))))))
    before = space._core.encoding.top, len(space._core.encoding.clauses)
    chosen = And((options(0, 1, 2), Not(options(1, 0)), Or((options(2, 0), options(2, 3)))))
    restricted = space.where(chosen, options(3, 4)).where(options(1, 0, 2))
    assert restricted.count() == Solved(2)
    assert list(restricted.variants()) == [(2, 2, 0, 4), (2, 2, 3, 4)]
    assert (space._core.encoding.top, len(space._core.encoding.clauses)) == before


def test_a_formula_that_is_asked_again_is_encoded_once() -> None:
    problem = letters(3, 5)
    space, tops = opened(problem), []
    for _ in range(3):
        rows = np.array([(0, 1), (3, 2)], dtype=np.int32)
        pairs = CostTable((0, 2), rows, np.array([4, 7]), 1)
        total = Sum((CostTable.unary(1, [3, 1, 4, 1, 5]), pairs), 5, None)
        asked = Or((total, And((Table((0, 1), rows), Not(options(2, 2))))))
        assert space.where(asked).count() == brute(problem).where(asked).count()
        tops.append(space._core.encoding.top)
    assert tops == [tops[0]] * 3


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    draw = random.Random(3)  # noqa: S311
    rules = [
        Not(And((options(a, draw.randrange(6)), options(b, draw.randrange(6)))))
        for a, b in itertools.combinations(range(6), 2)
        for _ in range(4)
    ]
    price = [CostTable.unary(v, [draw.randrange(9) for _ in range(6)]) for v in range(6)]
    problem = letters(6, 6, *rules, price=price)
    used, wishes = opened(problem), [options(v, draw.randrange(6)) for v in range(6)]
    for _ in range(40):
        chosen = draw.sample(wishes, draw.randrange(5))
        fresh, space = opened(problem).where(*chosen), used.where(*chosen)
        assert space.find() == fresh.find()
        assert space.possible() == fresh.possible()
        assert space.best("price", top=3) == fresh.best("price", top=3)
        assert space.conflict() == fresh.conflict()


def test_other_questions_do_not_disturb_an_enumeration() -> None:
    space = opened(letters(3, 4, Not(options(0, 1)), Not(And((options(1, 2), options(2, 3))))))
    expected = list(space.variants())
    seen = []
    for variant in space.variants():
        seen.append(variant)
        inner = space.where(options(2, variant[2]))
        inner.possible()
        inner.find()
    assert seen == expected
    assert len(seen) == 45


def test_limits() -> None:
    assert opened(letters(3, 3), listed=27).count() == Solved(27)
    assert opened(letters(3, 3), listed=26).count() == Unknown("26 variants")
    price = [CostTable.unary(0, [0, 1, 2])]
    space = opened(letters(3, 3, price=price), Limits(seconds=0))
    unknown = Unknown("0 s")
    answers = (space.find(), space.count(), space.possible(), space.best("price"))
    assert answers == (unknown,) * 4
    assert (space.conflict(), space.repairs()) == (unknown,) * 2
    with pytest.raises(LimitReached, match="0 s"):
        list(space.variants())


def test_sums_beyond_64_bits_are_exact() -> None:
    huge = [CostTable.unary(v, [0, 2**62 + v]) for v in range(5)]
    space = opened(letters(5, 2, Sum(tuple(huge), 2**63, 2**64), price=huge))
    assert space.count() == Solved(sum(2**63 <= 2**62 * k + s <= 2**64 for k, s in subsets(5)))
    best = space.best("price", greatest=True)
    assert isinstance(best, Solved)
    assert best.value[0].value == 3 * 2**62 + 9


def subsets(count: int) -> list[tuple[int, int]]:
    """Size and sum of every subset of the first numbers."""
    chosen = [c for k in range(count + 1) for c in itertools.combinations(range(count), k)]
    return [(len(subset), sum(subset)) for subset in chosen]


def test_without_python_sat_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "cmf.engines.sat.cadical", raising=False)
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    with pytest.raises(MissingExtra, match="pip install python-sat"):
        SatEngine().open(letters(1, 2))


@MANY
@given(problems(kinds=("any", "empty"), max_combinations=200), st.data())
def test_conflicts_are_minimal(problem: Problem, data: st.DataObject) -> None:
    every = range(len(problem.constraints))
    among = data.draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    granted = [constraint for constraint in every if constraint not in among]
    answer = opened(problem).conflict(among)
    assert isinstance(answer, Solved)
    reason = answer.value
    if reason is None:
        assert satisfied(problem, every)
    else:
        assert set(reason) <= set(among)
        assert not satisfied(problem, [*granted, *reason])
        for left_out in reason:
            assert satisfied(problem, [*granted, *(c for c in reason if c != left_out)])


@MANY
@given(problems(kinds=("any", "empty"), max_combinations=200, max_constraints=5), st.data())
def test_repairs_are_all_minimal_ones_and_cheapest_first(
    problem: Problem, data: st.DataObject
) -> None:
    every = range(len(problem.constraints))
    costs = {constraint: data.draw(st.integers(1, 4)) for constraint in every}
    answer = opened(problem).repairs(costs=costs, top=100)
    assert isinstance(answer, Solved)
    correcting = [
        set(given_up)
        for size in range(len(every) + 1)
        for given_up in itertools.combinations(every, size)
        if satisfied(problem, [c for c in every if c not in given_up])
    ]
    minimal = [s for s in correcting if not any(other < s for other in correcting)]
    expected = sorted((sum(costs[c] for c in s), tuple(sorted(s))) for s in minimal)
    assert [(repair.cost, repair.constraints) for repair in answer.value] == expected
    for repair in answer.value:
        kept = [c for c in every if c not in repair.constraints]
        assert repair.variant == brute(only(problem, kept)).valid[0]
    cheapest = opened(problem).repairs(costs=costs)
    assert isinstance(cheapest, Solved)
    assert cheapest.value[0].cost == expected[0][0]


def only(problem: Problem, constraints: list[int]) -> Problem:
    chosen = tuple(problem.constraints[c] for c in constraints)
    return Problem(problem.name, problem.variables, chosen)


def satisfied(problem: Problem, constraints: object) -> bool:
    return bool(brute(only(problem, list(constraints))).valid)  # type: ignore[call-overload]


def test_choices_are_explained_with_rules() -> None:
    """Rule 1 has no part in it; the second choice is what rule 0 forbids."""
    rules = (Or((Not(options(0, 1)), options(1, 2))), Not(options(2, 0)))
    space = opened(letters(3, 3, *rules)).where(options(2, 1, 2), options(0, 1), options(1, 0))
    assert space.conflict() == Solved((0, 3, 4))
    assert space.conflict(among=[2, 3, 4]) == Solved((3, 4))
    assert space.conflict(among=[1, 2]) == Solved(())
    choices = space.repairs(among=[2, 3, 4], costs={3: 5}, top=9)
    assert choices == Solved((Repair(1, (4,), (1, 2, 1)), Repair(5, (3,), (0, 0, 1))))
    assert space.repairs(among=[1, 2]) == Infeasible()
    with pytest.raises(ValueError, match="cost something"):
        space.repairs(costs={0: 0})
    satisfiable = opened(letters(3, 3, *rules))
    assert satisfiable.conflict() == Solved(None)
    assert satisfiable.repairs(top=3) == Solved((Repair(0, (), (0, 0, 1)),))


def seven_slots() -> Problem:
    """Seven slots with 40 modules each, all masses different: 164 thousand million variants."""
    draw = random.Random(1)  # noqa: S311
    mass, price = (
        [CostTable.unary(slot, draw.sample(range(1, most), 40)) for slot in range(7)]
        for most in (10_000, 1_000_000)
    )
    rules: list[Formula] = [Sum(tuple(mass), 30_000, 35_000)]
    for _ in range(60):
        first, second = draw.sample(range(7), 2)
        needs = options(second, *draw.sample(range(40), 12))
        rules.append(Or((Not(options(first, *draw.sample(range(40), 4))), needs)))
    return letters(7, 40, *rules, mass=mass, price=price)


def test_a_sum_over_many_modules_is_not_multiplied_out() -> None:
    """No oracle can try these variants, so two engines answer and the answers are re-checked."""
    problem = seven_slots()
    sat, cpsat = opened(problem), CpSatEngine().open(problem)
    assert isinstance(cpsat, CpSatSpace)
    for space in (sat, cpsat):
        found = space.find()
        assert isinstance(found, Solved)
        assert problem.valid(found.value)
    for quantity, greatest, top in (("price", False, 2), ("price", True, 2), ("mass", True, 1)):
        best = sat.best(quantity, greatest=greatest, top=top)
        assert best == cpsat.best(quantity, greatest=greatest, top=top)
        assert isinstance(best, Solved)
        for ranked in best.value:
            assert problem.valid(ranked.variant)
            assert problem.quantities[quantity].value(ranked.variant) == ranked.value
    terms = problem.quantities["price"].terms
    cheap = Sum(terms, None, 400_000)
    assert sat.where(cheap).possible() == cpsat.where(cheap).possible()
    assert list(sat.where(cheap).variants()) == list(cpsat.where(cheap).variants())


def test_a_table_rule_of_wide_scope_and_many_rows() -> None:
    """Too many combinations to look at what is missing."""
    draw = random.Random(5)  # noqa: S311
    rows = np.unique(np.array([[draw.randrange(10) for _ in range(7)] for _ in range(300)]), axis=0)
    problem = letters(7, 10, Table(tuple(range(7)), rows.astype(np.int32)))
    expected = [tuple(row) for row in rows.tolist()]
    space = opened(problem)
    assert list(space.variants()) == expected
    few = space.where(options(0, 3), Not(options(6, 1)))
    assert list(few.variants()) == [row for row in expected if row[0] == 3 and row[6] != 1]
    outside = opened(letters(7, 10)).where(Not(problem.constraints[0].formula))
    assert outside.find() == Solved(
        next(v for v in itertools.product(range(10), repeat=7) if v not in set(expected))
    )


def test_ctrl_c_in_the_solver_is_ctrl_c_and_leaves_it_usable(
    ctrl_c: Callable[[float], Popen[bytes]],
) -> None:
    """With the first letter b, 16 pigeons in 15 holes: no variant, and long to find out."""
    apart = [
        Or((options(0, 0), Not(And((options(one, hole), options(other, hole))))))
        for one, other in itertools.combinations(range(1, 17), 2)
        for hole in range(15)
    ]
    space = opened(letters(17, 15, *apart, options(0, 0, 1)))
    for delay in (0.1, 0.13, 0.16, 0.19):
        with ctrl_c(delay), pytest.raises(KeyboardInterrupt):
            space.where(options(0, 1)).find()
    assert isinstance(space.where(options(0, 0)).find(), Solved)
