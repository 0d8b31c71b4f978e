"""The command line: commands and their parameters."""

from __future__ import annotations

from typing import Annotated

import typer

from cmf.cli.bom import bom
from cmf.cli.census import census
from cmf.cli.check import check
from cmf.cli.count import count
from cmf.cli.diff import diff
from cmf.cli.guard import GuardedGroup
from cmf.cli.new import new
from cmf.cli.options import options
from cmf.cli.plan import plan
from cmf.cli.report import report
from cmf.cli.share import share
from cmf.cli.targets import targets
from cmf.cli.test import test
from cmf.cli.variants import variants
from cmf.cli.verify import verify
from cmf.cli.why import why

app = typer.Typer(
    name="cmf",
    cls=GuardedGroup,
    help="Which vehicles can be built from a catalogue of modules, and how much they share.",
    epilog="Start with `cmf new my-catalogue`. Exit codes: 0 yes, 1 no, 2 wrong input, 3 limit.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from cmf import __version__

        typer.echo(f"cmf {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Which vehicles can be built from a catalogue of modules, and how much they share."""
    del version  # its callback has spoken


COMMANDS = (
    check,
    variants,
    count,
    options,
    why,
    share,
    census,
    bom,
    targets,
    report,
    plan,
    test,
    diff,
    verify,
    new,
)

for command in COMMANDS:
    app.command()(command)
