"""Compiled diagrams on disk, so that an unchanged problem opens at once.

A file is named by a digest of what was compiled: every option count, constraint and cost table,
the builder, and the code of this package. Files are written whole and renamed into
place, so that two processes never see half of one; a file whose checksum is wrong is ignored.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import perf_counter

import numpy as np
from attrs import astuple

from cmf.engines.diagram.compile import Compiled, compile_formulas
from cmf.engines.diagram.structure import Diagram, Level, Part
from cmf.problem.answer import Limits
from cmf.problem.formula import And, CostTable, Formula, Member, Not, Or, Sum, Table

_log = logging.getLogger(__name__)

WORTH = 0.25
"""Seconds of compilation from which a diagram is kept."""

KEPT = 64
"""Files that a cache holds; the least recently used ones make room."""

_ARRAYS = ("slots", "node_arcs", "arc_slot", "left", "right", "arc_costs")
_DIGEST = 32


def compile_cached(
    folder: Path,
    options: Sequence[int],
    formulas: Sequence[Formula],
    limits: Limits,
    quantities: Sequence[Sequence[CostTable]] = (),
    builder: str = "auto",
) -> Compiled:
    """`compile_formulas`, or what it gave for the same input before.

    Raises
    ------
    LimitReached
        When a limit is reached first.
    """
    path = folder / f"{digest(options, formulas, quantities, builder)}.diagram"
    found = read(path)
    if found is not None:
        return found
    begin = perf_counter()
    compiled = compile_formulas(options, formulas, limits, quantities, builder)
    if perf_counter() - begin >= WORTH:
        write(path, compiled)
    return compiled


def digest(
    options: Sequence[int],
    formulas: Sequence[Formula],
    quantities: Sequence[Sequence[CostTable]],
    builder: str,
) -> str:
    """SHA-256 of everything that the compiled diagram depends on, in hexadecimal."""
    found = hashlib.sha256(_code().encode())
    found.update(json.dumps([builder, *options]).encode())
    for formula in formulas:
        for piece in _pieces(formula):
            found.update(piece)
    for terms in quantities:
        found.update(b"quantity")
        for term in terms:
            for piece in _cost_pieces(term):
                found.update(piece)
    return found.hexdigest()


def read(path: Path) -> Compiled | None:
    """The diagram in a file; `None` when there is none, or it is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
        _log.warning("%s is damaged and ignored", path)
        return None
    with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as stored:
        arrays = dict(stored)
    offsets, top = json.loads(str(arrays["rest"]))
    diagram = Diagram(
        slots=arrays["slots"],
        node_arcs=arrays["node_arcs"],
        arc_slot=arrays["arc_slot"],
        left=arrays["left"],
        right=arrays["right"],
        arc_costs=arrays["arc_costs"],
        offsets=tuple(offsets),
        levels=tuple(Level(*row) for row in arrays["levels"].tolist()),
        parts=tuple(Part(*row) for row in arrays["parts"].tolist()),
        top=top,
    )
    with _forgiving():
        os.utime(path)  # used just now: the last one to make room
    return Compiled(arrays["first"], arrays["option_slots"], diagram)


def write(path: Path, compiled: Compiled) -> None:
    """Keep a diagram; a cache that cannot be written is no fault."""
    diagram = compiled.diagram
    arrays = {name: getattr(diagram, name) for name in _ARRAYS}
    arrays["levels"] = np.array([astuple(level) for level in diagram.levels]).reshape(-1, 4)
    arrays["parts"] = np.array([astuple(part) for part in diagram.parts]).reshape(-1, 7)
    arrays["first"], arrays["option_slots"] = compiled.first, compiled.slots
    arrays["rest"] = np.array(json.dumps([list(diagram.offsets), diagram.top]))
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    content = buffer.getvalue()
    with _forgiving():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        _make_room(path.parent)


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.diagram"), key=lambda file: file.stat().st_mtime)
    for file in files[:-KEPT]:
        file.unlink(missing_ok=True)


@contextmanager
def _forgiving() -> Iterator[None]:
    """What the disk refuses is logged and forgotten: the cache is a convenience."""
    try:
        yield
    except OSError as error:
        _log.info("the cache is not used: %s", error)


@cache
def _code() -> str:
    """Digest of the code that compiles: another version never reads the files of this one."""
    found = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()


def _pieces(formula: Formula) -> Iterator[bytes]:
    match formula:
        case Member(variable, options):
            yield f"member {variable} {sorted(options)};".encode()
        case Table(scope, rows):
            yield f"table {scope} {rows.shape};".encode()
            yield np.ascontiguousarray(rows, dtype=np.int32).tobytes()
        case Sum(terms, low, high):
            yield f"sum {low} {high} {len(terms)};".encode()
            for term in terms:
                yield from _cost_pieces(term)
        case Not(operand):
            yield b"not;"
            yield from _pieces(operand)
        case And(parts) | Or(parts):
            yield f"{type(formula).__name__} {len(parts)};".encode()
            for part in parts:
                yield from _pieces(part)


def _cost_pieces(term: CostTable) -> Iterator[bytes]:
    yield f"costs {term.scope} {term.rows.shape} {term.default};".encode()
    yield np.ascontiguousarray(term.rows, dtype=np.int32).tobytes()
    yield np.ascontiguousarray(term.costs, dtype=np.int64).tobytes()
