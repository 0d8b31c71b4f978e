"""Measurements of this product; every function is run in a process of its own."""

from __future__ import annotations

import hashlib
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import cast

import generators
import renault

from cmf.engines.diagram import DiagramEngine, DiagramSpace
from cmf.engines.sat import SatEngine
from cmf.interchange import read_model
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.problem import Problem

Result = dict[str, object]
clock = time.process_time

LIMITS = Limits(seconds=30, nodes=4_000_000, memory=1_500_000_000)
STEPS = 30


def opened(problem: Problem) -> DiagramSpace:
    space = DiagramEngine().open(problem, LIMITS)
    if isinstance(space, Unknown):
        raise SystemExit(f"Unknown: {space.limit}")
    return space


def milliseconds(seconds: list[float]) -> Result:
    """Median, 99th percentile and mean."""
    ranked = sorted(seconds)
    return {
        "median": 1e3 * statistics.median(ranked),
        "p99": 1e3 * ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))],
        "mean": 1e3 * statistics.fmean(ranked),
    }


def digest(possible: tuple[frozenset[int], ...]) -> str:
    """A short name for a set of options, to compare engines by."""
    text = repr([sorted(options) for options in possible])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Phases(logging.Handler):
    """CPU time at which every message was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append((record.getMessage(), clock()))


def compile_model(name: str) -> Result:
    """Load, order and compile, from a cold start."""
    phases = Phases()
    logging.getLogger("cmf").setLevel(logging.INFO)
    logging.getLogger("cmf").addHandler(phases)
    start = clock()
    problem = renault.model(name, prices=False)
    loaded = clock()
    space = opened(problem)
    end = clock()
    ordered = next((at for text, at in phases.seen if "order" in text), loaded)
    possible = space.possible()
    if not isinstance(possible, Solved):
        raise SystemExit(str(possible))
    return {
        "load": loaded - start,
        "order": ordered - loaded,
        "build": end - ordered,
        "total": end - start,
        "nodes": space.compiled.diagram.nodes,
        "arcs": space.compiled.diagram.arcs,
        "count": str(space.count()),
        "possible": digest(possible.value),
    }


def cache(name: str) -> Result:
    """Open a space from the cache on disk."""
    problem = renault.model(name, prices=False)
    with tempfile.TemporaryDirectory() as folder:
        engine = DiagramEngine(cache=Path(folder))
        start = clock()
        engine.open(problem)
        stored = clock()
        space = engine.open(problem)
        end = clock()
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
    if isinstance(space, Unknown):
        raise SystemExit(space.limit)
    return {
        "cold": stored - start,
        "total": end - stored,
        "bytes": size,
        "count": str(space.count()),
    }


def prices(name: str, number: str) -> Result:
    """The price bounds after every step of recorded sessions, through the public session."""
    import cmf

    folder = renault.BENCH / "renault"
    model = cmf.load(folder / f"{name}.xml", prices=folder / f"{name}Prices.xml")
    space = model.compile(engine="diagram")
    start = clock()
    space.bounds(renault.PRICE)
    compiled = clock() - start
    names = [(variable.name, variable.options) for variable in model.problem.variables]
    times, wrong = [], 0
    for recorded in renault.sessions(name, model.problem)[: int(number)]:
        session = space.session()
        for step in recorded:
            axis, options = names[step.variable]
            start = clock()
            session.choose(axis, options[step.option])
            found = session.bounds(renault.PRICE)
            times.append(clock() - start)
            wrong += found is None or (found.least, found.greatest) != (step.least, step.greatest)
    carrier = cast(DiagramSpace, space.space)
    diagram = carrier.store.pricing(model.problem.quantities[renault.PRICE]).compiled.diagram
    size = {"compile": compiled, "nodes": diagram.nodes, "arcs": diagram.arcs}
    return size | {"steps": len(times), "wrong": wrong, "all": sum(times)} | milliseconds(times)


def picks(space: DiagramSpace, seed: int) -> list[tuple[int, int]]:
    """A random session: up to 30 picks, each from the options still possible and not implied."""
    rng = random.Random(seed)  # noqa: S311
    taken: list[tuple[int, int]] = []
    while len(taken) < STEPS:
        answer = space.possible()
        if not isinstance(answer, Solved):
            raise SystemExit("a dead end")
        free = [v for v, options in enumerate(answer.value) if len(options) > 1]
        if not free:
            break
        variable = rng.choice(free)
        option = rng.choice(sorted(answer.value[variable]))
        taken.append((variable, option))
        space = space.choose(variable, option)
    return taken


def session(name: str) -> Result:
    """Options after each choice of ten random sessions."""
    space = opened(renault.model(name, prices=False))
    space.possible()
    masks: list[float] = []
    options: list[float] = []
    shares: list[float] = []
    for seed in range(10):
        left = space
        for variable, option in picks(space, seed):
            start = clock()
            left = left.choose(variable, option)
            left.possible_options()
            masks.append(clock() - start)
            start = clock()
            # A space of its own, so that nothing is remembered from the line above.
            left.choose(variable, option).possible()
            options.append(clock() - start)
            start = clock()
            left.option_counts()
            shares.append(clock() - start)
    return {
        "steps": len(masks),
        "mask": milliseconds(masks),
        "options": milliseconds(options),
        "shares": milliseconds(shares),
    }


def sample(name: str) -> Result:
    """10,000 uniform samples: the first time, and again."""
    problem = renault.model(name, prices=False)
    space = opened(problem)
    start = clock()
    space.sample_array(10_000, 1)
    first = clock()
    drawn = space.sample_array(10_000, 2)
    end = clock()
    invalid = sum(not problem.valid(variant) for variant in drawn[:20].tolist())
    return {"first": first - start, "again": end - first, "wrong": invalid}


def parquet(name: str) -> Result:
    """All variants to a Parquet file through the public interface, after compilation."""
    import polars as pl

    import cmf

    space = cmf.load(renault.BENCH / "renault" / f"{name}.xml").compile(engine="diagram")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variants.parquet"
        times = []
        for _ in range(5):
            start = clock()
            space.to_parquet(path)
            times.append(clock() - start)
        found = pl.read_parquet(path)
        size = path.stat().st_size
    return {
        "first": times[0],
        "median": statistics.median(times),
        "bytes": size,
        "count": f"Solved(value={found.n_unique()})",
    }


def foreign(path: str) -> Result:
    """Count of a feature model, and its core and dead features by incremental SAT."""
    problem = read_model(renault.BENCH / path)
    start = clock()
    possible = SatEngine().open(problem).possible()
    sat = clock() - start
    if not isinstance(possible, Solved):
        raise SystemExit(str(possible))
    found: Result = {
        "sat": sat,
        "core": sum(options == {1} for options in possible.value),
        "dead": sum(options == {0} for options in possible.value),
    }
    start = clock()
    space = DiagramEngine().open(problem, Limits(seconds=120, nodes=4_000_000, memory=10**9))
    found["compile"] = clock() - start
    if isinstance(space, Unknown):
        return found | {"count": f"Unknown({space.limit})"}
    diagram = space.compiled.diagram
    return found | {"count": str(space.count()), "nodes": diagram.nodes, "arcs": diagram.arcs}


def catalogue(kind: str, modules: str, rules: str) -> Problem:
    if kind == "structured":
        return generators.structured(int(modules))
    return generators.unstructured(int(modules), int(rules))


def walks(problem: Problem) -> list[list[tuple[int, int]]]:
    """Four walks of four picks each, all towards one variant, the same for every engine."""
    variant = SatEngine().open(problem).find()
    if not isinstance(variant, Solved):
        raise SystemExit(str(variant))
    draw = random.Random(1)  # noqa: S311
    orders = [draw.sample(range(len(problem.variables)), 4) for _ in range(4)]
    return [[(v, variant.value[v]) for v in order] for order in orders]


TASKS: Mapping[str, Callable[..., Result]] = MappingProxyType(
    {
        "compile": compile_model,
        "cache": cache,
        "prices": prices,
        "session": session,
        "sample": sample,
        "parquet": parquet,
        "foreign": foreign,
    }
)
