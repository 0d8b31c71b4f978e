"""``cmf diff``: folders and revisions, figures by hand, and what it refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from calling import call

NORTH_ONLY = """
  - id: NORTH
    require: brand == north
    because: The south is sold
"""


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(demo: Path) -> Path:
    """The catalogue in a git repository, with a second commit that forbids a brand."""
    git(demo.parent, "init", "-b", "main")
    git(demo.parent, "add", "demo")
    git(demo.parent, "commit", "-m", "one")
    restrict(demo)
    git(demo.parent, "checkout", "-b", "work")
    git(demo.parent, "commit", "-a", "-m", "two")
    return demo


def restrict(folder: Path) -> None:
    with (folder / "rules" / "fit.yaml").open("a") as stream:
        stream.write(NORTH_ONLY)


def data(*arguments: str) -> dict[str, object]:
    answer = call("diff", *arguments, "--format", "json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert isinstance(found, dict)
    return found


def test_restriction_by_hand(demo: Path) -> None:
    """24 of the 50 variants are of the brand that is forbidden."""
    shutil.copytree(demo, "new")
    restrict(Path("new"))
    found = data("demo", "new")
    assert (found["effect"], found["size"]) == ("restricting", "major")
    assert (found["lost"], found["gained"], found["both"]) == (24, 0, 26)
    (cause,) = found["causes"]  # type: ignore[misc]
    assert (cause["name"], cause["change"], cause["lost"], cause["lost_alone"]) == (
        "NORTH", "added", 24, 24,
    )  # fmt: skip
    assert cause["place"].startswith("rules/fit.yaml:")
    assert found["conditions"] == [
        {"effect": "lost", "condition": "brand == south", "variants": 24, "new": 24}
    ]
    fates = {row["id"]: row["fate"] for row in found["vehicles"]}  # type: ignore[attr-defined]
    assert "lost" in fates.values()
    refused = [row["refused_by"] for row in found["vehicles"] if row["fate"] == "lost"]  # type: ignore[attr-defined]
    assert set(refused) == {"NORTH"}
    back = data("new", "demo")
    assert (back["effect"], back["size"], back["gained"]) == ("relaxing", "minor", 24)


def test_revisions_give_what_folders_give(repository: Path) -> None:
    by_range = data("main..work", "demo")
    assert data("main", "work", "--in", "demo") == by_range
    assert data("main...work", "demo") == by_range
    assert data("main..", "demo") == {**by_range, "new": "HEAD"}
    assert by_range["lost"] == 24
    assert data("main", "--in", "demo")["lost"] == 24
    assert data("work", "--in", "demo")["size"] == "none"


def test_what_is_not_committed(repository: Path) -> None:
    (repository / "rules" / "fit.yaml").unlink()
    assert data("work..work", "demo")["size"] == "none"
    assert data("work", "--in", "demo")["effect"] == "relaxing"


def test_nothing_of_the_repository_runs(repository: Path) -> None:
    """Filters, hooks and monitors that a repository brings along stay where they are."""
    (repository.parent / ".gitattributes").write_text("* filter=trap export-ignore\n")
    trap = f"touch {repository.parent / 'trapped'}"
    for name in ("filter.trap.smudge", "filter.trap.clean", "core.fsmonitor", "core.pager"):
        git(repository.parent, "config", name, trap)
    assert data("main..work", "demo")["lost"] == 24
    assert not (repository.parent / "trapped").exists()


def test_fail_on(demo: Path) -> None:
    shutil.copytree(demo, "new")
    restrict(Path("new"))
    assert call("diff", "demo", "new", "--fail-on", "major").code == 1
    assert call("diff", "new", "demo", "--fail-on", "major").code == 0
    assert call("diff", "new", "demo", "--fail-on", "minor").code == 1
    assert call("diff", "demo", "demo", "--fail-on", "patch").code == 0


def test_renamed_and_projected(demo: Path) -> None:
    """A module with another name is the same; an axis that came is looked through."""
    shutil.copytree(demo, "new")
    for path in Path("new").rglob("*.*"):
        text = path.read_text()
        path.write_text(text.replace("cockpit_basic", "cockpit_plain"))
    found = data("demo", "new")
    assert (found["lost"], found["gained"], found["size"]) == (0, 0, "patch")
    renamed = [row for row in found["names"] if row["change"] == "renamed"]  # type: ignore[attr-defined]
    assert [(row["name"], row["new_name"]) for row in renamed] == [
        ("cockpit_basic", "cockpit_plain")
    ]


def test_markdown_is_escaped(demo: Path) -> None:
    shutil.copytree(demo, "new")
    restrict(Path("new"))
    path = Path("new", "rules", "fit.yaml")
    path.write_text(path.read_text().replace("is sold", "| <b>is</b> sold @all #1"))
    text = call("diff", "demo", "new", "--format", "markdown").out
    assert text.startswith("### small\\_family: restricting change (major)\n")
    assert "<b>" not in text
    assert "\\|" in text
    assert text.count("<details>") == text.count("</details>") > 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("demo",), "one-side"),
        (("main", "demo"), "no-such-folder"),
        (("main..nowhere", "demo"), "unknown-revision"),
        (("main..--output=x", "demo"), "unknown-revision"),
        (("main..work", "elsewhere"), "not-in-revision"),
        (("demo", "elsewhere"), "not-a-catalogue"),
    ],
)
def test_wrong_calls(repository: Path, arguments: tuple[str, ...], code: str) -> None:
    del repository
    answer = call("diff", *arguments)
    assert answer.code == 2
    assert f"error[{code}]" in answer.err
    assert "help:" in answer.err


def test_no_repository(demo: Path) -> None:
    del demo
    answer = call("diff", "main..work", "demo")
    assert (answer.code, "no-repository" in answer.err) == (2, True)


def test_faults_point_into_the_revision(repository: Path) -> None:
    path = repository / "rules" / "fit.yaml"
    path.write_text(path.read_text().replace("brand == north", "brnd == north"))
    git(repository, "commit", "-a", "-m", "broken")
    answer = call("diff", "main..work", "demo")
    assert answer.code == 2
    assert "work:demo/rules/fit.yaml:" in answer.err


def test_workflow_calls_what_there_is() -> None:
    """Every call of the example is one that the command line understands."""
    import shlex

    import yaml

    path = Path(__file__).parents[2] / "examples" / "pull-request.yml"
    steps = yaml.safe_load(path.read_text())["jobs"]["catalogue"]["steps"]
    calls = [step["run"] for step in steps if step.get("run", "").startswith("cmf ")]
    named = {shlex.split(each)[1] for each in calls}
    assert {"check", "test", "targets", "diff"} == named
    for each in calls:
        words = [word for word in shlex.split(each.split(">")[0])[1:] if not word.startswith("$F")]
        if words[0] != "test":
            options = {word for word in words if word.startswith("-")}
            text = call(words[0], "--help").out
            assert all(option in text for option in options)
