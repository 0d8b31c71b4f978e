"""Bounds in the solver's log."""

from __future__ import annotations

from cmf.planning.mip import bound_of_log

COUNTS = "       0       0         0   0.00%   "
START = COUNTS + "3730580.85  3730580.85     0.00%  0  0  0         0     0.0s"
FOUND = " T" + COUNTS + "377755.878   3665757.24    89.70%  0  0  0      1429     1.2s"


def test_the_cost_of_the_first_plan_is_no_bound() -> None:
    assert bound_of_log(START) is None
    assert bound_of_log(FOUND) == 377755.878
    assert bound_of_log("  Dual bound        366575.724648") is None
