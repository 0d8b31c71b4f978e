"""An answer is solved, infeasible, or unknown for a stated reason (semantics S6)."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import frozen

T_co = TypeVar("T_co", covariant=True)


@frozen
class Solved(Generic[T_co]):
    """An exact answer."""

    value: T_co


@frozen
class Infeasible:
    """Proven: no variant."""


@frozen
class Unknown:
    """A limit was reached first; never to be read as no.

    Attributes
    ----------
    limit
        Which limit, in words for the user, such as ``60 s`` or ``4,000,000 nodes``.
    """

    limit: str


@frozen
class Limits:
    """What an engine may spend on one answer; `None` is unlimited.

    Attributes
    ----------
    seconds
        Wall time.
    nodes
        Size of a compiled diagram.
    memory
        Bytes.
    """

    seconds: float | None = None
    nodes: int | None = None
    memory: int | None = None
