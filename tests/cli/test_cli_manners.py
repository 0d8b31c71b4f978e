"""How the command behaves when the call, the files or the surroundings are wrong."""

from __future__ import annotations

import errno
import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest
from calling import Answer, call, command, environment, spawn

from cmf.errors import LimitReached, MissingExtra

COMMANDS = ("check", "variants", "count", "options", "share", "new")


def test_help_lists_every_command_and_every_command_has_an_example() -> None:
    overview = call("--help")
    assert overview.code == 0
    for name in COMMANDS:
        assert f"  {name} " in overview.out
        text = call(name, "--help").out
        assert "Example" in text
        assert f"$ cmf {name}" in text


def test_help_needs_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("numpy", "polars", "ortools", "oxidd", "pysat", "yaml", "lark", "rich", "xlsxwriter")
    code = (
        "import sys, atexit; sys.argv = ['cmf', '--help']\n"
        f"atexit.register(lambda: print([m for m in {heavy!r} if m in sys.modules]))\n"
        "from cmf.cli.main import run; run()"
    )
    done = subprocess.run(
        [command()[0], "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chek", "demo"], "check"),
        (["count", "demo", "--wher", "x"], "--where"),
        (["count", "demo", "--engine", "brut"], "brute"),
        (["count", "demo", "--format", "xml"], "json"),
        (["count"], "CATALOGUE"),
        (["variants", "demo", "--limit", "two"], "--limit"),
        (["variants", "demo", "--limit", "0"], "--limit"),
        (["variants", "demo", "--limit", "2", "--all"], "--limit and --all exclude each other"),
        (["variants", "demo", "--seed", "2"], "--sample"),
        (["variants", "demo", "--top", "2"], "--best"),
        (["variants", "demo", "--best", "unit_cots"], "`unit_cost`"),
        (["variants", "demo", "-o", "out.xls"], ".xlsx"),
        (["variants", "demo", "-o", "out"], ".csv"),
        (["variants", "demo", "-o", "nowhere/out.csv"], "nowhere"),
        (["count", "demo", "--by", "brnd"], "`brand`"),
        (["count", "demo", "--where", "brand == nort"], "`north`"),
        (["count", "demo", "--where", "wheelbase > 2500 kg"], "mm"),
        (["count", "demo", "--where", "brand =="], "^"),
        (["count", "dmeo"], "demo"),
        (["count", "."], "demo"),
        (["count", "demo/modules"], "catalog.yaml"),
        (["share", "demo", "--scope", "modlues"], "`modules`"),
        (["share", "demo/modules"], "lineup.yaml"),
        (["new", "demo"], "not empty"),
        (["new", "demo/lineup.yaml"], "is a file"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_told_on_stderr(demo: Path, arguments: list[str], hint: str) -> None:
    answer = call(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert hint in answer.err
    assert "Traceback" not in answer.err


def test_all_conditions_are_read_before_the_first_is_complained_about(demo: Path) -> None:
    answer = call("count", "demo", "-w", "brand == nort", "-w", "wheelbse > 3 mm")
    assert answer.code == 2
    assert "nort" in answer.err
    assert "wheelbse" in answer.err
    assert answer.err.endswith("2 mistakes\n")


def test_new_writes_into_an_empty_folder_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert call("new", "empty").code == 0
    assert (tmp_path / "empty" / "modules" / "cockpit.yaml").is_file()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert call("new", "full").code == 2
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise error

    monkeypatch.setattr("cmf.workspace.model.Model.compile", broken)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (LimitReached("no answer within 60 s"), 3, "limit: no answer within 60 s\n"),
        (MemoryError(), 3, "limit: out of memory\n"),
        (MissingExtra("pip install 'cmf[excel]'"), 2, "error: pip install 'cmf[excel]'\n"),
        (ZeroDivisionError("by\nzero"), 70, "cmf: unexpected ZeroDivisionError: by zero; please"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_exception_has_its_exit_code(
    demo: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: str
) -> None:
    fail_with(monkeypatch, error)
    answer = call("count", "demo")
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith(words)
    assert answer.err.count("\n") == 1


def test_debugging_shows_the_traceback(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from cmf.cli.app import app

    fail_with(monkeypatch, ZeroDivisionError("here"))
    result = CliRunner().invoke(app, ["count", "demo"], env={"CMF_DEBUG": "1"})
    assert isinstance(result.exception, ZeroDivisionError)


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet"])
def test_a_file_is_written_whole_or_not_at_all(
    demo: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def rows(*arguments: object) -> object:
        yield ["front_compact"] * 6 + [1, 2, 3]
        raise OSError(errno.ENOSPC, "No space left on device")

    def full_disk(*arguments: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cmf.report.variants.variant_rows", rows)
    monkeypatch.setattr("cmf.workspace.space.variant_frame", full_disk)
    target = demo / f"out.{suffix}"
    target.write_text("what was there before")
    before = sorted(p.name for p in demo.iterdir())
    answer = call("variants", "demo", "--all", "-o", str(target))
    assert answer.code == 2
    assert "No space left" in answer.err
    assert target.read_text() == "what was there before"
    assert sorted(p.name for p in demo.iterdir()) == before


def test_a_full_disk_is_no_traceback(demo: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("variants", "demo", "--all", "--format", "csv"),
            cwd=demo.parent,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_ends_the_command_quietly(demo: Path) -> None:
    for arguments in (["variants", "demo", "--all", "--format", "csv"], ["options", "demo"]):
        process = subprocess.Popen(
            command(*arguments),
            cwd=demo.parent,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read().replace("all, of 50 variants\n", "") == ""
        process.stderr.close()
        assert process.wait(60) == 141


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [(signal.SIGINT, 130, "cmf: interrupted\n"), (signal.SIGTERM, 143, "")],
)
def test_a_signal_ends_the_command_and_leaves_no_draft(
    demo: Path, number: int, code: int, words: str
) -> None:
    slow = (
        "import sys, time; sys.argv[0] = 'cmf'\n"
        "import cmf.report.variants as v\n"
        "def rows(*a):\n"
        "    yield ['front_compact'] * 6 + [1, 2, 3]\n"
        "    print('ready', flush=True); time.sleep(60)\n"
        "v.variant_rows = rows\n"
        "from cmf.cli.main import run; run()"
    )
    process = subprocess.Popen(
        [command()[0], "-c", slow, "variants", "demo", "--all", "-o", "out.csv"],
        cwd=demo.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", words)
    assert [p.name for p in demo.parent.iterdir()] == ["demo"]


def on_a_terminal(folder: Path, *arguments: str, **extra: str) -> Answer:
    """Run `cmf` with stdout on a terminal of 100 columns."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="100", **extra),
        stdout=slave,
        stderr=subprocess.PIPE,
    )
    os.close(slave)
    pieces = []
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(master)
    assert process.stderr is not None
    err = process.stderr.read().decode()
    process.stderr.close()
    return Answer(process.wait(60), b"".join(pieces).decode(), err)


def test_colours_only_on_a_terminal_that_wants_them(demo: Path) -> None:
    assert "\x1b[" in on_a_terminal(demo.parent, "options", "demo").out
    assert "\x1b[" not in on_a_terminal(demo.parent, "options", "demo", NO_COLOR="1").out
    assert "\x1b" not in spawn("options", "demo", folder=demo.parent).out


def test_json_on_a_terminal_is_json(demo: Path) -> None:
    answer = on_a_terminal(demo.parent, "options", "demo", "--format", "json")
    assert json.loads(answer.out)["count"] == 50


def test_a_poor_encoding_is_no_traceback(demo: Path) -> None:
    answer = spawn("share", "demo", folder=demo.parent, PYTHONIOENCODING="ascii")
    assert answer.code == 0, answer.err


def test_too_many_variants_for_a_table_are_refused(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmf.cli.variants.READABLE", 49)
    answer = call("variants", "demo", "--all")
    assert answer.code == 2
    assert "--format csv" in answer.err
    assert call("variants", "demo", "--all", "--format", "csv").code == 0


def test_foreign_models_can_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.dimacs").write_text("c 1 roof\nc 2 hook\np cnf 2 1\n1 2 0\n")
    assert call("count", "model.dimacs").out == "3\n"
    document = json.loads(call("options", "model.dimacs", "--format", "json").out)
    assert {row["axis"] for row in document["options"]} == {"roof", "hook"}
    assert call("share", "model.dimacs").code == 2
