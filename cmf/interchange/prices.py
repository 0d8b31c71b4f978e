"""Price files (XCSP 2.1, type WCSP) as additive quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cmf.errors import fail
from cmf.interchange.elements import Element
from cmf.interchange.files import Faults, FilePath, nearest, read_source
from cmf.interchange.network import Link, read_network
from cmf.interchange.tuples import Lookup, keys, read_costs
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
    lookups: dict[str, Lookup] = {}
    for variable, domain in network.variables.items():
        with faults.collecting():
            if variable not in numbers:
                message = f"the model has no variable called `{variable[:40]}`"
                remedy = nearest(variable, numbers, "variable")
                place = network.places[variable].attribute_span("name")
                raise fail("unknown-variable", message, place, remedy)
            options = variables[numbers[variable]].options
            listed = set(network.domains[domain])
            lookups[variable] = {o: n for n, o in enumerate(options) if o in listed}
    faults.check()
    tables = []
    room = LIMIT
    for link in network.links:
        with faults.collecting():
            table = _table(link, lookups, numbers, room)
            room -= _greatest(table)
            tables.append(table)
    with faults.collecting():
        _check_hard(network.section, tables)
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


def _table(
    link: Link, lookups: Mapping[str, Lookup], numbers: Mapping[str, int], room: int
) -> CostTable:
    relation = link.relation
    default = relation.whole("defaultCost", -LIMIT, LIMIT) or 0
    found = [lookups[name] for name in link.scope]
    rows, costs = read_costs(relation, link.scope, found)
    relation.check_count("nbTuples", len(rows), "tuples")
    scope = tuple(numbers[name] for name in link.scope)
    sizes = [max(lookup.values(), default=0) + 1 for lookup in found]
    _, first, place = np.unique(keys(rows, sizes), return_index=True, return_inverse=True)
    if (costs[first][place] != costs).any():
        message = f"the relation `{relation.attributes['name'][:40]}` gives a tuple two costs"
        raise fail("duplicate-tuple", message, relation.span)
    first.sort()
    table = CostTable(scope, rows[first], costs[first], default)
    if _greatest(table) > room:
        message = f"all costs together are greater than {LIMIT:,}"
        raise fail("too-large", message, relation.span)
    return table


def _greatest(table: CostTable) -> int:
    """The greatest magnitude of a value of the table."""
    return max(abs(table.default), int(np.abs(table.costs).max(initial=0)))


def _check_hard(section: Element, tables: Sequence[CostTable]) -> None:
    """Refuse costs that mean `forbidden`: a price excludes nothing."""
    hard = section.attributes.get("maximalCost", "infinity")
    if hard == "infinity":
        return
    bound = section.whole("maximalCost", 0, 2**63 - 1)
    if bound is not None and any(_greatest(table) >= bound for table in tables):
        message = f"a cost reaches `maximalCost` ({bound:,}), which forbids its tuple"
        remedy = "put what is forbidden into the model, as a relation of conflicts"
        raise fail("unsupported-cost", message, section.attribute_span("maximalCost"), remedy)
