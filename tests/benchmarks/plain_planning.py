"""The planning problem as one would first write it down: for CP-SAT, and as a MIP.

One yes-no variable for every vehicle and choice and for every item; what goes together by pairs of
adjacent slots, or by a list of the vehicle's variants where pairs are not enough; an item is in use
when a chosen one uses it, and costs a premium and integration when several vehicles do. A share
target: which groups use an item, whether it is common, which uses are shared.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from cmf.planning.constraints import Share, Spread
from cmf.planning.data import PlanningProblem

Hear = Callable[[float, float | None, float | None], None]
"""Seconds, cost of the best plan (or none), bound (or none)."""


LISTED = 5000
"""Up to so many variants a vehicle has them listed."""


def variants(problem: PlanningProblem, v: int) -> list[tuple[int, ...]] | None:
    """The variants of a vehicle, each as its choices; `None` where pairs of adjacent slots say the
    same, or there are too many to list."""
    diagram = problem.vehicles[v].diagram
    if diagram.count() > LISTED or _by_pairs(problem, v):
        return None
    ways: dict[int, list[tuple[int, ...]]] = {0: [()]}
    for layer in diagram.layers:
        reached: dict[int, list[tuple[int, ...]]] = {}
        for tail, choice, head in layer:
            reached.setdefault(head, []).extend((*way, choice) for way in ways.get(tail, ()))
        ways = reached
    return ways[0]


def _by_pairs(problem: PlanningProblem, v: int) -> bool:
    """Whether every node stands for what was chosen last: then pairs say everything."""
    pairs = adjacent(problem, v)
    last = {choice for _, choice, _ in problem.vehicles[v].diagram.layers[-1]}
    ways = dict.fromkeys(last, 1)
    for each in reversed(pairs):
        before: dict[int, int] = {}
        for a, b in each:
            before[a] = before.get(a, 0) + ways.get(b, 0)
        ways = before
    return sum(ways.values()) == problem.vehicles[v].diagram.count()


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
    """Cost of a choice in a vehicle: its pieces and charges. (No volume prices here.)"""
    vehicle = problem.vehicles[v]
    return vehicle.charges.get(choice, 0) + vehicle.volume * sum(
        use.quantity * problem.items[use.item].unit_cost for use in problem.uses(v, choice)
    )


def sharers(problem: PlanningProblem) -> dict[int, list[tuple[int, int]]]:
    """The (vehicle, choice) that use an item which costs more the more vehicles use it."""
    found = {}
    for item, uses in _by_item(problem).items():
        data = problem.items[item]
        if (data.premium or data.integration) and len({v for v, _, _ in uses}) > 1:
            found[item] = sorted({(v, choice) for v, choice, _ in uses})
    return found


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
        listed = variants(problem, v)
        if listed is not None:
            slots = [list(dict.fromkeys(column)) for column in zip(*listed, strict=True)]
            numbers = [model.new_int_var(0, len(slot) - 1, "") for slot in slots]
            rows = [[slot.index(c) for c, slot in zip(each, slots, strict=True)] for each in listed]
            model.add_allowed_assignments(numbers, rows)
            for number, slot in zip(numbers, slots, strict=True):
                for place, choice in enumerate(slot):
                    model.add(number == place).only_enforce_if(x[v, choice])
            continue
        for pairs in adjacent(problem, v):
            for a in {a for a, _ in pairs}:
                model.add_bool_or(x[v, a].negated(), *(x[v, b] for c, b in pairs if c == a))
    for item, each in sharers(problem).items():
        data, several = problem.items[item], model.new_bool_var("")
        users = sum(x[key] for key in each)
        model.add(users <= 1 + (len(each) - 1) * several)
        model.add(used[item] <= users)
        cost.append(data.premium * several + data.integration * (users - used[item]))
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


def wanted(share: Share) -> int:
    """How many groups make an item common."""
    assert isinstance(share.common, Spread)
    return share.common.k


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
        model.add(sum(users) >= wanted(share)).only_enforce_if(common)
        for v, choice, pieces in uses:
            shared = model.new_bool_var("")
            model.add_implication(shared, x[v, choice])
            model.add_implication(shared, common)
            value = weight * pieces * share.factors[v]
            top.append(value * shared)
            whole.append(value * x[v, choice])
    bound = share.bound.limit_denominator(10_000)
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
        listed = variants(problem, v)
        if listed is not None:
            ways = [rows.column(integer=True) for _ in listed]
            rows.row([(way, 1.0) for way in ways], 1.0, 1.0)
            users: dict[int, list[int]] = {}
            for way, each in zip(ways, listed, strict=True):
                for choice in each:
                    users.setdefault(choice, []).append(way)
            for choice, by in users.items():
                rows.row([(x[v, choice], 1.0), *((way, -1.0) for way in by)], 0.0, 0.0)
            continue
        for pairs in adjacent(problem, v):
            for a in {a for a, _ in pairs}:
                fits = [(x[v, b], -1.0) for c, b in pairs if c == a]
                rows.row([(x[v, a], 1.0), *fits], high=0.0)
    for item, keys in sharers(problem).items():
        data = problem.items[item]
        several = rows.column(data.premium / scale, integer=True)
        terms = [(x[key], 1.0) for key in keys]
        rows.row([*terms, (several, 1.0 - len(keys))], high=1.0)
        rows.row([*terms, (used[item], -1.0)], low=0.0)
        for column, _ in terms:
            rows.cost[column] += data.integration / scale
        rows.cost[used[item]] -= data.integration / scale
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
        rows.row([(common, float(wanted(share))), *((u, -1.0) for u in users)], high=0.0)
        for v, choice, pieces in uses:
            shared = rows.column()
            rows.row([(shared, 1.0), (x[v, choice], -1.0)], high=0.0)
            rows.row([(shared, 1.0), (common, -1.0)], high=0.0)
            value = weight * pieces * share.factors[v] / 1e9
            terms += [(shared, value), (x[v, choice], -value * float(share.bound))]
    rows.row(terms, low=0.0)
