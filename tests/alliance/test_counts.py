"""The compiled count of the Alliance catalogue against CP-SAT, restriction by restriction."""

from __future__ import annotations

import pytest

import cmf
from cmf.engines.cpsat import CpSatEngine
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import Member

MOST = 2_000
"""Variants that a restriction of this test may leave; CP-SAT enumerates some hundreds a second."""
RESTRICTIONS = 36


@pytest.mark.parametrize("number", range(RESTRICTIONS))
def test_cpsat_enumerates_as_many(
    number: int, programme: cmf.Programme, space: cmf.VariantSpace
) -> None:
    """Around a vehicle of the line-up, with ever fewer axes left open."""
    buildable = [brief for brief in programme.briefs if not brief.vehicle.refused_by]
    brief = buildable[number * len(buildable) // RESTRICTIONS]
    chosen = list(brief.formulas)
    within = space.space.where(*chosen)
    found = within.find()
    assert isinstance(found, Solved)
    # Pin one axis after the other, beginning at a different one each time, until few are left.
    axes = len(space.model.problem.variables)
    for step in range(axes):
        count = within.count()
        assert isinstance(count, Solved)
        if 0 < count.value <= MOST:
            break
        axis = (number * 5 + step) % axes
        chosen.append(Member(axis, frozenset({found.value[axis]})))
        within = space.space.where(*chosen)
    assert isinstance(count, Solved)
    assert 0 < count.value <= MOST
    opened = CpSatEngine().open(programme.model.problem)
    assert not isinstance(opened, Unknown)
    enumerated = opened.where(*chosen).count()
    assert enumerated == count
