"""The linear relaxation of the model, solved again and again under bounds on counts.

Each count is a column of its own, tied to what it counts with a little give at a high price. So the
relaxation always has a solution, and every case of a proof ends with a number: no verdict rests on
a solver that says *infeasible*.

A solver's value is not taken at its word either. From its dual values, whatever they are, follows a
bound by weak duality; it is computed here, with the error of the arithmetic taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.planning.counts import Count
from cmf.planning.formulate import Formulation
from cmf.planning.rows import Rows

Floats = npt.NDArray[np.float64]

ROUNDING = 2.0**-52

BROKEN = 1e-5
"""By how much an inequality may be missed before it comes in."""

CROWDED = 3
"""How many times the inequalities that were needed may be in before the others go."""


@frozen(eq=False)
class Relaxed:
    """A solution of the relaxation.

    Attributes
    ----------
    bound
        Nothing that keeps to the bounds costs less.
    counts
        Value of every count; whole in a plan.
    """

    bound: int
    counts: Floats


class Linear:
    """The relaxation, kept by the solver between two calls.

    It begins with the equations alone; inequalities come in when a solution breaks them. Four in
    five never do, and without them every call is several times faster. Whatever is left out, the
    bound holds.

    It speaks to the solver in messages of the solver's own form: a model of fifty thousand rows as
    objects, built anew for every answer, takes longer than the answer.
    """

    def __init__(self, model: Formulation, counts: Sequence[Count], ceiling: int) -> None:
        rows = model.rows
        self.scale = model.scale
        self.widths = np.array([float(len(count.columns)) for count in counts])
        give = 2.0 * max(1.0, ceiling / model.scale)
        self.columns = []
        for count, width in zip(counts, self.widths.tolist(), strict=True):
            column = rows.column(upper=width)
            less, more = rows.column(give, width), rows.column(give, width)
            self.columns.append(column)
            tied = [(column, -1.0), (less, 1.0), (more, -1.0)]
            rows.row([*((c, 1.0) for c in count.columns), *tied], 0.0, 0.0)
        self.weak = Weak(rows)
        self.matrix = rows.matrix()
        self.active: list[int] = np.flatnonzero(self.weak.low == self.weak.high).tolist()
        self.waiting = self.weak.low != self.weak.high
        self.needed = 0
        self.rows = rows
        self._load()

    def solve(self, low: Floats, high: Floats, rounds: int = 3) -> Relaxed | None:
        """The relaxation under bounds on the counts; `None` when the solver gives up.

        Parameters
        ----------
        rounds
            How often inequalities that are broken may come in.
        """
        self._tell(low, high)
        for left in reversed(range(rounds)):
            found = self._run()
            if not found.solutions or not found.solutions[0].HasField("dual_solution"):
                return None
            values = np.array(found.solutions[0].primal_solution.variable_values.values)
            if not left or not self._let_in(values):
                break
        duals = found.solutions[0].dual_solution.dual_values
        y = np.zeros(len(self.weak.low))
        y[np.array(self.active)[np.array(duals.ids, dtype=np.int64)]] = np.array(duals.values)
        bound = self.weak.bound(y, self.columns, low, high)
        if not isfinite(bound):
            return None
        if len(self.active) > CROWDED * self.needed:
            self._trim(y)
        return Relaxed(at_least(bound * self.scale), values[self.columns])

    def _load(self) -> None:
        """Give the solver what is active; its counts are free."""
        from ortools.math_opt import parameters_pb2
        from ortools.math_opt.core.python import solver

        self.low, self.high = np.zeros(len(self.widths)), self.widths.copy()
        self.solver = solver.new(
            parameters_pb2.SOLVER_TYPE_GLOP,
            self.rows.proto(relaxed=True, rows=self.active),
            parameters_pb2.SolverInitializerProto(),
        )

    def _trim(self, duals: Floats) -> None:
        """Send away the inequalities that hold nothing up."""
        kept = (np.abs(duals) > 1e-9) | (self.weak.low == self.weak.high)
        self.active = np.flatnonzero(kept).tolist()
        self.waiting = ~kept
        self.needed = len(self.active)
        self._load()

    def _let_in(self, values: Floats) -> bool:
        """Let in the inequalities that a solution breaks; whether there are any."""
        from ortools.math_opt import model_update_pb2

        sums = self.matrix @ values
        broken = (sums > self.weak.high + BROKEN) | (sums < self.weak.low - BROKEN)
        new = np.flatnonzero(broken & self.waiting)
        if not len(new):
            return False
        self.waiting[new] = False
        update = model_update_pb2.ModelUpdateProto()
        ids = range(len(self.active), len(self.active) + len(new))
        update.new_linear_constraints.ids.extend(ids)
        update.new_linear_constraints.lower_bounds.extend(self.weak.low[new].tolist())
        update.new_linear_constraints.upper_bounds.extend(self.weak.high[new].tolist())
        part = self.matrix[new].sorted_indices()
        row = np.repeat(np.arange(len(new)), np.diff(part.indptr)) + len(self.active)
        entries = update.linear_constraint_matrix_updates
        entries.row_ids.extend(row.tolist())
        entries.column_ids.extend(part.indices.tolist())
        entries.coefficients.extend(part.data.tolist())
        self.active += new.tolist()
        self.solver.update(update)
        return True

    def _tell(self, low: Floats, high: Floats) -> None:
        from ortools.math_opt import model_update_pb2

        update = model_update_pb2.ModelUpdateProto()
        sides = (
            (update.variable_updates.lower_bounds, self.low, low),
            (update.variable_updates.upper_bounds, self.high, high),
        )
        for message, before, after in sides:
            changed = np.flatnonzero(before != after).tolist()
            message.ids.extend(self.columns[k] for k in changed)
            message.values.extend(after[changed].tolist())
        self.solver.update(update)
        self.low, self.high = low.copy(), high.copy()

    def _run(self) -> Any:
        from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2

        parameters = parameters_pb2.SolveParametersProto()
        parameters.glop.use_preprocessing = False
        parameters.glop.use_dual_simplex = True
        wanted = model_parameters_pb2.ModelSolveParametersProto()
        wanted.reduced_costs_filter.filter_by_ids = True
        nothing = callback_pb2.CallbackRegistrationProto()
        return self.solver.solve(parameters, wanted, None, nothing, None, None)


def at_least(bound: float) -> int:
    """The least whole cost that is not below a bound, the rounding of it taken off."""
    return ceil(bound - 4 * ROUNDING * abs(bound))


class Weak:
    """Weak duality: a bound from any dual values.

    ``bound(y) = sum_i (y_i low_i or y_i high_i) + sum_j min(d_j l_j, d_j u_j)`` with
    ``d = c - A^T y``, for rows ``low <= A x <= high`` and columns ``l <= x <= u``. The error of
    floating-point sums is at most (number of terms) x rounding x (sum of their sizes).
    """

    def __init__(self, rows: Rows) -> None:
        self.matrix = rows.matrix().T.tocsr()
        self.sizes = abs(self.matrix)
        self.cost = np.array(rows.cost)
        self.low, self.high = np.array(rows.low), np.array(rows.high)
        self.upper = np.array(rows.upper)
        self.terms = 4 + int(np.diff(self.matrix.indptr).max(initial=0))

    def bound(self, duals: Floats, columns: Sequence[int], low: Floats, high: Floats) -> float:
        """The bound, with bounds on some columns beside their own."""
        y = np.where((duals > 0) & np.isinf(self.low), 0.0, duals)
        y = np.where((y < 0) & np.isinf(self.high), 0.0, y)
        sides = np.where(y > 0, self.low, np.where(y < 0, self.high, 0.0))
        least, most = np.zeros(len(self.upper)), self.upper.copy()
        least[columns], most[columns] = low, high
        reduced = self.cost - self.matrix @ y
        sides = y * sides
        parts = np.minimum(reduced * least, reduced * most)
        size = np.abs(self.cost) + self.sizes @ np.abs(y)
        error = self.terms * float((size * np.maximum(least, most)).sum())
        error += (len(y) + len(parts)) * float(np.abs(sides).sum() + np.abs(parts).sum())
        value = float(sides.sum() + parts.sum())
        return value - 2 * ROUNDING * error if isfinite(value) else -inf
