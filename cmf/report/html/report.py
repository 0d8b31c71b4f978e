"""The sections of a report, in the order of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cmf.analysis.overview import Overview
from cmf.report.html.answer import answer_section
from cmf.report.html.census import census_section
from cmf.report.html.heatmap import heatmap_section
from cmf.report.html.kpis import kpi_section
from cmf.report.html.pareto import pareto_section
from cmf.report.html.rests import rest_section
from cmf.report.html.sankey import sankey_section
from cmf.report.html.section import Section
from cmf.report.html.similarity import similarity_section
from cmf.report.html.slots import slot_section
from cmf.report.html.targets import target_section
from cmf.report.html.trend import trend_section

BUILDERS: tuple[Callable[[Overview], Section | None], ...] = (
    answer_section,
    target_section,
    heatmap_section,
    slot_section,
    similarity_section,
    census_section,
    pareto_section,
    sankey_section,
    trend_section,
)
"""What there is today. A builder gives no section when the line-up has nothing to say in it."""

DETAILS: tuple[Callable[[Overview], Section | None], ...] = (kpi_section, rest_section)
"""What stands last."""


def sections(overview: Overview, plan: Sequence[Section] = ()) -> tuple[Section, ...]:
    """All sections with their charts and tables, those of a plan between today and the details."""
    today, details = ([build(overview) for build in each] for each in (BUILDERS, DETAILS))
    built = (*today, *plan, *details)
    return tuple(section for section in built if section is not None)
