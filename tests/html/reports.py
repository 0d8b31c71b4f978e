"""Reports written by the command, for the tests that look at them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

E2 = Path(__file__).parents[1] / "share" / "e2"


def write(lineup: Path, output: Path, *arguments: str) -> str:
    """Run ``cmf report``; what it remarked."""
    from cmf.cli.app import app

    done = CliRunner().invoke(app, ["report", str(lineup), "-o", str(output), *arguments])
    assert done.exit_code == 0, done.stderr
    return done.stderr
