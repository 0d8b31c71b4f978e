"""A smallest part of some elements that still cannot hold together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

Question = Callable[[Sequence[T]], bool | None]
"""Whether elements cannot hold together; `None` when that is not known (in time)."""


def minimal(
    every: Sequence[T], hopeless: Question[T], largest: int | None = None
) -> tuple[list[T], list[T]]:
    """Elements that cannot hold together, as few as can be found by leaving out.

    Ever smaller pieces are left out as long as the rest is hopeless. Fewer elements are never
    harder to meet, so that an element without which there is hope is never asked for again.

    Parameters
    ----------
    every
        Hopeless together; those that are probably not needed come first.

    largest
        Number of elements that are left out at once; `None` for all.

    Returns
    -------
    the elements, and those among them of which it is not known that they cannot be left out
    """
    kept, unknown = list(every), list[T]()
    size = max(1, len(every) if largest is None else largest)
    waiting = [list(every[place : place + size]) for place in range(0, len(every), size)][::-1]
    while waiting:
        piece = waiting.pop()
        without = [element for element in kept if element not in piece]
        answer = hopeless(without)
        if answer:
            kept = without
        elif len(piece) > 1:
            middle = len(piece) // 2
            waiting += [piece[middle:], piece[:middle]]
        elif answer is None:
            unknown += piece
    return kept, unknown
