"""Take rates: a table (axis, option, rate), or a YAML mapping of axis to option to rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from attrs import define, field

from cmf.load.context import Context
from cmf.load.faults import Faults, Suggestion
from cmf.load.folder import Folder
from cmf.load.nodes import Scalar, Table
from cmf.load.sheet import read_sheet, rows_of
from cmf.model.rates import WRITING, parse_rate
from cmf.source import Span, Text

COLUMNS = ("axis", "option", "rate")
TABLES = (".csv", ".xlsx")
MAPPINGS = (".yaml", ".yml")

Rates = dict[str, dict[str, Fraction]]


def read_rates(path: Path, axes: Mapping[str, Sequence[str]]) -> Rates:
    """Read take rates.

    Parameters
    ----------
    axes
        The options of every slot and feature.

    Raises
    ------
    InputError
        With every fault found.
    """
    faults = Faults()
    reader = _Reader(Context(Folder(path.parent, faults), faults), axes)
    if path.suffix in MAPPINGS:
        reader.mapping(path.name)
    elif path.suffix in TABLES:
        reader.table(path.name)
    else:
        span = reader.context.folder.source(path.name).whole()
        remedy = f"files of take rates are {', '.join((*TABLES, *MAPPINGS))}"
        faults.add("unknown-suffix", f"unknown suffix `{path.suffix}`", span, remedy)
    faults.raise_if_any()
    return reader.rates


@define
class _Reader:
    context: Context
    axes: Mapping[str, Sequence[str]]
    rates: Rates = field(factory=dict)
    _seen: dict[tuple[str, str], Span] = field(factory=dict)

    def table(self, name: str) -> None:
        sheet = read_sheet(self.context.folder, name)
        if sheet is None:
            return
        for row in rows_of(sheet, "a table of take rates", COLUMNS, (), self.context.faults):
            axis, option, rate = (row.required(column) for column in COLUMNS)
            if axis and option and rate:
                self._add(axis, option, rate)

    def mapping(self, name: str) -> None:
        document = self.context.yaml(name)
        if document is None:
            return
        node, begin = document
        if not isinstance(node, Table):
            self._not_a_mapping("the file", node.span if node else begin)
            return
        for axis, options in node.entries:
            if not isinstance(options, Table):
                self._not_a_mapping(f"`{axis.value}`", options.span)
                continue
            for option, rate in options.entries:
                if isinstance(rate, Scalar):
                    self._add(axis, option, rate.text)
                else:
                    self._no_rate(option, "", rate.span)

    def _add(self, axis: Text, option: Text, rate: Text) -> None:
        faults, options = self.context.faults, self.axes.get(axis.value)
        if options is None:
            message = f"there is no slot or feature `{axis.value}`"
            faults.add(
                "unknown-axis", message, axis.span, Suggestion(axis.value, self.axes, "axis")
            )
            return
        if option.value not in options:
            message = f"`{axis.value}` has no option `{option.value}`"
            remedy = Suggestion(option.value, options, "option")
            faults.add("unknown-option", message, option.span, remedy)
            return
        place = (axis.value, option.value)
        if place in self._seen:
            faults.add(
                "duplicate-rate",
                f"`{axis.value} == {option.value}` has a rate already",
                option.span,
                f"keep one of them; the first is in line {self._seen[place].line}",
            )
            return
        self._seen[place] = option.span
        value = parse_rate(rate.value)
        if value is None:
            self._no_rate(option, rate.value, rate.span)
            return
        self.rates.setdefault(axis.value, {})[option.value] = value

    def _no_rate(self, option: Text, written: str, span: Span) -> None:
        told = f"`{written}` is" if written else "this is"
        message = f"{told} no take rate of `{option.value}`"
        self.context.faults.add("bad-rate", message, span, WRITING)

    def _not_a_mapping(self, what: str, span: Span) -> None:
        message = f"{what} needs a mapping"
        self.context.faults.add("not-a-mapping", message, span, "write `axis: {option: rate, …}`")
