"""The values of a variable, made for looking up many at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from attrs import frozen

from cmf.problem.formula import Rows

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,8}")


@frozen(eq=False)
class Domain:
    """The values of a variable.

    Attributes
    ----------
    numbers
        Option number of every value.
    low
        The least value, when all values are integers that lie close together.
    dense
        Then the option numbers of `low` and of every integer that follows, -1 where there is none;
        otherwise `None`.
    lengths
        Then how many characters each of them has.
    """

    numbers: Mapping[str, int]
    low: int = 0
    dense: Rows | None = None
    lengths: Rows | None = None

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Domain:
        """The domain of the values in `numbers`."""
        integers = [int(value) for value in numbers if _INTEGER.fullmatch(value)]
        if not integers or len(integers) < len(numbers):
            return cls(numbers)
        low, high = min(integers), max(integers)
        if high - low > 4 * len(integers) + 1000:
            return cls(numbers)
        dense = np.full(high - low + 1, -1, dtype=np.int32)
        lengths = np.zeros_like(dense)
        dense[np.array(integers) - low] = list(numbers.values())
        lengths[np.array(integers) - low] = list(map(len, numbers))
        return cls(numbers, low, dense, lengths)
