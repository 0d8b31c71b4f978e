"""XCSP 2.1: models of constraints that are given as tables, with prices beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cmf.interchange.domain import Domain
from cmf.interchange.files import Faults, FilePath, read_source
from cmf.interchange.network import Link, Network, read_network
from cmf.interchange.prices import read_prices
from cmf.interchange.tuples import Room, distinct, read_rows
from cmf.problem.formula import Formula, Not, Rows, Table
from cmf.problem.problem import Constraint, Origin, Problem, Variable


def read_xcsp(path: FilePath, prices: Mapping[str, FilePath] | None = None) -> Problem:
    """A model of table constraints, with prices as additive quantities.

    Parameters
    ----------
    path
        An XCSP 2.1 file of type CSP. Values are names, so ``01`` and ``1`` differ.
    prices
        Name of a quantity to its price file (type WCSP) over the same variables. The quantity is
        the sum of all costs of that file.

    Raises
    ------
    InputError
        A file is malformed, too large, or has parts that are not supported.
    """
    network = read_network(read_source(path, xml=True), "CSP")
    variables = tuple(
        Variable(name, network.domains[domain]) for name, domain in network.variables.items()
    )
    return Problem(
        name=Path(path).stem,
        variables=variables,
        constraints=_constraints(network),
        quantities={
            name: read_prices(file, name, variables) for name, file in (prices or {}).items()
        },
    )


def _constraints(network: Network) -> tuple[Constraint, ...]:
    numbers = {name: number for number, name in enumerate(network.variables)}
    tables = _Tables(network)
    faults = Faults()
    constraints = []
    for link in network.links:
        with faults.collecting():
            scope = tuple(numbers[name] for name in link.scope)
            formula: Formula = Table(scope, tables.rows(link))
            if link.relation.attributes["semantics"] == "conflicts":
                formula = Not(formula)
            origin = Origin("model", link.name, span=link.element.span)
            constraints.append(Constraint(formula, origin))
    faults.check()
    return tuple(constraints)


class _Tables:
    """Rows of relations, read once for constraints whose variables have the same domains."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._domains = {
            name: Domain.of({value: number for number, value in enumerate(values)})
            for name, values in network.domains.items()
        }
        self._rows: dict[tuple[str, ...], Rows] = {}
        self._room = Room()

    def rows(self, link: Link) -> Rows:
        domains = [self._network.variables[name] for name in link.scope]
        key = (link.relation.attributes["name"], *domains)
        if key not in self._rows:
            self._room.take(link.relation)
            rows = read_rows(link.relation, link.scope, [self._domains[name] for name in domains])
            link.relation.check_count("nbTuples", len(rows), "tuples")
            rows = distinct(rows, [len(self._network.domains[name]) for name in domains])
            rows.setflags(write=False)
            self._rows[key] = rows
        return self._rows[key]
