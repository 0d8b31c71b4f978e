"""Data flows one way: who may import whom, and who may import which library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cmf

PACKAGE = Path(cmf.__file__).parent

# From the bottom to the top. Rooms of one row never import each other.
ROWS = [
    ["source"],
    ["errors"],
    ["model"],
    ["load", "rules"],
    ["verify"],
    ["problem"],
    ["interchange"],
    ["engines"],
    ["analysis"],
    ["planning"],
    ["report"],
    ["workspace"],
    ["web", "testing"],
    ["cli"],
]
LEVEL = {room: level for level, row in enumerate(ROWS) for room in row}

# Inside `engines` no engine imports another.
ENGINES = ["brute", "cpsat", "diagram", "sat"]

LIBRARIES = {
    "ortools": ["cmf.engines.cpsat", "cmf.planning"],
    "oxidd": ["cmf.engines.diagram"],
    "pysat": ["cmf.engines.sat"],
    "yaml": ["cmf.load"],
    "typer": ["cmf.cli"],
    "hypothesis": ["cmf.testing"],
    "lark": ["cmf.rules", "cmf.interchange"],
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(("cmf", *(p for p in parts if p != "__init__"))), path


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.lineno, node.module or ""
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "cmf" and len(parts) > 1 else None


MODULES = list(modules())


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[m for m, _ in MODULES])
def test_imports_go_downward(module: str, path: Path) -> None:
    own = room(module)
    if own is None:  # the package's front door opens rooms lazily
        return
    assert own in LEVEL, f"{module}: the room `{own}` has no level"
    for line, name in imports(path):
        other = room(name)
        if other is None or other == own or other not in LEVEL:
            continue
        assert LEVEL[other] < LEVEL[own], f"{path}:{line}: `{own}` imports `{other}`"


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_never_import_each_other(engine: str) -> None:
    others = [f"cmf.engines.{e}" for e in ENGINES if e != engine]
    for module, path in MODULES:
        if not (module + ".").startswith(f"cmf.engines.{engine}."):
            continue
        for line, name in imports(path):
            assert not any((name + ".").startswith(o + ".") for o in others), f"{path}:{line}"


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_stay_in_their_rooms(library: str) -> None:
    for module, path in MODULES:
        allowed = any((module + ".").startswith(f"{home}.") for home in LIBRARIES[library])
        for line, name in imports(path):
            if name.split(".")[0] == library:
                assert allowed, f"{path}:{line}: {library} is not for {module}"


def test_at_most_two_package_levels() -> None:
    for module, _ in MODULES:
        assert module.count(".") <= 3, module


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[m for m, _ in MODULES])
def test_modules_and_functions_stay_small(module: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{module} is too long"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            assert length <= 60, f"{path}:{node.lineno}: {node.name} has {length} lines"


def test_nothing_heavy_is_imported_with_the_package() -> None:
    import subprocess
    import sys

    heavy = "ortools oxidd pysat polars scipy numpy yaml lark typer rich hypothesis pyarrow"
    code = f"import sys, cmf; print([m for m in {heavy.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
