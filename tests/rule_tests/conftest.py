"""A fresh copy of the catalogue that `cmf new` writes, and `call` for commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

TestsFile = Callable[[str], Path]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue of `cmf new`, as `demo` in the current folder."""
    from calling import call

    monkeypatch.chdir(tmp_path)
    assert call("new", "demo").code == 0
    return Path("demo")


@pytest.fixture
def tests_file(demo: Path) -> TestsFile:
    """Writes the only file of rule tests of the demo catalogue."""

    def write(text: str) -> Path:
        for file in (demo / "tests").iterdir():
            file.unlink()
        path = demo / "tests" / "own.yaml"
        path.write_text("tests:\n" + text, encoding="utf-8")
        return path

    return write
