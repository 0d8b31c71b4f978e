"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class EngineName(StrEnum):
    """Which engine answers."""

    AUTO = "auto"
    DIAGRAM = "diagram"
    SAT = "sat"
    CPSAT = "cpsat"
    BRUTE = "brute"


Catalogue = Annotated[
    Path,
    typer.Argument(
        metavar="CATALOGUE",
        help="Catalogue folder, or a model file (.xml, .uvl, .dimacs).",
        show_default=False,
    ),
]
Lineup = Annotated[
    Path,
    typer.Argument(
        metavar="LINEUP", help="A lineup.yaml, or the folder that holds it.", show_default=False
    ),
]
Where = Annotated[
    list[str],
    typer.Option(
        "--where",
        "-w",
        metavar="EXPR",
        help="Condition in the rule language; repeat it for several.",
        show_default=False,
    ),
]
Prices = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="Price file (.wcsp) of an .xml model."),
]
Over = Annotated[
    str,
    typer.Option(
        "--over",
        metavar="NAME,…",
        help="Distinct combinations of these axes instead of whole variants.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How data is printed.")]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="Which engine answers.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write a .csv, .json, .md, .xlsx or .parquet file."
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Also write a proof of the answer that `cmf verify` checks (.json)."
    ),
]
ProofSeconds = Annotated[
    float | None,
    typer.Option(
        "--time",
        min=0.1,
        metavar="SECONDS",
        help="With --certificate: how long the proof is searched for; else 300.",
        show_default=False,
    ),
]
