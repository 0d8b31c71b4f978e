"""How long `cmf why` takes to find, prove and word its reasons.

Asks for random choices that exclude each other (two to five options of different axes, each of
which is possible alone), with fixed seeds, after loading and opening. Run
``python tests/benchmarks/bench_why.py`` from the project folder; the time is CPU time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from renault import BENCH

from cmf.analysis.why import Impossible
from cmf.analysis.why.effect import Effects
from cmf.problem.answer import Solved
from cmf.problem.formula import Member
from cmf.problem.problem import Constraint, Origin
from cmf.report.why_answer import Answer
from cmf.workspace import load
from cmf.workspace.why import Reasons

CATALOGS = Path(__file__).resolve().parents[2] / "catalogs"


def contradictory(reasons: Reasons, seed: int, wanted: int) -> Iterator[list[Constraint]]:
    """Choices that exclude each other."""
    draw = random.Random(seed)  # noqa: S311
    possible = reasons.space.possible()
    assert isinstance(possible, Solved)
    problem = reasons.model.problem
    free = [v for v, options in enumerate(possible.value) if len(options) > 1]
    found = 0
    while found < wanted:
        choices = []
        for v in draw.sample(free, draw.randint(2, 5)):
            option = draw.choice(sorted(possible.value[v]))
            name = f"{problem.variables[v].name} == {problem.variables[v].options[option]}"
            choices.append(Constraint(Member(v, frozenset({option})), Origin("choice", name)))
        within = reasons.space.where(*(choice.formula for choice in choices))
        if within.conflict().value is not None:  # type: ignore[union-attr]
            found += 1
            yield choices


def measure(reasons: Reasons, choices: list[Constraint]) -> tuple[float, int]:
    """CPU seconds to answer and to put the answer into words, and the number of conflicts."""
    start = time.process_time()
    reply = reasons.possible(choices)
    assert isinstance(reply, Impossible)
    assert reply.conflicts
    assert reply.repairs
    model = reasons.model
    effects = Effects(model.lowered, model.problem.quantities.get("unit_cost"))
    said = Answer(model.lowered, reply, None, effects)
    assert "".join(said.pieces(said.report({}), 100, colours=False))
    return time.process_time() - start, len(reply.conflicts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--questions", type=int, default=40)
    wanted = parser.parse_args().questions
    print("model      questions  conflicts  median ms  p90 ms  max ms")
    paths = [CATALOGS / "alliance", BENCH / "renault" / "big.xml"]
    for path in paths:
        if not path.exists():
            print(f"{path.stem}: {path} is missing")
            continue
        reasons = Reasons(load(path))
        asked = list(contradictory(reasons, 1, wanted))
        measured = [measure(reasons, choices) for choices in asked]
        times = sorted(1000 * seconds for seconds, _ in measured)
        conflicts = sum(number for _, number in measured)
        ninth = statistics.quantiles(times, n=10)[8]
        print(
            f"{path.stem:10s} {wanted:9d}  {conflicts:9d}  {statistics.median(times):9.0f}"
            f"  {ninth:6.0f}  {times[-1]:6.0f}"
        )


if __name__ == "__main__":
    main()
