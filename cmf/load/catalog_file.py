"""A catalogue folder as a `Catalog`."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from attrs import define

from cmf.load.axes import AxisDraft, read_axes, read_types
from cmf.load.context import Context
from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import Fields, check_option
from cmf.load.folder import Folder
from cmf.load.nodes import is_empty
from cmf.load.options import finish_axis, read_modules
from cmf.load.parts_files import BomReader, PartReader
from cmf.load.rules_files import RuleReader
from cmf.load.sections import SOURCES_FILE, read_quantities, read_scopes, read_sources
from cmf.load.sheet import ENDINGS
from cmf.model.catalog import AxisKind, Catalog
from cmf.model.units import CURRENCIES, PURE, UNITS
from cmf.source import Source

CATALOG_FILE = "catalog.yaml"
FORMAT = "1"

_READ_NAMES = (
    CATALOG_FILE,
    SOURCES_FILE,
    "modules",
    "rules",
    *(stem + ending for stem in ("parts", "bom") for ending in ENDINGS),
)
_KEYS = (
    "format",
    "name",
    "title",
    "currency",
    "types",
    "slots",
    "features",
    "time",
    "quantities",
    "scopes",
)


def read_catalog(folder: str | os.PathLike[str]) -> Catalog:
    """Read a catalogue folder and check its shape.

    Names inside expressions are not resolved here; `cmf.rules` does that.

    Parameters
    ----------
    folder
        The folder that holds ``catalog.yaml``.

    Raises
    ------
    InputError
        With every fault found, in the order of the files.
    """
    faults = Faults()
    catalog = read_catalog_into(Path(folder), faults)
    faults.raise_if_any()
    if catalog is None:
        raise AssertionError("a catalogue that cannot be read has a fault")
    return catalog


def read_catalog_into(folder: Path, faults: Faults) -> Catalog | None:
    """Read a catalogue folder, reporting to `faults`; `None` when its main file is unusable.

    What is returned in spite of faults serves only to look for more of them. There, the names of
    an axis or type that a fault hides are empty in `domains`.
    """
    return _CatalogReader(Context(Folder(folder, faults), faults)).read()


def check_format(top: Fields, faults: Faults) -> None:
    """Report a format version that this version cannot read."""
    text = top.text("format")
    if text is not None and text.value != FORMAT:
        faults.add(
            "unknown-format",
            f"format `{text.value}` is not known",
            text.span,
            f"this version reads format {FORMAT}",
        )


@define
class _CatalogReader:
    context: Context

    def read(self) -> Catalog | None:
        context = self.context
        top = self._top()
        if top is None:
            return None
        drafts = self._declarations(top)
        read_modules(drafts, context)
        time = self._time(top, drafts)
        context.timed = "time" in top
        context.sources = read_sources(context)
        axes = {d.name.value: finish_axis(d, context) for d in drafts}
        quantities = read_quantities(top, axes, context)
        rules = RuleReader(context).read()
        part_reader = PartReader(context)
        parts = part_reader.read()
        slots = [axis.name for axis in axes.values() if axis.kind is AxisKind.SLOT]
        bom = BomReader(context, slots, part_reader).read()
        classes = dict.fromkeys(part.part_class for part in parts.values() if part.part_class)
        scopes = read_scopes(top, axes, classes if part_reader.complete else None, context)
        return Catalog(
            name=top.string("name"),
            title=top.string("title"),
            folder=context.folder.root,
            currency=context.currency or PURE,
            domains={name: words or () for name, words in context.domains.items()},
            axes=tuple(axes.values()),
            time=time,
            quantities=tuple(quantities),
            rules=tuple(rules),
            parts=parts,
            bom=tuple(bom),
            scopes=scopes,
            sources=dict(context.sources or {}),
            digest=context.folder.digest(),
        )

    def _top(self) -> Fields | None:
        folder, faults = self.context.folder, self.context.faults
        if not os.path.isdir(folder.root):
            source = Source(str(folder.root), "")
            message = f"`{folder.root}` is not a folder"
            faults.add("missing-folder", message, source.whole(), "give the folder of a catalogue")
            return None
        misnamed = self._misnamed()
        if CATALOG_FILE in misnamed:
            return None
        top = self.context.fields(CATALOG_FILE, "a catalogue", _KEYS)
        if top is None:
            self._check_syntax()
            return None
        top.require("format", "name", "currency")
        top.require("slots", empty=True)
        check_format(top, faults)
        name = top.text("name")
        if name is not None:
            check_option(name, "a catalogue", faults)
        currency = top.one_of("currency", CURRENCIES)
        self.context.currency = UNITS[currency] if currency else None
        return top

    def _misnamed(self) -> set[str]:
        """Report files whose name is nearly one that is read; they would be ignored silently."""
        folder, faults = self.context.folder, self.context.faults
        names = folder.names("")
        stems = {name.partition(".")[0] for name in names}
        missing = [n for n in _READ_NAMES if n not in names and n.partition(".")[0] not in stems]
        missing += [CATALOG_FILE] if CATALOG_FILE not in names else []
        found = set()
        for name in names:
            near = get_close_matches(name.casefold(), missing, n=1, cutoff=0.85)
            if near and name not in _READ_NAMES:
                message = f"`{name}` is not read"
                span = folder.source(name).whole()
                faults.add("bad-file-name", message, span, f"did you mean `{near[0]}`?")
                found.add(near[0])
        return found

    def _check_syntax(self) -> None:
        for part in ("modules", "rules"):
            for name in self.context.folder.names(part):
                if name.endswith(".yaml"):
                    self.context.yaml(f"{part}/{name}")

    def _declarations(self, top: Fields) -> list[AxisDraft]:
        declared = read_types(top, self.context)
        drafts = read_axes(top, declared, self.context)
        node = top.nodes.get("slots")
        if node is not None and is_empty(node):
            message = "a catalogue needs at least one slot"
            self.context.faults.add("empty-slots", message, top.keys["slots"].span, "list one")
        return drafts

    def _time(self, top: Fields, drafts: list[AxisDraft]) -> str | None:
        text = top.text("time")
        if text is None:
            return None
        numeric = {d.name.value: d for d in drafts if "numeric" in d.fields}
        draft = numeric.get(text.value)
        if draft is None:
            message = f"`{text.value}` is not a numeric feature"
            remedy = Suggestion(text.value, numeric, what="numeric feature")
            self.context.faults.add("unknown-feature", message, text.span, remedy)
            return None
        if draft.unit is not None and draft.unit not in (UNITS["year"], PURE):
            message = f"the time feature `{text.value}` is not measured in years"
            self.context.faults.add("unit-clash", message, text.span, "give it `numeric: year`")
            return None
        return text.value
