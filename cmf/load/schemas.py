"""The published JSON Schemas of the YAML files, for editors and other tools.

They describe the shape of a file. Names, units and references across files are checked by the
reader only.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SCHEMAS = ("catalog", "modules", "rules", "lineup", "sources", "tests")


def schema_text(name: str) -> str:
    """The schema of one kind of file as JSON text.

    Parameters
    ----------
    name
        One of `SCHEMAS`.
    """
    if name not in SCHEMAS:
        raise ValueError(f"there is no schema {name!r}; there are {', '.join(SCHEMAS)}")
    return files("cmf.load").joinpath("schema", f"{name}.json").read_text(encoding="utf-8")


def write_schemas(folder: str | Path) -> list[Path]:
    """Write all schemas into a folder, which is made where it is missing; returns the files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SCHEMAS:
        path = folder / f"{name}.json"
        path.write_text(schema_text(name), encoding="utf-8")
        written.append(path)
    return written
