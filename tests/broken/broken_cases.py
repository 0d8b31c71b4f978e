"""The folder of broken catalogues: what each breaks, and how to put one together.

A case is a folder beside this file. It holds only the files that differ from ``_base``, and
``expected.yaml``:

    reads: catalog             what is read: catalog (the default) or lineup
    stage: load                who finds the fault: load (the default), rules or check
    exit: 2                    exit code of `cmf check`
    without: [parts.csv]       files of the base that are left out
    links: {parts.csv: /etc}   symbolic links, with their targets
    folders: [bom.csv]         folders in place of files
    faults:                    all faults of the case, in order
      - at: parts.csv:3:5      file, line and column
        code: too-small
        remedy: least          part of the remedy
"""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from attrs import frozen

HERE = Path(__file__).resolve().parent
BASE = HERE / "_base"


@frozen
class Expected:
    """A fault that a case must give."""

    at: str
    code: str = ""
    remedy: str = ""


@frozen
class Case:
    """A broken catalogue."""

    name: str
    faults: tuple[Expected, ...]
    reads: str = "catalog"
    stage: str = "load"
    exit: int = 2
    without: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    folders: tuple[str, ...] = ()


def _case(path: Path) -> Case:
    told = yaml.safe_load((path / "expected.yaml").read_text(encoding="utf-8"))
    return Case(
        name=path.name,
        faults=tuple(Expected(**fault) for fault in told.pop("faults")),
        without=tuple(told.pop("without", ())),
        links=tuple(told.pop("links", {}).items()),
        folders=tuple(told.pop("folders", ())),
        **told,
    )


CASES = [_case(path.parent) for path in sorted(HERE.glob("*/expected.yaml"))]


def assemble(case: Case, folder: Path) -> Path:
    """Copy the base and then the case over it into `folder` / its name; returns that folder."""
    target = folder / case.name
    shutil.copytree(BASE, target)
    shutil.copytree(
        HERE / case.name, target, dirs_exist_ok=True, ignore=lambda *_: ["expected.yaml"]
    )
    for name in (*case.without, *case.folders, *(name for name, _ in case.links)):
        path = target / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    for name, link in case.links:
        (target / name).symlink_to(link)
    for name in case.folders:
        (target / name).mkdir()
    return target
