"""The targets of a line-up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from attrs import define, evolve, field

from cmf.load.catalog_file import check_format
from cmf.load.context import Context
from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import Fields, NotAMapping, check_new, check_option, within
from cmf.load.folder import Folder
from cmf.load.nodes import Node, Scalar
from cmf.model.catalog import Catalog
from cmf.model.lineup import Lineup
from cmf.model.targets import KINDS, LEVELS, VEHICLES, WEIGHTS, Bounds, Kind, Target, Targets
from cmf.model.units import LIMIT, PURE, UNITS, Unit, parse_number
from cmf.source import Span, Text

TARGETS_FILE = "targets.yaml"

_ALWAYS = ("id", "title", "metric", "threshold", "by", "tolerance", "source", "note")
_KEYS = tuple(
    dict.fromkeys((*_ALWAYS, *(key for kind in KINDS.values() for key in kind.needs + kind.takes)))
)
_FIGURES: Mapping[str, tuple[Fraction, Fraction]] = {
    "premium": (Fraction(0), Fraction(10)),
    "integration": (Fraction(0), Fraction(10)),
    "learning": (Fraction(1, 2), Fraction(1)),
    "over_design": (Fraction(0), Fraction(10)),
}
"""Least and greatest value of each parameter of a cost formula."""

_GREATEST_K = 10_000
_SIGN = re.compile(r"\s*(>=|≥|<=|≤)?\s*")
_AMOUNT = re.compile(
    r"\s*(?P<upper>[+-]?\d[\d\s.,_]*?)\s*(?:/\s*(?P<lower>\d+)\s*)?(?P<unit>[^\d\s.,_/+-].*?)?\s*\Z"
)
_YEAR = re.compile(r"\d{4}\Z")


def read_targets(lineup: Lineup, catalog: Catalog) -> Targets:
    """Read ``targets.yaml`` beside a line-up and check it against line-up and catalogue.

    Conditions are kept as text; whoever resolves them reports their faults.

    Raises
    ------
    InputError
        With every fault found, also when there is no such file.
    """
    faults = Faults()
    context = Context(Folder(lineup.folder, faults), faults)
    context.sources = catalog.sources or None
    found = _Reader(context, catalog, lineup).read()
    faults.raise_if_any()
    return found


def target_list(
    nodes: Iterable[Node], context: Context, catalog: Catalog, lineup: Lineup
) -> tuple[Target, ...]:
    """The targets of a list that stands in another file; faults go to the context."""
    return _Reader(context, catalog, lineup).targets(nodes)


def with_threshold(target: Target, text: Text, catalog: Catalog, lineup: Lineup) -> Target:
    """The target with another threshold; raises `InputError` when it is none."""
    faults = Faults()
    reader = _Reader(Context(Folder(lineup.folder, faults), faults), catalog, lineup)
    unit = next((q.unit for q in catalog.quantities if q.name == target.quantity), PURE)
    bounds = reader.threshold(text, target.kind, unit)
    faults.raise_if_any()
    return evolve(target, bounds=bounds)


@define
class _Reader:
    context: Context
    catalog: Catalog
    lineup: Lineup
    _seen: dict[str, Span] = field(factory=dict)

    def read(self) -> Targets:
        context, faults = self.context, self.context.faults
        top = context.fields(TARGETS_FILE, "a targets file", ("format", "volumes", "targets"))
        if top is None:
            return Targets((), {}, "")
        top.require("format", "targets")
        check_format(top, faults)
        volumes = self._volumes(top)
        nodes = top.items("targets")
        if "targets" in top and not nodes:
            span = top.keys["targets"].span
            faults.add("missing-value", "there is no target", span, "add one")
        return Targets(self.targets(nodes), volumes, context.folder.digest())

    def targets(self, nodes: Iterable[Node]) -> tuple[Target, ...]:
        """The targets of a list; those with a fault are left out."""
        found = (self._target(node) for node in nodes)
        return tuple(target for target in found if target is not None)

    def _volumes(self, top: Fields) -> dict[str, tuple[int, int]]:
        known = [vehicle.id for vehicle in self.lineup.vehicles]
        found = {}
        for key, node in top.entries("volumes"):
            self._one_of(key, known, "vehicle")
            if not isinstance(node, Scalar) or not node.text.value:
                self._bad_volume(node.span)
                continue
            ends = _volume_range(node.text.value)
            if ends is None:
                self._bad_volume(node.span)
            else:
                found[key.value] = ends
        return found

    def _bad_volume(self, span: Span) -> None:
        remedy = "write a whole number or an interval, such as `100000..150000`"
        self.context.faults.add("bad-volume", "this is no yearly volume", span, remedy)

    def _target(self, node: Node) -> Target | None:
        faults = self.context.faults
        before = faults.count()
        try:
            keys = Fields.of(node, "a target", _KEYS, faults)
        except NotAMapping:
            return None
        keys.require("id", "title", "metric")
        name = keys.text("id")
        if name is not None and check_option(name, "a target", faults):
            check_new(name, self._seen, "the target", faults)
        metric = keys.one_of("metric", KINDS)
        if metric is None:
            return None
        kind = KINDS[metric]
        self._check_keys(keys, metric, kind)
        unit = self._unit(keys)
        target = Target(
            id=name.value if name else "",
            title=keys.string("title"),
            metric=metric,
            bounds=self._bounds(keys, kind, unit),
            weight=keys.one_of("weight", WEIGHTS) or "part_number",
            level=keys.one_of("level", LEVELS) or "part",
            scope=self._known(keys, "scope", self.catalog.scopes),
            k=self._k(keys),
            population=self._population(keys, metric),
            direction=self._direction(keys, metric),
            where=keys.text("where"),
            meets=keys.text("meets"),
            vehicles=keys.one_of("vehicles", VEHICLES) or "built",
            axis=self._known(keys, "axis", [a.name for a in self.catalog.axes]) or "platform",
            quantity=self._known(keys, "quantity", [q.name for q in self.catalog.quantities]),
            figures=self._figures(keys, kind),
            lacks=keys.string("lacks"),
            by=self._year(keys),
            tolerance=self._tolerance(keys, unit),
            source=self.context.source_ids(keys.text("source")),
            note=keys.string("note"),
            span=keys.span,
        )
        return target if faults.count() == before else None

    def _check_keys(self, keys: Fields, metric: str, kind: Kind) -> None:
        keys.require(*kind.needs)
        if metric != "not_measured":
            keys.require("threshold")
        for key, text in keys.keys.items():
            if key not in (*_ALWAYS, *kind.needs, *kind.takes):
                self.context.faults.add(
                    "unused-key",
                    f"the metric `{metric}` does not use `{key}`",
                    text.span,
                    "delete the key; it uses "
                    + (", ".join(f"`{k}`" for k in (*kind.needs, *kind.takes))),
                )
        for key in ("population", "axis"):
            default = {"population": "company", "axis": "platform"}[key]
            known = ["vehicle", *(axis.name for axis in self.catalog.axes)]
            platform = metric.startswith("platform_ratio")
            wanted = platform or (metric, key) == ("leader_follower", "population")
            if wanted and key in kind.takes and key not in keys and default not in known:
                keys.require(key)

    def _known(self, keys: Fields, key: str, known: Collection[str]) -> str:
        text = keys.text(key)
        if text is None:
            return ""
        self._one_of(text, known, key)
        return text.value

    def _one_of(self, text: Text, known: Collection[str], what: str) -> bool:
        if text.value in known:
            return True
        message = f"there is no {what} `{text.value}`"
        remedy = Suggestion(text.value, known, what=what)
        self.context.faults.add(f"unknown-{what}", message, text.span, remedy)
        return False

    def _population(self, keys: Fields, metric: str) -> str:
        known = ["vehicle", *(axis.name for axis in self.catalog.axes)]
        across = metric.startswith("platform_ratio") or metric == "leader_follower"
        default = "company" if across else "vehicle"
        return self._known(keys, "population", known) or default

    def _direction(self, keys: Fields, metric: str) -> tuple[str, ...]:
        text = keys.text("direction")
        if text is None:
            return ()
        words = text.value.split()
        if metric == "share" and len(words) == 2 and words[0] == "from":
            names = words[1:]
        elif metric == "carry_over" and len(words) == 3 and words[1] == "from":
            names = [words[0], words[2]]
        else:
            shape = "from N" if metric == "share" else "A from B"
            message = f"`{text.value}` is not a direction of `{metric}`"
            self.context.faults.add("bad-direction", message, text.span, f"write `{shape}`")
            return ()
        population = keys.string("population") or "vehicle"
        groups: Collection[str] = [vehicle.id for vehicle in self.lineup.vehicles]
        for axis in self.catalog.axes:
            if axis.name == population:
                groups = axis.names
        start = 0
        for name in names:
            start = text.value.index(name, start)
            place = within(text, start, start + len(name))
            start += len(name)
            self._one_of(Text(name, place), groups, population)
        return tuple(names)

    def _k(self, keys: Fields) -> int:
        text = keys.text("k")
        if text is None:
            return 2
        number = parse_number(text.value)
        if number is None or number.denominator != 1 or not 1 <= number <= _GREATEST_K:
            message = f"`{text.value}` is not a number of users"
            remedy = f"write a whole number from 1 to {_GREATEST_K}"
            self.context.faults.add("bad-k", message, text.span, remedy)
            return 2
        return int(number)

    def _year(self, keys: Fields) -> int:
        text = keys.text("by")
        if text is None:
            return 0
        if not _YEAR.match(text.value):
            message = f"`{text.value}` is not a year"
            remedy = "write four digits, such as 2026"
            self.context.faults.add("bad-year", message, text.span, remedy)
            return 0
        return int(text.value)

    def _figures(self, keys: Fields, kind: Kind) -> dict[str, Fraction]:
        found = {}
        for key, (least, greatest) in _FIGURES.items():
            text = keys.text(key)
            if text is None or key not in kind.needs:
                continue
            value = self._amount(text, PURE, ratio=True)
            if value is not None and not least <= value <= greatest:
                message = f"`{key}` must lie from {least} to {greatest}"
                self.context.faults.add("bad-figure", message, text.span, "correct the figure")
            elif value is not None:
                found[key] = value
        return found

    def _unit(self, keys: Fields) -> Unit:
        """Unit of the value: that of the quantity, where there is one."""
        name = keys.string("quantity")
        return next((q.unit for q in self.catalog.quantities if q.name == name), PURE)

    def _tolerance(self, keys: Fields, unit: Unit) -> Fraction:
        text = keys.text("tolerance")
        value = None if text is None else self._amount(text, unit, ratio=True)
        if text is not None and value is not None and value < 0:
            message = "a tolerance cannot be negative"
            self.context.faults.add("bad-tolerance", message, text.span, "write 0 or more")
        return value or Fraction(0)

    def _bounds(self, keys: Fields, kind: Kind, unit: Unit) -> Bounds:
        text = keys.text("threshold")
        return Bounds(Fraction(0), None, "") if text is None else self.threshold(text, kind, unit)

    def threshold(self, text: Text, kind: Kind, unit: Unit) -> Bounds:
        """What a value must reach or keep."""
        sign = _SIGN.match(text.value)
        start = sign.end() if sign else 0
        body = Text(text.value[start:], within(text, start, len(text.value)))
        low: Fraction | None
        high: Fraction | None
        if ".." in body.value:
            low, high = self._range(text, body, unit, kind)
            if sign and sign[1]:
                self._bad_threshold(text, "a range has no sign")
        else:
            low, high = self._amount(body, unit, ratio=kind.ratio), None
            if sign and sign[1] in ("<=", "≤"):
                low, high = None, low
        return Bounds(low, high, " ".join(text.value.split()))

    def _range(
        self, text: Text, body: Text, unit: Unit, kind: Kind
    ) -> tuple[Fraction | None, Fraction | None]:
        first, _, last = body.value.partition("..")
        # The unit or the per cent sign may stand once, behind the last number.
        tail = _AMOUNT.match(last)
        own = _AMOUNT.match(first)
        if tail and own and tail["unit"] and not own["unit"]:
            first = f"{first.strip()} {tail['unit']}"
        low = self._amount(Text(first, text.span), unit, ratio=kind.ratio)
        high = self._amount(Text(last, text.span), unit, ratio=kind.ratio)
        if low is not None and high is not None and low > high:
            self._bad_threshold(text, "the range is empty")
        return low, high

    def _amount(self, text: Text, unit: Unit, *, ratio: bool) -> Fraction | None:
        """An exact number, in base units: ``80 %``, ``4/5``, ``1 500 000``, ``220 GWh``."""
        match = _AMOUNT.match(text.value) if len(text.value) <= 80 else None
        upper = parse_number(match["upper"]) if match else None
        lower = parse_number(match["lower"] or "1") if match else None
        if match is None or upper is None or not lower:
            self._bad_threshold(text, f"`{text.value.strip()[:40]}` is not an exact number")
            return None
        value, symbol = upper / lower, match["unit"]
        if symbol == "%":
            if not ratio:
                self._bad_threshold(text, "the metric is no ratio, so it has no per cent")
                return None
            return value / 100
        return self._in_unit(text, value, symbol, unit)

    def _in_unit(self, text: Text, value: Fraction, symbol: str | None, unit: Unit) -> Fraction:
        written = UNITS.get(symbol) if symbol else unit
        if written is None or written.dimension != unit.dimension:
            wanted = f"the value is measured in {unit.symbol}" if unit.dimension else "it has none"
            message = f"the unit `{symbol}` does not fit: {wanted}"
            self.context.faults.add("unit-clash", message, text.span, "correct or delete the unit")
            return Fraction(0)
        return value * written.factor

    def _bad_threshold(self, text: Text, message: str) -> None:
        remedy = "write `80 %`, `4/5`, `>= 35`, `<= 220 GWh` or `75..85 %`"
        self.context.faults.add("bad-threshold", message, text.span, remedy)


def _volume_range(text: str) -> tuple[int, int] | None:
    """The ends of ``100000..150000`` or ``120000``; `None` when it is neither."""
    ends = [parse_number(end) for end in text.split("..")]
    whole = [int(end) for end in ends if end is not None and end.denominator == 1]
    if len(ends) > 2 or len(whole) < len(ends) or not 0 <= whole[0] <= whole[-1] <= LIMIT:
        return None
    return whole[0], whole[-1]
