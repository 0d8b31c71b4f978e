"""The meaning of statements on a variant (semantics S1-S4)."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from rule_catalog import AXES, FRONT, VARIANT, catalog, line, numbers, quantity, rule, table, text

from cmf.rules import typed as t
from cmf.rules.cycles import MAX_DEPTH as CHAIN
from cmf.rules.parse import MAX_DEPTH
from cmf.rules.resolve import ResolvedCatalog, resolve_catalog, resolve_condition
from cmf.rules.semantics import World, evaluate, holds

BOM = (
    line("P1", 3),
    line("P2", 2, slot="rear"),
    line("P1", 1, slot="front", modules=("f_large",), condition="hand == lhd"),
)
SMALL = resolve_catalog(catalog(bom=BOM))

TRUE, FALSE = t.And(()), t.Or(())


def world(resolved: ResolvedCatalog = SMALL, **changes: str) -> World:
    return World(resolved, VARIANT | changes)


def says(written: str, **changes: str) -> bool:
    return holds(resolve_condition(SMALL, text(written)), world(**changes))


def test_truth_tables() -> None:
    """S3: the connectives have two values."""
    for a, b in product((True, False), repeat=2):
        left, right = (TRUE if value else FALSE for value in (a, b))
        assert holds(t.And((left, right)), world()) is (a and b)
        assert holds(t.Or((left, right)), world()) is (a or b)
        assert holds(t.Implies(left, right), world()) is (not a or b)
        assert holds(t.Not(left), world()) is (not a)


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        ("front == f_small", True),
        ("front != f_small", False),
        ("brand in {nissan, renault}", True),
        ("brand not in {nissan, renault}", False),
        ("brand.company == company", True),
        ("front.family in rear.fits", True),
        ("large in rear.fits", True),
        ("front.wide", False),
        ("not front.wide", True),
        ("front.wide == false", True),
        ("wheelbase == 2600 mm", True),
        ("wheelbase < 2600 mm", False),
        ("wheelbase <= 2600 mm", True),
        ("wheelbase > 2600 mm", False),
        ("wheelbase >= 2600 mm", True),
        ("wheelbase != 2600 mm", False),
        ("wheelbase in 2600..2700 mm", True),
        ("wheelbase in 2500..2600 mm", True),
        ("wheelbase in 2600..2600 mm", True),
        ("wheelbase in 2601..2700 mm", False),
        ("wheelbase not in 2601..2700 mm", True),
        ("front.length - rear.length == -600 mm", True),
        ("abs(front.length - rear.length) == 600 mm", True),
        ("min(front.length, rear.length) == 1 m", True),
        ("max(front.length, rear.length, 2 m) == 2 m", True),
        ("sum(front.length, rear.length, 1 mm) == 2601 mm", True),
        ("front.length * 3 == 3 m", True),
        ("rear.volts * 2 A == 0.8 kW", True),
        ("model_year == 2025", True),
        ("seats == 5 and rim == 17 in", True),
        ("hand == rhd => brand == nissan", True),
        ("hand == lhd => brand == nissan", False),
        ("true or false", True),
    ],
)
def test_statements_on_one_variant(written: str, truth: bool) -> None:
    assert says(written) is truth


UNDEFINED = [
    "rear.volts == 400 V",
    "rear.volts != 400 V",
    "rear.volts < 400 V",
    "rear.volts >= 0",
    "400 V > rear.volts",
    "rear.volts == rear.volts",
    "rear.volts in 0..1000 V",
    "rear.volts not in 0..1 V",
    "300 V in rear.volts..500 V",
    "rear.volts + 1 V > 0",
    "-rear.volts < 1 V",
    "rear.volts * 0 == 0",
    "abs(rear.volts) > 0",
    "min(rear.volts, 1 V) > 0",
    "max(rear.volts, 1 V) > 0",
    "sum(rear.volts, 1 V) > 0",
    "rear.volts in {400 V, 0}",
    "rear.volts not in {400 V, 0}",
    "small in rear.fits",
    "small not in rear.fits",
    "rear.fits == rear.fits",
    "rear.hand == hand",
    "rear.hand in {lhd, rhd}",
    "rear.hand not in {lhd}",
    "defined(rear.volts)",
    "wheelbase > 0",
    "defined(wheelbase)",
]


@pytest.mark.parametrize("written", UNDEFINED)
def test_nothing_is_true_of_the_undefined(written: str) -> None:
    """S3: a comparison with something undefined is false, and its negation is true."""
    assert says(written, rear="none") is False
    assert says(f"not ({written})", rear="none") is True


def test_undefined_values() -> None:
    empty = world(rear="none")
    volts = t.AttributeRef("rear", "volts")
    assert evaluate(volts, empty) is None
    assert evaluate(t.Add((volts, t.Constant(1))), empty) is None
    assert evaluate(t.QuantityRef("wheelbase"), empty) is None
    assert evaluate(t.Negate(volts), empty) is None
    assert evaluate(t.Absolute(volts), empty) is None
    assert evaluate(volts, world()) == 400


def test_a_flag_that_is_undefined_is_not_true() -> None:
    without_flag = evolve(FRONT.options[0], values={"length": 1})
    front = evolve(FRONT, options=(without_flag, FRONT.options[1]))
    resolved = resolve_catalog(catalog(axes=(front, *AXES[1:])))
    wide = resolve_condition(resolved, text("front.wide"))
    for statement in (wide, resolve_condition(resolved, text("front.wide == false"))):
        assert holds(statement, world(resolved)) is False
        assert holds(t.Not(statement), world(resolved)) is True
    assert holds(wide, world(resolved, front="f_large")) is True


def test_defined_asks() -> None:
    assert says("defined(rear.volts)")
    assert not says("defined(rear.volts)", rear="r_beam")
    assert says("defined(front.tow) and defined(tow_limit)")
    assert not says("defined(tow_limit)", front="f_large")


@pytest.mark.parametrize(
    ("start", "until", "effective"),
    [
        (None, None, {2024, 2025, 2026}),
        (2025, None, {2025, 2026}),
        (None, 2025, {2024}),
        (2025, 2026, {2025}),
        (2025, 2025, set()),
        (2030, None, set()),
    ],
)
def test_effectivity_is_half_open(
    start: int | None, until: int | None, effective: set[int]
) -> None:
    """S4: the rule, which no variant meets, speaks exactly in ``start <= year < until``."""
    never = rule(require="false", start=start, until=until)
    (found,) = resolve_catalog(catalog(rules=(never,))).rules
    speaks = {y for y in (2024, 2025, 2026) if not holds(found.statement, world(model_year=str(y)))}
    assert speaks == effective


def test_rules_on_variants() -> None:
    rules = (
        rule("R1", when="hand == lhd", require="brand == renault"),
        rule("R2", when="hand == lhd", forbid="rear.volts > 300 V"),
        rule("R3", allow=table("brand,wheelbase", "nissan,*", "renault,2500..2599")),
        rule("R4", exclude=table("brand,rear.volts", "renault,*")),
    )
    found = resolve_catalog(catalog(rules=rules)).rules

    def truths(**changes: str) -> list[bool]:
        return [holds(r.statement, world(**changes)) for r in found]

    assert truths() == [True, False, False, False]
    assert truths(brand="nissan") == [False, False, True, True]
    assert truths(hand="rhd", brand="nissan") == [True, True, True, True]
    assert truths(rear="r_beam") == [True, True, True, False]
    assert truths(rear="none") == [True, True, False, False]


def test_undefined_columns_match_only_the_star() -> None:
    match = t.Match((t.AttributeRef("rear", "volts"),), ((((0, 10**6), 400),),))
    star = t.Match(match.columns, ((None,),))
    assert holds(match, world()) is True
    assert holds(match, world(rear="none")) is False
    assert holds(star, world(rear="none")) is True


def test_table_ranges_are_closed() -> None:
    def among(low: int, high: int) -> bool:
        return holds(t.Match((t.AttributeRef("rear", "volts"),), ((((low, high),),),)), world())

    assert among(400, 500)
    assert among(300, 400)
    assert not among(401, 500)
    assert not among(300, 399)


def test_sums_over_the_bom() -> None:
    """Quantity times mass or cost of the lines whose condition holds; never undefined."""
    mass, cost = t.BomRef("mass"), t.BomRef("unit_cost")
    assert evaluate(mass, world()) == 3 * 1000 + 2 * 7000
    assert evaluate(cost, world()) == 3 * 250 + 2 * 1000
    assert evaluate(mass, world(rear="none")) == 3 * 1000
    assert evaluate(mass, world(rear="none", front="f_large")) == 4 * 1000
    assert evaluate(mass, world(rear="none", front="f_large", hand="rhd")) == 3 * 1000
    assert says("mass == 17 kg and cost == 27.50 EUR")


def test_numeric_features_count_in_base_units() -> None:
    resolved = resolve_catalog(catalog(axes=(*AXES, numbers("pack", "kWh", 40, 60))))
    assert evaluate(t.AxisRef("pack"), world(resolved, pack="60")) == 60_000
    assert evaluate(t.AxisRef("brand"), world()) == "renault"


def test_a_world_may_know_only_the_axes_that_are_asked_for() -> None:
    part = World(SMALL, {"brand": "nissan"})
    assert holds(resolve_condition(SMALL, text("brand == nissan")), part)
    with pytest.raises(KeyError):
        holds(resolve_condition(SMALL, text("hand == lhd")), part)


def test_values_are_no_statements_and_options_no_numbers() -> None:
    with pytest.raises(TypeError, match="not a statement"):
        holds(t.Constant(3), world())
    with pytest.raises(TypeError, match="not a number"):
        evaluate(t.Negate(t.AxisRef("brand")), world())
    with pytest.raises(TypeError, match="no order"):
        holds(t.Compare("<", t.AxisRef("brand"), t.Constant("x")), world())
    assert evaluate(TRUE, world()) is True


def test_the_deepest_legal_statement_can_be_judged() -> None:
    links = [quantity(f"q{i}", "mm", f"q{i + 1} + 0") for i in range(CHAIN // 2 - 1)]
    links.append(quantity(f"q{CHAIN // 2 - 1}", "mm", "front.length"))
    resolved = resolve_catalog(catalog(quantities=tuple(links)))
    deep = "abs(" * (MAX_DEPTH - 2) + "q0" + ")" * (MAX_DEPTH - 2) + " > 0"
    assert holds(resolve_condition(resolved, text(deep)), world(resolved))
