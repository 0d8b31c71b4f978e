"""Data frames of variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmf.problem.formula import TRUE
from cmf.problem.grid import Ints, satisfied, values
from cmf.problem.problem import Problem, Quantity, Variant
from cmf.workspace.options import OptionState

if TYPE_CHECKING:
    import polars as pl


def variant_frame(problem: Problem, variants: Sequence[Variant] | Ints) -> pl.DataFrame:
    """Variants as a table: a column for every axis, then one for every quantity.

    Axes are columns of a fixed list of names. Quantities are in the unit of the catalogue, as
    integers where the parts of the quantity are whole in it; a cell is empty where one is
    undefined.

    Parameters
    ----------
    variants
        Option numbers, shape (variants, variables), of any kind of integer.
    """
    import polars as pl

    rows = np.asarray(variants) if len(variants) else np.zeros((0, len(problem.variables)), int)
    sizes = [len(variable.options) for variable in problem.variables]
    numbers = pl.DataFrame({axis.name: rows[:, n] for n, axis in enumerate(problem.variables)})
    # One query for all columns: so many single ones would cost more than their rows.
    frame = numbers.select(
        pl.lit(pl.Series(axis.options, dtype=pl.Enum(axis.options)))
        .gather(pl.col(axis.name))
        .alias(axis.name)
        for axis in problem.variables
    )
    return frame.with_columns(
        _quantity(quantity, rows, sizes).alias(name)
        for name, quantity in problem.quantities.items()
    )


def _quantity(quantity: Quantity, rows: Ints, sizes: Sequence[int]) -> pl.Series:
    import polars as pl

    totals = values(quantity.terms, rows, sizes) + quantity.offset
    factor = quantity.unit.factor
    column = pl.Series(totals // factor if _whole(quantity) else totals / factor)
    if quantity.defined == TRUE:
        return column
    defined = pl.Series(satisfied(quantity.defined, rows, sizes))
    return column.set(~defined, None)


def _whole(quantity: Quantity) -> bool:
    """Whether every part of a quantity is a whole number of its unit."""
    factor = quantity.unit.factor
    return quantity.offset % factor == 0 and all(
        term.default % factor == 0 and not np.any(term.costs % factor) for term in quantity.terms
    )


def count_frame(
    names: Sequence[str], counts: Sequence[tuple[tuple[str, ...], int]]
) -> pl.DataFrame:
    """Numbers of variants by the options of some axes: a column for each, and ``variants``."""
    import polars as pl

    columns: dict[str, list[str]] = {
        name: [options[place] for options, _ in counts] for place, name in enumerate(names)
    }
    return pl.DataFrame({**columns, "variants": _exact([count for _, count in counts])})


def options_frame(states: Sequence[OptionState]) -> pl.DataFrame:
    """States of options: axis, option, status, variants, share."""
    import polars as pl

    return pl.DataFrame(
        {
            "axis": [state.axis for state in states],
            "option": [state.option for state in states],
            "status": [state.status for state in states],
            "variants": _exact([state.count for state in states]),
            "share": [None if s.share is None else float(s.share) for s in states],
        },
        schema_overrides={"share": pl.Float64},
    )


def _exact(counts: Sequence[int | None]) -> Sequence[int | str | None]:
    """Counts may exceed 64 bits; they are then exact as text."""
    if all(count is None or count < 2**63 for count in counts):
        return counts
    return [None if count is None else str(count) for count in counts]


def joined(pieces: Iterable[Ints], rows: int) -> Iterator[Ints]:
    """The same rows in pieces of about `rows`: a data frame costs the more columns it has."""
    held: list[Ints] = []
    for piece in pieces:
        if not held and len(piece) >= rows // 2:
            yield piece
            continue
        held.append(piece)
        if sum(map(len, held)) >= rows:
            yield _stacked(held)
            held = []
    if held:
        yield _stacked(held)


def _stacked(pieces: Sequence[Ints]) -> Ints:
    """Pieces below each other, stored column by column as data frames want them."""
    return np.concatenate([piece.T for piece in pieces], axis=1).T
