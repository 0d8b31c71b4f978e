"""Random small models: written as text, read back, and compared with what the text means.

The meaning is worked out here without `cmf.problem`: by going through all combinations.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.interchange import read_model, tuples
from cmf.problem.formula import Table, atoms
from cmf.problem.problem import Problem

SETTINGS = settings(max_examples=80, deadline=None, database=None, derandomize=True)
Names = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def valid(problem: Problem) -> list[Names]:
    every = itertools.product(*(range(len(v.options)) for v in problem.variables))
    return [problem.names(variant) for variant in every if problem.valid(variant)]


# --- XCSP ---------------------------------------------------------------------------------------

VALUES = ["0", "1", "-1", "2", "10", "1-10000", "T/BEG/ENG", "été", "a.b"]
INTEGERS = ["0", "1", "-1", "2", "10", "324"]


@frozen
class Network:
    domains: list[list[str]]
    tables: list[tuple[tuple[int, ...], str, list[tuple[str, ...]]]]
    costs: list[tuple[tuple[int, ...], int, list[tuple[int, list[tuple[str, ...]]]]]]

    def allows(self, values: tuple[str, ...]) -> bool:
        return all(
            (tuple(values[v] for v in scope) in tuples) == (semantics == "supports")
            for scope, semantics, tuples in self.tables
        )

    def price(self, values: tuple[str, ...]) -> int:
        total = 7  # the initial cost
        for scope, default, blocks in self.costs:
            taken = tuple(values[v] for v in scope)
            found = {t: cost for cost, tuples in blocks for t in tuples}
            total += found.get(taken, default)
        return total


@st.composite
def networks(draw: st.DrawFn) -> Network:
    pool = draw(st.sampled_from([VALUES, INTEGERS]))
    domain = st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True)
    domains = draw(st.lists(domain, min_size=1, max_size=4))
    scopes = st.lists(st.integers(0, len(domains) - 1), min_size=1, max_size=3, unique=True)
    tables, costs = [], []
    for _ in range(draw(st.integers(0, 4))):
        scope = tuple(draw(scopes))
        every = list(itertools.product(*(domains[v] for v in scope)))
        tuples = draw(st.lists(st.sampled_from(every), max_size=8))
        tables.append((scope, draw(st.sampled_from(["supports", "conflicts"])), tuples))
    for _ in range(draw(st.integers(0, 3))):
        scope = tuple(draw(scopes))
        every = list(itertools.product(*(domains[v] for v in scope)))
        tuples = draw(st.lists(st.sampled_from(every), max_size=8, unique=True))
        blocks: list[tuple[int, list[tuple[str, ...]]]] = []
        for item in tuples:
            if not blocks or draw(st.booleans()):
                blocks.append((draw(st.integers(-9, 99)), []))
            blocks[-1][1].append(item)
        if draw(st.booleans()):
            blocks.append((82, []))
        costs.append((scope, draw(st.integers(-2, 2)), blocks))
    return Network(domains, tables, costs)


def xml(network: Network, draw: st.DataObject, *, prices: bool) -> str:
    kind = "WCSP" if prices else "CSP"
    blank = draw.draw(st.sampled_from([" ", "\n", "  \t "]))
    lines = [f' <instance><presentation format="XCSP 2.1" type="{kind}"/>']
    lines += [f'<domains nbDomains="{len(network.domains)}">']
    for number, values in enumerate(network.domains):
        order = draw.draw(st.permutations(values)) if prices else values
        lines.append(f'<domain name="D{number}" nbValues="{len(values)}">{blank.join(order)}')
        lines.append("</domain>")
    lines.append("</domains><variables>")
    lines += [f'<variable name="v{n}" domain="D{n}"/>' for n in range(len(network.domains))]
    lines.append("</variables><relations>")
    relations: list[Any] = network.costs if prices else network.tables
    for number, (scope, how, content) in enumerate(relations):
        if prices:
            blocks = [
                f"{cost}:" + f"{blank}|".join(blank.join(item) for item in tuples)
                for cost, tuples in content
            ]
            text = "".join(
                block + ("|" if block[-1] != ":" and number < len(blocks) - 1 else "")
                for number, block in enumerate(blocks)
            )
            count = sum(len(tuples) for _, tuples in content)
            attributes = f'semantics="soft" defaultCost="{how}"'
        else:
            text = f"{blank}|".join(blank.join(item) for item in content)
            count = len(content)
            attributes = f'semantics="{how}"'
        lines.append(f'<relation name="R{number}" arity="{len(scope)}" nbTuples="{count}"')
        lines.append(f"{attributes}>{blank}{text}{blank}</relation>")
    lines.append('</relations><constraints initialCost="7">')
    for number, (scope, *_) in enumerate(relations):
        names = " ".join(f"v{v}" for v in scope)
        lines.append(f'<constraint name="c{number}" scope="{names}" reference="R{number}"/>')
    lines.append("</constraints></instance>")
    return "\n".join(lines)


@SETTINGS
@given(networks(), st.data())
def test_xcsp(folder: Path, network: Network, data: st.DataObject) -> None:
    model, prices = folder / "model.xml", folder / "prices.xml"
    model.write_text(xml(network, data, prices=False), encoding="utf-8")
    prices.write_text(xml(network, data, prices=True), encoding="utf-8")
    # Texts of this length never reach the array path or a second piece by themselves.
    short, piece = data.draw(st.sampled_from([(1000, 2**20), (0, 2**20), (0, 64)]))
    with patch.object(tuples, "_SHORT", short), patch.object(tuples, "_PIECE", piece):
        problem = read_model(model, {"cost": prices})
    every = list(itertools.product(*network.domains))
    names = [v.name for v in problem.variables]
    expected = [dict(zip(names, values, strict=True)) for values in every if network.allows(values)]
    assert valid(problem) == expected
    for atom in (a for c in problem.constraints for a in atoms(c.formula)):
        assert isinstance(atom, Table)
        assert len({tuple(row) for row in atom.rows.tolist()}) == len(atom.rows)
    quantity = problem.quantities["cost"]
    for values in every:
        variant = problem.numbers(dict(zip(names, values, strict=True)))
        assert quantity.value(variant) == network.price(values)


# --- UVL ----------------------------------------------------------------------------------------


@frozen
class Node:
    name: str
    groups: list[tuple[str, list[Node]]]
    cost: Fraction | None


@st.composite
def trees(draw: st.DrawFn) -> tuple[Node, list[str]]:
    """A feature tree of at most nine features, and the names of the features in order."""
    names: list[str] = []

    def node(depth: int) -> Node:
        plain = f"F{len(names)}"
        name = draw(st.sampled_from([plain, plain, f"{plain} x", f"{plain}.y", f"or{plain}"]))
        names.append(name)
        cost = draw(st.sampled_from([None, Fraction(3), Fraction("-0.25"), Fraction("12.5")]))
        groups = []
        for _ in range(draw(st.integers(0, 2)) if depth < 3 else 0):
            size = min(draw(st.integers(1, 4)), 9 - len(names))
            if size > 0:
                kinds = ["mandatory", "optional", "alternative", "or", *cardinalities(size)]
                kind = draw(st.sampled_from(kinds))
                children = []
                for _ in range(size):
                    if len(names) < 9:
                        children.append(node(depth + 1))
                low = 0 if kind[0] != "[" else int(kind[1])
                groups.append((kind if low <= len(children) else "or", children))
        return Node(name, groups, cost)

    return node(0), names


def cardinalities(size: int) -> list[str]:
    pairs = [(low, high) for high in range(size + 1) for low in range(high + 1)]
    some = [f"[{low}..{high}]" for low, high in pairs]
    return [*some, *(f"[{n}]" for n in range(1, size + 1)), *(f"[{n}..*]" for n in range(size))]


def bounds(kind: str, size: int) -> tuple[int, int]:
    match kind.strip("[]").split(".."):
        case ["mandatory"]:
            return size, size
        case ["optional"]:
            return 0, size
        case ["alternative"]:
            return 1, 1
        case ["or"]:
            return 1, size
        case [count]:
            return int(count), int(count)
        case [low, high]:
            return int(low), size if high == "*" else int(high)
    raise AssertionError(kind)


def configurations(node: Node) -> list[frozenset[str]]:
    """The sets of features at and below a selected feature."""
    result = [frozenset({node.name})]
    for kind, children in node.groups:
        low, high = bounds(kind, len(children))
        chosen = []
        for picked in itertools.product([False, True], repeat=len(children)):
            if low <= sum(picked) <= high:
                below = [configurations(c) for c, p in zip(children, picked, strict=True) if p]
                chosen += [frozenset().union(*parts) for parts in itertools.product(*below)]
        result = [mine | more for mine in result for more in chosen]
    return result


Expression = tuple[Any, ...]


def expressions(names: list[str]) -> st.SearchStrategy[Expression]:
    leaf = st.sampled_from(names).map(lambda name: ("name", name))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map(lambda a: ("!", a)),
            st.tuples(st.sampled_from(["&", "|", "=>", "<=>"]), inner, inner),
        ),
        max_leaves=5,
    )


BINDING = {"<=>": 0, "=>": 1, "|": 2, "&": 3, "!": 4, "name": 5}


def written(expression: Expression) -> str:
    """The expression with no more parentheses than it needs."""
    operator, *operands = expression
    if operator == "name":
        return quoted(operands[0])
    texts = []
    for operand in operands:
        text = written(operand)
        loose = BINDING[operand[0]] < BINDING[operator]
        arrows = operator in ("=>", "<=>") and operand[0] == operator
        texts.append(f"({text})" if loose or arrows else text)
    return f"!{texts[0]}" if operator == "!" else f" {operator} ".join(texts)


def true(expression: Expression, selected: frozenset[str]) -> bool:
    match expression:
        case ("name", name):
            return name in selected
        case ("!", a):
            return not true(a, selected)
        case ("&", a, b):
            return true(a, selected) and true(b, selected)
        case ("|", a, b):
            return true(a, selected) or true(b, selected)
        case ("=>", a, b):
            return not true(a, selected) or true(b, selected)
        case ("<=>", a, b):
            return true(a, selected) == true(b, selected)
    raise AssertionError(expression)


def quoted(name: str) -> str:
    return name if name.isalnum() else f'"{name}"'


def lines_of(node: Node, depth: int, indent: str) -> list[str]:
    cost = "" if node.cost is None else f", cost {float(node.cost)}".replace(".0", "")
    result = [f"{indent * depth}{quoted(node.name)} {{abstract true{cost}}} // note"]
    for kind, children in node.groups:
        result.append(indent * (depth + 1) + kind)
        for child in children:
            result += lines_of(child, depth + 2, indent)
    return result


@SETTINGS
@given(trees(), st.data())
def test_uvl(folder: Path, tree: tuple[Node, list[str]], data: st.DataObject) -> None:
    root, names = tree
    rules = data.draw(st.lists(expressions(names), max_size=3))
    indent = data.draw(st.sampled_from(["\t", "  ", "    "]))
    lines = ["namespace Some", "", "features", *lines_of(root, 1, indent)]
    if rules:
        lines += ["constraints", *(indent + written(rule) for rule in rules)]
    path = folder / "model.uvl"
    path.write_text("\n".join(lines), encoding="utf-8")
    problem = read_model(path)
    assert [variable.name for variable in problem.variables] == names
    expected = {c for c in configurations(root) if all(true(rule, c) for rule in rules)}
    found = [
        frozenset(name for name, option in variant.items() if option == "yes")
        for variant in valid(problem)
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected

    costs = {node.name: node.cost for node in walk(root) if node.cost is not None}
    assert list(problem.quantities) == (["cost"] if costs else [])
    for quantity in problem.quantities.values():
        for selected in expected:
            chosen = {name: "yes" if name in selected else "no" for name in names}
            value = quantity.value(problem.numbers(chosen))
            total = sum(cost for name, cost in costs.items() if name in selected)
            assert value is not None
            assert Fraction(value, quantity.unit.factor) == total


def walk(node: Node) -> list[Node]:
    return [node, *(n for _, children in node.groups for child in children for n in walk(child))]


# --- DIMACS -------------------------------------------------------------------------------------


@SETTINGS
@given(st.data())
def test_dimacs(folder: Path, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    literal = st.integers(1, count).flatmap(lambda v: st.sampled_from([v, -v]))
    clauses = data.draw(st.lists(st.lists(literal, max_size=5), max_size=8))
    named = data.draw(st.sets(st.integers(1, count)))
    blank = data.draw(st.sampled_from([" ", "\n", "  "]))
    lines = ["c any comment", *(f"c {n} NAME_{n}" for n in named)]
    lines.append(f"p cnf {count} {len(clauses)}")
    lines += [blank.join(map(str, [*clause, 0])) for clause in clauses]
    path = folder / "model.dimacs"
    path.write_text("\n".join(lines))
    problem = read_model(path)
    names = [f"NAME_{n}" if n in named else f"v{n}" for n in range(1, count + 1)]
    assert [variable.name for variable in problem.variables] == names
    expected = [
        dict(zip(names, ("yes" if value else "no" for value in values), strict=True))
        for values in itertools.product([False, True], repeat=count)
        if all(any(values[abs(x) - 1] == (x > 0) for x in clause) for clause in clauses)
    ]
    assert valid(problem) == expected
