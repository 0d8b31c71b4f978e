"""Lowered formulas mean what `rules.semantics` says (S8), with and without enumeration."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.model.catalog import (
    Attribute,
    Axis,
    AxisKind,
    BomLine,
    Catalog,
    Effectivity,
    Flag,
    Measure,
    Option,
    Part,
    Severity,
)
from cmf.model.units import UNITS
from cmf.problem import linear, lower
from cmf.problem.formula import holds
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog

MM = UNITS["mm"]
EUR = UNITS["EUR"]


def part(number: str, cost: int, mass: int) -> Part:
    return Part(number, number, cost, mass, 0)


def catalog(values: list[list[int | None]], flags: list[list[bool | None]]) -> Catalog:
    """Three slots with a length `n` and a flag `f`, and a year."""
    axes = [
        Axis(
            f"s{s}",
            AxisKind.SLOT,
            tuple(
                Option(
                    f"o{o}",
                    values={
                        key: value
                        for key, value in (("n", number), ("f", flag))
                        if value is not None
                    },
                    effective=Effectivity(2026, None) if (s, o) == (0, 1) else Effectivity(),
                )
                for o, (number, flag) in enumerate(zip(numbers, marks, strict=True))
            ),
            {"n": Attribute("n", Measure(MM)), "f": Attribute("f", Flag())},
        )
        for s, (numbers, marks) in enumerate(zip(values, flags, strict=True))
    ]
    years = tuple(Option(str(y)) for y in (2025, 2026, 2027))
    axes.append(Axis("year", AxisKind.FEATURE, years, unit=UNITS["year"]))
    parts = {p.number: p for p in (part("p", 700, 3), part("q", 11, 5))}
    return Catalog(
        name="random",
        title="",
        folder=Path(),
        currency=EUR,
        domains={a.name: a.names for a in axes},
        axes=tuple(axes),
        time="year",
        quantities=(),
        rules=(),
        parts=parts,
        bom=(),
        scopes={},
        sources={},
        digest="",
    )


numbers = st.recursive(
    st.one_of(
        st.integers(-3, 9).map(t.Constant),
        st.sampled_from([t.AttributeRef(f"s{s}", "n") for s in range(3)]),
        st.just(t.QuantityRef("total")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda x: t.Add(tuple(x))),
        inner.map(t.Negate),
        inner.map(t.Absolute),
        st.lists(inner, min_size=1, max_size=3).map(lambda x: t.Least(tuple(x))),
        st.lists(inner, min_size=1, max_size=3).map(lambda x: t.Greatest(tuple(x))),
        st.tuples(inner, inner).map(t.Multiply),
    ),
    max_leaves=5,
)
statements = st.recursive(
    st.one_of(
        st.builds(t.Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers, numbers),
        st.builds(t.Between, numbers, numbers, numbers),
        numbers.map(t.Defined),
        st.sampled_from([t.Truth(t.AttributeRef(f"s{s}", "f")) for s in range(3)]),
        st.sampled_from([0, 1]).map(
            lambda o: t.Compare("==", t.AxisRef("s0"), t.Constant(f"o{o}"))
        ),
        st.frozensets(st.sampled_from(["o0", "o1"])).map(
            lambda names: t.In(t.AxisRef("s1"), t.Constant(names))
        ),
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.tuples(st.tuples(st.integers(-3, 3), st.integers(0, 9)))),
                st.one_of(st.none(), st.just(("o0",)), st.just(("o1", "o0"))),
            ),
            max_size=3,
        ).map(lambda rows: t.Match((t.AttributeRef("s2", "n"), t.AxisRef("s1")), tuple(rows))),
    ),
    lambda inner: st.one_of(
        inner.map(t.Not),
        st.lists(inner, max_size=3).map(lambda x: t.And(tuple(x))),
        st.lists(inner, max_size=3).map(lambda x: t.Or(tuple(x))),
        st.builds(t.Implies, inner, inner),
    ),
    max_leaves=4,
)
options = st.lists(
    st.lists(st.one_of(st.none(), st.integers(-4, 9)), min_size=2, max_size=2),
    min_size=3,
    max_size=3,
)
marks = st.lists(
    st.lists(st.sampled_from([None, True, False]), min_size=2, max_size=2), min_size=3, max_size=3
)


def resolved(base: Catalog, statement: t.Expr, total: t.Expr) -> ResolvedCatalog:
    quantity = t.TypedQuantity("total", "", total, MM)
    rule = t.TypedRule("r", statement, "", Severity.HARD, Effectivity())
    line = BomLine("p", 2, "s0", ("o0",), None)
    condition = t.Compare("==", t.AxisRef("s0"), t.Constant("o0"))
    lines = (
        t.TypedLine(line.part, line.quantity, line.slot, "", condition),
        t.TypedLine("q", 3, None, "", t.And((condition, t.Truth(t.AttributeRef("s1", "f"))))),
        t.TypedLine("q", 1, None, "", t.And(())),
    )
    quantities = {
        "total": quantity,
        "cost": t.TypedQuantity("cost", "", t.BomRef("unit_cost"), EUR),
        "twice": t.TypedQuantity("twice", "", t.Multiply((t.Constant(2), t.BomRef("mass"))), MM),
    }
    return ResolvedCatalog(base, quantities, (rule,), lines)


TOTAL = t.Add((t.AttributeRef("s0", "n"), t.AttributeRef("s1", "n"), t.AttributeRef("s2", "n")))


@pytest.mark.parametrize(("tree", "local"), [(512, 4096), (1, 4096), (1, 4)])
@settings(max_examples=120, deadline=None)
@given(values=options, flags=marks, statement=statements)
def test_a_lowered_rule_means_what_the_semantics_says(
    tree: int, local: int, values: list[list[int | None]], flags: list[list[bool | None]],
    statement: t.Expr,
) -> None:  # fmt: skip
    base = catalog(values, flags)
    whole = resolved(base, statement, TOTAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lower, "TREE_LIMIT", tree)
        patch.setattr(linear, "LOCAL_LIMIT", local)
        try:
            lowered = lower.lower(whole)
        except lower.InputError as error:  # only a product may be beyond the bounds
            if local == 4 and all(d.code == "rule-too-large" for d in error.diagnostics):
                return
            raise
    rule = next(c.formula for c in lowered.problem.constraints if c.origin.kind == "rule")
    for variant in product(*(range(len(a.options)) for a in base.axes)):
        names = lowered.problem.names(variant)
        world = semantics.World(whole, names)
        assert holds(rule, variant) == semantics.holds(statement, world), names
        for name, quantity in lowered.problem.quantities.items():
            expected = semantics.evaluate(whole.quantities[name].expression, world)
            assert quantity.value(variant) == expected, (name, names)


def test_effectivity_is_half_open() -> None:
    base = catalog([[1, 1]] * 3, [[None, None]] * 3)
    lowered = lower.lower(resolved(base, t.And(()), TOTAL))
    effectivity = next(c for c in lowered.problem.constraints if c.origin.kind == "effectivity")
    assert effectivity.origin.name == "s0.o1"
    years = [base.axes[3].names[y] for y in range(3) if holds(effectivity.formula, (1, 0, 0, y))]
    assert years == ["2026", "2027"]


def test_a_sum_over_many_slots_is_not_enumerated() -> None:
    """Seven slots of forty options each: 1.6e11 combinations."""
    axes = tuple(
        Axis(
            f"s{s}",
            AxisKind.SLOT,
            tuple(Option(f"o{o}", values={"n": 41**s % 997 + o}) for o in range(40)),
            {"n": Attribute("n", Measure(MM))},
        )
        for s in range(7)
    )
    from attrs import evolve

    base = evolve(
        catalog([[1, 1]] * 3, [[None, None]] * 3),
        axes=axes,
        domains={a.name: a.names for a in axes},
        time=None,
    )
    total = t.Add(tuple(t.AttributeRef(a.name, "n") for a in axes))
    statement = t.Between(t.QuantityRef("total"), t.Constant(2000), t.Constant(2100))
    rule = t.TypedRule("r", statement, "", Severity.HARD, Effectivity())
    quantity = t.TypedQuantity("total", "", total, MM)
    lowered = lower.lower(ResolvedCatalog(base, {"total": quantity}, (rule,), ()))
    formula = lowered.problem.constraints[0].formula
    variant = (3,) * 7
    value = sum(41**s % 997 + 3 for s in range(7))
    assert lowered.problem.quantities["total"].value(variant) == value
    assert holds(formula, variant) == (2000 <= value <= 2100)
