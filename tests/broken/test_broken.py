"""Every broken catalogue is refused with exactly the expected faults, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_cases import BASE, CASES, Case, assemble

from cmf.errors import Diagnostic, InputError
from cmf.load import read_catalog, read_lineup

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
    places = [(_place(each), each.code) for each in found]
    assert places == [(f"{folder}/{f.at}", f.code) for f in case.faults], str(caught.value)
    for fault, each in zip(case.faults, found, strict=True):
        assert fault.remedy, "a case without a remedy shows nothing"
        assert fault.remedy in (each.remedy or "")
    shown = str(caught.value)
    assert shown.count("= help: ") == len(case.faults)
    for fault in case.faults:
        assert f"{folder}/{fault.at}: error[{fault.code}]" in shown


def _place(found: Diagnostic) -> str:
    return found.span.place if found.span else "nowhere"
