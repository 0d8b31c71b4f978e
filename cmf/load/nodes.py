"""YAML as a tree of texts with places: no types, no tags, no aliases (semantics S9).

The tree is built from parser events, with an explicit stack, so nesting costs no recursion.
Scalars stay text whether quoted or not; what they mean is decided by who reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from attrs import define, field, frozen

from cmf.load.faults import Faults
from cmf.source import Source, Span, Text

DEPTH = 32
ENTRIES = 300_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")


@frozen
class Scalar:
    """A text.

    Attributes
    ----------
    text
        Its content; the span excludes the quotes.
    quoted
        Whether it is written in quotes or as a block.
    """

    text: Text
    quoted: bool = False

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.text.span


@frozen
class Listing:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@frozen
class Table:
    """Keys with their nodes, in written order; no key stands twice."""

    entries: tuple[tuple[Text, Node], ...]
    span: Span


Node = Scalar | Listing | Table


def is_empty(node: Node) -> bool:
    """Whether nothing was written: no text, no quotes, or a list or mapping without entries."""
    match node:
        case Scalar(text, quoted):
            return not text.value and not quoted
        case Listing(items):
            return not items
        case Table(entries):
            return not entries


@define
class _Open:
    """A list or mapping whose end was not reached yet."""

    span: Span
    mapping: bool
    items: list[Node] = field(factory=list)
    keys: dict[str, Text] = field(factory=dict)
    entries: list[tuple[Text, Node]] = field(factory=list)
    key: Text | None = None
    skip_value: bool = False

    def close(self) -> Node:
        if self.mapping:
            return Table(tuple(self.entries), self.span)
        return Listing(tuple(self.items), self.span)


def parse_yaml(source: Source, faults: Faults) -> Node | None:
    """The one document of a text; `None` when it is empty or a fault was reported."""
    before = faults.count()
    root: Node | None = None
    try:
        root = _build(source, faults)
    except yaml.MarkedYAMLError as error:
        if error.problem == _LIBYAML_TOO_DEEP:
            message, remedy = _REFUSED["too-deep"]
            faults.add("too-deep", message, _point(source, error.problem_mark), remedy)
        else:
            faults.add("bad-yaml", *_explain(error, source))
    except yaml.YAMLError as error:
        faults.add("bad-yaml", f"this is not YAML: {error}", source.whole(), "correct the text")
    return root if faults.count() == before else None


def _events(source: Source) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(source.text, Loader=loader))


def _build(source: Source, faults: Faults) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    documents = 0
    for number, event in enumerate(_events(source)):
        node: Node | None = None
        if number > ENTRIES:
            _refuse(faults, source, event, "too-many-entries")
            return None
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    _refuse(faults, source, event, "several-documents")
                    return None
                continue
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                _plain_only(event, source, faults)
                if len(stack) >= DEPTH:
                    _refuse(faults, source, event, "too-deep")
                    return None
                mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(_Open(_span(source, event.start_mark, event.end_mark), mapping))
                continue
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                node = stack.pop().close()
            case yaml.ScalarEvent():
                _plain_only(event, source, faults)
                node = _scalar(event, source, faults)
            case yaml.AliasEvent():
                _refuse(faults, source, event, "yaml-alias")
                node = Scalar(Text("", _span(source, event.start_mark, event.end_mark)))
            case _:
                continue
        if stack:
            _put(stack[-1], node, faults)
        else:
            root = node
    return root


def _put(parent: _Open, node: Node, faults: Faults) -> None:
    if not parent.mapping:
        parent.items.append(node)
    elif parent.skip_value:
        parent.skip_value = False
    elif parent.key is not None:
        parent.entries.append((parent.key, node))
        parent.key = None
    elif not isinstance(node, Scalar):
        parent.skip_value = True
        faults.add("bad-key", "a key must be a word", node.span, "write `key: value`")
    elif node.text.value in parent.keys:
        parent.skip_value = True
        first = parent.keys[node.text.value].span
        faults.add(
            "duplicate-key",
            f"the key `{node.text.value}` stands twice",
            node.span,
            f"keep one of them; the first is in line {first.line}",
        )
    else:
        parent.keys[node.text.value] = parent.key = node.text


def _scalar(event: Any, source: Source, faults: Faults) -> Scalar:
    start, end = event.start_mark, event.end_mark
    span = _span(source, start, end)
    quoted = bool(event.style)
    if event.style in ("'", '"'):
        inside = (span.line, span.column + 1, span.end_line, span.end_column - 1)
        span = Span(source, *inside)
    if quoted and _CONTROL.search(event.value):
        faults.add(
            "bad-character", "this text holds a control character", span, "delete the escape"
        )
    return Scalar(Text(event.value, span), quoted)


def _plain_only(event: Any, source: Source, faults: Faults) -> None:
    if event.anchor is not None:
        _refuse(faults, source, event, "yaml-alias")
    if event.tag is not None:
        _refuse(faults, source, event, "yaml-tag")


_REFUSED = {
    "yaml-alias": (
        "anchors (`&`) and aliases (`*`) are not part of the format",
        "write the value out where it is needed; put text that starts with `&` or `*` in quotes",
    ),
    "yaml-tag": (
        "tags (`!`) are not part of the format",
        "delete the tag; put text that starts with `!` in quotes",
    ),
    "several-documents": ("a file holds one document", "delete the line `---` or split the file"),
    "too-many-entries": (f"a file has at most {ENTRIES} entries", "split the file"),
    "too-deep": (f"nesting is deeper than {DEPTH} levels", "the format needs no more than six"),
}


# Newer versions of libyaml stop by themselves at 1,000 brackets, before the first event comes.
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"


def _refuse(faults: Faults, source: Source, event: Any, code: str) -> None:
    message, remedy = _REFUSED[code]
    if not faults.has(code, source):
        faults.add(code, message, _point(source, event.start_mark), remedy)


def _span(source: Source, start: Any, end: Any) -> Span:
    return Span(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _point(source: Source, mark: Any) -> Span:
    return Span(source, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


_PLAIN_WORDS = (
    (
        "mapping values are not allowed",
        "a colon stands where no key can be",
        "put text with `: ` in it in quotes, or add the colon that a line above lacks",
    ),
    (
        "tab character",
        "a tab stands where the line is indented",
        "indent with blanks",
    ),
    (
        "cannot start any token",
        "{char} cannot stand here",
        "indent with blanks, not tabs; put text that starts with a special sign in quotes",
    ),
    (
        "could not find expected ':'",
        "a line before this place has no colon: a key needs `key: value`",
        "add the colon, or indent the line so that it continues the text above",
    ),
    (
        "unexpected end of stream",
        "a quotation mark is never closed",
        "close the text that starts in line {start}",
    ),
    (
        "while parsing a flow",
        "a list `[…]` or mapping `{{…}}` is not closed, or a comma is missing",
        "look at the bracket in line {start}",
    ),
    (
        "block collection",
        "the indentation does not fit the lines above",
        "give all entries of a list or mapping the same indentation",
    ),
    (
        "block mapping",
        "the indentation does not fit the lines above, or a bracket has no partner",
        "give all entries of a list or mapping the same indentation",
    ),
    (
        "expected <document start>",
        "text stands here to which no key above belongs",
        "correct the indentation; the document ended before this line",
    ),
    (
        "escape",
        "an escape after `\\` is not known",
        "write `\\\\` for a backslash, or use single quotes",
    ),
)


def _explain(error: yaml.MarkedYAMLError, source: Source) -> tuple[str, Span, str]:
    mark = error.problem_mark or error.context_mark
    if error.context_mark and mark and not source.text[mark.index :].strip():
        mark = error.context_mark  # at the end of the file the place of the beginning says more
    span = _point(source, mark) if mark else source.whole()
    told = f"{error.context or ''}; {error.problem or ''}"
    line = source.line(span.line)
    char = f"`{line[span.column - 1]}`" if span.column <= len(line) else "this"
    if char == "`\t`":
        char = "a tab"
    start = error.context_mark.line + 1 if error.context_mark else span.line
    for sign, message, remedy in _PLAIN_WORDS:
        if sign in told:
            return message.format(char=char), span, remedy.format(start=start)
    return f"this is not YAML: {error.problem}", span, "correct the text here or just before"
