"""The mixed-integer model solved, with an answer that does not rest on floating point."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from math import ceil, inf
from typing import Any

import numpy as np
from attrs import frozen

from cmf.planning.compiled import Compiled, plan_of
from cmf.planning.data import Plan
from cmf.planning.evaluate import evaluate
from cmf.planning.formulate import Formulation, formulate

TOLERANCE = 1e-6
"""Relative error that is granted to a bound of the floating-point solver before it is rounded."""


@frozen
class Outcome:
    """What the solver found.

    Attributes
    ----------
    plan
        Meets every constraint exactly; `None` when none was found.
    bound
        Cost below which there is no plan, `TOLERANCE` taken off; `None` when nothing is proven.
    infeasible
        Whether there is no plan at all.
    """

    plan: Plan | None
    bound: int | None
    infeasible: bool = False


def solve_mip(
    compiled: Compiled,
    seconds: float | None = None,
    nodes: int | None = None,
    gap: float = 0.0,
    without: Collection[int] = (),
    start: Plan | None = None,
    on_bound: Callable[[int], None] | None = None,
) -> Outcome:
    """Least cost by the whole model.

    Parameters
    ----------
    without
        Choices that are not on offer. The bound then speaks of plans without them only.
    start
        A plan to start from.
    on_bound
        Hears of every bound on the way.
    """
    model = formulate(compiled, scale_of(compiled))
    fixed = _fixed(model, without)
    margin = 0.0
    bound: int | None = None
    for _ in range(4):
        hear = on_bound if not margin else None
        said: list[float] = []
        result = _run(model, fixed, seconds, nodes, gap, start, hear, said)
        reason = result.termination.reason.name
        if reason in ("INFEASIBLE", "INFEASIBLE_OR_UNBOUNDED"):
            return Outcome(None, bound, infeasible=not margin)
        if not margin:
            bound = safe_bound(_proven(result, said, start), model.scale)
        if not result.has_primal_feasible_solution():
            return Outcome(None, bound)
        plan = plan_in(model, result.variable_values())
        if evaluate(compiled.problem, plan).meets_all:
            return Outcome(plan, bound)
        # A row was missed by less than the solver's tolerance: ask for a little more.
        margin = margin * 10 or 1e-7
        for row in model.margins:
            model.rows.low[row] = margin
    return Outcome(None, bound)


def scale_of(compiled: Compiled) -> float:
    """Money a unit of the objective stands for: 1 while the figures are small."""
    costs = np.concatenate((np.abs(compiled.pair_cost), compiled.group_cost))
    return max(1.0, float(costs.max(initial=1)) / 1e5)


def safe_bound(bound: float, scale: float) -> int | None:
    """An integer that the cost cannot fall below."""
    if not np.isfinite(bound):
        return None
    return ceil((bound - TOLERANCE * max(0.1, abs(bound))) * scale)


def _fixed(model: Formulation, without: Collection[int]) -> dict[int, float]:
    fixed: dict[int, float] = {}
    for choice, columns in zip(model.compiled.pair_choice.tolist(), model.choose, strict=True):
        if choice in without:
            fixed.update(dict.fromkeys(columns, 0.0))
    return fixed


def _run(
    model: Formulation,
    fixed: dict[int, float],
    seconds: float | None,
    nodes: int | None,
    gap: float,
    start: Plan | None,
    on_bound: Callable[[int], None] | None,
    said: list[float],
) -> Any:
    from ortools.math_opt.python import mathopt

    math = model.rows.model(fixed)

    def listen(lines: Sequence[str]) -> None:
        for line in lines:
            bound = bound_of_log(line)
            if bound is None:
                continue
            # Bounds only rise; what the next line takes back was none.
            sure = safe_bound(min(said[-1], bound), model.scale) if said else None
            said.append(bound)
            if sure is not None and on_bound is not None:
                on_bound(sure)

    parameters = mathopt.SolveParameters(
        time_limit=None if seconds is None else timedelta(seconds=max(0.01, seconds)),
        node_limit=nodes,
        relative_gap_tolerance=gap,
        absolute_gap_tolerance=0.0,
        random_seed=1,
    )
    hints = mathopt.ModelSolveParameters()
    if start is not None:
        hint = mathopt.SolutionHint(
            variable_values={
                math.get_variable(c): value for c, value in _flow_of(model, start).items()
            }
        )
        hints = mathopt.ModelSolveParameters(solution_hints=[hint])
    return mathopt.solve(
        math,
        mathopt.SolverType.HIGHS,
        params=parameters,
        model_params=hints,
        msg_cb=listen,
    )


def _proven(result: Any, said: list[float], start: Plan | None) -> float:
    """The bound of a result; a run cut short is not taken at its word (see `bound_of_log`)."""
    bound = float(result.termination.objective_bounds.dual_bound)
    if start is None or result.termination.reason.name == "OPTIMAL":
        return bound
    return min(bound, said[-1]) if said else -inf


_LOG = re.compile(
    r"\d+\.\d+%\s+(?P<bound>\S+)\s+\S+\s+(?P<gap>\d+\.\d+%|inf|Large)"
    r"\s+\d+\s+\d+\s+\d+\s+(?P<iterations>\d+)\s"
)


def bound_of_log(line: str) -> float | None:
    """The bound in a line of the solver's log, if it is a line of the tree search.

    Given a plan to start from, the solver's first line names the cost of that plan as the bound,
    before anything is solved: lines without iterations and lines that close the gap do not count.
    (The last bound comes with the result.)
    """
    found = _LOG.search(line)
    if not found or found["gap"] == "0.00%" or int(found["iterations"]) == 0:
        return None
    try:
        return float(found["bound"])
    except ValueError:
        return None


def _flow_of(model: Formulation, plan: Plan) -> dict[int, float]:
    compiled = model.compiled
    chosen = {
        compiled.number[(v, choice)] for v, each in enumerate(plan.choices) for choice in each
    }
    at = set(compiled.roots.tolist())
    values: dict[int, float] = dict.fromkeys(model.flow, 0.0)
    arcs = zip(
        compiled.arc_pair.tolist(),
        compiled.arc_tail.tolist(),
        compiled.arc_head.tolist(),
        model.flow,
        strict=True,
    )
    for pair, tail, head, column in arcs:
        if tail in at and pair in chosen:
            at.add(head)
            values[column] = 1.0
    return values


def plan_in(model: Formulation, values: Any) -> Plan:
    """The plan that a solution of the model stands for."""
    taken = {variable.id for variable, value in values.items() if value > 0.5}
    chosen = [p for p, columns in enumerate(model.choose) if taken.intersection(columns)]
    return plan_of(model.compiled, np.array(chosen, dtype=np.int64))
