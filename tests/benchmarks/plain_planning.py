"""The planning problem as one would first write it down: for CP-SAT, and as a MIP.

One yes-no variable for every vehicle and choice and for every item; what goes together by pairs of
adjacent slots; an item is in use when a chosen one uses it. A share target: which brands use an
item, whether it is common, which uses are shared.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from cmf.planning.constraints import Share
from cmf.planning.data import PlanningProblem

Hear = Callable[[float, float | None, float | None], None]
"""Seconds, cost of the best plan (or none), bound (or none)."""


def adjacent(problem: PlanningProblem, v: int) -> list[set[tuple[int, int]]]:
    """For each two adjacent slots the choices that go together in a vehicle."""
    layers = problem.vehicles[v].diagram.layers
    found = []
    for first, second in pairwise(layers):
        into: dict[int, set[int]] = {}
        for _, choice, head in first:
            into.setdefault(head, set()).add(choice)
        found.append({(a, b) for tail, b, _ in second for a in into[tail]})
    return found


def choice_cost(problem: PlanningProblem, v: int, choice: int) -> int:
    """Cost of the pieces of a choice in a vehicle."""
    return problem.vehicles[v].volume * sum(
        use.quantity * problem.items[use.item].unit_cost for use in problem.uses(v, choice)
    )


def cpsat(problem: PlanningProblem, seconds: float, hear: Hear) -> None:
    """The plain CP-SAT model, two workers."""
    from ortools.sat.python import cp_model

    began = time.monotonic()
    model = cp_model.CpModel()
    used = [model.new_bool_var("") for _ in problem.items]
    cost: list[Any] = [item.investment * y for item, y in zip(problem.items, used, strict=True)]
    x: dict[tuple[int, int], Any] = {}
    for v, vehicle in enumerate(problem.vehicles):
        for layer in vehicle.diagram.layers:
            here = sorted({choice for _, choice, _ in layer})
            for choice in here:
                x[v, choice] = model.new_bool_var("")
                cost.append(choice_cost(problem, v, choice) * x[v, choice])
                for use in problem.uses(v, choice):
                    model.add_implication(x[v, choice], used[use.item])
            model.add_exactly_one(x[v, choice] for choice in here)
        for pairs in adjacent(problem, v):
            for a in {a for a, _ in pairs}:
                model.add_bool_or(x[v, a].negated(), *(x[v, b] for c, b in pairs if c == a))
    for share in problem.constraints:
        if isinstance(share, Share):
            _cpsat_share(model, problem, share, x)
    model.minimize(sum(cost))

    class Listen(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            hear(time.monotonic() - began, self.objective_value, self.best_objective_bound)

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(1.0, seconds - (time.monotonic() - began))
    solver.parameters.num_workers = 2
    solver.best_bound_callback = lambda b: hear(time.monotonic() - began, None, b)
    solver.solve(model, Listen())
    hear(time.monotonic() - began, None, solver.best_objective_bound)


def _by_item(problem: PlanningProblem) -> dict[int, list[tuple[int, int, int]]]:
    """Item to (vehicle, choice, pieces)."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for v, vehicle in enumerate(problem.vehicles):
        for layer in vehicle.diagram.layers:
            for choice in sorted({choice for _, choice, _ in layer}):
                for use in problem.uses(v, choice):
                    found.setdefault(use.item, []).append((v, choice, use.quantity))
    return found


def _cpsat_share(model: Any, problem: PlanningProblem, share: Share, x: dict[Any, Any]) -> None:
    top, whole = [], []
    for item, uses in _by_item(problem).items():
        weight = share.weights.get(item, 0)
        if not weight:
            continue
        brands: dict[str, list[Any]] = {}
        for v, choice, _ in uses:
            label = problem.vehicles[v].group(share.population)
            brands.setdefault(label, []).append(x[v, choice])
        users = []
        for each in brands.values():
            user = model.new_bool_var("")
            model.add_bool_or(user.negated(), *each)
            users.append(user)
        common = model.new_bool_var("")
        model.add(sum(users) >= 2).only_enforce_if(common)
        for v, choice, pieces in uses:
            shared = model.new_bool_var("")
            model.add_implication(shared, x[v, choice])
            model.add_implication(shared, common)
            value = weight * pieces * share.factors[v]
            top.append(value * shared)
            whole.append(value * x[v, choice])
    bound = share.bound.limit_denominator(1000)
    model.add(bound.denominator * sum(top) >= bound.numerator * sum(whole))


_LINE = re.compile(r"\d+\.\d+%\s+(\S+)\s+(\S+)\s+(?:\d+\.\d+%|inf|Large)\s")


def mip(problem: PlanningProblem, seconds: float, hear: Hear) -> None:
    """The plain MIP, by HiGHS."""
    from ortools.math_opt.python import mathopt

    from cmf.planning.rows import Rows

    began = time.monotonic()
    rows, scale = Rows(), 1e6
    used = [rows.column(item.investment / scale, integer=True) for item in problem.items]
    x: dict[tuple[int, int], int] = {}
    for v, vehicle in enumerate(problem.vehicles):
        for layer in vehicle.diagram.layers:
            here = sorted({choice for _, choice, _ in layer})
            for choice in here:
                cost = choice_cost(problem, v, choice) / scale
                x[v, choice] = rows.column(cost, integer=True)
                for use in problem.uses(v, choice):
                    rows.row([(x[v, choice], 1.0), (used[use.item], -1.0)], high=0.0)
            rows.row([(x[v, choice], 1.0) for choice in here], 1.0, 1.0)
        for pairs in adjacent(problem, v):
            for a in {a for a, _ in pairs}:
                fits = [(x[v, b], -1.0) for c, b in pairs if c == a]
                rows.row([(x[v, a], 1.0), *fits], high=0.0)
    for share in problem.constraints:
        if isinstance(share, Share):
            _mip_share(rows, problem, share, x)

    def listen(lines: Any) -> None:
        for line in lines:
            found = _LINE.search(line)
            if found:
                bound, best = (float(text) * scale for text in found.groups())
                now = time.monotonic() - began
                hear(now, best if best < float("inf") else None, bound)

    left = timedelta(seconds=max(1.0, seconds - (time.monotonic() - began)))
    mathopt.solve(
        rows.model(),
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(time_limit=left, relative_gap_tolerance=1e-4),
        msg_cb=listen,
    )


def _mip_share(rows: Any, problem: PlanningProblem, share: Share, x: dict[Any, int]) -> None:
    terms = []
    for item, uses in _by_item(problem).items():
        weight = share.weights.get(item, 0)
        if not weight:
            continue
        brands: dict[str, list[int]] = {}
        for v, choice, _ in uses:
            label = problem.vehicles[v].group(share.population)
            brands.setdefault(label, []).append(x[v, choice])
        common = rows.column(integer=True)
        users = []
        for each in brands.values():
            user = rows.column(integer=True)
            rows.row([(user, 1.0), *((c, -1.0) for c in each)], high=0.0)
            users.append(user)
        rows.row([(common, 2.0), *((u, -1.0) for u in users)], high=0.0)
        for v, choice, pieces in uses:
            shared = rows.column()
            rows.row([(shared, 1.0), (x[v, choice], -1.0)], high=0.0)
            rows.row([(shared, 1.0), (common, -1.0)], high=0.0)
            value = weight * pieces * share.factors[v] / 1e9
            terms += [(shared, value), (x[v, choice], -value * float(share.bound))]
    rows.row(terms, low=0.0)
