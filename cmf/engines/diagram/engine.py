"""The engine: opens problems as compiled spaces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from attrs import field, frozen
from attrs.validators import in_

from cmf.engines.diagram.builders import BUILDERS
from cmf.engines.diagram.space import DiagramSpace
from cmf.engines.diagram.store import Store
from cmf.errors import LimitReached
from cmf.problem.answer import Limits, Unknown
from cmf.problem.problem import Problem


@frozen
class DiagramEngine:
    """Compiles a problem once; all queries then are exact and need no search.

    Attributes
    ----------
    builder
        One of `cmf.engines.diagram.builders.BUILDERS`; ``auto`` chooses by estimated cost.
    cache
        Folder that keeps what took long to compile; `None` for none.
    """

    builder: str = field(default="auto", validator=in_(BUILDERS))
    cache: Path | None = None

    @property
    def name(self) -> str:
        """``diagram``."""
        return "diagram"

    def open(self, problem: Problem, limits: Limits = Limits()) -> DiagramSpace | Unknown:
        """The variant space of `problem`; `Unknown` when it cannot be built within the limits."""
        options = [len(variable.options) for variable in problem.variables]
        formulas = [constraint.formula for constraint in problem.constraints]
        try:
            store = Store.open(options, formulas, limits, self.builder, self.cache)
        except LimitReached as reached:
            return Unknown(str(reached))
        return DiagramSpace(problem, store, np.ones(sum(options), dtype=np.bool_))
