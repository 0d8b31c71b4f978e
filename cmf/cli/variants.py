"""``cmf variants``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen

from cmf.cli import parameters as p
from cmf.errors import fail

if TYPE_CHECKING:
    from cmf.report.table import Row
    from cmf.workspace import VariantSpace

FIRST = 20
"""Variants that are shown when nothing says how many."""
READABLE = 2_000
"""Most variants that are printed as a table."""


@frozen
class Choice:
    """Which of the variants are wanted; at most one way to choose."""

    limit: int | None
    sample: int | None
    seed: int | None
    best: str | None
    top: int | None
    greatest: bool
    diverse: int | None
    everything: bool

    def check(self) -> None:
        """Refuse parameters that contradict each other."""
        given = {
            "--limit": self.limit is not None,
            "--sample": self.sample is not None,
            "--best": self.best is not None,
            "--diverse": self.diverse is not None,
            "--all": self.everything,
        }
        named = [name for name, is_given in given.items() if is_given]
        if len(named) > 1:
            raise typer.BadParameter(f"{' and '.join(named)} exclude each other")
        if self.seed is not None and self.sample is None:
            raise typer.BadParameter("--seed goes with --sample")
        if (self.top is not None or self.greatest) and self.best is None:
            raise typer.BadParameter("--top and --greatest go with --best QUANTITY")

    @property
    def words(self) -> str:
        """The choice as the facts of the report say it."""
        if self.everything:
            return "all"
        if self.sample is not None:
            return f"sample {self.sample} seed {self.seed or 0}"
        if self.best is not None:
            return f"{'greatest' if self.greatest else 'least'} {self.best} top {self.top or 1}"
        if self.diverse is not None:
            return f"diverse {self.diverse}"
        return f"first {self.limit or FIRST}"

    def rows(self, space: VariantSpace) -> Iterator[Row]:
        """The rows of the variants, one by one."""
        from cmf.report.variants import variant_rows

        if self.sample is not None:
            return space.sample(self.sample, self.seed or 0).iter_rows()
        if self.best is not None:
            return space.best(self.best, top=self.top or 1, greatest=self.greatest).iter_rows()
        if self.diverse is not None:
            return space.diverse(self.diverse).iter_rows()
        wanted = None if self.everything else self.limit or FIRST
        return variant_rows(space.model.problem, islice(space.space.variants(), wanted))


def variants(
    catalogue: p.Catalogue,
    where: p.Where = [],  # noqa: B006
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help=f"The first N ({FIRST} if not given).")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="N drawn fairly from all.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Another draw of the sample.")
    ] = None,
    best: Annotated[
        str | None, typer.Option(metavar="QUANTITY", help="Those of the least QUANTITY.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, metavar="K", help="How many best ones.")] = None,
    greatest: Annotated[bool, typer.Option("--greatest", help="The greatest first.")] = False,
    diverse: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="N that differ much from each other.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    style: p.FormatOption = p.Format.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
    prices: p.Prices = None,
) -> None:
    """List valid variants: the first ones, a fair sample, the best, a diverse set, or all.

    Exit code 1 when there is none.

    \b
    Examples:
      $ cmf variants catalogs/alliance --sample 8
      $ cmf variants catalogs/alliance --where "brand == nissan and energy == bev" --best unit_cost
      $ cmf variants catalogs/alliance --where "plant == palencia" --all -o palencia.parquet
    """
    from cmf.cli.opening import known_count, open_space
    from cmf.report.files import check_target

    choice = Choice(limit, sample, seed, best, top, greatest, diverse, everything)
    choice.check()
    if output is not None:
        check_target(output)
    space = open_space(catalogue, where, engine, prices)
    if best is not None:
        space.additive(best)
    total = known_count(space)
    if everything and style is p.Format.TABLE and output is None:
        _check_readable(total)
    _answer(space, choice, total, style, output)


def _answer(
    space: VariantSpace, choice: Choice, total: int | None, style: p.Format, output: Path | None
) -> None:
    from cmf.cli.console import answer, remark, working
    from cmf.cli.opening import facts
    from cmf.report.table import Report, Table
    from cmf.report.variants import variant_columns, variant_layout
    from cmf.report.words import number

    model = space.model
    columns = variant_columns(model.catalog, model.problem)
    units = {column.name: column.unit for column in columns if column.unit}
    known = {**facts(space), "count": total, "selection": choice.words, "units": units}
    if choice.everything and output is not None and output.suffix.lower() == ".parquet" and total:
        with working("writing"):
            space.to_parquet(output)
        remark(f"wrote {output}")
        remark(f"{choice.words}, of {number(total)} variants")
        return
    streamed = choice.everything and (output is not None or style is not p.Format.TABLE)
    with working("listing variants"):
        first, rows = _peek(choice.rows(space))
        listed = Table("variants", columns, rows if streamed else tuple(rows))
    layout = () if streamed or not first else variant_layout(listed)
    with working("writing"):
        answer(Report("variants", known, (listed,), layout), style, output)
    if not first:
        remark("no variant meets these conditions")
        raise typer.Exit(1)
    if total is not None:
        remark(f"{choice.words}, of {number(total)} variants")


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
