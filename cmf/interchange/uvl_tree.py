"""The feature tree of a UVL file: features, groups and attributes, built line by line."""

from __future__ import annotations

import re
from fractions import Fraction

from attrs import define, field

from cmf.errors import fail
from cmf.interchange.files import Faults
from cmf.interchange.uvl_attributes import read_attributes
from cmf.interchange.uvl_lines import Cursor, Line
from cmf.source import Source, Span

MOST_FEATURES = 100_000

GROUPS = ("mandatory", "optional", "alternative", "or")
_TYPES = ("Boolean", "Integer", "Real", "String")


@define
class Feature:
    """A feature of the tree.

    Attributes
    ----------
    attributes
        What it declares: exact numbers, and `None` for everything else.
    """

    name: str
    span: Span
    attributes: dict[str, Fraction | None] = field(factory=dict)


@define
class Group:
    """Children of one feature that are chosen together.

    Attributes
    ----------
    kind
        One of `GROUPS`, or ``cardinality``.
    parent, children
        Numbers of features.
    low, high
        How many children a selected parent has; `None` is no bound.
    """

    kind: str
    parent: int
    span: Span
    low: int = 0
    high: int | None = None
    children: list[int] = field(factory=list)


@define
class _Block:
    """A line whose deeper lines belong to it: the section itself, a feature, or a group."""

    indent: str
    feature: int | None = None
    group: Group | None = None
    inner: str | None = None  # the indentation of its lines, once there is one


@define
class Tree:
    """Reads the lines of the section ``features``.

    Attributes
    ----------
    features
        In the order of the file; the first one is the root.
    """

    source: Source
    faults: Faults
    features: list[Feature] = field(factory=list)
    groups: list[Group] = field(factory=list)
    numbers: dict[str, int] = field(factory=dict)
    _blocks: list[_Block] = field(factory=lambda: [_Block("")])

    def add(self, line: Line) -> None:
        """Take in one line of the section; notes its faults."""
        parent = self._parent(line)
        block = _Block(line.indent)
        self._blocks.append(block)
        if parent.feature is None:
            self._add_feature(line, parent, block)
        else:
            block.group = Group("optional", parent.feature, line.span(self.source))
            self.groups.append(block.group)
            with self.faults.collecting():
                self._read_group(line, block.group)

    def close(self) -> None:
        """Note the faults that show only at the end of the section."""
        for group in self.groups:
            if not group.children:
                self.faults.add("empty-group", f"the group `{group.kind}` is empty", group.span)
            elif group.low > len(group.children) or (group.high or group.low) < group.low:
                message = (
                    f"the group asks for {group.low} to {group.high} "
                    f"of its {len(group.children)} features"
                )
                self.faults.add("bad-cardinality", message, group.span)

    def _parent(self, line: Line) -> _Block:
        """The block that a line belongs to, by its indentation."""
        blocks = self._blocks
        indent = line.indent
        while len(blocks) > 1 and not _deeper(indent, blocks[-1].indent):
            blocks.pop()
        parent = blocks[-1]
        if parent.inner is None:
            parent.inner = indent
        if indent != parent.inner:
            message = "the indentation fits no line above"
            if set(indent) != set(parent.inner):
                message = "blanks and tabs are mixed in the indentation"
            self.faults.add("bad-indentation", message, line.span(self.source))
        return parent

    def _add_feature(self, line: Line, parent: _Block, block: _Block) -> None:
        # A faulty feature still takes part, so that what refers to it is no further fault.
        block.feature = len(self.features)
        token = line.tokens[0]
        self.features.append(Feature(token.name, token.span(self.source)))
        if parent.group is not None:
            parent.group.children.append(block.feature)
        with self.faults.collecting():
            if len(self.features) > MOST_FEATURES:
                raise fail(
                    "too-large", f"more than {MOST_FEATURES:,} features", token.span(self.source)
                )
            self._read_feature(line, block.feature)
        if parent.group is None and block.feature > 0:
            message = "a second root feature; a feature tree has one root"
            self.faults.add("second-root", message, token.span(self.source))

    def _read_feature(self, line: Line, number: int) -> None:
        cursor = Cursor(self.source, line.tokens)
        if cursor.token.text in _TYPES and line.tokens[1].kind in ("name", "quoted"):
            if cursor.token.text != "Boolean":
                message = f"features of type `{cursor.token.text}` are not supported"
                raise cursor.fault("unsupported-type", message)
            cursor.next()
        token = cursor.token
        if token.kind not in ("name", "quoted") or token.text in GROUPS:
            raise cursor.unexpected("a feature")
        feature = self.features[number]
        feature.name, feature.span = token.name, token.span(self.source)
        if self.numbers.setdefault(token.name, number) != number:
            first = self.features[self.numbers[token.name]].span.line
            message = f"the feature `{token.name[:40]}` is declared twice, first in line {first}"
            raise cursor.fault("duplicate-name", message)
        cursor.next()
        if cursor.at("."):
            message = "features of other models (imports) are not supported"
            raise cursor.fault("unsupported-import", message)
        if cursor.at("cardinality"):
            message = "feature cardinalities are not supported"
            raise cursor.fault("unsupported-cardinality", message, "only groups can have one")
        if cursor.at("{"):
            feature.attributes = read_attributes(cursor)
        cursor.end()

    def _read_group(self, line: Line, group: Group) -> None:
        cursor = Cursor(self.source, line.tokens)
        if cursor.at("["):
            group.kind = "cardinality"
            group.low, group.high = _cardinality(cursor)
        elif cursor.token.kind == "name" and cursor.token.text in GROUPS:
            group.kind = cursor.next().text
            group.low = 0 if group.kind == "optional" else 1
            group.high = 1 if group.kind == "alternative" else None
        else:
            raise cursor.unexpected("mandatory, optional, alternative, or, or [n..m]")
        cursor.end()


def _cardinality(cursor: Cursor) -> tuple[int, int | None]:
    """Go past ``[n]``, ``[n..m]`` or ``[n..*]``; the bounds."""
    start = cursor.position
    texts = [token.text for token in cursor.tokens[start + 1 :]]
    end = texts.index("]") if "]" in texts else len(texts)
    low, *rest = texts[:end] or [""]
    match rest:
        case []:
            high: str = low
        case ["..", bound]:
            high = bound
        case _:
            high = ""
    numbers = [int(text) for text in (low, high) if re.fullmatch("[0-9]{1,9}", text)]
    if len(numbers) == 2 and numbers[0] <= numbers[1]:
        cursor.position = start + end + 2
        return numbers[0], numbers[1]
    if len(numbers) == 1 and high == "*":
        cursor.position = start + end + 2
        return numbers[0], None
    message = "a group cardinality is `[n]`, `[n..m]` with n not above m, or `[n..*]`"
    raise cursor.fault("bad-cardinality", message)


def _deeper(indent: str, outer: str) -> bool:
    return len(indent) > len(outer) and indent.startswith(outer)
