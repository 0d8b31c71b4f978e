"""Reading files of one folder: nothing outside it, nothing too large, only UTF-8."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
from pathlib import Path

from attrs import define, field

from cmf.load.faults import Faults
from cmf.source import Source

FILE_LIMIT = 16 * 2**20
FOLDER_LIMIT = 128 * 2**20
FILES_LIMIT = 2_000

UNUSUAL = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@define
class Folder:
    """A folder that is read, with the digest of what was read.

    Attributes
    ----------
    root
        The folder.
    faults
        Where unreadable files are reported.
    """

    root: Path
    faults: Faults
    _read: dict[str, bytes] = field(factory=dict)

    def source(self, relative: str, text: str = "") -> Source:
        """The source that faults of a file point into."""
        return Source(str(self.root / relative), text)

    def exists(self, relative: str) -> bool:
        """Whether there is something under that name (a dangling link counts)."""
        return os.path.lexists(self.root / relative)

    def names(self, relative: str) -> list[str]:
        """Names in a sub-folder, sorted, without hidden ones; empty when there is none."""
        path = self.root / relative
        if not os.path.isdir(path):  # unlike Path.is_dir, false for impossible names
            if self.exists(relative):
                self.faults.add(
                    "not-a-folder",
                    f"`{relative}` is a file, but a folder is expected",
                    self.source(relative).whole(),
                    f"make `{relative}` a folder",
                )
            return []
        if not self._inside(relative):
            return []
        try:
            found = sorted(name for name in os.listdir(path) if not name.startswith("."))
        except OSError as error:
            self._unreadable(relative, error.strerror or "the system refuses")
            return []
        if len(found) > FILES_LIMIT:
            self._unreadable(relative, f"it holds more than {FILES_LIMIT} files")
            return []
        return [name for name in found if self._printable(relative, name)]

    def text(self, relative: str) -> Source | None:
        """The file as text with ``\\n`` line ends; `None` after a reported fault."""
        data = self.data(relative)
        return None if data is None else self._decode(relative, data)

    def data(self, relative: str) -> bytes | None:
        """The bytes of a file; `None` after a reported fault."""
        self.faults.register(self.source(relative))
        if not self._inside(relative):
            return None
        try:
            if not stat.S_ISREG(os.stat(self.root / relative).st_mode):
                self._unreadable(relative, "it is not a regular file")
                return None
            with open(self.root / relative, "rb") as stream:
                data = stream.read(FILE_LIMIT + 1)
        except OSError as error:
            self._unreadable(relative, error.strerror or "the system refuses")
            return None
        total = len(data) + sum(map(len, self._read.values()))
        if len(data) > FILE_LIMIT or total > FOLDER_LIMIT:
            self._too_large(relative)
            return None
        self._read[relative] = data
        return data

    def digest(self) -> str:
        """SHA-256 of the names and bytes of all files read, in hexadecimal."""
        total = hashlib.sha256()
        for name, data in sorted(self._read.items()):
            for piece in (name.encode(), data):
                total.update(len(piece).to_bytes(8, "big"))
                total.update(piece)
        return total.hexdigest()

    def _inside(self, relative: str) -> bool:
        """Whether the file is there and, links followed, lies in the folder."""
        try:
            root = os.path.realpath(self.root, strict=True)
            real = os.path.realpath(self.root / relative, strict=True)
        except ValueError:
            self._unreadable(relative, "its path holds a character that no path has")
            return False
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                self.faults.add(
                    "missing-file",
                    f"there is no file `{relative}`",
                    self.source(relative).whole(),
                    "create it, or correct its name",
                )
            else:
                self._unreadable(relative, error.strerror or "the system refuses")
            return False
        if os.path.commonpath([root, real]) != root:
            self.faults.add(
                "outside-folder",
                f"`{relative}` is a link that leaves the folder",
                self.source(relative).whole(),
                "put the file itself there",
            )
            return False
        return True

    def _printable(self, relative: str, name: str) -> bool:
        if name.isprintable():
            return True
        self.faults.add(
            "bad-file-name",
            f"the name {name!a} of a file in `{relative}` is not plain text",
            self.source(relative).whole(),
            "rename the file",
        )
        return False

    def _unreadable(self, relative: str, why: str) -> None:
        self.faults.add(
            "unreadable-file",
            f"`{relative}` cannot be read: {why}",
            self.source(relative).whole(),
            "check what it is and who may read it",
        )

    def _too_large(self, relative: str) -> None:
        self.faults.add(
            "too-large-file",
            f"`{relative}` is too large: a file may have {FILE_LIMIT // 2**20} MiB, "
            f"a folder {FOLDER_LIMIT // 2**20} MiB",
            self.source(relative).whole(),
            "split the catalogue or remove what it does not need",
        )

    def _decode(self, relative: str, data: bytes) -> Source | None:
        for mark, encoding in _OTHER_ENCODINGS:
            if data.startswith(mark):
                self.faults.add(
                    "not-utf8",
                    f"`{relative}` is written in {encoding}",
                    self.source(relative).whole(),
                    "save it as UTF-8",
                )
                return None
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            source = self.source(relative, _lines(data.decode("utf-8", errors="replace")))
            before = len(_lines(data[: error.start].decode("utf-8")))
            self.faults.add(
                "not-utf8",
                f"byte 0x{data[error.start]:02x} is not UTF-8",
                source.span(before, before + 1),
                "save the file as UTF-8 (it looks like Windows-1252 or Latin-1)",
            )
            return None
        source = self.source(relative, _lines(text))
        unusual = UNUSUAL.search(source.text)
        if unusual:
            self.faults.add(
                "bad-character",
                f"the character U+{ord(unusual.group()):04X} may not stand in a text file",
                source.span(unusual.start(), unusual.end()),
                "delete it",
            )
            return None
        return source


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
