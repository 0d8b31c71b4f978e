"""The Alliance catalogue, compiled once for all its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmf
from cmf.analysis.configure import Build, build

CATALOGUE = Path(__file__).parents[2] / "catalogs" / "alliance"


@pytest.fixture(scope="session")
def programme() -> cmf.Programme:
    return cmf.load_lineup(CATALOGUE)


@pytest.fixture(scope="session")
def space(programme: cmf.Programme) -> cmf.VariantSpace:
    return programme.model.compile()


@pytest.fixture(scope="session")
def builds(programme: cmf.Programme, space: cmf.VariantSpace) -> dict[str, Build]:
    """The vehicles that are not negative cases and can be built, by id."""
    outcomes = [
        build(space.space, brief, programme.lineup.minimise)
        for brief in programme.briefs
        if not brief.vehicle.refused_by
    ]
    return {o.brief.vehicle.id: o for o in outcomes if isinstance(o, Build)}
