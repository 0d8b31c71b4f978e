"""Price files (XCSP 2.1, type WCSP) as additive quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cmf.errors import fail
from cmf.interchange.domain import Domain
from cmf.interchange.elements import Element
from cmf.interchange.files import Faults, FilePath, nearest, read_source
from cmf.interchange.network import Link, read_network
from cmf.interchange.tuples import Room, keys, read_costs
from cmf.model.units import LIMIT
from cmf.problem.formula import CostTable
from cmf.problem.problem import Quantity, Variable


def read_prices(path: FilePath, name: str, variables: Sequence[Variable]) -> Quantity:
    """The sum of all costs of a price file.

    Parameters
    ----------
    path
        An XCSP 2.1 file of type WCSP. Its variables are variables of the model; the values of a
        domain may stand in another order.
    name
        What the quantity is called.
    variables
        Variables of the model.

    Raises
    ------
    InputError
        The file is malformed, speaks of other variables, or forbids something (infinite costs).
    """
    network = read_network(read_source(path, xml=True), "WCSP")
    faults = Faults()
    numbers = {variable.name: number for number, variable in enumerate(variables)}
    domains: dict[str, Domain] = {}
    for variable, domain in network.variables.items():
        with faults.collecting():
            if variable not in numbers:
                message = f"the model has no variable called `{variable[:40]}`"
                remedy = nearest(variable, numbers, "variable")
                place = network.places[variable].attribute_span("name")
                raise fail("unknown-variable", message, place, remedy)
            options = variables[numbers[variable]].options
            listed = set(network.domains[domain])
            numbered = {o: n for n, o in enumerate(options) if o in listed}
            domains[variable] = Domain.of(numbered)
    faults.check()
    tables = []
    room = Room()
    for link in network.links:
        with faults.collecting():
            room.take(link.relation)
            tables.append(_table(link, domains, numbers))
    with faults.collecting():
        _check_costs(network.section, tables)
    faults.check()
    sizes = [len(variable.options) for variable in variables]
    offset = network.section.whole("initialCost", -LIMIT, LIMIT)
    return Quantity(name, add_tables(tables, sizes), offset or 0)


def add_tables(tables: Sequence[CostTable], sizes: Sequence[int]) -> tuple[CostTable, ...]:
    """Cost tables with the same sum, one for each set of variables.

    Real price files spread the costs of one variable over hundreds of constraints.

    Parameters
    ----------
    tables
        Their sum stays within 64 bits.
    sizes
        Number of options of every variable.
    """
    groups: dict[tuple[int, ...], list[CostTable]] = {}
    for table in tables:
        groups.setdefault(tuple(sorted(table.scope)), []).append(table)
    result = []
    for scope, group in groups.items():
        rows = np.concatenate([table.rows[:, np.argsort(table.scope)] for table in group])
        extra = np.concatenate([table.costs - table.default for table in group])
        default = sum(table.default for table in group)
        _, first, place = np.unique(
            keys(rows, [sizes[v] for v in scope]), return_index=True, return_inverse=True
        )
        totals = np.zeros(len(first), dtype=np.int64)
        np.add.at(totals, place, extra)
        kept = totals != 0
        if kept.any() or default:
            table = CostTable(scope, rows[first[kept]], totals[kept] + default, default)
            result.append(table)
    return tuple(result)


def _table(link: Link, domains: Mapping[str, Domain], numbers: Mapping[str, int]) -> CostTable:
    relation = link.relation
    default = relation.whole("defaultCost", -LIMIT, LIMIT) or 0
    found = [domains[name] for name in link.scope]
    rows, costs = read_costs(relation, link.scope, found)
    relation.check_count("nbTuples", len(rows), "tuples")
    scope = tuple(numbers[name] for name in link.scope)
    sizes = [max(domain.numbers.values(), default=0) + 1 for domain in found]
    numbered = keys(rows, sizes)
    if (numbered[1:] <= numbered[:-1]).any():
        _, first, place = np.unique(numbered, return_index=True, return_inverse=True)
        if (costs[first][place] != costs).any():
            message = f"the relation `{relation.attributes['name'][:40]}` gives a tuple two costs"
            raise fail("duplicate-tuple", message, relation.span)
        rows, costs = rows[first], costs[first]
    return CostTable(scope, rows, costs, default)


def _check_costs(section: Element, tables: Sequence[CostTable]) -> None:
    """Refuse a sum beyond the exact range, and costs that forbid: a price excludes nothing."""
    greatest = [max(abs(t.default), int(np.abs(t.costs).max(initial=0))) for t in tables]
    if sum(greatest) > LIMIT:
        message = f"all costs together may exceed {LIMIT:,}"
        raise fail("too-large", message, section.span)
    if section.attributes.get("maximalCost", "infinity") == "infinity":
        return
    bound = section.whole("maximalCost", 0, 2**63 - 1)
    if bound is not None and max(greatest, default=-1) >= bound:
        message = f"a cost reaches `maximalCost` ({bound:,}), which forbids its tuple"
        remedy = "put what is forbidden into the model, as a relation of conflicts"
        raise fail("unsupported-cost", message, section.attribute_span("maximalCost"), remedy)
