"""``cmf variants``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cmf.cli import choosing as c
from cmf.cli import parameters as p
from cmf.cli.choosing import Choice
from cmf.errors import fail

if TYPE_CHECKING:
    from cmf.report.table import Fact, Row
    from cmf.workspace import VariantSpace

READABLE = 2_000
"""Most variants that are printed as a table."""


def variants(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    limit: c.Limit = None,
    sample: c.Sample = None,
    seed: c.Seed = None,
    best: c.Best = None,
    top: c.Top = None,
    greatest: c.Greatest = False,
    pareto: c.Pareto = None,
    diverse: c.Diverse = None,
    everything: c.Everything = False,
    over: p.Over = "",
    rates: c.Rates = None,
    fit: c.Fit = False,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
    prices: p.Prices = None,
    certificate: p.Certificate = None,
    seconds: p.ProofSeconds = None,
) -> None:
    """List valid variants: the first ones, a sample, the best, a diverse set, or all.

    Exit code 1 when there is none.

    \b
    Examples:
      $ cmf variants catalogs/alliance --sample 8
      $ cmf variants catalogs/alliance --where "brand == nissan and energy == bev" --best unit_cost
      $ cmf variants catalogs/alliance --where "brand == dacia" --pareto unit_cost,power:greatest
      $ cmf variants catalogs/alliance --where "plant == palencia" --all -o palencia.parquet
      $ cmf variants catalogs/alliance --over brand,platform,plant --all --format csv
    """
    from cmf.cli.certify import certify_best, certify_count, check_certificate
    from cmf.cli.opening import facts, known_count, open_space, projected
    from cmf.report.files import check_target

    choice = Choice(
        limit, sample, seed, best, top, greatest, pareto, diverse, everything, rates, fit
    )
    choice.check()
    if output is not None:
        check_target(output)
    check_certificate(certificate, over, seconds)
    if certificate is not None and best is None:
        raise typer.BadParameter("--certificate goes with --best; `cmf count` proves a number")
    whole = open_space(catalogue, where, engine, prices)
    space = projected(whole, over)
    for quantity in choice.quantities():
        space.additive(quantity)
    total = known_count(space)
    if everything and style is p.Format.TABLE and output is None:
        _check_readable(total)
    buildable = certificate is None or space.find() is not None
    if not buildable:
        certify_count(space, certificate, seconds)
    _answer(space, facts(whole, over), choice, total, style, output)
    if best is not None and buildable:
        certify_best(space, best, greatest, certificate, seconds)


def _answer(
    space: VariantSpace,
    basis: Mapping[str, Fact],
    choice: Choice,
    total: int | None,
    style: p.Format,
    output: Path | None,
) -> None:
    from cmf.cli.console import answer, remark, working
    from cmf.report.table import Report, Table
    from cmf.report.variants import rate_table, variant_columns, variant_layout
    from cmf.report.words import number

    model = space.model
    columns = variant_columns(model.catalog, model.problem)
    units = {column.name: column.unit for column in columns if column.unit}
    known = {**basis, "count": total, "selection": choice.words, "units": units}
    if choice.everything and output is not None and output.suffix.lower() == ".parquet" and total:
        with working("writing"):
            space.to_parquet(output)
        remark(f"wrote {output}")
        remark(f"{choice.words}, of {number(total)} variants")
        return
    streamed = choice.everything and (output is not None or style is not p.Format.TABLE)
    with working("listing variants"):
        rates = choice.taken(space)
        first, rows = _peek(choice.rows(space, rates))
        listed = Table("variants", columns, rows if streamed else tuple(rows))
    beside = () if rates is None else (rate_table(rates.taken),)
    layout = () if streamed or not first else (*variant_layout(listed), *beside)
    with working("writing"):
        answer(Report("variants", known, (listed, *beside), layout), style, output)
    if not first:
        remark("no variant meets these conditions")
        raise typer.Exit(1)
    if total is not None:
        what = "combinations" if basis.get("over") else "variants"
        remark(f"{choice.words}, of {number(total)} {what}")


def _peek(rows: Iterator[Row]) -> tuple[bool, Iterable[Row]]:
    """Whether there is a row, and all rows."""
    from itertools import chain

    for row in rows:
        return True, chain([row], rows)
    return False, ()


def _check_readable(total: int | None) -> None:
    if total is None or total > READABLE:
        from cmf.report.words import number

        many = "nobody knows how many" if total is None else number(total)
        raise fail(
            "too-many-rows",
            f"{many} variants make no readable table",
            None,
            "add --format csv or -o variants.parquet, or ask for a --sample",
        )
