"""The engine: opens problems as compiled spaces."""

from __future__ import annotations

import numpy as np

from cmf.engines.diagram.space import DiagramSpace, Store
from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Unknown
from cmf.problem.problem import Problem


class DiagramEngine:
    """Compiles a problem once; all queries then are exact and need no search."""

    @property
    def name(self) -> str:
        """Short name."""
        return "diagram"

    def open(self, problem: Problem, limits: Limits = Limits()) -> DiagramSpace | Unknown:
        """The variant space of `problem`; `Unknown` when it cannot be built within the limits."""
        options = [len(variable.options) for variable in problem.variables]
        try:
            store = Store.open(options, [c.formula for c in problem.constraints], limits)
        except LimitReached as reached:
            return Unknown(str(reached))
        allowed = np.ones(sum(options), dtype=np.bool_)
        return DiagramSpace(problem, store, allowed)
