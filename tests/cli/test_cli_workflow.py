"""The workflow in `examples/`: its shape, its steps run one by one, and the comment as rendered."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from calling import CODE, call
from markdown_it import MarkdownIt
from markdown_it.token import Token

WORKFLOW = Path(__file__).resolve().parents[2] / "examples" / "pull-request.yml"
HOSTILE = "a | b <img src=x onerror=alert(1)> **bold** `code` [link](http://x) @team #12"
RULE = f"""
  - id: NORTH
    require: brand == north
    because: "{HOSTILE}"
"""
TARGETS = """\
format: 1
targets:
  - {id: T1, title: Most parts are shared, metric: share, scope: all, threshold: ">= 10 %"}
"""


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    """The workflow as YAML 1.2 has it: `on` is a word."""
    found = yaml.load(WORKFLOW.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 (plain strings)
    assert isinstance(found, dict)
    return found


def steps(workflow: Mapping[str, Any]) -> list[dict[str, Any]]:
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


def test_the_workflow_has_the_shape_that_the_hosting_site_asks_for(
    workflow: dict[str, Any],
) -> None:
    assert workflow.keys() == {"name", "on", "permissions", "env", "jobs"}
    kinds = {"opened", "synchronize", "reopened", "labeled", "unlabeled"}
    assert set(workflow["on"]["pull_request"]["types"]) <= kinds
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    for job in workflow["jobs"].values():
        assert job.keys() == {"runs-on", "steps"}
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert step.keys() <= {"name", "if", "uses", "with", "env", "run"}
            assert ("with" in step) <= ("uses" in step)
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))
            assert all(
                isinstance(v, str) for v in {**step.get("env", {}), **step.get("with", {})}.values()
            )
    assert len({step["name"] for step in steps(workflow) if "name" in step}) == 5


def test_what_a_stranger_writes_reaches_no_script(workflow: dict[str, Any]) -> None:
    """Expressions stand in `env` and `with` only, are closed, and name contexts that exist."""
    text = WORKFLOW.read_text()
    expressions = re.findall(r"\$\{\{(.*?)\}\}", text)
    assert text.count("${{") == len(expressions) == text.count("}}")
    contexts = r"(github\.(workspace|token|event\.pull_request\.[\w.*]+)|hashFiles\(|contains\()"
    assert all(re.search(contexts, each) for each in expressions)
    for step in steps(workflow):
        assert "${{" not in step.get("run", "")


@pytest.fixture
def repository(demo: Path) -> Path:
    """A repository whose second commit loses variants, with targets for its line-up."""
    folder = demo.parent
    (demo / "targets.yaml").write_text(TARGETS)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "demo")
    git(folder, "commit", "-qm", "one")
    git(folder, "checkout", "-q", "-b", "work")
    with (demo / "rules" / "fit.yaml").open("a") as stream:
        stream.write(RULE)
    git(folder, "commit", "-qam", "two")
    tools = folder / "tools"
    tools.mkdir()
    for name, script in (
        ("cmf", f'exec "{sys.executable}" -c "{CODE}" "$@"'),
        ("pip", "true"),
        ("gh", 'echo "$@" > asked.txt; cp diff.md posted.md'),
    ):
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    return folder


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    command = ["git", *settings, *arguments]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def codes(workflow: Mapping[str, Any], folder: Path, *, major: bool) -> dict[str, int]:
    """Exit code of every script, run as the hosting site runs it: by `bash -e`."""
    values = {
        "CATALOGUE": "demo",
        "BASE": git(folder, "rev-parse", "main"),
        "HEAD": git(folder, "rev-parse", "work"),
        "FAIL_ON": "" if major else "--fail-on=major",
        "NUMBER": "7",
        "GH_TOKEN": "none",
        "PATH": f"{folder / 'tools'}:{os.environ['PATH']}",
    }
    found = {}
    for step in steps(workflow):
        if "run" in step:
            assert step.get("env", {}).keys() <= values.keys()
            script = folder / "step.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "-e", str(script)], cwd=folder, env={**os.environ, **values}, check=False
            )
            found[step.get("name", step["run"])] = done.returncode
    return found


def test_the_steps_say_what_they_promise(workflow: dict[str, Any], repository: Path) -> None:
    """The change breaks two rule tests and loses variants, which the label `major` allows."""
    found = codes(workflow, repository, major=False)
    assert found == {
        "pip install cmf": 0,
        "Check": 1,
        "Rule tests": 1,
        "Targets": found["Targets"],
        "What the change does": 1,
        "Comment": 0,
    }
    assert found["Targets"] in (0, 1)
    asked = (repository / "asked.txt").read_text().split()
    assert asked == [
        "pr",
        "comment",
        "7",
        "--body-file",
        "diff.md",
        "--edit-last",
        "--create-if-none",
    ]
    posted = (repository / "posted.md").read_text()
    assert posted.startswith("### small\\_family: restricting change (major)\n")
    assert codes(workflow, repository, major=True)["What the change does"] == 0
    assert (repository / "posted.md").read_text() == posted


def rendered(text: str) -> Iterator[Token]:
    """Tokens of a comment, with the tables that hosting sites add to Markdown."""
    return iter(MarkdownIt("commonmark").enable("table").parse(text))


def test_the_comment_renders_as_tables_and_as_the_text_that_was_written(repository: Path) -> None:
    text = call("diff", "main...work", "demo", "--format", "markdown").out
    widths: list[list[int]] = []
    said = []
    for token in rendered(text):
        if token.type == "table_open":
            widths.append([])
        elif token.type == "tr_open":
            widths[-1].append(0)
        elif token.type in ("th_open", "td_open"):
            widths[-1][-1] += 1
        elif token.type == "html_block":
            plain = re.sub(r"</?(details|summary)>", "", token.content)
            assert "<" not in plain, token.content
        elif token.type == "inline":
            kinds = {child.type for child in token.children or ()}
            assert kinds <= {"text", "text_special", "softbreak"}, token.content
            said.append("".join(child.content for child in token.children or ()))
    assert len(widths) >= 5
    for rows in widths:
        assert len(rows) >= 2
        assert len(set(rows)) == 1, "every row of a table has the columns of its head"
    shown = HOSTILE.replace("@", "@\u200b")
    assert any(shown in each for each in said)
    assert not any("|" in each for each in said if shown not in each)
    assert text.count("<details>") == text.count("</details>") == len(widths) - 1
