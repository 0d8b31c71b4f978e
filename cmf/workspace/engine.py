"""Which engine answers."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import evolve

from cmf.engines.protocols import Engine, Space
from cmf.errors import LimitReached, did_you_mean, fail
from cmf.problem.answer import Limits, Unknown
from cmf.problem.problem import Problem

if TYPE_CHECKING:
    from cmf.engines.diagram import DiagramEngine

logger = logging.getLogger(__name__)

AUTO = "auto"
AUTO_NODES = 4_000_000
"""Diagram nodes after which the automatic choice turns to incremental SAT."""
AUTO_SECONDS = 60.0
"""Seconds of compilation after which it does."""


def _brute() -> Engine:
    from cmf.engines.brute import BruteEngine

    return BruteEngine()


def _cpsat() -> Engine:
    from cmf.engines.cpsat import CpSatEngine

    return CpSatEngine()


def diagram_engine() -> DiagramEngine:
    """The engine that compiles, with the cache of the user."""
    from cmf.engines.diagram import DiagramEngine

    return DiagramEngine(cache=cache_folder())


def cache_folder() -> Path | None:
    """Where compiled spaces are kept: ``CMF_CACHE``, or the user's cache folder.

    `None` when ``CMF_CACHE`` is ``off``, or there is no home folder.
    """
    told = os.environ.get("CMF_CACHE", "")
    if told == "off":
        return None
    if told:
        return Path(told)
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return Path(base) / "cmf" if base else Path.home() / ".cache" / "cmf"
    except RuntimeError:
        return None


def _sat() -> Engine:
    from cmf.engines.sat import SatEngine

    return SatEngine()


ENGINES: Mapping[str, Callable[[], Engine]] = MappingProxyType(
    {"diagram": diagram_engine, "sat": _sat, "cpsat": _cpsat, "brute": _brute}
)


def open_space(problem: Problem, engine: str, limits: Limits) -> tuple[str, Space]:
    """The variant space of `problem` and the name of the engine that serves it.

    With ``auto`` the diagram is compiled within a budget; where that does not suffice, incremental
    SAT serves, and a remark is logged.

    Raises
    ------
    LimitReached
        When the engine that was asked for cannot open the problem within the limits.
    InputError
        When there is no such engine.
    """
    if engine == AUTO:
        budget = evolve(
            limits,
            nodes=limits.nodes or AUTO_NODES,
            seconds=limits.seconds or AUTO_SECONDS,
        )
        space = diagram_engine().open(problem, budget)
        if not isinstance(space, Unknown):
            return "diagram", space
        logger.warning(
            "%s does not compile within %s: incremental SAT answers", problem.name, space.limit
        )
        engine = "sat"
    if engine not in ENGINES:
        raise fail("unknown-engine", f"there is no engine `{engine}`", None,
                   did_you_mean(engine, [AUTO, *ENGINES]))  # fmt: skip
    opened = ENGINES[engine]().open(problem, limits)
    if isinstance(opened, Unknown):
        raise LimitReached(f"engine {engine}: {problem.name} exceeds {opened.limit}")
    return engine, opened
