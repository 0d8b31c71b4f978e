"""Tables as Parquet files and data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cmf.report.csv_text import flat
from cmf.report.table import Exact, Kind, Row, Table

if TYPE_CHECKING:
    import polars as pl

BATCH = 50_000
"""Rows held in memory at once."""


def write_parquet(table: Table, path: Path) -> None:
    """Write a table, batch by batch.

    A ratio takes three columns, as in CSV; numerator and denominator are 64-bit integers where all
    fit and text otherwise.
    """
    from polars.io.plugins import register_io_source

    types = _schema(table)

    def batches(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # the sink asks for everything
        rows = iter(table.rows)
        while batch := list(islice(rows, BATCH)):
            yield _frame(table, batch, types)

    register_io_source(batches, schema=types).sink_parquet(path)


def sink_frames(frames: Iterable[pl.DataFrame], empty: pl.DataFrame, path: Path) -> None:
    """Write data frames of one schema, one after the other, as one Parquet file.

    Parameters
    ----------
    empty
        A frame without rows that has the schema.
    """
    from polars.io.plugins import register_io_source

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # the sink asks for everything
        yield from frames

    # Statistics of columns of names would cost more than all the rest.
    register_io_source(source, schema=empty.schema).sink_parquet(path, statistics=False)


def _schema(table: Table) -> dict[str, pl.DataType]:
    import polars as pl

    kinds: dict[Kind, pl.DataType] = {
        Kind.TEXT: pl.String(),
        Kind.PROSE: pl.String(),
        Kind.WHOLE: pl.Int64(),
        Kind.NUMBER: pl.Float64(),
        Kind.RATIO: pl.Float64(),
        Kind.EXACT: pl.String(),
        Kind.FLAG: pl.Boolean(),
    }
    types: dict[str, pl.DataType] = {}
    for column in table.columns:
        types[column.name] = kinds[column.kind]
        if column.kind is Kind.RATIO:
            types[f"{column.name}.numerator"] = pl.String()
            types[f"{column.name}.denominator"] = pl.String()
    return types


def _frame(table: Table, rows: Sequence[Row], types: dict[str, pl.DataType]) -> pl.DataFrame:
    import polars as pl

    data: dict[str, list[object]] = {name: [] for name in types}
    for number, column in enumerate(table.columns):
        if column.kind is Kind.RATIO:
            for row in rows:
                value, upper, lower = flat(row[number])
                data[column.name].append(value)
                data[f"{column.name}.numerator"].append(None if upper is None else str(upper))
                data[f"{column.name}.denominator"].append(None if lower is None else str(lower))
        else:
            cells = (row[number] for row in rows)
            data[column.name] = [str(c.value) if isinstance(c, Exact) else c for c in cells]
    return pl.DataFrame(data, schema=types)
