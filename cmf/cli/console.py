"""What a command prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TypeVar

from cmf.cli.parameters import Format

if TYPE_CHECKING:
    from cmf.report.table import Report

PATIENCE = 2.0
"""Seconds of work after which a terminal is told what is going on."""

T = TypeVar("T")

_LEAST_WIDTH = 40
_PLAIN_WIDTH = 100
"""Columns of a table that does not go to a terminal."""


def answer(report: Report, style: Format, output: Path | None = None) -> None:
    """Print a report, or write it to a file and remark on it."""
    if output is not None:
        from cmf.report.files import save

        save(report, output)
        remark(f"wrote {output}")
    elif style is Format.JSON:
        from cmf.report.json_text import json_pieces

        emit(json_pieces(report))
    elif style is Format.CSV:
        from cmf.report.csv_text import csv_pieces

        emit(csv_pieces(report.tables[0]))
    else:
        from cmf.report.terminal import terminal_pieces

        emit(terminal_pieces(report, page_width(), colours=colours()))


def emit(pieces: Iterable[str]) -> None:
    """Print text as it is, piece by piece."""
    for piece in pieces:
        sys.stdout.write(piece)


def remark(text: str) -> None:
    """A line for the person, not for the next program."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def working(what: str) -> Iterator[Callable[[int, int], None]]:
    """Say `what` is going on when it takes longer than `PATIENCE` and somebody watches.

    What the block is given may be told how many steps of how many are done.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console

    status = Console(stderr=True).status(f"{what} …")
    timer = Timer(PATIENCE, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done, total: status.update(f"{what} … {done:,} of {total:,}")
    finally:
        timer.cancel()
        status.stop()


def counted(steps: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Pass on the results of `total` steps, with a bar for whoever watches from `PATIENCE` on."""
    if not sys.stderr.isatty():
        yield from steps
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, begin, shown = bar.add_task(what, total=total), monotonic(), False
    try:
        for step in steps:
            bar.advance(task)
            if not shown and monotonic() - begin > PATIENCE:
                bar.start()
                shown = True
            yield step
    finally:
        bar.stop()


class _Remarks(logging.Handler):
    """Log records as remarks, each once."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text not in self.said:
            self.said.add(text)
            remark(f"remark: {text}")


def pass_on_remarks() -> None:
    """Show the warnings of the package as remarks, from now on."""
    logger = logging.getLogger("cmf")
    for handler in logger.handlers:
        if isinstance(handler, _Remarks):
            handler.said.clear()
    if not logger.handlers:
        logger.addHandler(_Remarks())


def page_width() -> int:
    """Columns of the terminal, or what `COLUMNS` says."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal():
        return max(_LEAST_WIDTH, shutil.get_terminal_size().columns)
    return _PLAIN_WIDTH


def colours() -> bool:
    """Whether stdout takes escape sequences."""
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    return sys.stdout.isatty() and not dumb and not os.environ.get("NO_COLOR")
