"""Data frames of variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmf.problem.formula import TRUE
from cmf.problem.grid import Ints, satisfied, values
from cmf.problem.problem import Problem, Quantity, Variant

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
    columns = {
        axis.name: _names(axis.options, rows[:, number])
        for number, axis in enumerate(problem.variables)
    }
    for name, quantity in problem.quantities.items():
        columns[name] = _quantity(quantity, rows, sizes)
    return pl.DataFrame(columns)


def _names(options: Sequence[str], chosen: Ints) -> pl.Series:
    import polars as pl

    # Indices of the width that polars uses itself spare it a check of each one.
    return pl.Series(options, dtype=pl.Enum(options)).gather(pl.Series(chosen.astype(np.uint32)))


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
