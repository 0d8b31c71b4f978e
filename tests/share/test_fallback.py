"""A condition that is too large to compile is still answered, and said so."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import cmf
from cmf.engines.diagram import DiagramSpace
from cmf.errors import LimitReached

E2 = Path(__file__).parent / "e2"


def refuse(*_: object) -> None:
    raise LimitReached("20,000,000 rows in a sum")


def test_incremental_sat_takes_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    space = cmf.load(E2).compile()
    expected = space.where("brand == n", "unit_cost >= 11 EUR").count()
    monkeypatch.setattr(DiagramSpace, "where", refuse)
    with caplog.at_level(logging.WARNING):
        within = space.where("brand == n").where("unit_cost >= 11 EUR")
    assert within.engine == "sat"
    assert within.count() == expected > 0
    assert "incremental SAT answers" in caplog.text


def test_an_engine_that_was_asked_for_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    space = cmf.load(E2).compile(engine="diagram")
    monkeypatch.setattr(DiagramSpace, "where", refuse)
    with pytest.raises(LimitReached):
        space.where("brand == n")
