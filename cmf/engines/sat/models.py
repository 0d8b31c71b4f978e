"""Variants that the solver has shown, kept to answer what is still possible."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from attrs import define, field

KEPT = 1_024
"""Number of variants that are kept; the oldest make room."""

Flags = npt.NDArray[np.bool_]


@define
class Models:
    """The last variants, as flags for every option of every variable, one behind the other.

    Attributes
    ----------
    literals
        The literals of these options.
    """

    literals: list[int]
    _flags: Flags = field(init=False, repr=False)
    _places: dict[int, int] = field(init=False, repr=False)
    _shown: int = 0

    def __attrs_post_init__(self) -> None:
        self._flags = np.zeros((KEPT, len(self.literals)), dtype=bool)
        self._places = {literal: place for place, literal in enumerate(self.literals)}

    def add(self, taken: npt.NDArray[np.intp]) -> None:
        """Keep a variant that takes the options at these places."""
        row = self._shown % KEPT
        self._flags[row] = False
        self._flags[row, taken] = True
        self._shown += 1

    def options(self, assumptions: Iterable[int]) -> Flags | None:
        """The options taken by some kept variant that meets the assumptions.

        `None` when there is no such variant, or when an assumption is not about an option.
        """
        kept = self._flags[: self._shown]
        for literal in assumptions:
            if literal in self._places:
                kept = kept[kept[:, self._places[literal]]]
            elif -literal in self._places:
                kept = kept[~kept[:, self._places[-literal]]]
            else:
                return None
        return np.logical_or.reduce(kept, axis=0) if len(kept) else None
