"""A strategy of small catalogues, for those who test what stands between text and answer."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from cmf.model.catalog import (
    Attribute,
    Axis,
    AxisKind,
    Catalog,
    Choice,
    Effectivity,
    Flag,
    Measure,
    Option,
    QuantityText,
    RuleText,
    Severity,
    Value,
)
from cmf.model.units import UNITS
from cmf.source import Source, Text

_SIZES = ("small", "large")
_YEARS = (2025, 2026, 2027)
_ATTRIBUTES = {
    "length": Attribute("length", Measure(UNITS["mm"])),
    "driven": Attribute("driven", Flag()),
    "size": Attribute("size", Choice("size")),
}


@st.composite
def catalogues(draw: st.DrawFn, *, max_slots: int = 3, max_modules: int = 3) -> Catalog:
    """Catalogues with slots, features, a quantity and rules, small enough for brute force.

    Modules leave attributes out, have years of effectivity, and rules speak of options, attributes,
    the quantity and years, some of them as warnings. Every catalogue resolves and lowers:
    ``lower(resolve_catalog(catalogue)).problem``.

    Parameters
    ----------
    max_slots, max_modules
        Greatest number of slots, and of modules of each.
    """
    slots = [f"s{n}" for n in range(draw(st.integers(1, max_slots)))]
    axes = [draw(_slot(name, max_modules)) for name in slots]
    brands = draw(st.integers(1, 3))
    axes.append(_feature("brand", tuple("abc"[:brands])))
    axes.append(_feature("year", tuple(map(str, _YEARS)), numeric=True))
    conditions = _conditions(axes[:-1])
    rules = tuple(draw(_rule(f"R{n}", conditions)) for n in range(draw(st.integers(0, 4))))
    total = " + ".join(f"{name}.length" for name in slots)
    return Catalog(
        name="random",
        title="",
        folder=Path(),
        currency=UNITS["EUR"],
        domains={"size": _SIZES, **{axis.name: axis.names for axis in axes}},
        axes=tuple(axes),
        time="year",
        quantities=(QuantityText("total", _text(total), UNITS["mm"]),),
        rules=rules,
        parts={},
        bom=(),
        scopes={},
        sources={},
        digest="",
    )


@st.composite
def _slot(draw: st.DrawFn, name: str, most: int) -> Axis:
    options = []
    for number in range(draw(st.integers(1, most))):
        values: dict[str, Value] = {}
        if draw(st.booleans()):
            values["length"] = draw(st.integers(1, 3)) * 500
        if draw(st.booleans()):
            values["driven"] = draw(st.booleans())
        if draw(st.booleans()):
            values["size"] = draw(st.sampled_from(_SIZES))
        start = draw(st.sampled_from((None, None, *_YEARS)))
        options.append(Option(f"m{number}", values=values, effective=Effectivity(start)))
    return Axis(name, AxisKind.SLOT, tuple(options), _ATTRIBUTES)


def _feature(name: str, options: tuple[str, ...], *, numeric: bool = False) -> Axis:
    made = tuple(Option(option) for option in options)
    return Axis(name, AxisKind.FEATURE, made, unit=UNITS["year"] if numeric else None)


def _conditions(axes: list[Axis]) -> st.SearchStrategy[str]:
    """Statements in the rule language."""
    atoms = [f"{axis.name} == {option}" for axis in axes for option in axis.names]
    for axis in axes:
        if axis.kind is AxisKind.SLOT:
            atoms += [f"{axis.name}.driven", f"{axis.name}.size == small"]
            atoms += [f"{axis.name}.length <= 1000 mm", f"defined({axis.name}.length)"]
    atoms += ["total >= 1500 mm", "total in 1000..2500 mm", "year >= 2026", "year != 2027"]
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            inner.map(lambda one: f"not ({one})"),
            st.tuples(inner, st.sampled_from(("and", "or", "=>")), inner).map(
                lambda three: f"({three[0]}) {three[1]} ({three[2]})"
            ),
        ),
        max_leaves=3,
    )


@st.composite
def _rule(draw: st.DrawFn, name: str, conditions: st.SearchStrategy[str]) -> RuleText:
    when, body = draw(st.none() | conditions), _text(draw(conditions))
    require = draw(st.booleans())
    return RuleText(
        id=name,
        when=None if when is None else _text(when),
        require=body if require else None,
        forbid=None if require else body,
        allow=None,
        exclude=None,
        because="Made up",
        severity=draw(st.sampled_from((Severity.HARD, Severity.HARD, Severity.WARN))),
        effective=Effectivity(draw(st.sampled_from((None, None, 2026)))),
    )


def _text(value: str) -> Text:
    source = Source("random", value)
    return Text(value, source.span(0, len(value)))
