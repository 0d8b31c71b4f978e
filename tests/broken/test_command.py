"""Every broken catalogue through the command line: exit code, place and remedy, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_cases import BASE, CASES, Case, assemble
from typer.testing import CliRunner

from cmf.cli.app import app

NOT_A_CATALOGUE = "file-no-catalog"


def check(folder: Path, reads: str = "catalog") -> tuple[int, str]:
    """Exit code and everything that was printed."""
    command = "check" if reads == "catalog" else "share"
    result = CliRunner().invoke(app, [command, str(folder)], env={"COLUMNS": "200"})
    return result.exit_code, result.stdout + result.stderr


def test_the_base_has_no_findings() -> None:
    code, shown = check(BASE)
    assert code == 0, shown


def test_a_folder_without_a_catalogue_is_told_how_to_get_one(tmp_path: Path) -> None:
    """The command answers before anything is read: there is no file to point at."""
    case = next(case for case in CASES if case.name == NOT_A_CATALOGUE)
    code, shown = check(assemble(case, tmp_path))
    assert code == 2
    assert f"{case.name} is not a catalogue" in shown
    assert "cmf new" in shown


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name != NOT_A_CATALOGUE], ids=lambda case: case.name
)
def test_the_command_says_where_and_what_to_do(case: Case, tmp_path: Path) -> None:
    folder = assemble(case, tmp_path)
    code, shown = check(folder, case.reads)
    assert code == case.exit, shown
    assert "Traceback" not in shown
    assert case.faults
    for fault in case.faults:
        assert f"{case.name}/{fault.at}" in shown.replace("\n", ""), shown
        assert fault.code in shown
        assert fault.remedy in shown
