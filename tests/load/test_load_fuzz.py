"""Whatever stands in the files, reading ends with a line-up or an `InputError`, and quickly."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cmf.errors import InputError
from cmf.load import read_lineup

BASE = Path(__file__).resolve().parents[1] / "broken" / "_base"
FILES = sorted(str(p.relative_to(BASE)) for p in BASE.rglob("*") if p.is_file())
SECONDS = 5

PIECES = st.sampled_from(
    [
        *"{}[]:,&*!|>'\"%@`#-? \t\n\r\0=.;",
        *("\ufeff", "\u2028", "\x85", "é", "0", "NO", "~", "none", "*", "a|b", "9" * 30),
        *("..", "../", "/", "&a", "*a", "!!x", "---\n", "1e9", "-1", "mm", " kg", "\\u0000", "''"),
    ]
)
JUNK = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("fuzz") / "catalogue"
    shutil.copytree(BASE, copy)
    return copy


def _reads(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.write_bytes(data)
    start = time.process_time()
    try:
        read_lineup(folder)
    except InputError as error:
        for found in error.diagnostics:
            assert found.remedy
            assert found.span is not None or found.code == "more-faults"
        str(error).encode("utf-8")
    finally:
        path.write_bytes((BASE / name).read_bytes())
    assert time.process_time() - start < SECONDS, "reading must end in bounded time"


quick = settings(
    max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(st.sampled_from(FILES), st.binary(max_size=200))
@quick
def test_bytes(folder: Path, name: str, data: bytes) -> None:
    _reads(folder, name, data)


@given(st.sampled_from(FILES), JUNK)
@example("catalog.yaml", "0: [")
@quick
def test_text(folder: Path, name: str, text: str) -> None:
    _reads(folder, name, text.encode("utf-8", errors="surrogatepass"))


@given(st.sampled_from(FILES), st.floats(0, 1), st.integers(0, 30), JUNK)
@settings(quick, max_examples=200)
def test_splices(folder: Path, name: str, where: float, gone: int, text: str) -> None:
    """A good file with a stretch replaced: most of it still makes sense."""
    good = (BASE / name).read_text(encoding="utf-8")
    at = int(where * len(good))
    _reads(folder, name, (good[:at] + text + good[at + gone :]).encode(errors="surrogatepass"))


@given(st.sampled_from(FILES), st.data())
@settings(quick, max_examples=100)
def test_swapped_words(folder: Path, name: str, data: st.DataObject) -> None:
    """One word of a file in the place of another one."""
    words = (BASE / name).read_text(encoding="utf-8").split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    words[at] = data.draw(st.sampled_from([*words, "", "[]", "{}", "- ", "1", "\n"]))
    _reads(folder, name, " ".join(words).encode())
