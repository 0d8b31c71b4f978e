"""The sections of a report, in the order of reading."""

from __future__ import annotations

from collections.abc import Callable

from cmf.analysis.overview import Overview
from cmf.report.html.answer import answer_section
from cmf.report.html.heatmap import heatmap_section
from cmf.report.html.kpis import kpi_section
from cmf.report.html.pareto import pareto_section
from cmf.report.html.section import Section

BUILDERS: tuple[Callable[[Overview], Section | None], ...] = (
    answer_section,
    heatmap_section,
    pareto_section,
    kpi_section,
)
"""A builder gives no section when the line-up has nothing to say in it."""


def sections(overview: Overview) -> tuple[Section, ...]:
    """All sections with their charts and tables."""
    built = (build(overview) for build in BUILDERS)
    return tuple(section for section in built if section is not None)
