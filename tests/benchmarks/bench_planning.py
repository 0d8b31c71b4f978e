"""Planning on synthetic line-ups: gap against time, beside the plain models, in one run.

    python tests/benchmarks/bench_planning.py --json planning.json [--seconds 60]

Runs one measurement after the other, each in a process of its own, and keeps every finished one in
the JSON file, so that a run can be continued; `planning_page.py` writes the table and the plots.
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
from lineups import BRANDS, Spec, lineup, spend_share, with_target

from cmf.planning.answer import PlanLimits, Planned, Progress
from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem
from cmf.planning.decision.greatest import Greatest, greatest
from cmf.planning.evaluate import share_of
from cmf.planning.solve import solve

SCALES = {
    (20, "0.3"): 18,
    (20, "15"): 2300,
    (20, "35"): 8200,
    (45, "0.3"): 36,
    (45, "15"): 3600,
    (45, "35"): 12700,
    (100, "0.3"): 46,
    (100, "15"): 4800,
    (100, "35"): 16200,
    (200, "0.3"): 110,
    (200, "15"): 12500,
    (200, "35"): 41500,
    (500, "0.3"): 300,
    (500, "15"): 30000,
    (500, "35"): 95000,
}
"""Scale of the entry costs for a number of vehicles and a wanted part of the total cost (%)."""

INSTANCES = Path(__file__).with_name("planning_instances.json")
"""Line-ups, each with the seconds for `cmf` and, where they run, for the plain models."""

METHODS = ("cmf", "plain CP-SAT", "plain MIP")


ALLIANCE = "Alliance"


def alliance(target: str) -> PlanningProblem:
    """The line-up of the Alliance, held to a target."""
    from cmf.workspace.planning import Asked, ask
    from cmf.workspace.programme import load_lineup

    programme = load_lineup(Path(__file__).parents[2] / "catalogs" / "alliance")
    asked = ask(programme, programme.model.compile(), [target])
    assert isinstance(asked, Asked)
    return asked.posed.problem


@frozen
class Instance:
    """A line-up of the benchmark, with or without a target."""

    kind: str
    vehicles: int
    weight: str
    target: str = ""
    brands: int = 2
    pairwise: bool = False

    @property
    def name(self) -> str:
        """Its name in the results."""
        if self.kind == ALLIANCE:
            return f"{ALLIANCE}, {self.vehicles} vehicles, {self.target}"
        words = [self.kind, f"{self.vehicles} vehicles", f"{self.weight} % investment"]
        words += ["pairwise"] * self.pairwise
        if self.target:
            words.append(
                f"target {float(Fraction(self.target)):.1%} on items of {self.brands} brands"
            )
        return ", ".join(words)

    def problem(self) -> PlanningProblem:
        """The problem; a target is a fraction."""
        if self.kind == ALLIANCE:
            return alliance(self.target)
        scale = SCALES[self.vehicles, self.weight]
        problem = lineup(Spec(self.vehicles, scale, self.pairwise, self.kind))
        if not self.target:
            return problem
        return with_target(problem, self.brands, Fraction(self.target))


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
            users = found.evaluation.users
            shares = [each for each in problem.constraints if isinstance(each, Share)]
            if instance.kind != ALLIANCE:
                shares = [spend_share(problem, k) for k in range(2, BRANDS + 1)]
            result |= {
                "status": found.status.value,
                "meets": found.evaluation.meets_all,
                "investment": cost.investment / cost.total,
                "shares": [float(Fraction(*share_of(problem, users, each))) for each in shares],
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


def half_way(instance: Instance, seconds: float) -> tuple[Fraction, Fraction, Fraction]:
    """The share at least cost, the greatest one that was found, and what no plan shares more than;
    a target half way between the first two binds."""
    problem = evolve(instance, target="").problem()
    share = spend_share(problem, instance.brands)
    cheapest = solve(problem, PlanLimits(seconds=seconds, gap=Fraction(1, 1000)))
    most = greatest(evolve(problem, constraints=(share,)), share, seconds)
    if not isinstance(cheapest, Planned) or not isinstance(most, Greatest):
        raise SystemExit("no plan was found in time")
    least = Fraction(*share_of(problem, cheapest.evaluation.users, share))
    return least, most.share, most.at_most or Fraction(1)


def main() -> None:
    """The run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, default=Path("planning.json"))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--one", nargs=2, metavar=("INSTANCE", "METHOD"))
    parser.add_argument("--instances", type=Path, default=INSTANCES, help="JSON list of instances")
    parser.add_argument(
        "--half-way", metavar="INSTANCE", help="shares between which a target binds"
    )
    parser.add_argument("--methods", default=",".join(METHODS))
    given = parser.parse_args()
    if given.half_way:
        instance = Instance(**json.loads(given.half_way))
        print(*(f"{float(x):.4f}" for x in half_way(instance, given.seconds)))
        return
    if given.one:
        instance = Instance(**json.loads(given.one[0]))
        print(json.dumps(trace(instance, given.one[1], given.seconds)))
        return
    for line in json.loads(given.instances.read_text()):
        asked, plain = line.pop("seconds"), line.pop("plain", None)
        instance = Instance(**line)
        for method in given.methods.split(","):
            seconds = asked if method == "cmf" else plain
            if seconds is not None:
                _measure(instance, method, given.seconds or seconds, given.json)


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
