"""A catalogue for a problem that came without one, so that the rule language can speak of it."""

from __future__ import annotations

from pathlib import Path

from cmf.model.catalog import Axis, AxisKind, Catalog, Option
from cmf.model.units import UNITS
from cmf.problem.problem import Problem


def bare_catalog(problem: Problem, path: Path) -> Catalog:
    """Every variable as a feature without attributes; no rules, no parts."""
    axes = tuple(
        Axis(variable.name, AxisKind.FEATURE, tuple(Option(name) for name in variable.options))
        for variable in problem.variables
    )
    return Catalog(
        name=problem.name,
        title=problem.name,
        folder=path.parent,
        currency=UNITS["EUR"],
        domains={axis.name: axis.names for axis in axes},
        axes=axes,
        time=None,
        quantities=(),
        rules=(),
        parts={},
        bom=(),
        scopes={},
        sources={},
        digest="",
    )
