"""Answers of engines as plain values."""

from __future__ import annotations

from typing import TypeVar

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
