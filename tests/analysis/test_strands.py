"""Layers that are walked as one give what they give one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmf
from cmf.analysis.census import compare as compare_module
from cmf.analysis.commonality import Bounds
from cmf.engines.diagram import pairs as pairs_module

ALLIANCE = Path(__file__).parents[2] / "catalogs/alliance"
BRIEFS = ("brand == renault", "brand == nissan")


def test_strands_change_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_module, "TALLIED", 0)
    joined = []
    original = pairs_module._Strand.joined

    def watched(self: pairs_module._Strand, *rest: object) -> pairs_module._Strand:
        joined.append(self.table is not None)
        return original(self, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pairs_module._Strand, "joined", watched)
    space = cmf.load(ALLIANCE).compile().where("segment == a")
    found = cmf.census(space, *BRIEFS).comparisons
    assert sum(joined) > 50
    monkeypatch.setattr(pairs_module, "_single", lambda layer: False)
    plain = cmf.census(space, *BRIEFS).comparisons
    assert len(found) == len(plain) == 1
    for one, other in zip(found, plain, strict=True):
        assert (one.least, one.greatest, one.pairs) == (other.least, other.greatest, other.pairs)
        assert one.expected == other.expected
        assert type(one.mean) is type(other.mean)
        if isinstance(one.mean, Bounds) and isinstance(other.mean, Bounds):
            assert max(one.mean.low, other.mean.low) <= min(one.mean.high, other.mean.high)
