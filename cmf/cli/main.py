"""Entry point of the ``cmf`` command."""

from __future__ import annotations

import gc
import os
import signal
import sys

WRONG = 2
BROKEN_PIPE = 128 + 13
INTERRUPTED = 128 + 2

COLLECT = 100_000
"""New objects after which cycles are looked for: catalogues are many small objects without any."""


def run() -> None:
    """Run the command line and leave with its exit code.

    The codes are those of `cmf.cli.guard`. A pipe that the reader closes ends the command quietly.
    """
    try:
        signal.signal(signal.SIGTERM, _terminate)
        _lenient()
        gc.set_threshold(COLLECT)
        from cmf.cli.app import app

        code = _code(app)
    except KeyboardInterrupt:
        code = INTERRUPTED
    try:
        sys.stdout.flush()
    except OSError as error:
        # What is still buffered goes nowhere, so that the interpreter can leave in peace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE if isinstance(error, BrokenPipeError) else WRONG
        if code == WRONG:
            sys.stderr.write(f"error: {error.strerror}\n")
    if code == INTERRUPTED:
        sys.stderr.write("cmf: interrupted\n")
    gc.freeze()  # what is left goes with the process and need not be searched for cycles
    sys.exit(code)


def _code(app: object) -> int:
    try:
        app(prog_name="cmf")  # type: ignore[operator]
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def _lenient() -> None:
    """A terminal that lacks a character shows a substitute."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _terminate(number: int, frame: object) -> None:
    """Leave through the ordinary way out, so that drafts of files are removed."""
    del frame
    sys.exit(128 + number)
