"""Planning on synthetic line-ups: gap against time, beside the plain models, in one run.

    python tests/benchmarks/bench_planning.py --json planning.json [--only WORDS] [--seconds 60]

Runs one measurement after the other, each in a process of its own, and keeps every finished one in
the JSON file, so that a run can be continued; `--publish PAGE` writes the tables and the plot.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import plain_planning
from attrs import evolve, frozen
from lineups import Spec, lineup, spend_share, with_target

from cmf.planning.answer import PlanLimits, Planned, Progress
from cmf.planning.data import PlanningProblem
from cmf.planning.evaluate import share_of
from cmf.planning.solve import solve

SCALES = {
    (20, "0.3"): 40,
    (20, "15"): 2300,
    (20, "35"): 7300,
    (45, "0.3"): 60,
    (45, "15"): 3600,
    (45, "35"): 11500,
    (100, "0.3"): 130,
    (100, "15"): 7000,
    (100, "35"): 21000,
    (200, "0.3"): 260,
    (200, "15"): 12500,
    (200, "35"): 37000,
    (500, "0.3"): 650,
    (500, "15"): 30000,
    (500, "35"): 85000,
}
"""Scale of the entry costs for a number of vehicles and a wanted part of the total cost (%)."""

SECONDS = {20: 300.0, 45: 600.0, 100: 600.0, 200: 1800.0, 500: 1800.0}
METHODS = ("cmf", "plain CP-SAT", "plain MIP")


@frozen
class Instance:
    """A line-up of the benchmark, with or without a target."""

    kind: str
    vehicles: int
    weight: str
    target: str = ""
    pairwise: bool = False

    @property
    def name(self) -> str:
        """Its name in the results."""
        words = [self.kind, f"{self.vehicles} vehicles", f"{self.weight} % investment"]
        words += ["pairwise"] * self.pairwise + [f"target {self.target}"] * bool(self.target)
        return ", ".join(words)

    def problem(self) -> PlanningProblem:
        """The problem; a target is a fraction."""
        scale = SCALES[self.vehicles, self.weight]
        problem = lineup(Spec(self.vehicles, scale, self.pairwise, self.kind))
        return with_target(problem, Fraction(self.target)) if self.target else problem


def trace(instance: Instance, method: str, seconds: float) -> dict[str, Any]:
    """One measurement: every best cost and bound with its time."""
    problem = instance.problem()
    points: list[tuple[float, float | None, float | None]] = []
    best: list[float | None] = [None, None]

    def hear(now: float, cost: float | None, bound: float | None) -> None:
        if cost is not None and (best[0] is None or cost < best[0]):
            best[0] = cost
        if bound is not None and (best[1] is None or bound > best[1]):
            best[1] = bound
        if not points or (best[0], best[1]) != points[-1][1:]:
            points.append((round(now, 2), best[0], best[1]))

    result: dict[str, Any] = {"instance": instance.name, "method": method, "seconds": seconds}
    cpu = time.process_time()
    if method == "cmf":

        def listen(news: Progress) -> None:
            hear(news.seconds, news.cost, news.bound)

        found = solve(problem, PlanLimits(seconds=seconds, gap=Fraction(1, 10_000)), listen)
        if isinstance(found, Planned):
            cost = found.evaluation.cost
            shared, whole = share_of(problem, found.evaluation.users, spend_share(problem))
            result |= {
                "status": found.status.value,
                "meets": found.evaluation.meets_all,
                "investment": cost.investment / cost.total,
                "share": [shared, whole],
            }
        else:
            result["status"] = type(found).__name__
    elif method == "plain CP-SAT":
        plain_planning.cpsat(problem, seconds, hear)
    else:
        plain_planning.mip(problem, seconds, hear)
    result["cpu"] = round(time.process_time() - cpu, 1)
    result["points"] = points
    return result


def gap(cost: float | None, bound: float | None) -> float | None:
    """Gap as a part of the cost; `None` without a plan or a bound."""
    if cost is None or bound is None:
        return None
    return max(0.0, (cost - bound) / cost)


def greatest_share(instance: Instance, seconds: float) -> Fraction:
    """The greatest spend share that was found: items are bought for their share alone."""
    problem = evolve(instance, target="").problem()
    low, best = Fraction(1, 2), Fraction(0)
    for bound in (Fraction(99, 100), Fraction(995, 1000), Fraction(999, 1000), Fraction(1)):
        found = solve(with_target(problem, bound), PlanLimits(seconds=seconds, gap=Fraction(1)))
        if not isinstance(found, Planned):
            break
        best = Fraction(*share_of(problem, found.evaluation.users, spend_share(problem)))
    return max(low, best)


def main() -> None:
    """The run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, default=Path("planning.json"))
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--plain-seconds", type=float, default=120.0)
    parser.add_argument("--one", nargs=2, metavar=("INSTANCE", "METHOD"))
    parser.add_argument("--instances", type=Path, help="JSON list of instances")
    parser.add_argument("--methods", default=",".join(METHODS))
    given = parser.parse_args()
    if given.one:
        instance = Instance(**json.loads(given.one[0]))
        print(json.dumps(trace(instance, given.one[1], given.seconds)))
        return
    for line in json.loads(given.instances.read_text()):
        instance = Instance(**line)
        for method in given.methods.split(","):
            seconds = given.seconds or SECONDS[instance.vehicles]
            if method != "cmf":
                seconds = min(seconds, given.plain_seconds)
            _measure(instance, method, seconds, given.json)


def _measure(instance: Instance, method: str, seconds: float, path: Path) -> None:
    from attrs import asdict

    results = json.loads(path.read_text()) if path.exists() else []
    if any((r["instance"], r["method"]) == (instance.name, method) for r in results):
        return
    command = [sys.executable, __file__, "--seconds", str(seconds), "--one"]
    command += [json.dumps(asdict(instance)), method]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 2 + 300)
    if done.returncode:
        print(instance.name, method, "failed:", done.stderr[-500:], flush=True)
        return
    result = json.loads(done.stdout.splitlines()[-1])
    results.append(result)
    path.write_text(json.dumps(results, indent=1))
    last = result["points"][-1] if result["points"] else (seconds, None, None)
    print(f"{instance.name:55s} {method:13s} {last[0]:8.1f} s gap {gap(*last[1:])}", flush=True)


if __name__ == "__main__":
    main()
