"""A fresh copy of the catalogue that `cmf new` writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import call


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue of `cmf new`, as `demo` in the current folder."""
    monkeypatch.chdir(tmp_path)
    assert call("new", "demo").code == 0
    return tmp_path / "demo"
