"""``cmf diff``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen

from cmf.cli import parameters as p
from cmf.errors import fail

if TYPE_CHECKING:
    from cmf.analysis.change import Comparison
    from cmf.report.table import Report
    from cmf.workspace.diff import State


class DiffFormat(StrEnum):
    """How a difference is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


class FailOn(StrEnum):
    """The least change that ends with exit code 1."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


Old = Annotated[
    str,
    typer.Argument(
        metavar="OLD",
        help="A catalogue folder, a git revision, or a range of revisions: main..HEAD.",
        show_default=False,
    ),
]
New = Annotated[
    str | None,
    typer.Argument(
        metavar="NEW",
        help="A catalogue folder or a revision; after a range the catalogue's folder.",
        show_default=False,
    ),
]
In = Annotated[
    Path | None,
    typer.Option(
        "--in",
        metavar="FOLDER",
        help="OLD and NEW are git revisions of this catalogue; without NEW, the files as they "
        "are now.",
    ),
]


def diff(
    old: Old,
    new: New = None,
    folder: In = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit code 1 when the change is this or greater."),
    ] = None,
    no_lineup: Annotated[
        bool, typer.Option("--no-lineup", help="Leave vehicles and their sharing out.")
    ] = False,
    style: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How data is printed.")
    ] = DiffFormat.TABLE,
    output: p.Output = None,
    engine: p.EngineOption = p.EngineName.AUTO,
) -> None:
    """Compare two catalogues, or two revisions of one, to the last variant.

    Variants gained and lost in numbers and in words, which rule causes which, names that came and
    went, the share of every option, every vehicle of the line-up, sharing. Losing variants is a
    major change, gaining some a minor one, anything else a patch.

    \b
    Examples:
      $ cmf diff old-catalogue new-catalogue
      $ cmf diff main..HEAD catalogs/alliance
      $ cmf diff HEAD --in catalogs/alliance
      $ cmf diff main...HEAD catalogs/alliance --format markdown --fail-on major
    """
    from cmf.cli.console import answer, emit, pass_on_remarks, remark, working
    from cmf.report.files import check_target
    from cmf.workspace.diff import compare

    if output is not None:
        check_target(output)
    pass_on_remarks()
    before, after = _question(old, new, folder).states(lineup=not no_lineup)
    with working("comparing"):
        found = compare(before, after, engine.value)
    report = _report(found)
    if style is DiffFormat.MARKDOWN and output is None:
        from cmf.report.markdown import markdown_pieces

        emit(markdown_pieces(report))
    else:
        shown = p.Format.TABLE if style is DiffFormat.MARKDOWN else p.Format(style.value)
        answer(report, shown, output)
    if fail_on is not None and found.size.reaches(type(found.size)(fail_on.value)):
        remark(f"this is a {found.size.value} change")
        raise typer.Exit(1)


@frozen
class Question:
    """What is compared: two folders, or revisions of one.

    Attributes
    ----------
    revisions
        Of both sides; `None` for the files as they are.
    fork
        Whether the old side is where the two revisions parted.
    """

    folders: tuple[Path, Path]
    revisions: tuple[str | None, str | None] = (None, None)
    fork: bool = False

    def states(self, *, lineup: bool) -> tuple[State, State]:
        """Both sides, read."""
        return self._state(0, lineup), self._state(1, lineup)

    def _state(self, side: int, lineup: bool) -> State:
        from cmf.cli.console import working
        from cmf.cli.opening import expect
        from cmf.load.revision import Repository
        from cmf.workspace.diff import read_state

        folder, revision = self.folders[side], self.revisions[side]
        if revision is None:
            expect(folder, "catalog.yaml", "a catalogue")
            with working(f"reading {folder}"):
                return read_state(folder, lineup=lineup)
        repository = Repository.around(folder)
        label = revision
        if self.fork and side == 0:
            revision = repository.fork(revision, self.revisions[1] or "HEAD")
        with working(f"reading {label}"), repository.files(revision) as files:
            return read_state(files, label, lineup=lineup)


def _question(old: str, new: str | None, folder: Path | None) -> Question:
    from cmf.load.revision import split_range

    is_path = Path(old).exists()
    ends = None if is_path and folder is None else split_range(old)
    if ends is not None and (folder is None or new is None):
        place = folder if folder is not None else Path(new or ".")
        return Question((place, place), ends[:2], ends[2])
    if folder is not None:
        return Question((folder, folder), (old, new))
    if new is None:
        raise fail(
            "one-side",
            f"`{old}` is compared with nothing",
            None,
            "name a second folder; for git revisions write `cmf diff main..HEAD FOLDER`, or "
            f"`cmf diff {old} --in FOLDER` for what is not committed yet",
        )
    if not is_path and Path(new).is_dir():
        raise fail(
            "no-such-folder",
            f"there is no folder {old}",
            None,
            f"if `{old}` is a git revision, write `cmf diff {old} --in {new}`",
        )
    return Question((Path(old), Path(new)))


def _report(found: Comparison) -> Report:
    from cmf.report.diff import diff_facts, diff_tables
    from cmf.report.diff_layout import diff_layout
    from cmf.report.table import Report

    return Report("diff", diff_facts(found), diff_tables(found), tuple(diff_layout(found)))
