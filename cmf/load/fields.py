"""Reading the keys of a mapping, each with a fault that says what was expected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from attrs import define, field

from cmf.load.faults import Faults, Suggestion
from cmf.load.nodes import Listing, Node, Scalar, Table, is_empty
from cmf.model.catalog import Basis, Effectivity
from cmf.source import Span, Text

WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
OPTION = re.compile(r"[A-Za-z0-9_\-.+/]+\Z")
NAME_LENGTH = 200
KEYWORDS = frozenset(
    ("and", "or", "not", "in", "true", "false", "abs", "min", "max", "sum", "defined", "bom")
)
"""Words of the rule language, which therefore name nothing else."""

_YEAR = re.compile(r"\d{4}\Z")


def describe(node: Node) -> str:
    """What a node is, for messages."""
    match node:
        case Scalar():
            return "a text" if node.text.value else "empty"
        case Listing():
            return "a list"
        case Table():
            return "a mapping"


@define
class Fields:
    """The keys of one mapping of the format.

    Attributes
    ----------
    what
        What the mapping describes, for messages: ``a rule``.
    nodes, keys
        Value and place of every known key that is given.
    misspelt
        Known keys that an unknown key seems to mean; they are not called missing.
    """

    span: Span
    what: str
    faults: Faults
    nodes: dict[str, Node] = field(factory=dict)
    keys: dict[str, Text] = field(factory=dict)
    misspelt: set[str] = field(factory=set)

    @classmethod
    def of(
        cls, node: Node | None, what: str, known: Collection[str] | None, faults: Faults
    ) -> Fields:
        """Read a node that must be a mapping with `known` keys (`None`: any keys)."""
        if not isinstance(node, Table):
            if node is not None:
                faults.add(
                    "wrong-kind",
                    f"{what} must be a mapping of keys, but this is {describe(node)}",
                    node.span,
                    "write `key: value` lines",
                )
            raise NotAMapping
        fields = cls(node.span, what, faults)
        for key, value in node.entries:
            if known is not None and key.value not in known:
                faults.add(
                    "unknown-key",
                    f"{what} has no key `{key.value}`",
                    key.span,
                    Suggestion(key.value, known, what="key"),
                )
                fields.misspelt.update(get_close_matches(key.value[:80], known, n=1))
                continue
            fields.nodes[key.value] = value
            fields.keys[key.value] = key
        return fields

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def require(self, *keys: str, empty: bool = False) -> None:
        """Report each of `keys` that is missing, or (unless `empty` is allowed) empty."""
        for key in keys:
            node = self.nodes.get(key)
            if key in self.misspelt:
                continue
            if node is None:
                self.faults.add(
                    "missing-key",
                    f"{self.what} needs the key `{key}`",
                    _first(self.span),
                    f"add `{key}: …`",
                )
            elif not empty and isinstance(node, Scalar) and not node.text.value.strip():
                self.faults.add(
                    "missing-value", f"`{key}` has no value", self.keys[key].span, "write one"
                )

    def text(self, key: str) -> Text | None:
        """The text of a key; `None` when it is missing, empty or not a text."""
        node = self.nodes.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.wrong_kind(key, node, "one text")
            return None
        return node.text if node.text.value else None

    def string(self, key: str) -> str:
        """The free text of a key, blanks around it removed; empty when it is missing."""
        text = self.text(key)
        return text.value.strip() if text else ""

    def items(self, key: str) -> tuple[Node, ...]:
        """The entries of a list; empty when it is missing or empty."""
        node = self.nodes.get(key)
        if node is None or is_empty(node):
            return ()
        if not isinstance(node, Listing):
            self.wrong_kind(key, node, "a list")
            return ()
        return node.items

    def words(self, key: str) -> tuple[Text, ...]:
        """The entries of a list of texts."""
        return texts(self.items(key), f"an entry of `{key}`", self.faults)

    def entries(self, key: str) -> tuple[tuple[Text, Node], ...]:
        """The keys and nodes of a mapping; empty when it is missing or empty."""
        node = self.nodes.get(key)
        if node is None or is_empty(node):
            return ()
        if not isinstance(node, Table):
            self.wrong_kind(key, node, "a mapping")
            return ()
        return node.entries

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        text = self.text(key)
        if text is None:
            return default
        value = parse_flag(text, self.faults)
        return default if value is None else value

    def one_of(self, key: str, known: Iterable[str]) -> str | None:
        """One of a few words."""
        text = self.text(key)
        if text is None:
            return None
        if text.value not in (known := tuple(known)):
            remedy = Suggestion(text.value, known)
            self.faults.add("unknown-word", f"`{text.value}` is not a {key}", text.span, remedy)
            return None
        return text.value

    def basis(self) -> Basis | None:
        """What a figure rests on."""
        word = self.one_of("basis", [b.value for b in Basis])
        return Basis(word) if word else None

    def effectivity(self, *, timed: bool) -> Effectivity:
        """The years of `from` and `until`; `timed` is whether the catalogue has a time feature."""
        years: dict[str, int] = {}
        for key in ("from", "until"):
            text = self.text(key)
            if text is None:
                continue
            if not timed:
                self.faults.add(
                    "no-time",
                    f"`{key}` needs a time feature, and the catalogue declares none",
                    self.keys[key].span,
                    "name a numeric feature of years with `time:` in catalog.yaml",
                )
            elif not _YEAR.match(text.value):
                message = f"`{text.value}` is not a year"
                self.faults.add("bad-year", message, text.span, "write four digits, such as 2026")
            else:
                years[key] = int(text.value)
        start, until = years.get("from"), years.get("until")
        if start is not None and until is not None and start >= until:
            self.faults.add(
                "empty-years",
                f"no year lies in {start} <= year < {until}",
                self.nodes["until"].span,
                "`until` is the first year in which it no longer holds: write a later one",
            )
            return Effectivity()
        return Effectivity(start, until)

    def wrong_kind(self, key: str, node: Node, wanted: str) -> None:
        """Report that the node of `key` is not of the wanted kind."""
        self.faults.add(
            "wrong-kind",
            f"`{key}` must be {wanted}, but this is {describe(node)}",
            node.span,
            f"write {wanted}",
        )


class NotAMapping(Exception):
    """A node was no mapping; the fault is already reported."""


def _first(span: Span) -> Span:
    return Span(span.source, span.line, span.column, span.line, span.column + 1)


def texts(nodes: Iterable[Node], what: str, faults: Faults) -> tuple[Text, ...]:
    """The texts of nodes that must be non-empty texts."""
    found = []
    for node in nodes:
        if isinstance(node, Scalar) and node.text.value:
            found.append(node.text)
        else:
            message = f"{what} must be one text, but this is {describe(node)}"
            faults.add("wrong-kind", message, node.span, "write one text")
    return tuple(found)


def split(text: Text | None) -> list[Text]:
    """The words of a text, each with its place."""
    if text is None:
        return []
    return [
        Text(word.group(), within(text, word.start(), word.end()))
        for word in re.finditer(r"\S+", text.value)
    ]


def within(text: Text, start: int, end: int) -> Span:
    """The place of some characters of a text; of the whole text where it has escapes or folds."""
    span = text.span
    if span.line != span.end_line or span.end_column - span.column != len(text.value):
        return span
    return Span(span.source, span.line, span.column + start, span.line, span.column + end)


def parse_flag(text: Text, faults: Faults) -> bool | None:
    """True or false; `None` after a reported fault."""
    if text.value in ("true", "false"):
        return text.value == "true"
    message = f"`{text.value}` is neither true nor false"
    faults.add("bad-flag", message, text.span, "write `true` or `false`")
    return None


def check_word(text: Text, what: str, faults: Faults) -> bool:
    """Whether `text` may name a type, slot, feature, attribute, quantity or scope."""
    if not WORD.match(text.value) or len(text.value) > NAME_LENGTH:
        faults.add(
            "bad-name",
            f"`{text.value}` cannot name {what}",
            text.span,
            "use lower-case letters, digits and `_`, and start with a letter",
        )
        return False
    if text.value in KEYWORDS:
        message = f"`{text.value}` is a word of the rule language and cannot name {what}"
        faults.add("reserved-name", message, text.span, "choose another name")
        return False
    return True


def check_option(text: Text, what: str, faults: Faults) -> bool:
    """Whether `text` may name an option, a rule, a part or a vehicle."""
    if OPTION.match(text.value) and len(text.value) <= NAME_LENGTH:
        return True
    faults.add(
        "bad-name",
        f"`{text.value}` cannot name {what}",
        text.span,
        "use letters, digits and `_ - . + /`, without blanks",
    )
    return False


def check_new(text: Text, seen: dict[str, Span], what: str, faults: Faults) -> bool:
    """Whether `text` is not in `seen` yet; it is then added."""
    first = seen.setdefault(text.value, text.span)
    if first is text.span:
        return True
    where = f"line {first.line}"
    if first.source.name != text.span.source.name:
        where = first.place
    faults.add(
        "duplicate-name",
        f"{what} `{text.value}` is declared twice",
        text.span,
        f"rename one of them; the first is in {where}",
    )
    return False
