"""Example E2 of the commonality reference with targets of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cmf
from cmf.analysis.targets import Assessment, Outcome
from cmf.workspace.programme import Built

E2 = Path(__file__).parent.parent / "share" / "e2"
HEAD = "format: 1\ntargets:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(E2, tmp_path / "e2"))


@pytest.fixture
def assess(folder: Path) -> Callable[[str], Assessment]:
    """Assess the text of a targets file on the line-up in `folder`."""

    def run(text: str) -> Assessment:
        (folder / "targets.yaml").write_text(text, encoding="utf-8")
        return built(folder).targets()

    return run


@pytest.fixture
def one(assess: Callable[[str], Assessment]) -> Callable[..., Outcome]:
    """Outcome of one target, written as keys."""

    def run(*, volumes: str = "", **keys: object) -> Outcome:
        lines = ["  - id: t", "    title: T", *(f"    {k}: {v!s}" for k, v in keys.items())]
        head = f"format: 1\nvolumes: {volumes}\ntargets:\n" if volumes else HEAD
        (found,) = assess(head + "\n".join(lines) + "\n").outcomes
        return found

    return run


def built(folder: Path) -> Built:
    return cmf.load_lineup(folder).build()
