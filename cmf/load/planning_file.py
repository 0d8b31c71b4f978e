"""The assumptions of a plan."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fractions import Fraction

from attrs import define

from cmf.load.catalog_file import check_format
from cmf.load.context import Context
from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import Fields, NotAMapping, check_new
from cmf.load.folder import Folder
from cmf.load.nodes import Node, Scalar
from cmf.load.targets_file import target_list
from cmf.load.values import parse_measure
from cmf.model.catalog import Catalog
from cmf.model.lineup import Lineup
from cmf.model.planning import Cap, Planning, Tier
from cmf.model.targets import Target
from cmf.model.units import parse_number
from cmf.source import Span, Text

PLANNING_FILE = "planning.yaml"

_KEYS = (
    "format",
    "years",
    "open",
    "within",
    "premium",
    "integration",
    "tiers",
    "changeover",
    "plants",
    "supply",
    "caps",
    "leaders",
    "keep",
    "changes",
    "learning",
    "targets",
)
_RATIO = re.compile(r"(?P<upper>\d[\d\s._]*?)\s*(?:(?P<cent>%)|/\s*(?P<lower>\d+))?\Z")
_GREATEST_YEARS = 100
_GREATEST_COUNT = 1_000_000


def read_planning(lineup: Lineup, catalog: Catalog, taken: Collection[str] = ()) -> Planning:
    """Read ``planning.yaml`` beside a line-up; without the file, what holds by default.

    Parameters
    ----------
    taken
        Ids of targets that are declared elsewhere.

    Raises
    ------
    InputError
        With every fault found.
    """
    faults = Faults()
    context = Context(Folder(lineup.folder, faults), faults)
    context.sources = catalog.sources or None
    if not context.folder.exists(PLANNING_FILE):
        return Planning()
    found = _Reader(context, catalog, lineup).read(taken)
    faults.raise_if_any()
    return found


@define
class _Reader:
    context: Context
    catalog: Catalog
    lineup: Lineup

    @property
    def faults(self) -> Faults:
        return self.context.faults

    def read(self, taken: Collection[str]) -> Planning:
        top = self.context.fields(PLANNING_FILE, "a planning file", _KEYS)
        if top is None:
            return Planning()
        top.require("format")
        check_format(top, self.faults)
        return Planning(
            years=self._count(top, "years", 1, _GREATEST_YEARS) or 1,
            open=self._open(top),
            within=self._within(top),
            premium=self._ratio(top, "premium", 10) or Fraction(0),
            integration=self._ratio(top, "integration", 10) or Fraction(0),
            tiers=self._tiers(top),
            changeover=self._changeover(top),
            plants=self._plants(top),
            supply=self._supply(top),
            caps=self._caps(top),
            leaders=self._leaders(top),
            keep=tuple(text.value for text in self._vehicles(top.words("keep"))),
            changes=self._count(top, "changes", 0, _GREATEST_COUNT),
            learning=self._learning(top),
            targets=self._targets(top, taken),
            digest=self.context.folder.digest(),
            span=top.span,
        )

    def _open(self, top: Fields) -> tuple[str, ...]:
        known = [axis.name for axis in self.catalog.axes]
        known += [quantity.name for quantity in self.catalog.quantities]
        known += [f"{axis.name}.{name}" for axis in self.catalog.axes for name in axis.attributes]
        return tuple(
            word.value
            for word in top.words("open")
            if self._one_of(word, known, "slot, feature, attribute or quantity")
        )

    def _within(self, top: Fields) -> Mapping[str, tuple[int, int]]:
        units = {quantity.name: quantity.unit for quantity in self.catalog.quantities}
        found = {}
        for key, node in top.entries("within"):
            if not self._one_of(key, units, "quantity"):
                continue
            text = self._scalar(node)
            ends = [] if text is None else text.value.split("..")
            if text is None or len(ends) != 2:
                self._bad_step(node.span)
                continue
            unit = units[key.value]
            tail = re.sub(r"^\s*[-+]?[\d\s._]*", "", ends[1])
            pieces = [f"{ends[0].strip()} {tail}".strip(), ends[1].strip()]
            steps = [
                parse_measure(Text(piece, text.span), unit, f"`{key.value}`", self.faults)
                for piece in pieces
            ]
            low, high = steps
            if low is None or high is None:
                continue
            if not low <= 0 <= high:
                self._bad_step(text.span)
            else:
                found[key.value] = (low, high)
        return found

    def _bad_step(self, span: Span) -> None:
        remedy = "write the least and the greatest step around 0, such as `-10..30 mm`"
        self.faults.add("bad-step", "this is no range around today's value", span, remedy)

    def _tiers(self, top: Fields) -> tuple[Tier, ...]:
        found: list[Tier] = []
        for node in top.items("tiers"):
            try:
                keys = Fields.of(node, "a price tier", ("above", "factor"), self.faults)
            except NotAMapping:
                continue
            keys.require("above", "factor")
            above = self._count(keys, "above", 1, 10**12)
            factor = self._ratio(keys, "factor", 1)
            if above is None or factor is None:
                continue
            if found and not (found[-1].above < above and factor < found[-1].factor):
                message = "the tiers must rise in volume and fall in price"
                remedy = "order them, and give each a smaller factor than the one before"
                self.faults.add("bad-tiers", message, keys.span, remedy)
            found.append(Tier(above, factor))
        return tuple(found)

    def _changeover(self, top: Fields) -> int:
        text = top.text("changeover")
        if text is None:
            return 0
        if "plant" not in self._features():
            message = "the catalogue has no feature `plant`, so no plant takes in a module"
            self.faults.add("no-plant", message, top.keys["changeover"].span, "delete the key")
        unit = self.catalog.currency
        return parse_measure(text, unit, "`changeover`", self.faults, least=0) or 0

    def _plants(self, top: Fields) -> Mapping[str, int]:
        known = self._features().get("plant", ())
        found = {}
        for key, node in top.entries("plants"):
            volume = self._volume(node)
            if self._one_of(key, known, "plant") and volume is not None:
                found[key.value] = volume
        return found

    def _supply(self, top: Fields) -> Mapping[tuple[str, str], int]:
        slots = {axis.name: axis.names for axis in self.catalog.slots}
        found = {}
        for key, node in top.entries("supply"):
            if not self._one_of(key, slots, "slot"):
                continue
            try:
                keys = Fields.of(node, f"the supply of `{key.value}`", None, self.faults)
            except NotAMapping:
                continue
            for name, text in keys.keys.items():
                volume = self._volume(keys.nodes[name])
                if self._one_of(text, slots[key.value], "module") and volume is not None:
                    found[key.value, name] = volume
        return found

    def _caps(self, top: Fields) -> tuple[Cap, ...]:
        known = [axis.name for axis in self.catalog.axes]
        found = []
        for key, node in top.entries("caps"):
            number = self._whole(node, 1, _GREATEST_COUNT)
            if self._one_of(key, known, "slot or feature") and number is not None:
                found.append(Cap(key.value, number))
        return tuple(found)

    def _leaders(self, top: Fields) -> str:
        text = top.text("leaders")
        known = self._features()
        return text.value if text is not None and self._one_of(text, known, "feature") else ""

    def _learning(self, top: Fields) -> Fraction | None:
        value = self._ratio(top, "learning", 1)
        if value is not None and value < Fraction(1, 2):
            message = "`learning` must lie from 50 % to 100 %"
            self.faults.add("bad-ratio", message, top.nodes["learning"].span, "correct it")
        return value

    def _targets(self, top: Fields, taken: Collection[str]) -> tuple[Target, ...]:
        nodes = top.items("targets")
        targets = target_list(nodes, self.context, self.catalog, self.lineup)
        for target in targets:
            if target.id in taken and target.span is not None:
                message = f"the target `{target.id}` stands in targets.yaml too"
                self.faults.add("duplicate-name", message, target.span, "rename one of them")
        return targets

    def _vehicles(self, words: Collection[Text]) -> list[Text]:
        known = [vehicle.id for vehicle in self.lineup.vehicles]
        seen: dict[str, Span] = {}
        return [
            word
            for word in words
            if self._one_of(word, known, "vehicle")
            and check_new(word, seen, "the vehicle", self.faults)
        ]

    def _features(self) -> Mapping[str, tuple[str, ...]]:
        return {axis.name: axis.names for axis in self.catalog.features}

    def _ratio(self, top: Fields, key: str, greatest: int) -> Fraction | None:
        text = top.text(key)
        if text is None:
            return None
        match = _RATIO.match(text.value.strip()) if len(text.value) <= 40 else None
        upper = parse_number(match["upper"]) if match else None
        lower = int(match["lower"] or 1) if match else 0
        if match is None or upper is None or not lower:
            message = f"`{text.value[:40]}` is not an exact ratio"
            self.faults.add("bad-ratio", message, text.span, "write `30 %`, `3/10` or `0.3`")
            return None
        value = upper / lower / (100 if match["cent"] else 1)
        if value > greatest:
            message = f"`{key}` must lie from 0 to {greatest}"
            self.faults.add("bad-ratio", message, text.span, "correct the ratio")
            return None
        return value

    def _count(self, top: Fields, key: str, least: int, greatest: int) -> int | None:
        return self._whole(top.nodes[key], least, greatest) if key in top else None

    def _volume(self, node: Node) -> int | None:
        return self._whole(node, 0, 10**12)

    def _whole(self, node: Node, least: int, greatest: int) -> int | None:
        text = self._scalar(node)
        number = None if text is None else parse_number(text.value)
        if number is not None and number.denominator == 1 and least <= number <= greatest:
            return int(number)
        remedy = f"write a whole number from {least} to {greatest}"
        self.faults.add("bad-number", "this is no such number", node.span, remedy)
        return None

    def _scalar(self, node: Node) -> Text | None:
        return node.text if isinstance(node, Scalar) and node.text.value else None

    def _one_of(self, text: Text, known: Collection[str], what: str) -> bool:
        if text.value in known:
            return True
        code = f"unknown-{what.split()[0].rstrip(',')}"
        message = f"there is no {what} `{text.value}`"
        self.faults.add(code, message, text.span, Suggestion(text.value, known, what=what))
        return False
