"""What may be read: regular files of the folder, of bounded size."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from broken_cases import BASE

from cmf.errors import InputError
from cmf.load import folder as folder_module
from cmf.load import read_catalog, read_lineup


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "catalogue")
    return tmp_path / "catalogue"


def _faults(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_catalog(folder)
    found = caught.value.diagnostics
    return [(d.span.place.removeprefix(f"{folder}/"), d.code) for d in found if d.span]


def test_links_inside_the_folder_are_followed(copy: Path) -> None:
    (copy / "modules" / "rear.yaml").rename(copy / "shared.yaml")
    (copy / "modules" / "rear.yaml").symlink_to("../shared.yaml")
    assert read_catalog(copy).axis("rear").names == ("r_beam", "r_link")


def test_the_folder_itself_may_be_a_link(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(copy)
    assert read_catalog(tmp_path / "link").digest == read_catalog(copy).digest


@pytest.mark.parametrize("name", ["catalog.yaml", "parts.csv", "rules/rules.yaml"])
def test_links_out_of_the_folder_are_refused(copy: Path, tmp_path: Path, name: str) -> None:
    (copy / name).rename(tmp_path / "outside")
    (copy / name).symlink_to(tmp_path / "outside")
    assert (f"{name}:1:1", "outside-folder") in _faults(copy)


def test_linked_folders_are_refused(copy: Path, tmp_path: Path) -> None:
    (copy / "rules").rename(tmp_path / "rules")
    (copy / "rules").symlink_to(tmp_path / "rules")
    assert _faults(copy) == [("rules:1:1", "outside-folder")]


def test_links_in_a_circle(copy: Path) -> None:
    (copy / "parts.csv").unlink()
    (copy / "parts.csv").symlink_to("parts.csv")
    assert _faults(copy) == [("parts.csv:1:1", "unreadable-file")]


def test_a_pipe_is_not_waited_for(copy: Path) -> None:
    (copy / "bom.csv").unlink()
    os.mkfifo(copy / "bom.csv")
    assert _faults(copy) == [("bom.csv:1:1", "unreadable-file")]


def test_a_file_that_may_not_be_read(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> object:
        if str(path).endswith("front.yaml"):
            raise PermissionError(13, "Permission denied")
        return open(path, mode)

    monkeypatch.setattr(folder_module, "open", refuse, raising=False)
    assert _faults(copy) == [("modules/front.yaml:1:1", "unreadable-file")]


def test_a_file_in_place_of_a_folder(copy: Path) -> None:
    shutil.rmtree(copy / "rules")
    (copy / "rules").write_text("")
    assert _faults(copy) == [("rules:1:1", "not-a-folder")]


def test_names_that_are_no_text(copy: Path) -> None:
    (copy / os.fsdecode(b"rules/\xff.yaml")).write_text("rules:\n")
    assert ("rules:1:1", "bad-file-name") in _faults(copy)


def test_hidden_files_are_left_alone(copy: Path) -> None:
    (copy / "modules" / ".rear.yaml.swp").write_bytes(b"\0")
    (copy / "rules" / ".#rules.yaml").symlink_to("nobody@nowhere")
    assert read_catalog(copy).digest == read_catalog(BASE).digest


def test_sizes_are_bounded(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "FILE_LIMIT", 1000)
    (copy / "sources.yaml").write_text("S01: " + "x" * 1000)
    assert _faults(copy) == [("sources.yaml:1:1", "too-large-file")]
    (copy / "sources.yaml").write_text("S01: " + "x" * 900)
    assert read_catalog(copy).sources["S01"] == "x" * 900
    monkeypatch.setattr(folder_module, "FOLDER_LIMIT", 1500)
    assert {code for _, code in _faults(copy)} >= {"too-large-file"}


def test_too_many_files(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "FILES_LIMIT", 10)
    for number in range(11):
        (copy / "rules" / f"r{number}.yaml").write_text("rules:\n")
    assert _faults(copy) == [("rules:1:1", "unreadable-file")]


@pytest.mark.parametrize("path", ["nowhere", "catalog.yaml", "no\0where", "x" * 5000, ""])
def test_what_is_no_catalogue(copy: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy / "tables")
    for read in (read_catalog, read_lineup):
        with pytest.raises(InputError) as caught:
            read(path or "../tables")
        assert all(d.remedy for d in caught.value.diagnostics)


def test_the_working_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    assert read_lineup("lineup.yaml").catalog.resolve() == copy
    (copy / "parts.csv").write_text("number\n")
    with pytest.raises(InputError) as caught:
        read_lineup(".")
    assert str(caught.value).startswith("parts.csv:1:1: error[missing-column]")
