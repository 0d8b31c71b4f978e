"""A report as a file: a page, a workbook, or data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cmf.report.files import check_target, save, save_text
from cmf.report.html.page import html_pieces
from cmf.report.html.section import Section
from cmf.report.table import Fact, Report

SUFFIXES = (".html", ".xlsx", ".json")


def check_report_target(path: Path) -> None:
    """Refuse a file that cannot be written; raises `InputError` as `check_target` does."""
    check_target(path, SUFFIXES)


def save_report(
    title: str, sections: Sequence[Section], facts: Mapping[str, Fact], path: Path
) -> None:
    """Write a report in the format that the suffix of `path` names, whole or not at all.

    Raises
    ------
    InputError
        When the suffix is unknown or the system refuses to write.
    MissingExtra
        When the format needs a library that is not installed.
    """
    check_report_target(path)
    if path.suffix.lower() == ".html":
        save_text(html_pieces(title, "A report on sharing", sections, facts), path)
    else:
        tables = tuple(table for section in sections for table in section.all_tables)
        save(Report("report", facts, tables), path)
