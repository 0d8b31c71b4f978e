"""Which of the variants ``cmf variants`` shows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen

if TYPE_CHECKING:
    from cmf.analysis.takerates import TakeRates
    from cmf.report.table import Row
    from cmf.workspace import VariantSpace

FIRST = 20
"""Variants that are shown when nothing says how many."""

Limit = Annotated[
    int | None, typer.Option(min=1, metavar="N", help=f"The first N ({FIRST} if not given).")
]
Sample = Annotated[int | None, typer.Option(min=1, metavar="N", help="N drawn fairly from all.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="S", help="Another draw of the sample.")]
Best = Annotated[str | None, typer.Option(metavar="QUANTITY", help="Those of the least QUANTITY.")]
Top = Annotated[int | None, typer.Option(min=1, metavar="K", help="How many best ones.")]
Greatest = Annotated[bool, typer.Option("--greatest", help="The greatest first.")]
Pareto = Annotated[
    str | None,
    typer.Option(metavar="NAME,…", help="Those that none betters; NAME:greatest for great ones."),
]
Diverse = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="N that differ much from each other.")
]
Everything = Annotated[bool, typer.Option("--all", help="All of them.")]
Rates = Annotated[
    Path | None,
    typer.Option("--take-rates", metavar="FILE", help="Draw the sample as customers take options."),
]
Fit = Annotated[bool, typer.Option("--fit", help="Weigh variants so that the take rates come out.")]


@frozen
class Choice:
    """Which of the variants are wanted; at most one way to choose."""

    limit: int | None
    sample: int | None
    seed: int | None
    best: str | None
    top: int | None
    greatest: bool
    pareto: str | None
    diverse: int | None
    everything: bool
    rates: Path | None
    fit: bool

    def check(self) -> None:
        """Refuse parameters that contradict each other."""
        given = {
            "--limit": self.limit is not None,
            "--sample": self.sample is not None,
            "--best": self.best is not None,
            "--pareto": self.pareto is not None,
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
        if self.rates is not None and self.sample is None:
            raise typer.BadParameter("--take-rates goes with --sample N")
        if self.fit and self.rates is None:
            raise typer.BadParameter("--fit goes with --take-rates FILE")
        if self.pareto is not None:
            self.aims()

    @property
    def words(self) -> str:
        """The choice as the facts of the report say it."""
        if self.everything:
            return "all"
        if self.sample is not None:
            drawn = f"sample {self.sample} seed {self.seed or 0}"
            rates = "" if self.rates is None else f" by the take rates of {self.rates}"
            return f"{drawn}{rates}{', fitted' if self.fit else ''}"
        if self.pareto is not None:
            aims = ", ".join(f"{'greatest' if g else 'least'} {name}" for name, g in self.aims())
            return f"Pareto front of {aims}"
        if self.best is not None:
            return f"{'greatest' if self.greatest else 'least'} {self.best} top {self.top or 1}"
        if self.diverse is not None:
            return f"diverse {self.diverse}"
        return f"first {self.limit or FIRST}"

    def aims(self) -> list[tuple[str, bool]]:
        """The quantities of a Pareto front, each with whether it is to be great."""
        found = []
        for text in (self.pareto or "").split(","):
            name, _, direction = text.strip().partition(":")
            if not name or direction not in ("", "least", "greatest"):
                raise typer.BadParameter(
                    f"`{text.strip()}`: write --pareto NAME,… with NAME, or NAME:greatest"
                )
            found.append((name, direction == "greatest"))
        return found

    def quantities(self) -> list[str]:
        """Every quantity that is asked for."""
        if self.pareto is not None:
            return [name for name, _ in self.aims()]
        return [] if self.best is None else [self.best]

    def taken(self, space: VariantSpace) -> TakeRates | None:
        """What options weigh in the sample."""
        if self.rates is None:
            return None
        from cmf.load.rates_file import read_rates

        axes = {axis.name: axis.options for axis in space.model.problem.variables}
        return space.take_rates(read_rates(self.rates, axes), fit=self.fit)

    def rows(self, space: VariantSpace, rates: TakeRates | None) -> Iterator[Row]:
        """The rows of the variants, one by one."""
        from cmf.report.variants import variant_rows

        if self.sample is not None:
            return space.sample(self.sample, self.seed or 0, rates).iter_rows()
        if self.pareto is not None:
            great = [name for name, greatest in self.aims() if greatest]
            return space.pareto(*self.quantities(), greatest=great).iter_rows()
        if self.best is not None:
            return space.best(self.best, top=self.top or 1, greatest=self.greatest).iter_rows()
        if self.diverse is not None:
            return space.diverse(self.diverse).iter_rows()
        wanted = None if self.everything else self.limit or FIRST
        return variant_rows(space.model.problem, islice(space.space.variants(), wanted))
