"""The text of a UVL file as lines of tokens, with the indentation that carries its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from attrs import define, frozen

from cmf.errors import InputError, fail
from cmf.source import Source, Span

MOST_TOKENS = 1_000_000

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\f\v]+ | //[^\n]*)
    | (?P<comment>/\*(?s:.*?)\*/)
    | (?P<unclosed>/\*)
    | (?P<newline>\n)
    | (?P<quoted>"[^"\n]*")
    | (?P<string>'[^'\n]*')
    | (?P<number>-?[0-9]*\.[0-9]+ | -?[0-9]+)
    | (?P<name>[^\W\d][\w\#§%?\\';]*)
    | (?P<sign><=> | => | == | <= | >= | != | \.\. | [!&|()<>+*/{}\[\],.-])
    | (?P<other>.)
    """,
    re.VERBOSE,
)
_OPENING, _CLOSING = "([{", ")]}"


class Token(NamedTuple):
    """A word of the file.

    Attributes
    ----------
    kind
        ``name``, ``quoted`` (in double quotes), ``string`` (in single quotes), ``number``,
        ``sign``, or ``end`` behind the last word of a line.
    text
        As written.
    start
        Offset in the text.
    line, column
        Counted from 1.
    """

    kind: str
    text: str
    start: int
    line: int
    column: int

    def span(self, source: Source) -> Span:
        """The place of the word."""
        end = self.column + max(len(self.text), 1)
        return Span(source, self.line, self.column, self.line, end)

    @property
    def name(self) -> str:
        """The name, without its quotes."""
        return self.text[1:-1] if self.kind == "quoted" else self.text


@frozen
class Line:
    """A logical line: it goes on behind a line end while a bracket is open.

    Attributes
    ----------
    indent
        Blanks and tabs before the first word.
    tokens
        Words, and an ``end`` token behind the last one.
    """

    indent: str
    tokens: Sequence[Token]

    def text(self, source: Source) -> str:
        """The line as written, on one line."""
        return " ".join(source.text[self.tokens[0].start : self.tokens[-1].start].split())

    def span(self, source: Source) -> Span:
        """The place of the line, without its indentation."""
        first, last = self.tokens[0], self.tokens[-1]
        return Span(source, first.line, first.column, last.line, last.column)


@define
class Cursor:
    """A place in the words of a line."""

    source: Source
    tokens: Sequence[Token]
    position: int = 0

    @property
    def token(self) -> Token:
        """The word to read next."""
        return self.tokens[self.position]

    def at(self, sign: str) -> bool:
        """Whether a sign (or a bare word) stands here."""
        return self.token.kind in ("sign", "name") and self.token.text == sign

    def take(self, sign: str) -> bool:
        """Go past a sign if it stands here, and say whether it did."""
        if self.at(sign):
            self.position += 1
            return True
        return False

    def next(self) -> Token:
        """The word that stands here; go past it."""
        token = self.token
        self.position += 1
        return token

    def end(self) -> None:
        """Raise `InputError` unless the line ends here."""
        if self.token.kind != "end":
            raise self.unexpected("the end of the line")

    def fault(self, code: str, message: str, remedy: str | None = None) -> InputError:
        """A fault of the word that stands here."""
        return fail(code, message, self.token.span(self.source), remedy)

    def unexpected(self, wanted: str) -> InputError:
        """The fault that something else than `wanted` stands here."""
        found = f"`{self.token.text[:40]}`" if self.token.text else "the end of the line"
        return self.fault("bad-syntax", f"{wanted} is expected, but {found} stands here")


def lines(source: Source) -> Iterator[Line]:
    """The logical lines of a UVL file that have a word, without comments.

    Raises
    ------
    InputError
        At a character that UVL does not have, a comment or bracket that does not end, or too many
        words.
    """
    words: list[Token] = []
    opened: list[Token] = []
    for token in _tokens(source):
        if token.kind != "newline":
            words.append(token)
            if token.text in _OPENING and token.kind == "sign":
                opened.append(token)
            elif token.text in _CLOSING and token.kind == "sign" and opened:
                opened.pop()
        elif words and not opened:
            yield _line(source, words)
            words = []
    if opened:
        message = f"the bracket `{opened[-1].text}` is not closed"
        raise fail("unclosed-bracket", message, opened[-1].span(source))


def _line(source: Source, words: list[Token]) -> Line:
    first, last = words[0], words[-1]
    begin = first.start - first.column + 1
    indent = source.text[begin : first.start]
    indent = indent[: len(indent) - len(indent.lstrip())]
    length = len(last.text)
    end = Token("end", "", last.start + length, last.line, last.column + length)
    return Line(indent, (*words, end))


def _tokens(source: Source) -> Iterator[Token]:
    """Words and line ends; the last token is a line end."""
    text = source.text
    line, begin, count = 1, 0, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "blank":
            continue
        start = match.start()
        token = Token(kind, match[0], start, line, start - begin + 1)
        if kind in ("other", "unclosed"):
            raise _stray(source, token)
        if kind in ("newline", "comment"):
            line += match[0].count("\n")
            begin = max(begin, text.rfind("\n", start, match.end()) + 1)
        if kind == "comment":
            continue
        count += 1
        if count > MOST_TOKENS:
            message = f"more than {MOST_TOKENS:,} words are not read"
            raise fail("too-large", message, token.span(source))
        yield token
    yield Token("newline", "", len(text), line, len(text) - begin + 1)


def _stray(source: Source, token: Token) -> InputError:
    if token.kind == "unclosed":
        return fail("unclosed-comment", "the comment does not end", token.span(source))
    if token.text in "\"'":
        return fail("unclosed-quote", "the quote does not end on this line", token.span(source))
    return fail("bad-character", f"`{token.text!r}` has no meaning here", token.span(source))
