"""The elements of an XCSP 2.1 file: well-formed XML with the known structure, and places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from xml.parsers import expat

from attrs import define, field, frozen

from cmf.errors import InputError, fail
from cmf.source import Source, Span

MOST_ELEMENTS = 200_000
MOST_TAG = 2**18

_CHILDREN: Mapping[str, tuple[str, ...]] = {
    "": ("instance",),
    "instance": ("presentation", "domains", "variables", "relations", "constraints"),
    "domains": ("domain",),
    "variables": ("variable",),
    "relations": ("relation",),
    "constraints": ("constraint",),
}
_WITH_TEXT = ("presentation", "domain", "relation")
_WORD = re.compile(r"\S+")
_LONG_TAG = re.compile(rf"<[^<>]{{{MOST_TAG}}}")
_START_TAG = re.compile(r"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*>""")


@frozen
class Element:
    """An element of the file.

    Attributes
    ----------
    text
        What stands between its tags, in an element that has no elements inside.
    line, column
        Where its tag begins, counted from 1.
    index
        Where its tag begins, in bytes of the text as UTF-8.
    """

    name: str
    attributes: Mapping[str, str]
    text: str = field(repr=False)
    source: Source = field(repr=False)
    line: int
    column: int
    index: int

    @property
    def span(self) -> Span:
        """The place of the opening tag's name."""
        end = self.column + len(self.name) + 1
        return Span(self.source, self.line, self.column, self.line, end)

    def attribute(self, name: str) -> str:
        """The value of an attribute; raises `InputError` when it is missing."""
        try:
            return self.attributes[name]
        except KeyError:
            message = f"<{self.name}> has no attribute `{name}`"
            raise fail("missing-attribute", message, self.span) from None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """An attribute that is a whole number of a range; `None` when it is missing."""
        text = self.attributes.get(name)
        if text is None:
            return None
        if re.fullmatch(r"[+-]?[0-9]{1,20}", text) and least <= int(text) <= most:
            return int(text)
        raise fail(
            "bad-number",
            f"`{name}` is `{text[:40]}`, but must be a whole number from {least:,} to {most:,}",
            self.attribute_span(name),
        )

    def check_count(self, name: str, found: int, what: str) -> None:
        """Raise `InputError` when an attribute declares another number than was `found`."""
        declared = self.whole(name, 0, 10**9)
        if declared is not None and declared != found:
            raise fail(
                "wrong-count",
                f"`{name}` is {declared:,}, but the file has {found:,} ({what})",
                self.attribute_span(name),
                "the file may be cut off, or the number was not changed with the content",
            )

    def attribute_span(self, name: str, word: int | None = None) -> Span:
        """The place of an attribute's value, or of the word `word` (from 0) in it."""
        tag = self._tag()
        pattern = rf"""\s{re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)')"""
        found = re.search(pattern, tag[0]) if tag else None
        if tag is None or found is None:
            return self.span
        start, end = found.span(1 if found[1] is not None else 2)
        if word is not None:
            words = islice(_WORD.finditer(tag[0], start, end), word, None)
            start, end = next((match.span() for match in words), (start, end))
        return self.source.span(tag.start() + start, tag.start() + end)

    def body(self) -> tuple[int, int] | None:
        """Offsets of the text in the source.

        `None` where it does not stand there verbatim (comments, character references).
        """
        tag = self._tag()
        if tag is None:
            return None
        end = self.source.text.find("</", tag.end())
        if end < 0 or any(self.source.text.find(mark, tag.end(), end) >= 0 for mark in "<&"):
            return None
        return tag.end(), end

    def word_span(self, number: int) -> Span:
        """The place of the word `number` (from 0) of the text."""
        body = self.body()
        if body is None:
            return self.span
        words = islice(_WORD.finditer(self.source.text, *body), number, None)
        word = next(words, None)
        return self.source.span(*word.span()) if word else self.span

    def _tag(self) -> re.Match[str] | None:
        text = self.source.text
        start = self.index
        if not text.isascii():
            start = len(text.encode()[:start].decode())
        return _START_TAG.match(text, start)


def read_elements(source: Source) -> dict[str, list[Element]]:
    """The elements of an XCSP 2.1 file by name, each list in the order of the file.

    Raises
    ------
    InputError
        The text is not well-formed XML, has a document type (which could define entities that
        grow without bound), or has another structure than XCSP 2.1.
    """
    if long := _LONG_TAG.search(source.text):
        message = f"a tag has more than {MOST_TAG:,} characters"
        raise fail("too-large", message, source.span(long.start(), long.start() + 1))
    parser = expat.ParserCreate()
    reader = _Reader(source, parser)
    parser.buffer_text = True
    parser.buffer_size = 2**20
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.pieces.append
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(source.text, True)
    except expat.ExpatError as error:
        place = Span(source, error.lineno, error.offset + 1, error.lineno, error.offset + 2)
        message = f"the file is not well-formed XML: {expat.ErrorString(error.code)}"
        raise fail("bad-xml", message, place) from None
    return reader.elements


@define
class _Reader:
    source: Source
    parser: expat.XMLParserType
    elements: dict[str, list[Element]] = field(factory=dict)
    pieces: list[str] = field(factory=list)
    _open: list[tuple[str, Mapping[str, str], tuple[int, int, int]]] = field(factory=list)
    _count: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._no_text()
        parent = self._open[-1][0] if self._open else ""
        if name not in _CHILDREN.get(parent, ()):
            raise self._unexpected(name, parent)
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise fail("too-large", f"more than {MOST_ELEMENTS:,} elements", self._here(name))
        parser = self.parser
        place = (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, parser.CurrentByteIndex)
        self._open.append((name, attributes, place))

    def end(self, name: str) -> None:
        if name not in _WITH_TEXT:
            self._no_text()
        _, attributes, place = self._open.pop()
        text = "".join(self.pieces)
        self.pieces.clear()
        element = Element(name, attributes, text, self.source, *place)
        self.elements.setdefault(name, []).append(element)

    def doctype(self, *_: object) -> None:
        start = max(self.source.text.find("<!DOCTYPE"), 0)
        raise fail(
            "document-type",
            "a document type is not allowed, because it can define entities",
            self.source.span(start, start + len("<!DOCTYPE")),
            "remove the `<!DOCTYPE ...>` declaration",
        )

    def _no_text(self) -> None:
        text = "".join(self.pieces).strip()
        self.pieces.clear()
        if text:
            message = f"text outside of an element that takes it: `{text[:40]}`"
            raise fail("unexpected-text", message, self._here(""))

    def _unexpected(self, name: str, parent: str) -> InputError:
        if parent:
            known = ", ".join(f"<{child}>" for child in _CHILDREN.get(parent, ())) or "no element"
            message = f"<{name}> is not supported here; <{parent}> takes {known}"
            remedy = "only constraints given as tables (relations) can be read"
        else:
            message = f"the file begins with <{name}>; an XCSP 2.1 file begins with <instance>"
            remedy = "only XCSP 2.1 is read from .xml files"
        return fail("unsupported-xml", message, self._here(name), remedy)

    def _here(self, name: str) -> Span:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return Span(self.source, line, column, line, column + len(name) + 1)
