"""UVL (Universal Variability Language): feature models with boolean constraints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from cmf.errors import fail
from cmf.interchange.files import BOOLEAN, Faults, FilePath, read_source
from cmf.interchange.uvl_formula import read_formula
from cmf.interchange.uvl_groups import tree_constraints
from cmf.interchange.uvl_lines import Cursor, Line, lines
from cmf.interchange.uvl_tree import Tree
from cmf.model.units import LIMIT, PURE, Unit
from cmf.problem.formula import CostTable
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variable
from cmf.source import Source

MOST_BYTES = 16 * 2**20
_SECTIONS = ("namespace", "include", "imports", "features", "constraints")


def read_uvl(path: FilePath) -> Problem:
    """A feature model: a variable with the options ``no`` and ``yes`` for every feature.

    Variables stand in the order of the features in the file, so every configuration is exactly
    one variant. An attribute that is a number wherever it is given becomes a quantity: the sum
    over the selected features that have it. Other attributes say nothing about configurations and
    are left out.

    Raises
    ------
    InputError
        The file is malformed, too large, or has parts that are not supported; names up to twenty
        faults.
    """
    source = read_source(path, most=MOST_BYTES)
    faults = Faults()
    sections = _sections(source, faults)
    for line in sections.get("imports", [])[:1]:
        message = "imports of other models are not supported"
        faults.add("unsupported-import", message, line.span(source))
    tree = Tree(source, faults)
    for line in sections.get("features", []):
        tree.add(line)
    tree.close()
    if not tree.features:
        faults.add("no-features", "the file has no feature", source.whole())
    constraints = _constraints(source, sections.get("constraints", []), tree, faults)
    quantities = _quantities(tree, faults)
    faults.check()
    return Problem(
        name=Path(path).stem,
        variables=tuple(Variable(feature.name, BOOLEAN) for feature in tree.features),
        constraints=(*tree_constraints(tree), *constraints),
        quantities=quantities,
    )


def _sections(source: Source, faults: Faults) -> dict[str, list[Line]]:
    """The lines below every heading."""
    sections: dict[str, list[Line]] = {}
    current: list[Line] = []
    with faults.collecting():
        for line in lines(source):
            if line.indent:
                current.append(line)
                continue
            current = []
            with faults.collecting():
                cursor = Cursor(source, line.tokens)
                heading = cursor.next().text
                if heading not in _SECTIONS:
                    cursor.position = 0
                    raise cursor.unexpected("one of " + ", ".join(_SECTIONS))
                if heading in sections:
                    cursor.position = 0
                    raise cursor.fault("duplicate-section", f"`{heading}` stands here again")
                sections[heading] = current
                if heading != "namespace":
                    cursor.end()
    return sections


def _constraints(
    source: Source, section: Sequence[Line], tree: Tree, faults: Faults
) -> list[Constraint]:
    constraints = []
    for line in section:
        with faults.collecting():
            if line.indent != section[0].indent:
                message = "all constraints have the same indentation"
                raise fail("bad-indentation", message, line.span(source))
            formula = read_formula(source, line, tree.numbers)
            origin = Origin(
                "model", f"line {line.tokens[0].line}", line.text(source), line.span(source)
            )
            constraints.append(Constraint(formula, origin))
    return constraints


def _quantities(tree: Tree, faults: Faults) -> dict[str, Quantity]:
    """Attributes that are a number in every feature that has them."""
    values: dict[str, dict[int, Fraction | None]] = {}
    for number, feature in enumerate(tree.features):
        for name, value in feature.attributes.items():
            values.setdefault(name, {})[number] = value
    quantities = {}
    for name, found in values.items():
        numbers = {feature: v for feature, v in found.items() if v is not None}
        if len(numbers) < len(found):
            continue
        decimals = _decimals(numbers.values())
        unit = Unit("1", (), 10**decimals) if decimals else PURE
        costs = {feature: int(value * unit.factor) for feature, value in numbers.items()}
        if sum(map(abs, costs.values())) > LIMIT:
            message = f"the attribute `{name[:40]}` adds up to more than {LIMIT:,} base units"
            faults.add("too-large", message, tree.features[next(iter(costs))].span)
        else:
            terms = tuple(CostTable.unary(feature, (0, cost)) for feature, cost in costs.items())
            quantities[name] = Quantity(name, terms, unit=unit)
    return quantities


def _decimals(numbers: Iterable[Fraction]) -> int:
    """The least number of decimals that writes all numbers exactly."""
    needed = 0
    for number in numbers:
        while (number * 10**needed).denominator != 1:
            needed += 1
    return needed
