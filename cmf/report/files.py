"""Reports as files: whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cmf.errors import InputError, fail
from cmf.report.table import Report

if TYPE_CHECKING:
    import polars as pl


def _json(report: Report, path: Path) -> None:
    from cmf.report.json_text import json_pieces

    _write_text(json_pieces(report), path)


def _csv(report: Report, path: Path) -> None:
    from cmf.report.csv_text import csv_pieces

    _write_text(csv_pieces(report.tables[0]), path)


def _markdown(report: Report, path: Path) -> None:
    from cmf.report.markdown import markdown_pieces

    _write_text(markdown_pieces(report), path)


def _parquet(report: Report, path: Path) -> None:
    from cmf.report.columnar import write_parquet

    write_parquet(report.tables[0], path)


def _xlsx(report: Report, path: Path) -> None:
    from cmf.report.workbook import write_workbook

    write_workbook(report, path)


WRITERS: Mapping[str, Callable[[Report, Path], None]] = MappingProxyType(
    {".csv": _csv, ".json": _json, ".md": _markdown, ".parquet": _parquet, ".xlsx": _xlsx}
)


def check_target(path: Path, suffixes: Iterable[str] = tuple(WRITERS)) -> None:
    """Refuse a file that cannot be written, before any work is done for it.

    Parameters
    ----------
    suffixes
        The formats that can be asked for.

    Raises
    ------
    InputError
        For an unknown suffix, a missing folder, or a folder in the place of the file.
    """
    if path.suffix.lower() not in suffixes:
        what = f"unknown suffix `{path.suffix}`" if path.suffix else "the name has no suffix"
        raise fail("unknown-suffix", f"{path}: {what}", None, f"files are {', '.join(suffixes)}")
    check_place(path)


def check_place(path: Path) -> None:
    """Refuse a missing folder, or a folder in the place of the file; raises `InputError`."""
    if path.is_dir():
        raise fail("not-a-file", f"{path} is a folder", None, "name a file in it")
    if not path.parent.is_dir():
        raise fail("no-folder", f"{path}: there is no folder {path.parent}", None, "create it")


def save(report: Report, path: Path) -> None:
    """Write a report in the format that the suffix of `path` names.

    The file appears whole or not at all; a file that was there before stays until then.

    Raises
    ------
    InputError
        When the suffix is unknown or the system refuses to write.
    MissingExtra
        When the format needs a library that is not installed.
    """
    check_target(path)
    with _whole(path) as draft:
        WRITERS[path.suffix.lower()](report, draft)


def save_frames(frames: Iterable[pl.DataFrame], empty: pl.DataFrame, path: Path) -> None:
    """Write data frames of one schema as one Parquet file, whole or not at all.

    Raises
    ------
    InputError
        When the system refuses to write.
    """
    from cmf.report.columnar import sink_frames

    check_target(path)
    with _whole(path) as draft:
        sink_frames(frames, empty, draft)


def save_text(pieces: Iterable[str], path: Path) -> None:
    """Write a text file, whole or not at all.

    Raises
    ------
    InputError
        When there is no such folder, or the system refuses to write.
    """
    check_place(path)
    with _whole(path) as draft:
        _write_text(pieces, draft)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its place when the block ends well."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part{target.suffix}")
    try:
        yield draft
        os.replace(draft, target)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return fail("cannot-write", f"{path} cannot be written: {reason}", None, "nothing was changed")


def _write_text(pieces: Iterable[str], path: Path) -> None:
    with path.open("x", encoding="utf-8", newline="") as stream:
        stream.writelines(pieces)
