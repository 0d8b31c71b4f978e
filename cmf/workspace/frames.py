"""Data frames of variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cmf.problem.problem import Problem, Variant

if TYPE_CHECKING:
    import polars as pl


def variant_frame(problem: Problem, variants: Sequence[Variant]) -> pl.DataFrame:
    """Variants as a table: a column for every axis, then one for every quantity.

    Quantities are in the unit of the catalogue (a column of integers where all are whole); a cell
    is empty where a quantity is undefined.
    """
    import polars as pl

    columns: dict[str, pl.Series] = {
        axis.name: pl.Series(
            [axis.options[variant[number]] for variant in variants], dtype=pl.String
        )
        for number, axis in enumerate(problem.variables)
    }
    for name, quantity in problem.quantities.items():
        values = [quantity.value(variant) for variant in variants]
        factor = quantity.unit.factor
        if all(v is None or v % factor == 0 for v in values):
            whole = [None if v is None else v // factor for v in values]
            columns[name] = pl.Series(whole, dtype=pl.Int64)
        else:
            exact = [None if v is None else v / factor for v in values]
            columns[name] = pl.Series(exact, dtype=pl.Float64)
    return pl.DataFrame(columns)
