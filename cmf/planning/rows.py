"""A linear model under construction: columns and rows as plain lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Terms = Iterable[tuple[int, float]]


class Rows:
    """Columns with bounds and integrality, rows with bounds; all columns lie in 0..upper."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._value: list[float] = []

    def column(self, cost: float = 0.0, upper: float = 1.0, integer: bool = False) -> int:
        """Number of a new column."""
        self.upper.append(upper)
        self.integer.append(integer)
        self.cost.append(cost)
        return len(self.upper) - 1

    def row(self, terms: Terms, low: float = -inf, high: float = inf) -> int:
        """Number of a new row; a column may occur several times."""
        added: dict[int, float] = {}
        for column, value in terms:
            added[column] = added.get(column, 0.0) + value
        number = len(self.low)
        self.low.append(low)
        self.high.append(high)
        for column, value in added.items():
            if value:
                self._row.append(number)
                self._column.append(column)
                self._value.append(value)
        return number

    def matrix(self) -> Any:
        """The coefficients, as a sparse matrix."""
        import scipy.sparse as sp  # type: ignore[import-untyped,unused-ignore]

        entries = (self._value, (self._row, self._column))
        return sp.csr_matrix(entries, shape=(len(self.low), len(self.upper)))

    def proto(
        self,
        fixed: Mapping[int, float] | None = None,
        relaxed: bool = False,
        rows: Sequence[int] | None = None,
    ) -> Any:
        """The model as OR-tools MathOpt writes it.

        Parameters
        ----------
        fixed
            Columns with a value of their own.
        relaxed
            Without integrality.
        rows
            Only these rows, numbered anew.
        """
        from ortools.math_opt import model_pb2

        fixed = fixed or {}
        proto = model_pb2.ModelProto()
        columns = range(len(self.upper))
        proto.variables.ids.extend(columns)
        proto.variables.lower_bounds.extend(fixed.get(c, 0.0) for c in columns)
        proto.variables.upper_bounds.extend(fixed.get(c, self.upper[c]) for c in columns)
        proto.variables.integers.extend(whole and not relaxed for whole in self.integer)
        paid = [c for c in columns if self.cost[c]]
        proto.objective.linear_coefficients.ids.extend(paid)
        proto.objective.linear_coefficients.values.extend(self.cost[c] for c in paid)
        part = self.matrix().sorted_indices()
        low, high = np.array(self.low), np.array(self.high)
        if rows is not None:
            part, low, high = part[rows], low[rows], high[rows]
        proto.linear_constraints.ids.extend(range(len(low)))
        proto.linear_constraints.lower_bounds.extend(low.tolist())
        proto.linear_constraints.upper_bounds.extend(high.tolist())
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(np.repeat(np.arange(len(low)), np.diff(part.indptr)).tolist())
        matrix.column_ids.extend(part.indices.tolist())
        matrix.coefficients.extend(part.data.tolist())
        return proto

    def model(self, fixed: Mapping[int, float] | None = None) -> Any:
        """The model for OR-tools MathOpt, with some columns fixed."""
        from ortools.math_opt.python import mathopt

        return mathopt.Model.from_model_proto(self.proto(fixed))
