"""A report as a file: a page, a workbook, or data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cmf.report.files import check_target, save, save_text
from cmf.report.html.page import html_pieces
from cmf.report.html.section import Section
from cmf.report.table import Fact, Report, Table, table

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
        save(Report("report", facts, tuple(_sheets(sections))), path)


def _sheets(sections: Sequence[Section]) -> Iterator[Table]:
    """Every table; those of one name, such as the modules of each slot, are one."""
    found: dict[str, list[Table]] = {}
    for section in sections:
        for each in section.all_tables:
            found.setdefault(each.name, []).append(each)
    for name, parts in found.items():
        rows = [row for part in parts for row in part.rows]
        notes = dict.fromkeys(note for part in parts for note in part.notes)
        title = parts[0].title if len(parts) == 1 else ""
        yield table(name, parts[0].columns, rows, title=title, notes=notes)
