"""Every broken catalogue is refused with exactly the expected faults, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_cases import BASE, CASES, Case, assemble

from cmf.errors import InputError
from cmf.load import read_catalog, read_lineup
from cmf.source import Source

LOADED = [case for case in CASES if case.stage == "load"]


def test_the_base_is_good() -> None:
    assert read_lineup(BASE).name == "europe"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40
    assert {case.stage for case in CASES} == {"load", "rules", "check"}


@pytest.mark.parametrize("case", LOADED, ids=lambda case: case.name)
def test_faults(case: Case, tmp_path: Path) -> None:
    folder = assemble(case, tmp_path)
    read = read_catalog if case.reads == "catalog" else read_lineup
    with pytest.raises(InputError) as caught:
        read(folder)
    found = caught.value.diagnostics
    places = [(_place(each.span, folder), each.code) for each in found]
    assert places == [(fault.at, fault.code) for fault in case.faults], str(caught.value)
    for fault, each in zip(case.faults, found, strict=True):
        assert fault.remedy
        assert fault.remedy in (each.remedy or "")
        assert each.span is not None
        if isinstance(each.span.source, Source) and each.span.source.text:
            assert each.span.line <= each.span.source.text.count("\n") + 1


@pytest.mark.parametrize("case", LOADED, ids=lambda case: case.name)
def test_the_catalogue_stands_in_the_message_once(case: Case, tmp_path: Path) -> None:
    """What a person reads has the file and place of every fault, and a remedy."""
    folder = assemble(case, tmp_path)
    read = read_catalog if case.reads == "catalog" else read_lineup
    with pytest.raises(InputError) as caught:
        read(folder)
    shown = str(caught.value)
    for fault in case.faults:
        assert f"{folder}/{fault.at}: error[{fault.code}]" in shown
    assert shown.count("= help: ") == len(case.faults)


def _place(span: object, folder: Path) -> str:
    place = getattr(span, "place", "")
    return str(place).removeprefix(f"{folder}/")
