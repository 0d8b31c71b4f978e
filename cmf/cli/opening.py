"""From the arguments of a command to a variant space."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cmf.cli.console import pass_on_remarks, working
from cmf.cli.parameters import EngineName
from cmf.errors import fail

if TYPE_CHECKING:
    from cmf.report.table import Fact
    from cmf.workspace import Model, VariantSpace

COUNTING = ("diagram", "brute")
"""Engines that count without enumerating or being asked to."""


def open_model(path: Path, prices: Path | None = None) -> Model:
    """Load a catalogue folder or a model file.

    Raises
    ------
    InputError
        For a path that is neither, and with every fault of the catalogue.
    """
    pass_on_remarks()
    expect(path, "catalog.yaml", "a catalogue")
    from cmf.workspace import load

    with working(f"reading {path}"):
        return load(path, prices=prices)


def open_space(
    path: Path, where: Sequence[str], engine: EngineName, prices: Path | None = None
) -> VariantSpace:
    """The variants of a catalogue that meet all conditions.

    Conditions are read before anything is compiled, so that a slip is told at once.
    """
    model = open_model(path, prices)
    model.conditions(*where)
    with working(f"compiling {model.name}"):
        space = model.compile(engine.value)
        return space.where(*where) if where else space


def expect(path: Path, name: str, what: str) -> None:
    """Refuse a path that cannot be `what`: missing, or a folder without the file `name`.

    Raises
    ------
    InputError
        With the folders nearby that are one.
    """
    if (path / name).exists() or (path.exists() and not path.is_dir()):
        return
    if path.is_dir():
        around, free = path, "my-catalogue"
        problem = f"{path} is not {what}: there is no {name} in it"
    else:
        around, free = path.parent if path.parent.is_dir() else Path(), str(path)
        problem = f"there is no {path}"
    near = sorted(str(found.parent) for found in around.glob(f"*/{name}"))
    remedy = f"{what} is a folder with a {name}; `cmf new {free}` writes a small one to start with"
    if near:
        remedy = f"did you mean {' or '.join(near[:3])}?"
    raise fail("not-a-catalogue", problem, None, remedy)


def projected(space: VariantSpace, over: str) -> VariantSpace:
    """The distinct combinations of the axes that `over` lists; the space itself without any."""
    names = listed(over)
    if not names:
        return space
    with working("projecting"):
        return space.project(*names)


def listed(names: str) -> list[str]:
    """The names of a list with commas."""
    return [name.strip() for name in names.split(",") if name.strip()]


def facts(space: VariantSpace, over: str = "") -> dict[str, Fact]:
    """What every answer about a space says of its basis.

    Parameters
    ----------
    over
        The axes that a projection keeps.
    """
    kept = listed(over)
    return {
        **model_facts(space.model),
        "conditions": [choice.origin.name for choice in space.choices],
        "engine": space.engine,
        **({"over": kept} if kept else {}),
    }


def model_facts(model: Model) -> dict[str, Fact]:
    """Which catalogue was asked."""
    return {"catalogue": model.name, "digest": model.catalog.digest or None}


def known_count(space: VariantSpace) -> int | None:
    """Number of variants where the engine has it at hand."""
    return space.count() if space.engine in COUNTING else None
