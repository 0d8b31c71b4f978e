"""``cmf new``."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from cmf.errors import fail

_NEXT = """\
{folder} holds a small catalogue and a line-up of four vehicles. Try:

  cmf check {folder}
  cmf variants {folder}
  cmf options {folder} --where "brand == north"
  cmf share {folder}
  cmf test {folder}

Then change modules/rear_unit.yaml and look again.
"""


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to write it.", show_default=False)
    ],
) -> None:
    """Write a small commented catalogue and line-up, to change and to learn from.

    \b
    Example:
      $ cmf new my-catalogue
    """
    if folder.exists() and not folder.is_dir():
        raise fail("not-a-folder", f"{folder} is a file", None, "name a folder that is not there")
    if folder.is_dir() and any(folder.iterdir()):
        raise fail("not-empty", f"{folder} is not empty", None, "name a folder that is not there")
    try:
        _copy(files("cmf.cli") / "template", folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise fail("cannot-write", f"{folder} cannot be written: {reason}") from error
    typer.echo(_NEXT.format(folder=folder), nl=False)


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        elif not entry.name.startswith("__"):
            (target / entry.name).write_bytes(entry.read_bytes())
