"""A model file as a text, and the faults found in it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from attrs import define, field

from cmf.errors import Diagnostic, InputError, did_you_mean, fail
from cmf.source import Source, Span

FilePath = str | PathLike[str]

MOST_BYTES = 32 * 2**20
"""A model file larger than this is refused before it is read."""

MOST_FAULTS = 20
"""So many faults are reported in one run; a file with more mostly repeats one of them."""

BOOLEAN = ("no", "yes")
"""Options of a variable that stands for something that is taken or not."""

_MOST_COMPARED = 5_000
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["']""")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "latin1": "latin-1",
}


def read_source(path: FilePath, *, xml: bool = False, most: int = MOST_BYTES) -> Source:
    """The text of a file, with line ends made ``\\n`` and without a byte order mark.

    Parameters
    ----------
    path
        A regular file.
    xml
        Whether the first line may name another encoding (Latin-1); everything else is UTF-8.
    most
        Greatest size in bytes.

    Raises
    ------
    InputError
        The file cannot be read, is too large, or is no text.
    """
    name = str(path)
    nothing = Source(name, "").whole()
    data = _bytes(Path(path), nothing, most).removeprefix(codecs.BOM_UTF8)
    encoding = "utf-8"
    if xml and (declared := _XML_ENCODING.match(data)):
        encoding = _encoding(declared[1].decode("ascii", "replace"), nothing)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        start = len(data[: error.start].decode("utf-8", "replace"))
        raise fail(
            "bad-encoding",
            f"the byte 0x{data[error.start]:02x} is not valid in {encoding.upper()}",
            Source(name, data.decode("utf-8", "replace")).span(start, start + 1),
            "save the file as UTF-8",
        ) from None
    source = Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))
    if (place := source.text.find("\0")) >= 0:
        raise fail("not-text", "the file has a NUL byte", source.span(place, place + 1))
    return source


def _bytes(path: Path, place: Span, most: int) -> bytes:
    try:
        # Opening a pipe would wait for its writer, so the kind of file is asked first.
        if path.is_dir():
            raise fail("not-a-file", "this is a folder, not a model file", place)
        if path.exists() and not path.is_file():
            raise fail("not-a-file", "this is not a regular file", place)
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        raise fail("no-such-file", "there is no such file", place) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise fail("unreadable", f"the file cannot be read: {reason}", place) from None
    if len(data) > most:
        raise fail("too-large", f"the file is larger than {most // 2**20} MiB", place)
    return data


def _encoding(declared: str, place: Span) -> str:
    try:
        return _ENCODINGS[declared.lower()]
    except KeyError:
        message = f"the encoding `{declared}` is not supported"
        raise fail("bad-encoding", message, place, "save the file as UTF-8") from None


@define
class Faults:
    """Collects what is wrong with a file, so that one run reports all of it."""

    _found: list[Diagnostic] = field(factory=list)

    def add(self, code: str, message: str, span: Span, remedy: str | None = None) -> None:
        """Note a fault; raises `InputError` when there are more than a person wants to read."""
        self._found.append(Diagnostic(code, message, span, remedy))
        self._stop_flood()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Note the faults of an `InputError` raised in the block, and go on behind it."""
        try:
            yield
        except _Flood:
            raise
        except InputError as error:
            self._found.extend(error.diagnostics)
            self._stop_flood()

    def check(self) -> None:
        """Raise `InputError` when there is any fault."""
        if self._found:
            raise InputError(self._found)

    def _stop_flood(self) -> None:
        if len(self._found) >= MOST_FAULTS:
            raise _Flood(self._found[:MOST_FAULTS])


class _Flood(InputError):
    """So many faults that reading stops at once."""


def nearest(name: str, known: Collection[str], what: str) -> str | None:
    """`did_you_mean`, for lists that are not too long to compare with."""
    if len(known) > _MOST_COMPARED:
        return None
    return did_you_mean(name[:40], [other[:40] for other in known], what=what)
