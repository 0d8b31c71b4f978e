"""``cmf count``."""

from __future__ import annotations

from typing import Annotated

import typer

from cmf.cli import parameters as p


def count(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006  (typer reads the default, nobody writes it)
    by: Annotated[
        str, typer.Option("--by", metavar="NAME,…", help="Count by the options of these axes.")
    ] = "",
    over: p.Over = "",
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
    prices: p.Prices = None,
    certificate: p.Certificate = None,
    seconds: p.ProofSeconds = None,
) -> None:
    """Count the valid variants, exactly.

    Exit code 1 when there is none.

    \b
    Examples:
      $ cmf count catalogs/alliance
      $ cmf count catalogs/alliance --where "energy == bev" --by brand,platform
      $ cmf count catalogs/alliance --over cockpit,front_underbody
    """
    from cmf.cli.certify import certify_count, check_certificate
    from cmf.cli.console import answer, emit, working
    from cmf.cli.opening import facts, listed, open_space, projected
    from cmf.report.files import check_target
    from cmf.report.table import Column, Kind, Report, table
    from cmf.report.variants import count_table

    if output is not None:
        check_target(output)
    check_certificate(certificate, over, seconds)
    names = listed(by)
    whole = open_space(catalogue, where, engine, prices)
    space = projected(whole, over)
    with working("counting"):
        total = space.count()
        split = space.count_by(*names) if names else []
    known = {**facts(whole, over), "count": total}
    if names:
        answer(Report("count", {**known, "by": names}, (count_table(names, split),)), style, output)
    elif style is p.Format.TABLE and output is None:
        emit([f"{total}\n"])
    else:
        single = table("counts", [Column("variants", Kind.WHOLE)], [(total,)])
        answer(Report("count", known, (single,)), style, output)
    certify_count(space, certificate, seconds)
    if total == 0:
        raise typer.Exit(1)
