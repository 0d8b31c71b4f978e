"""Every key figure with its basis."""

from __future__ import annotations

from cmf.analysis.commonality.basis import Metric, NotEvaluable, Weight
from cmf.analysis.overview import Kpi, Overview
from cmf.report.html.amounts import Amount
from cmf.report.html.section import Section
from cmf.report.table import Column, Kind, Ratio, Row, Table, table

COLUMNS = (
    Column("metric"),
    Column("weight"),
    Column("level"),
    Column("scope"),
    Column("k", Kind.WHOLE),
    Column("population"),
    Column("direction"),
    Column("value", Kind.RATIO),
    Column("unit"),
    Column("illustrative", Kind.RATIO, "of it illustrative"),
    Column("cause", Kind.PROSE, "not evaluable because"),
    Column("remarks", Kind.PROSE),
)

PLAIN = ("DCI",)
"""Metrics that are no part of a whole: a mean number of products that use a part."""


def kpi_section(overview: Overview) -> Section:
    """One table with all of them."""
    lead = (
        "A share without its basis is no figure: here every one stands with what was counted. "
        "The last numbers say how much of the weight below it rests on illustrative data.",
    )
    return Section("kpis", "Every key figure", lead, tables=(kpi_table(overview),))


def kpi_table(overview: Overview) -> Table:
    """One key figure a row."""
    rows = [_row(each, overview) for each in overview.kpis]
    title = "Key figures with metric, weight, level, scope, k and population"
    return table("key figures", COLUMNS, rows, title=title)


def _row(kpi: Kpi, overview: Overview) -> Row:
    result, basis = kpi.result, kpi.result.basis
    amount = Amount.of(basis.weight, overview.catalog.currency)
    plain = basis.weight is None
    rests = Amount.of(kpi.illustrative.basis.weight, overview.catalog.currency)
    value = amount.ratio(result)
    if plain and isinstance(result, Metric):
        value = Ratio(result.numerator, result.denominator, percent=basis.metric not in PLAIN)
    return (
        basis.metric,
        (basis.weight or Weight.PART_NUMBER).value if not plain else None,
        basis.level,
        basis.scope,
        basis.k,
        basis.population,
        basis.direction or None,
        value,
        None if plain else amount.unit,
        rests.ratio(kpi.illustrative),
        result.cause if isinstance(result, NotEvaluable) else None,
        " ".join(result.remarks) or None if isinstance(result, Metric) else None,
    )
