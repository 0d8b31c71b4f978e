"""What the readers of the single files share."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, field

from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import Fields, NotAMapping, split
from cmf.load.folder import Folder
from cmf.load.nodes import Node, parse_yaml
from cmf.model.units import Unit
from cmf.source import Span, Text

COMPANY = "company"
"""The type or feature that lists the companies, where a catalogue has one."""


@define
class Context:
    """State of one run of the reader.

    Attributes
    ----------
    currency
        `None` where a fault hides it: amounts are then not checked.
    domains
        Names of every type and axis; `None` where a fault hides them.
    sources
        Source ids with their texts; `None` when the catalogue has no sources.yaml.
    timed
        Whether the catalogue names a time feature.
    slots_known
        Whether every slot has a name; a fault may hide some.
    """

    folder: Folder
    faults: Faults
    currency: Unit | None = None
    domains: dict[str, tuple[str, ...] | None] = field(factory=dict)
    sources: Mapping[str, str] | None = None
    timed: bool = False
    slots_known: bool = True

    def yaml(self, relative: str) -> tuple[Node | None, Span] | None:
        """The document of a file (`None` when empty) and where it begins; `None` after a fault."""
        source = self.folder.text(relative)
        if source is None:
            return None
        before = self.faults.count()
        node = parse_yaml(source, self.faults)
        return None if self.faults.count() > before else (node, source.whole())

    def fields(self, relative: str, what: str, known: tuple[str, ...] | None) -> Fields | None:
        """The top mapping of a YAML file; `None` after a reported fault."""
        document = self.yaml(relative)
        if document is None:
            return None
        node, begin = document
        if node is None:
            remedy = "write `key: value` lines, or delete the file"
            self.faults.add("empty-file", f"`{relative}` says nothing", begin, remedy)
            return None
        try:
            return Fields.of(node, what, known, self.faults)
        except NotAMapping:
            return None

    def source_ids(self, text: Text | None) -> str:
        """One or several source ids, checked against sources.yaml where there is one."""
        if text is None:
            return ""
        known = self.sources
        for word in split(text):
            if known is not None and word.value not in known:
                self.faults.add(
                    "unknown-source",
                    f"sources.yaml has no source `{word.value}`",
                    word.span,
                    Suggestion(word.value, known, what="source"),
                )
        return " ".join(text.value.split())

    def lead(self, text: Text | None) -> str:
        """A company; one of `company` where the catalogue has such a type or feature."""
        if text is None:
            return ""
        known = self.domains.get(COMPANY)
        if known is not None and text.value not in known:
            self.faults.add(
                "unknown-company",
                f"`{text.value}` is not one of `{COMPANY}`",
                text.span,
                Suggestion(text.value, known, what="company"),
            )
        return text.value
