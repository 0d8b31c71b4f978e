"""Measurements of the peers, and of all engines on made-up catalogues."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import measure_ours
import peers
import renault
from measure_ours import Result, clock, digest, milliseconds

from cmf.engines.diagram import DiagramEngine
from cmf.engines.sat import SatEngine
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import Member
from cmf.problem.problem import Problem

Picks = Sequence[tuple[int, int]]
Walks = Sequence[Picks]
Click = Callable[[Picks], tuple[frozenset[int], ...]]


def sat_session(name: str, steps: str) -> Result:
    """PySAT: options after each choice of a random session; compared with the diagram."""
    problem = renault.model(name, prices=False)
    space = measure_ours.opened(problem)
    start = clock()
    solver = peers.IncrementalSat(problem)
    built = clock() - start
    taken = measure_ours.picks(space, 0)[: int(steps)]
    times, wrong = [], 0
    for number in range(1, len(taken) + 1):
        start = clock()
        found = solver.possible(taken[:number])
        times.append(clock() - start)
        space = space.choose(*taken[number - 1])
        answer = space.possible()
        wrong += not isinstance(answer, Solved) or as_literals(answer.value, solver) != found
    return {"build": built, "steps": len(times), "wrong": wrong} | milliseconds(times)


def as_literals(possible: Sequence[frozenset[int]], solver: peers.IncrementalSat) -> set[int]:
    options = solver.encoding.options
    return {options[v][o] for v, chosen in enumerate(possible) for o in chosen}


def cpsat_options(name: str, number: str) -> Result:
    """CP-SAT: one solve for each of a few options, extrapolated to all options of a click."""
    problem = renault.model(name, prices=False)
    solver = peers.CpSat(problem)
    sizes = [len(variable.options) for variable in problem.variables]
    places = [(v, o) for v, size in enumerate(sizes) for o in range(size)]
    few = places[:: max(1, len(places) // int(number))][: int(number)]
    times, wrong = [], 0
    possible = measure_ours.opened(problem).possible()
    for variable, option in few:
        start = clock()
        takes = solver.takes(variable, option, 30)
        times.append(clock() - start)
        wrong += not isinstance(possible, Solved) or (
            takes is not None and takes != (option in possible.value[variable])
        )
    found = milliseconds(times)
    return found | {
        "solves": len(times),
        "wrong": wrong,
        "click": sum(times) / len(times) * len(places),
    }


def cpsat_enumerate(name: str) -> Result:
    solver = peers.CpSat(renault.model(name, prices=False))
    start = clock()
    found, complete = solver.enumerate(300)
    count = f"Solved(value={found})" if complete else f"Unknown(after {found:,})"
    return {"total": clock() - start, "count": count}


def bdd(library: str, name: str) -> Result:
    """Build with OxiDD or CUDD, count, and one click by one conjunction for every option."""
    problem = renault.model(name, prices=False)
    start = clock()
    diagram = peers.Diagram(problem, library)
    built = clock()
    count = diagram.count()
    counted = clock()
    found: Result = {
        "total": built - start,
        "counting": counted - built,
        "nodes": diagram.size(),
        "count": f"Solved(value={count})",
    }
    return found


def ganak(name: str) -> Result:
    problem = renault.model(name, prices=False)
    start = clock()
    count = peers.ganak_count(problem)
    return {"total": clock() - start, "count": f"Solved(value={count})"}


def flamapy(name: str) -> Result:
    start = clock()
    count = peers.flamapy_count(renault.BENCH / "uvl" / name)
    return {"total": clock() - start, "count": f"Solved(value={count})"}


def ddnnife(name: str) -> Result:
    start = clock()
    count = peers.ddnnife_count(renault.BENCH / "dimacs" / name)
    return {"total": clock() - start, "count": f"Solved(value={count})"}


def growth(who: str, kind: str, modules: str, rules: str) -> Result:
    """One engine on one made-up catalogue: compile, count, options after four picks."""
    problem = measure_ours.catalogue(kind, modules, rules)
    taken = measure_ours.walks(problem)
    return _ENGINES[who](problem, taken)


def _clicks(possible: Click, walks: Walks) -> Result:
    """Options with no pick, one pick, … of every walk, each asked once as a customer does."""
    times, found = [], []
    for walk in walks:
        for number in range(len(walk) + 1):
            start = clock()
            answer = possible(walk[:number])
            times.append(clock() - start)
            found.append(digest(answer))
    # A BDD is only asked along the first walk.
    return milliseconds(times) | {"possible": " ".join(found[: len(walks[0]) + 1])}


def _diagram(problem: Problem, walks: Walks) -> Result:
    start = clock()
    space = DiagramEngine().open(problem, measure_ours.LIMITS)
    compiled = clock() - start
    if isinstance(space, Unknown):
        return {"compile": compiled, "count": f"Unknown({space.limit})"}
    start = clock()
    count = str(space.count())
    counted = clock() - start

    def possible(picks: Picks) -> tuple[frozenset[int], ...]:
        left = space.where()
        for variable, option in picks:
            left = left.choose(variable, option)
        return _solved(left.possible())

    diagram = space.compiled.diagram
    size = {"nodes": diagram.nodes, "arcs": diagram.arcs}
    found = {"compile": compiled, "counting": counted, "count": count}
    return found | size | _clicks(possible, walks)


def _sat(problem: Problem, walks: Walks) -> Result:
    space = SatEngine().open(problem)

    def possible(picks: Picks) -> tuple[frozenset[int], ...]:
        members = [Member(v, frozenset({o})) for v, o in picks]
        return _solved(space.where(*members).possible())

    return _clicks(possible, walks)


def _pysat(problem: Problem, walks: Walks) -> Result:
    solver = peers.IncrementalSat(problem)
    options = solver.encoding.options

    def possible(picks: Picks) -> tuple[frozenset[int], ...]:
        found = solver.possible(picks)
        return tuple(
            frozenset(o for o, literal in enumerate(literals) if literal in found)
            for literals in options
        )

    return _clicks(possible, walks)


def _bdd(library: str) -> Callable[[Problem, Walks], Result]:
    def measure(problem: Problem, walks: Walks) -> Result:
        start = clock()
        diagram = peers.Diagram(problem, library)
        compiled = clock()
        count = diagram.count()
        counted = clock() - compiled
        sizes = diagram.sizes

        def possible(picks: Picks) -> tuple[frozenset[int], ...]:
            found = diagram.possible(picks)
            return tuple(
                frozenset(o for o in range(size) if (v, o) in found) for v, size in enumerate(sizes)
            )

        found = {"compile": compiled - start, "counting": counted, "nodes": diagram.size()}
        return found | {"count": f"Solved(value={count})"} | _clicks(possible, walks[:1])

    return measure


def _ganak(problem: Problem, _: Walks) -> Result:
    start = clock()
    count = peers.ganak_count(problem)
    return {"compile": 0, "counting": clock() - start, "count": f"Solved(value={count})"}


def _solved(answer: object) -> tuple[frozenset[int], ...]:
    if not isinstance(answer, Solved):
        raise SystemExit(str(answer))
    return tuple(answer.value)


_ENGINES: Mapping[str, Callable[[Problem, Walks], Result]] = MappingProxyType(
    {
        "ours": _diagram,
        "sat": _sat,
        "pysat": _pysat,
        "oxidd": _bdd("oxidd"),
        "cudd": _bdd("cudd"),
        "ganak": _ganak,
    }
)

TASKS: Mapping[str, Callable[..., Result]] = MappingProxyType(
    {
        "sat-session": sat_session,
        "cpsat-options": cpsat_options,
        "cpsat-enumerate": cpsat_enumerate,
        "bdd": bdd,
        "ganak": ganak,
        "flamapy": flamapy,
        "ddnnife": ddnnife,
        "growth": growth,
    }
)
