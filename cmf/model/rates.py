"""How often an option is taken, as text."""

from __future__ import annotations

import re
from fractions import Fraction

from cmf.model.units import parse_number

WRITING = "write a number of 0 or more, such as `12.5 %`, `0.125`, `1/8` or `125`"
"""What a rate looks like, for remedies."""

_QUOTIENT = re.compile(r"\s*(\d{1,18})\s*/\s*(\d{1,18})\s*\Z")


def parse_rate(text: str) -> Fraction | None:
    """The exact rate that a text such as ``12.5 %``, ``1/8`` or ``125`` writes, or `None`."""
    quotient = _QUOTIENT.match(text)
    if quotient:
        upper, lower = int(quotient[1]), int(quotient[2])
        return Fraction(upper, lower) if lower else None
    bare = text.rstrip()
    percent = bare.endswith("%")
    number = parse_number(bare.removesuffix("%"))
    if number is None or number < 0:
        return None
    return number / 100 if percent else number
