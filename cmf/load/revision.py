"""A catalogue as a revision of a git repository has it, in a temporary folder.

Only committed bytes are read, through ``git rev-parse``, ``git ls-tree`` and ``git cat-file``: no
hook, filter or attribute of the repository runs, nothing is checked out, nothing is fetched, and
neither the working tree nor the index is touched.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from attrs import evolve, frozen

from cmf.errors import Diagnostic, InputError, fail
from cmf.load.folder import FILE_LIMIT, FILES_LIMIT, FOLDER_LIMIT

SUFFIXES = (".yaml", ".yml", ".csv", ".xlsx", ".parquet")
"""Of the files that a catalogue may consist of; others stay in the repository."""

PATIENCE = 60.0
"""Seconds after which a call of git is given up."""

_ELSEWHERE = ("DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "PREFIX")
_QUIET = {"OPTIONAL_LOCKS": "0", "NO_LAZY_FETCH": "1", "TERMINAL_PROMPT": "0"}


@frozen
class Repository:
    """A git repository, and a folder in it that need not exist in the working tree.

    Attributes
    ----------
    root
        An existing folder of the repository.
    prefix
        The catalogue's path from the top of the repository, with ``/``; empty for the top.
    """

    root: Path
    prefix: str

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that holds `folder`.

        Raises
        ------
        InputError
            When there is none, or git is not installed.
        """
        root = folder.resolve()
        rest: list[str] = []
        while not root.is_dir() and root != root.parent:
            rest.insert(0, root.name)
            root = root.parent
        try:
            answer = _git(root, "rev-parse", "--show-prefix")
        except _Refused as refused:
            remedy = "compare two folders instead, or name a folder of a repository"
            message = f"{folder} is in no git repository that can be read: {refused}"
            raise fail("no-repository", message, None, remedy) from refused
        inside = os.fsdecode(answer).removesuffix("\n")
        return cls(root, str(PurePosixPath(inside, *rest)).removeprefix("."))

    def commit(self, revision: str) -> str:
        """The commit that a revision names, in hexadecimal; raises `InputError`."""
        try:
            found = _git(
                self.root, "rev-parse", "--verify", "--quiet", "--end-of-options",
                f"{revision}^{{commit}}",
            )  # fmt: skip
        except _Refused as refused:
            remedy = "name a branch, a tag or a commit; in a shallow clone fetch it first"
            message = f"the repository has no revision `{revision}`"
            raise fail("unknown-revision", message, None, remedy) from refused
        return os.fsdecode(found).strip()

    def fork(self, one: str, other: str) -> str:
        """The commit where two revisions parted; raises `InputError`."""
        commits = self.commit(one), self.commit(other)
        try:
            return os.fsdecode(_git(self.root, "merge-base", *commits)).strip()
        except _Refused as refused:
            message = f"`{one}` and `{other}` have no commit in common"
            remedy = f"compare them as they are: `{one}..{other}`"
            raise fail("unrelated-revisions", message, None, remedy) from refused

    @contextmanager
    def files(self, revision: str) -> Iterator[Path]:
        """The catalogue's files at a revision, in a folder that goes away again.

        Faults that are raised meanwhile point into the revision, not into that folder.
        """
        commit = self.commit(revision)
        label = f"{revision}:{self.prefix or '.'}"
        with TemporaryDirectory(prefix="cmf-") as name:
            folder = Path(name, self.prefix.rpartition("/")[2] or "catalogue")
            folder.mkdir()
            self._write(commit, label, folder)
            try:
                yield folder
            except InputError as error:
                told = [_relabelled(d, str(folder), label) for d in error.diagnostics]
                raise InputError(told) from None

    def _write(self, commit: str, label: str, folder: Path) -> None:
        blobs = self._blobs(commit, label)
        total = sum(size for _, _, size in blobs)
        if len(blobs) > FILES_LIMIT or total > FOLDER_LIMIT or any(
            size > FILE_LIMIT for _, _, size in blobs
        ):  # fmt: skip
            message = f"{label} is too large: {len(blobs):,} files, {total:,} bytes"
            raise fail("too-large-revision", message, None, "name the catalogue's own folder")
        names = "".join(f"{sha}\n" for _, sha, _ in blobs).encode()
        data = _git(self.root, "cat-file", "--batch", stdin=names)
        start = 0
        for path, _, size in blobs:
            start = data.index(b"\n", start) + 1
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data[start : start + size])
            start += size + 1

    def _blobs(self, commit: str, label: str) -> list[tuple[PurePosixPath, str, int]]:
        """Path, name and size of the regular files; links and submodules are left out."""
        try:
            listed = _git(self.root, "ls-tree", "--full-tree", "-rlz", f"{commit}:{self.prefix}")
        except _Refused as refused:
            remedy = "the folder may have another name there"
            message = f"there is no folder {label}"
            raise fail("not-in-revision", message, None, remedy) from refused
        found = []
        for entry in os.fsdecode(listed).split("\0")[:-1]:
            head, _, name = entry.partition("\t")
            mode, _, sha, size = head.split()
            path = PurePosixPath(name)
            if not mode.startswith("100") or path.suffix.lower() not in SUFFIXES:
                continue
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                message = f"{label} holds a file of the name {name!a}"
                raise fail("bad-file-name", message, None, "rename it")
            found.append((path, sha, int(size)))
        return found


class _Refused(Exception):
    """Git says no; the text is its first line."""


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    environment = {k: v for k, v in os.environ.items() if k not in [f"GIT_{e}" for e in _ELSEWHERE]}
    environment |= {f"GIT_{name}": value for name, value in _QUIET.items()}
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            input=stdin,
            capture_output=True,
            timeout=PATIENCE,
            env={**environment, "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError:
        raise fail("no-git", "git is not installed", None, "compare two folders instead") from None
    except subprocess.TimeoutExpired:
        raise _Refused(f"git gives no answer within {PATIENCE:.0f} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines() or ["git refuses"]
        raise _Refused(lines[0].removeprefix("fatal: "))
    return done.stdout


def _relabelled(diagnostic: Diagnostic, folder: str, label: str) -> Diagnostic:
    span = diagnostic.span
    if span is not None:
        source = evolve(span.source, name=span.source.name.replace(folder, label, 1))
        span = evolve(span, source=source)
    return evolve(diagnostic, message=diagnostic.message.replace(folder, label), span=span)


def split_range(text: str) -> tuple[str, str, bool] | None:
    """Both ends of ``A..B`` or ``A...B`` and whether there are three dots; `None` for no range.

    An end that is missing is ``HEAD``.
    """
    for dots in ("...", ".."):
        one, found, other = text.partition(dots)
        if found:
            return one or "HEAD", other or "HEAD", dots == "..."
    return None
