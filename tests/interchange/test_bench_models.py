"""Models that nobody in this project wrote: sizes, tables, prices, counts (../shared/bench)."""

from __future__ import annotations

import itertools
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
import renault

from cmf.engines.protocols import CountingSpace
from cmf.interchange import read_model
from cmf.interchange.files import BOOLEAN
from cmf.problem.answer import Solved
from cmf.problem.formula import Member, Table
from cmf.problem.problem import Problem

pytestmark = pytest.mark.skipif(
    not renault.BENCH.is_dir(), reason=f"the benchmark data is not there: {renault.BENCH}"
)

NAMES = ("small", "big")


@pytest.fixture(scope="module")
def models() -> dict[str, Problem]:
    return {name: renault.model(name) for name in NAMES}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("small", (139, 16, 340, 147, 3_044, 8, 13)),
        ("big", (268, 324, 1_273, 332, 225_989, 12, 95)),
    ],
)
def test_renault_sizes(models: dict[str, Problem], name: str, facts: tuple[int, ...]) -> None:
    problem = models[name]
    tables = [c.formula for c in problem.constraints]
    assert all(isinstance(table, Table) for table in tables)
    sizes = [len(variable.options) for variable in problem.variables]
    found = (
        len(sizes),
        max(sizes),
        sum(sizes),
        len(tables),
        sum(len(table.rows) for table in tables),
        max(len(table.scope) for table in tables),
        len(problem.quantities["price"].terms),
    )
    assert found == facts
    assert problem.name == name


def plain_relations(path: str) -> Iterator[tuple[ET.Element, str, list[list[str]], list[int]]]:
    """Constraint, semantics, tuples and costs, read the slow and obvious way."""
    root = ET.parse(renault.BENCH / "renault" / path).getroot()  # noqa: S314
    relations = {relation.get("name"): relation for relation in root.iter("relation")}
    for constraint in root.iter("constraint"):
        relation = relations[constraint.get("reference")]
        tuples, costs, cost = [], [], 0
        for part in (relation.text or "").split("|"):
            if ":" in part:
                before, part = part.split(":")
                cost = int(before)
            if part.split():
                tuples.append(part.split())
                costs.append(cost)
        yield constraint, str(relation.get("semantics")), tuples, costs


@pytest.mark.parametrize("name", NAMES)
def test_renault_tables_hold_the_tuples_of_the_file(models: dict[str, Problem], name: str) -> None:
    problem = models[name]
    plain = plain_relations(f"{name}.xml")
    for constraint, (element, semantics, tuples, _) in zip(problem.constraints, plain, strict=True):
        assert semantics == "supports"
        table = constraint.formula
        variables = [problem.variables[v] for v in table.scope]
        assert [v.name for v in variables] == str(element.get("scope")).split()
        names = [v.options for v in variables]
        written = [[o[i] for o, i in zip(names, row, strict=True)] for row in table.rows.tolist()]
        assert written == tuples
        assert (constraint.origin.kind, constraint.origin.name) == ("model", element.get("name"))


@pytest.mark.parametrize("name", NAMES)
def test_renault_prices_are_the_sum_of_the_costs(models: dict[str, Problem], name: str) -> None:
    problem = models[name]
    price = problem.quantities["price"]
    plain = [
        (str(element.get("scope")).split(), dict(zip(map(tuple, tuples), costs, strict=True)))
        for element, _, tuples, costs in plain_relations(f"{name}Prices.xml")
    ]
    assert any(not costs for _, costs in plain) == (name == "big")
    draw = random.Random(7)  # noqa: S311
    values = set()
    for _ in range(20):
        variant = [draw.randrange(len(v.options)) for v in problem.variables]
        for scope, costs in draw.sample(plain, 5):  # so that rare tuples take part
            for variable, value in zip(scope, draw.choice([*costs, ()]), strict=False):
                number = problem.index(variable)
                variant[number] = problem.variables[number].options.index(value)
        taken = problem.names(variant)
        expected = sum(costs.get(tuple(taken[v] for v in scope), 0) for scope, costs in plain)
        assert price.value(variant) == expected
        values.add(expected)
    assert len(values) > 5


@pytest.mark.parametrize(("name", "steps"), [("small", 12_080), ("big", 49_415)])
def test_recorded_sessions_fit_the_model(models: dict[str, Problem], name: str, steps: int) -> None:
    sessions = renault.sessions(name, models[name])
    assert (len(sessions), sum(map(len, sessions))) == (1000, steps)
    for session in sessions:
        assert len({step.variable for step in session}) == len(session)
        for before, after in itertools.pairwise(session):
            assert before.least <= after.least <= after.greatest <= before.greatest


def test_picks_of_small_leave_a_tuple_in_every_table(models: dict[str, Problem]) -> None:
    """Every pick is legal, so no table may exclude the picks of a session."""
    problem = models["small"]
    tables = [c.formula for c in problem.constraints]
    for session in renault.sessions("small", problem)[::10]:
        picked = {step.variable: step.option for step in session}
        for table in tables:
            columns = [i for i, v in enumerate(table.scope) if v in picked]
            wanted = [picked[table.scope[i]] for i in columns]
            assert (table.rows[:, columns] == wanted).all(axis=1).any()


@pytest.mark.parametrize(
    ("name", "features", "constraints"),
    [("printer", 172, 0), ("financial_services", 771, 1080), ("automotive01", 2513, 2833)],
)
def test_uvl_sizes(name: str, features: int, constraints: int) -> None:
    path = renault.BENCH / "uvl" / f"{name}.uvl"
    problem = read_model(path)
    assert len(problem.variables) == features
    assert {variable.options for variable in problem.variables} == {BOOLEAN}
    text = path.read_text().partition("constraints\n")[2].split("\n")
    written = [" ".join(line.split()) for line in text if line.strip()]
    assert len(written) == constraints
    reasons = [c.origin.reason for c in problem.constraints]
    assert reasons[len(reasons) - constraints :] == written
    lines = [c.origin.name for c in problem.constraints]
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize(
    ("name", "variables", "clauses"), [("axTLS", 96, 203), ("berkeleydb", 76, 141)]
)
def test_dimacs_sizes(name: str, variables: int, clauses: int) -> None:
    problem = read_model(renault.BENCH / "dimacs" / f"{name}.dimacs")
    assert (len(problem.variables), len(problem.constraints)) == (variables, clauses)
    assert not any(variable.name == f"v{n}" for n, variable in enumerate(problem.variables, 1))


def compiled(problem: Problem) -> CountingSpace:
    diagram = pytest.importorskip("cmf.engines.diagram", reason="the diagram engine is not there")
    return diagram.DiagramEngine().open(problem)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("uvl/printer.uvl", 2_278_241_108_363_321_839_974_600_000),
        ("dimacs/axTLS.dimacs", 826_244_333_568),
        ("dimacs/berkeleydb.dimacs", 4_080_389_785),
    ],
)
def test_counts(path: str, count: int) -> None:
    assert compiled(read_model(renault.BENCH / path)).count() == Solved(count)


def test_small_has_the_known_variants_and_prices(models: dict[str, Problem]) -> None:
    problem = models["small"]
    space = compiled(problem)
    assert space.count() == Solved(172_056)
    for session in renault.sessions("small", problem)[::100]:
        for length in range(1, len(session) + 1):
            picks = [Member(step.variable, frozenset({step.option})) for step in session[:length]]
            left = space.where(*picks)
            bounds = [left.best("price", greatest=greatest) for greatest in (False, True)]
            values = [answer.value[0].value for answer in bounds if isinstance(answer, Solved)]
            assert values == [session[length - 1].least, session[length - 1].greatest]
    bounds = [space.best("price", greatest=greatest) for greatest in (False, True)]
    assert [b.value[0].value for b in bounds if isinstance(b, Solved)] == [5897, 11986]
