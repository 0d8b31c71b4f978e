"""The strategies in runs of pytest as users have them: database, blobs, `@example`, profiles."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest

import cmf
from cmf.testing import variant
from cmf.workspace import VariantSpace

PROFILES = """\
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile(
    "team", database=DirectoryBasedExampleDatabase("kept"), print_blob=True, max_examples=25
)
settings.register_profile("quick", database=None, max_examples=7, derandomize=True)
"""
HEAD = """\
import json
from pathlib import Path

import cmf
from cmf.testing import variant, variants
from hypothesis import Phase, example, given, reproduce_failure, settings

SPACE = cmf.load("demo").compile()


def note(drawn):
    with Path("seen.txt").open("a") as stream:
        stream.write(json.dumps(dict(drawn.items())) + "\\n")

"""
FAILING = """
@given(variants(SPACE))
def test_it(drawn):
    note(drawn)
    assert not (drawn["front_unit"] == "front_large" and drawn["brand"] == "south")
"""


def run(folder: Path, body: str, profile: str) -> tuple[int, str, list[dict[str, str]]]:
    """Exit code and output of pytest on a file, and the examples that its test saw."""
    (folder / "conftest.py").write_text(PROFILES)
    (folder / "test_inner.py").write_text(HEAD + body)
    seen = folder / "seen.txt"
    seen.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_inner.py"]
    hidden = ("CI", "PYTEST_ADDOPTS")
    plain = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [*command, f"--hypothesis-profile={profile}"],
        cwd=folder, env=plain, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    lines = seen.read_text().splitlines() if seen.exists() else []
    return done.returncode, done.stdout + done.stderr, list(map(json.loads, lines))


@pytest.fixture
def nearest(demo: Path) -> dict[str, str]:
    """The variant nearest to the reference, the first vehicle, on which the test fails."""
    found = variant(cmf.load(demo).compile(), front_unit="front_large", brand="south")
    return dict(found.items())


def fails(drawn: Mapping[str, str]) -> bool:
    """What the inner test says of a variant."""
    return drawn["front_unit"] == "front_large" and drawn["brand"] == "south"


def pulled_to_the_end(space: VariantSpace, last: dict[str, str]) -> bool:
    """Whether an example is the variant nearest to the reference with some of its options, and
    stops failing when any one of these is let go."""
    away = sorted(variant(space, **last).differences)
    for size in range(len(away) + 1):
        for names in combinations(away, size):
            held = {name: last[name] for name in names}
            if dict(variant(space, **held)) == last:
                less = [{n: o for n, o in held.items() if n != name} for name in names]
                if not any(fails(variant(space, **each)) for each in less):
                    return True
    return False


def test_a_failure_is_kept_replayed_first_and_reproduced(tmp_path: Path, demo: Path) -> None:
    code, text, seen = run(tmp_path, FAILING, "team")
    assert code == 1, text
    kept = seen[-1]
    assert fails(kept)
    assert pulled_to_the_end(cmf.load(demo).compile(), kept)
    assert any((tmp_path / "kept").rglob("*"))

    code, text, again = run(tmp_path, FAILING, "team")
    assert code == 1, text
    assert again[0] == kept  # the database comes before anything new

    (blob,) = set(re.findall(r"@reproduce_failure\(.*\)", text))
    code, text, reproduced = run(tmp_path, f"\n{blob}{FAILING}", "quick")
    assert code == 1, text
    assert reproduced
    assert all(each == kept for each in reproduced)


def test_examples_come_first_and_profiles_are_kept(tmp_path: Path, nearest: dict[str, str]) -> None:
    explicit = '\n@example(variant(SPACE, front_unit="front_large", brand="south"))'
    passing = FAILING.replace("    assert not", "    assert drawn or not")
    code, text, seen = run(tmp_path, explicit + passing, "quick")
    assert code == 0, text
    assert seen[0] == nearest
    assert len(seen) == 1 + 7
    assert run(tmp_path, explicit + passing, "quick")[2] == seen  # derandomized

    only = "\n@settings(phases=[Phase.explicit])"
    code, text, seen = run(tmp_path, only + explicit + FAILING, "quick")
    assert (code, seen) == (1, [nearest]), text
