"""Ways to call the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from attrs import frozen
from typer.testing import CliRunner

CODE = "import sys; sys.argv[0] = 'cmf'; from cmf.cli.main import run; run()"
NEUTRAL = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CMF_DEBUG", "CLICOLOR_FORCE")


@frozen
class Answer:
    """What a call left behind."""

    code: int
    out: str
    err: str


def call(*arguments: str, **extra: str) -> Answer:
    """Run `cmf` in this process and the current folder."""
    from cmf.cli.app import app

    cleared = dict.fromkeys(NEUTRAL)
    result = CliRunner().invoke(app, list(arguments), env={**cleared, **extra}, prog_name="cmf")
    return Answer(result.exit_code, result.stdout, result.stderr)


def command(*arguments: str) -> list[str]:
    """The command line that starts `cmf` under the Python that runs the tests."""
    return [sys.executable, "-c", CODE, *arguments]


def environment(**extra: str) -> dict[str, str]:
    """The environment without what would change the output."""
    return {k: v for k, v in os.environ.items() if k not in NEUTRAL} | extra


def spawn(*arguments: str, folder: Path, **extra: str) -> Answer:
    """Run `cmf` as a process of its own in `folder`."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
