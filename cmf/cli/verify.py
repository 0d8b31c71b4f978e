"""``cmf verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cmf.cli import parameters as p


def verify(
    certificate: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE", help="A file that --certificate wrote.", show_default=False
        ),
    ],
    catalogue: p.Catalogue,
    steps: Annotated[
        int, typer.Option(min=1, metavar="N", help="Steps after which checking is given up.")
    ] = 50_000_000,
) -> None:
    """Check a certificate against the text of a catalogue, without any solver.

    Exit code 0 when the claim is proven, 1 when it is not, 2 when the file is no certificate, 3
    when the steps do not suffice. docs/certificates.md says what has to be trusted.

    \b
    Example:
      $ cmf count catalogs/alliance --where "brand == nissan" --certificate nissan.json
      $ cmf verify nissan.json catalogs/alliance
    """
    from cmf.cli.console import emit, remark, working
    from cmf.cli.opening import expect
    from cmf.errors import LimitReached
    from cmf.load import read_catalog
    from cmf.report.certificate import in_words
    from cmf.rules.resolve import resolve_catalog
    from cmf.verify import Refused, read
    from cmf.verify import verify as check

    found = read(certificate)
    expect(catalogue, "catalog.yaml", "a catalogue")
    with working(f"reading {catalogue}"):
        resolved = resolve_catalog(read_catalog(catalogue))
    try:
        with working("checking"):
            check(found, resolved, steps)
    except Refused as refused:
        remark(f"refused: {refused}")
        raise typer.Exit(1) from None
    except LimitReached:
        raise LimitReached(f"not checked within {steps:,} steps; --steps allows more") from None
    quantity = resolved.quantities.get(found.claim.quantity)
    factor, symbol = (quantity.unit.factor, quantity.unit.symbol) if quantity else (1, "1")
    words = in_words(found.claim, factor, "" if symbol == "1" else f" {symbol}")
    emit([f"verified: {words}\n"])
