"""Sums of powers that stand for 1/D: as close as they say at every whole number."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.analysis.census.means import CLOSE, powers


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(0, 600))
def test_one_over_a_denominator(low: int, width: int) -> None:
    found = powers(low, low + width)
    assert found.error < CLOSE
    assert np.all(found.coefficients > 0)
    assert np.all(found.logarithms <= 0)
    terms = list(zip(found.coefficients.tolist(), found.logarithms.tolist(), strict=True))
    for at in range(low, low + width + 1):
        made = math.fsum(c * math.exp(u * (at - low)) for c, u in terms)
        assert abs(made * at - 1) <= found.error + 1e-14


def test_levelling_spares_a_power() -> None:
    """By quadrature alone five powers are within 3e-9 on this range, and six are needed."""
    assert len(powers(220, 431).coefficients) == 5
