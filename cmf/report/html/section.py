"""What a report consists of: sections with charts and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from cmf.report.html.markup import Html
from cmf.report.table import Table

Figure = Mapping[str, Any]
"""Data and layout of a chart, as Plotly reads them; colours are roles of the theme."""

WIDTH = 1040
"""Width of a chart in CSS pixels: as wide as A4 across, so that paper shows what screens do."""


@frozen
class Chart:
    """A chart with all that stands in for it where it cannot be seen.

    Attributes
    ----------
    id
        Stable name, unique in a report.
    says
        What a reader should see in it, with its basis, in whole sentences.
    height
        CSS pixels.
    table
        The same figures as a table.
    key
        Roles of colours with what they mean, where the chart itself has no legend.
    """

    id: str
    title: str
    says: str
    figure: Figure = field(repr=False)
    height: int
    table: Table
    key: tuple[tuple[str, str], ...] = ()


@frozen
class Section:
    """A part of a report.

    Attributes
    ----------
    id
        Stable name, unique in a report; links lead to it.
    lead
        What it says, in whole sentences.
    head
        Markup that stands first, such as a row of figures.
    tables
        Tables beside those of the charts.
    data
        Tables that only the workbook holds.
    """

    id: str
    title: str
    lead: tuple[str, ...] = ()
    head: tuple[Html, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    data: tuple[Table, ...] = ()

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the report."""
        return (*self.tables, *(chart.table for chart in self.charts), *self.data)
