"""Where a piece of text stands in a file."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen


@frozen
class Source:
    """A text that was read, kept so that errors can quote it.

    Attributes
    ----------
    name
        What the user calls the file: its path as given, or ``--where`` for a text from the
        command line.
    text
        The whole text, decoded.
    """

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end; empty when there is none."""
        return self._lines[number - 1] if 1 <= number <= len(self._lines) else ""

    def span(self, start: int, end: int) -> Span:
        """The span of the characters `start` (included) to `end` (excluded)."""
        line, column = self._position(start)
        end_line, end_column = self._position(max(start, end))
        return Span(self, line, column, end_line, end_column)

    def whole(self) -> Span:
        """The span of the first character, for a fault of the file as a whole."""
        return Span(self, 1, 1, 1, 1)

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    def _position(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


@frozen
class Span:
    """A stretch of a source.

    Attributes
    ----------
    line, column
        First character, counted from 1.
    end_line, end_column
        The place just behind the last character.
    """

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> str:
        """``file:line:column``, the form editors and terminals turn into a link."""
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The first line of the span with a caret line below it; empty when there is no text."""
        text = self.source.line(self.line).replace("\t", " ")
        if not text.strip():
            return ""
        last = self.end_column if self.end_line == self.line else len(text) + 1
        width = max(1, min(last, len(text) + 1) - self.column)
        start = max(0, self.column - 60)
        shown = text[start : start + 120]
        caret = " " * (self.column - 1 - start) + "^" * min(
            width, max(1, 120 - self.column + start)
        )
        gutter = f"{self.line:>5} | "
        return f"{gutter}{shown}\n{' ' * (len(gutter) - 2)}| {caret}"


@frozen
class Text:
    """A string as somebody wrote it, with its place."""

    value: str
    span: Span = field(eq=False, repr=False)

    @classmethod
    def alone(cls, value: str, source: str = "condition") -> Text:
        """A text that is the whole of its source, such as an argument of a command."""
        return cls(value, Span(Source(source, value), 1, 1, 1, len(value) + 1))

    def locate(self, start: int, end: int) -> Span:
        """The place of the characters `start` to `end` of the value.

        Exact where the value stands verbatim in the source; otherwise (escapes, folded lines) the
        place of the whole value.
        """
        source = self.span.source
        lines = source.text.splitlines(keepends=True)
        begin = sum(map(len, lines[: self.span.line - 1])) + self.span.column - 1
        offset = source.text.find(self.value, begin, begin + len(self.value) + 2)
        if offset < 0:
            return self.span
        return source.span(offset + start, offset + max(end, start + 1))
