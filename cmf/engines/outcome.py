"""Answers of engines as plain values, and plain values as answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cmf.engines.protocols import Space
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Solved, Unknown

T = TypeVar("T")
Else = TypeVar("Else")


def solved(answer: Solved[T] | Infeasible | Unknown, otherwise: Else) -> T | Else:
    """What was found, `otherwise` when there is nothing; raises `LimitReached` when unknown."""
    match answer:
        case Solved(value):
            return value
        case Infeasible():
            return otherwise
        case Unknown(limit):
            raise LimitReached(f"no answer within {limit}")


def number_of(space: Space) -> int:
    """The number of variants; raises `LimitReached` when unknown."""
    return solved(space.count(), 0)


def within_limits(compute: Callable[[], T]) -> T | Unknown:
    """What is computed, or the limit that was reached first."""
    try:
        return compute()
    except LimitReached as limit:
        return Unknown(str(limit))


def answer_of(found: T | Unknown | None) -> Solved[T] | Infeasible | Unknown:
    """The answer of an engine that found something, nothing, or no end."""
    if isinstance(found, Unknown):
        return found
    return Infeasible() if found is None else Solved(found)
