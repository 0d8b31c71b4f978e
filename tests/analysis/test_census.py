"""Shares over whole variant spaces, held to brute force over all pairs of variants."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmf.analysis.census import Comparer, Comparison, Group, Population, populations
from cmf.analysis.census import compare as compare_module
from cmf.analysis.census import contents as contents_module
from cmf.analysis.commonality import Bounds, Measure, NotEvaluable, Weight
from cmf.engines.brute import BruteEngine
from cmf.engines.diagram import DiagramEngine
from cmf.model.catalog import Part, Scope
from cmf.problem.answer import Unknown
from cmf.problem.bare import bare_catalog
from cmf.problem.formula import Formula, Member, holds
from cmf.problem.lower import LoweredCatalog, lower
from cmf.problem.problem import Variant
from cmf.rules.resolve import resolve_catalog
from cmf.rules.typed import Constant, TypedLine
from cmf.testing.strategies import formulas, problems

SETS = (Weight.PART_NUMBER, Weight.LIST_COST, Weight.INVESTMENT)


@frozen(repr=False)
class Case:
    """A small catalogue, two briefs, and what is asked about them."""

    lowered: LoweredCatalog
    scope: Scope
    one: Formula
    other: Formula
    weight: Weight
    measure: Measure

    def __repr__(self) -> str:
        parts = self.lowered.resolved.catalog.parts.values()
        return "\n".join(
            [
                f"{self.measure} {self.weight} {self.scope}",
                f"one {self.one}",
                f"other {self.other}",
                *(f"{v}" for v in self.lowered.problem.variables),
                *(f"{c.formula}" for c in self.lowered.problem.constraints),
                *(
                    f"{p.number} {p.unit_cost} {p.mass} {p.investment} {p.part_class}"
                    for p in parts
                ),
                *(f"{n.quantity} {n.part} in {n.slot} where {f}" for n, f in self.lowered.lines),
            ]
        )


@st.composite
def cases(draw: st.DrawFn, options: int = 3, measure: Measure | None = None) -> Case:
    problem = draw(
        problems(max_variables=4, max_options=options, max_constraints=3, max_combinations=40)
    )
    sizes = tuple(len(variable.options) for variable in problem.variables)
    small = st.integers(0, 4)
    numbers = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    parts = {
        number: Part(
            number,
            "",
            draw(small),
            draw(small),
            draw(small),
            part_class=draw(st.sampled_from("ab")),
        )
        for number in numbers
    }
    slots = [None, problem.variables[0].name]
    lines = [
        (
            TypedLine(
                draw(st.sampled_from(numbers)),
                draw(st.integers(1, 3)),
                draw(st.sampled_from(slots)),
                "",
                Constant(True),
            ),
            draw(st.one_of(formulas(sizes, depth=0), formulas(sizes, depth=1))),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    resolved = resolve_catalog(evolve(bare_catalog(problem, Path("x")), parts=parts))
    lowered = evolve(lower(resolved), problem=problem, lines=tuple(lines))
    scope = Scope(
        "some",
        "",
        (problem.variables[0].name,),
        draw(st.booleans()),
        frozenset(draw(st.sampled_from(["", "b"]))),
    )
    brief = st.one_of(
        st.sampled_from([Member(0, frozenset(range(sizes[0])))]), formulas(sizes, depth=1)
    )
    chosen = measure or draw(st.sampled_from(list(Measure)))
    weights = [
        w
        for w in Weight
        if chosen is not Measure.RUZICKA or w not in (Weight.PART_NUMBER, Weight.INVESTMENT)
    ]
    return Case(lowered, scope, draw(brief), draw(brief), draw(st.sampled_from(weights)), chosen)


def part_list(case: Case, variant: Variant) -> Counter[str]:
    catalog = case.lowered.resolved.catalog
    found: Counter[str] = Counter()
    for line, formula in case.lowered.lines:
        inside = case.scope.vehicle_level if line.slot is None else line.slot in case.scope.slots
        if (
            inside
            and catalog.parts[line.part].part_class not in case.scope.exclude
            and holds(formula, variant)
        ):
            found[line.part] += line.quantity
    return found


def measured(case: Case, one: Counter[str], other: Counter[str]) -> tuple[int, int]:
    """The definitions of docs/metrics.md, word by word."""
    parts = case.lowered.resolved.catalog.parts
    unit = {
        Weight.PART_NUMBER: lambda p: 1,
        Weight.INSTANCE: lambda p: 1,
        Weight.MASS: lambda p: parts[p].mass,
        Weight.LIST_COST: lambda p: parts[p].unit_cost,
        Weight.SPEND: lambda p: parts[p].unit_cost,
        Weight.INVESTMENT: lambda p: parts[p].investment,
    }[case.weight]
    if case.measure is Measure.RUZICKA:
        every = one.keys() | other.keys()
        return (
            sum(unit(p) * min(one[p], other[p]) for p in every),
            sum(unit(p) * max(one[p], other[p]) for p in every),
        )
    if case.measure is Measure.CARRY_OVER:
        own = {p: unit(p) * (1 if case.weight in SETS else one[p]) for p in one}
        return sum(own[p] for p in own if p in other), sum(own.values())
    both = {
        p: unit(p) * (1 if case.weight in SETS else one[p] + other[p])
        for p in one.keys() | other.keys()
    }
    common = sum(both[p] for p in both if p in one and p in other)
    left, right = (sum(both[p] for p in side) for side in (one, other))
    if case.measure is Measure.JACCARD:
        return common, sum(both.values())
    if case.measure is Measure.OVERLAP:
        return common, min(left, right)
    return 2 * common, left + right


def opened(case: Case, within: bool) -> tuple[Population, ...]:
    groups = [Group("one", (case.one,))]
    if not within:
        groups.append(Group("other", (case.other,)))
    found = populations(case.lowered, case.lowered.problem, groups, case.scope, DiagramEngine())
    assert not isinstance(found, Unknown)
    return found


def compared(case: Case, within: bool) -> Comparison:
    found = opened(case, within)
    comparer = Comparer.of(case.lowered, case.scope, found, case.weight, case.measure)
    return comparer.compare(found[0], found[-1])


def check(case: Case, within: bool, *, exact: bool = True) -> None:
    valid = [tuple(v) for v in BruteEngine().open(case.lowered.problem).variants()]
    ones = [v for v in valid if holds(case.one, v)]
    others = ones if within else [v for v in valid if holds(case.other, v)]
    lists = {v: part_list(case, v) for v in valid}
    found = compared(case, within)
    assert found.variants == (len(ones), len(others))
    every = [(a, b) for a, b in product(ones, others)]
    pairs = [(a, b) for a, b in every if not (within and a == b)]
    ratios = {}
    for a, b in pairs:
        top, bottom = measured(case, lists[a], lists[b])
        if bottom:
            ratios[a, b] = Fraction(top, bottom)
    assert found.pairs == len(pairs)
    assert found.not_evaluable == len(pairs) - len(ratios)
    if not ratios:
        assert isinstance(found.least, NotEvaluable)
        assert isinstance(found.mean, NotEvaluable)
        assert isinstance(found.greatest, NotEvaluable)
        return
    for witnessed, wanted in (
        (found.least, min(ratios.values())),
        (found.greatest, max(ratios.values())),
    ):
        assert not isinstance(witnessed, NotEvaluable | Unknown)
        assert witnessed.ratio.value == wanted
        assert ratios[witnessed.one, witnessed.other] == wanted
    mean = sum(ratios.values()) / len(ratios)
    if isinstance(found.mean, Unknown):
        # What a part weighs depends on both: there is no size of one of them.
        assert case.measure is Measure.OVERLAP
        assert case.weight not in SETS
        assert not exact
    else:
        assert isinstance(found.mean, Bounds)
        assert found.mean.low <= mean <= found.mean.high
        width = found.mean.high - found.mean.low
        assert width == 0 if exact else width < Fraction(1, 10**8)
    if case.measure is not Measure.OVERLAP:
        sums = [measured(case, lists[a], lists[b]) for a, b in every]
        top, bottom = (sum(column) for column in zip(*sums, strict=True))
        assert found.expected == NotEvaluable(found.basis, "nothing has a weight") or (
            found.expected.value == Fraction(top, bottom)
        )


@settings(max_examples=80, deadline=None)
@given(cases(), st.booleans())
def test_everything_equals_brute_force(case: Case, within: bool) -> None:
    check(case, within)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cases(), st.booleans())
def test_parts_of_wide_conditions(
    monkeypatch: pytest.MonkeyPatch, case: Case, within: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(contents_module, "CELLS", 1)
        check(case, within)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cases(options=4, measure=Measure.OVERLAP), st.booleans())
def test_mean_overlap_by_sizes(monkeypatch: pytest.MonkeyPatch, case: Case, within: bool) -> None:
    chosen = evolve(case, weight=Weight.INVESTMENT if case.weight not in SETS else case.weight)
    with monkeypatch.context() as patch:
        patch.setattr(compare_module, "TALLIED", 0)
        check(chosen, within, exact=False)
        found = compared(chosen, within).mean
    if isinstance(found, Bounds):
        assert found.high - found.low < Fraction(1, 10**30)
    else:
        assert isinstance(found, NotEvaluable)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cases(), st.booleans())
def test_enclosed_means(monkeypatch: pytest.MonkeyPatch, case: Case, within: bool) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(compare_module, "TALLIED", 0)
        check(case, within, exact=False)
