"""The code blocks of the README and the docs run, and print what the page says.

On a page, the blocks run in order in one folder that holds a copy of `catalogs`:

- A ``console`` block holds commands (``$ cmf …``), each followed by what it prints. A line ``...``
  stands for any lines.
- A ``python`` block runs in one namespace for the whole page; with ``>>>`` its output is compared.
- ``<!-- append: FILE -->`` or ``<!-- write: FILE -->`` before a block writes the block into a file.
- ``<!-- exit: N -->`` before a console block says how its commands end.
- ``<!-- not run: REASON -->`` leaves a block out, and so does ``<!-- tests: … -->``.

``python tests/test_docs.py PAGE…`` puts what is printed now into the pages.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from doctest import Example
from pathlib import Path

import pytest
from attrs import frozen
from typer.testing import CliRunner

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[a-z ]+): (?P<value>[^>]*?) -->\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NOT_RUN = ("not run", "tests")


@frozen
class Block:
    """A fenced block with the mark before it."""

    line: int
    start: int
    language: str
    text: str
    mark: str
    value: str

    @property
    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command with the output that the page shows."""
        for piece in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, _, output = piece.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more
            yield command, output


def blocks(text: str) -> list[Block]:
    return [
        Block(
            text.count("\n", 0, m.start("text")),
            m.start("text"),
            m["language"],
            m["text"],
            m["mark"] or "",
            m["value"] or "",
        )
        for m in BLOCK.finditer(text)
    ]


def run(command: str) -> tuple[int, str]:
    """Exit code of a `cmf` command, and what it prints on both streams."""
    from cmf.cli.app import app

    program, *arguments = shlex.split(command)
    assert program == "cmf", f"`{command}`: only cmf commands are run; mark the block `not run`"
    neutral = dict.fromkeys(("COLUMNS", "CMF_DEBUG", "NO_COLOR", "FORCE_COLOR"))
    result = CliRunner().invoke(app, arguments, env=neutral, prog_name="cmf")
    return result.exit_code, result.stdout + result.stderr


def agree(wanted: str, found: str) -> bool:
    """Whether the printed lines are those of the page, blanks at line ends aside."""
    parts = re.split(r"^\.\.\.\n", tidy(wanted), flags=re.MULTILINE)
    return re.fullmatch("(?:.*\n)*?".join(map(re.escape, parts)), tidy(found)) is not None


def tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def write(block: Block) -> None:
    target = Path(block.value)
    assert not target.is_absolute()
    assert ".." not in target.parts
    with target.open("a" if block.mark == "append" else "w", encoding="utf-8") as stream:
        stream.write(block.text)


class Recorder(doctest.DocTestRunner):
    """Runs examples, and keeps what they print."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, verbose=True)
        self.seen = ""

    def keep(self, example: doctest.Example, printed: str) -> None:
        first, *more = example.source.splitlines()
        self.seen += "".join([f">>> {first}\n", *(f"... {line}\n" for line in more), printed])

    def report_start(self, out: object, test: object, example: object) -> None:
        pass

    def report_success(self, out: object, test: object, example: Example, got: str) -> None:
        self.keep(example, got)

    def report_failure(self, out: object, test: object, example: Example, got: str) -> None:
        self.keep(example, got)


def run_python(block: Block, names: dict[str, object], page: Path) -> Recorder | None:
    """Run a block; with prompts, return what it printed and how often that was unexpected."""
    if ">>>" not in block.text:
        exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)  # noqa: S102
        return None
    parser = doctest.DocTestParser()
    test = parser.get_doctest(block.text, names, page.name, str(page), block.line)
    recorder = Recorder()
    recorder.run(test, out=lambda text: None, clear_globs=False)
    names.update(test.globs)
    return recorder


def prepare(folder: Path) -> None:
    shutil.copytree(ROOT / "catalogs", folder / "catalogs")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.mark in ("append", "write"):
            write(block)
        elif block.mark in NOT_RUN:
            assert block.value
        elif block.language == "python":
            recorder = run_python(block, names, page)
            if recorder is not None:
                assert recorder.failures == 0, f"{page.name}:{block.line}\n{recorder.seen}"
        elif block.language == "console":
            wanted_code = int(block.value) if block.mark == "exit" else 0
            for command, wanted in block.commands:
                code, found = run(command)
                where = f"{page.name}:{block.line}: {command}"
                assert code == wanted_code, f"{where}\n{found}"
                assert agree(wanted, found), f"{where}\n{found}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.name)
def test_example(example: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, example], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_page_can_be_found(page: Path) -> None:
    """From the first page, or from the list of decisions."""
    if page.parent == ROOT or page.name in ("index.md", "README.md"):
        return
    index = page.parent / ("README.md" if page.parent.name == "decisions" else "index.md")
    assert f"({page.name})" in index.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("a\nb\n", "a  \nb\n\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("", "a\n", False),
    ],
)
def test_output_is_compared(wanted: str, found: str, same: bool) -> None:
    assert agree(wanted, found) is same


def rewrite(page: Path) -> None:
    """Put what commands and examples print now into the page."""
    text = page.read_text(encoding="utf-8")
    fresh, done = "", 0
    names: dict[str, object] = {}
    for block in blocks(text):
        printed = None
        if block.mark in ("append", "write"):
            write(block)
        elif block.language == "python" and block.mark not in NOT_RUN:
            recorder = run_python(block, names, page)
            printed = recorder.seen if recorder else None
        elif block.language == "console" and block.mark not in NOT_RUN:
            printed = "".join(rewritten(*each) for each in block.commands)
        if printed is not None:
            fresh += text[done : block.start] + printed
            done = block.start + len(block.text)
    page.write_text(fresh + text[done:], encoding="utf-8")


def rewritten(command: str, wanted: str) -> str:
    """A command with what it prints now: all of it, or of a page with gaps as much as before."""
    printed = tidy(run(command)[1])
    if wanted.startswith("...\n"):
        tail = wanted.count("\n") - 1
        printed = "...\n" + "".join(printed.splitlines(keepends=True)[-tail:] if tail else [])
    elif "\n...\n" in wanted:
        printed = wanted
    return f"$ {command}\n{printed}"


if __name__ == "__main__":
    for each in [Path(name).resolve() for name in sys.argv[1:]]:
        with tempfile.TemporaryDirectory() as scratch:
            prepare(Path(scratch))
            os.chdir(scratch)
            rewrite(each)
            os.chdir(ROOT)
