"""Names, types and units: what expressions mean, and every way in which they can be wrong."""

# ruff: noqa: E501 (one fault a line reads best)

from __future__ import annotations

import pytest
from rule_catalog import (
    AXES,
    BRAND,
    COMPANY,
    FRONT,
    HAND,
    MM,
    QUANTITIES,
    REAR,
    YEAR,
    catalog,
    numbers,
    quantity,
    text,
    with_attribute,
    without,
)

from cmf.errors import InputError
from cmf.model.catalog import Axis, AxisKind, Choice, Measure, Option
from cmf.model.units import PURE
from cmf.rules import typed as t
from cmf.rules.resolve import ResolvedCatalog, resolve_catalog, resolve_condition

SMALL = resolve_catalog(catalog())


def resolve(written: str, resolved: ResolvedCatalog = SMALL) -> t.Expr:
    return resolve_condition(resolved, text(written))


def axis(name: str) -> t.AxisRef:
    return t.AxisRef(name)


FAMILY = t.AttributeRef("front", "family")
WIDE = t.AttributeRef("front", "wide")
FITS = t.AttributeRef("rear", "fits")
VOLTS = t.AttributeRef("rear", "volts")
LENGTH = t.AttributeRef("front", "length")
BASE = t.QuantityRef("wheelbase")


def c(value: int | bool | str | frozenset[str]) -> t.Constant:
    return t.Constant(value)


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("brand == nissan", t.Compare("==", axis("brand"), c("nissan"))),
        ("nissan != brand", t.Compare("!=", c("nissan"), axis("brand"))),
        ("'nissan' == brand", t.Compare("==", c("nissan"), axis("brand"))),
        ("rear == none", t.Compare("==", axis("rear"), c("none"))),
        ("brand.company == company", t.Compare("==", t.AttributeRef("brand", "company"), axis("company"))),
        ("front.family == small", t.Compare("==", FAMILY, c("small"))),
        ("drive == '4x4'", t.Compare("==", axis("drive"), c("4x4"))),
        ("front.wide", t.Truth(WIDE)),
        ("not front.wide", t.Not(t.Truth(WIDE))),
        ("front.wide == true", t.Compare("==", WIDE, c(True))),
        ("true", t.And(())),
        ("false", t.Or(())),
        ("front.family in rear.fits", t.In(FAMILY, FITS)),
        ("small in rear.fits", t.In(c("small"), FITS)),
        ("rear.fits == rear.fits", t.Compare("==", FITS, FITS)),
        ("brand in {nissan, 'renault'}", t.In(axis("brand"), c(frozenset({"nissan", "renault"})))),
        ("model_year >= 2025", t.Compare(">=", axis("model_year"), c(2025))),
        ("model_year >= 2025 year", t.Compare(">=", axis("model_year"), c(2025))),
        ("model_year in 2024..2025", t.Between(axis("model_year"), c(2024), c(2025))),
        (
            "model_year in {2024, 2026}",
            t.Or(
                (
                    t.Compare("==", axis("model_year"), c(2024)),
                    t.Compare("==", axis("model_year"), c(2026)),
                )
            ),
        ),
        ("seats == 5", t.Compare("==", axis("seats"), c(5))),
        ("rim in 16..17 in", t.Between(axis("rim"), c(16), c(17))),
        ("wheelbase > 0", t.Compare(">", BASE, c(0))),
        ("wheelbase > 2.5 m", t.Compare(">", BASE, c(2500))),
        ("cost < 12.50 EUR", t.Compare("<", t.QuantityRef("cost"), c(1250))),
        ("bom.mass < 2 t", t.Compare("<", t.BomRef("mass"), c(2_000_000))),
        ("wheelbase in -5..-2 mm", t.Between(BASE, c(-5), c(-2))),
        ("wheelbase in 1 m..2000 mm", t.Between(BASE, c(1000), c(2000))),
        ("rear.volts * 2 A > 1 kW", t.Compare(">", t.Multiply((VOLTS, c(2))), c(1000))),
        ("2 * front.length > 3 m", t.Compare(">", t.Multiply((c(2), LENGTH)), c(3000))),
        (
            "abs(front.length - wheelbase) > 0",
            t.Compare(">", t.Absolute(t.Add((LENGTH, t.Negate(BASE)))), c(0)),
        ),
        (
            "min(front.length, 1 m) == max(wheelbase)",
            t.Compare("==", t.Least((LENGTH, c(1000))), t.Greatest((BASE,))),
        ),
        ("sum(front.length, wheelbase) > 0", t.Compare(">", t.Add((LENGTH, BASE)), c(0))),
        ("sum(wheelbase) > 0", t.Compare(">", BASE, c(0))),
        ("defined(front.tow)", t.Defined(t.AttributeRef("front", "tow"))),
        ("defined(tow_limit)", t.Defined(t.QuantityRef("tow_limit"))),
        # `not in` is false where something is undefined, as `!=` is.
        ("brand not in {nissan}", t.Not(t.In(axis("brand"), c(frozenset({"nissan"}))))),
        ("rear.volts not in 0..9 V", t.And((t.Defined(VOLTS), t.Not(t.Between(VOLTS, c(0), c(9)))))),
        ("front.family not in rear.fits", t.And((t.Defined(FITS), t.Not(t.In(FAMILY, FITS))))),
    ],
)  # fmt: skip
def test_meaning(written: str, meaning: t.Expr) -> None:
    assert resolve(written) == meaning


# written, code, the characters that the caret marks, part of the message, part of the remedy
FAULTS = [
    ("wheelbsae > 1 mm", "unknown-name", "wheelbsae", "no slot, feature or quantity", "did you mean `wheelbase`?"),
    ("nissan", "unknown-name", "nissan", "no slot, feature", "write `brand == nissan`"),
    ("length > 1 mm", "unknown-name", "length", "no slot, feature", "write `front.length`"),
    ("bom > 1 kg", "unknown-name", "bom", "not a value", "`bom.mass`"),
    ("frnt.length > 1 mm", "unknown-name", "frnt.length", "no slot or feature `frnt`", "did you mean `front`?"),
    ("front.lenght > 1 mm", "unknown-attribute", "front.lenght", "no attribute `lenght`", "did you mean `length`?"),
    ("wheelbase.x > 1 mm", "unknown-attribute", "wheelbase.x", "is a quantity", "write `wheelbase` alone"),
    ("bom.weight > 1 kg", "unknown-attribute", "bom.weight", "no `bom.weight`", "`mass`"),
    ("brand == Renault", "unknown-option", "Renault", "`brand` has no option", "did you mean `renault`?"),
    ("brand == lhd", "unknown-option", "lhd", "`brand` has no option", "`lhd` is an option of `hand`"),
    ("front.family == tiny", "unknown-option", "tiny", "`size` has no word", "known: `small`, `large`"),
    ("brand in {nissan, nisan}", "unknown-option", "nisan", "`brand` has no option", "did you mean `nissan`?"),
    ("tiny in rear.fits", "unknown-option", "tiny", "`size` has no word", "`small`"),
    ("wheelbase > 1 mmm", "unknown-unit", "1 mmm", "no unit `mmm`", "did you mean `mm`"),
    ("mean(wheelbase) > 1 mm", "unknown-function", "mean(wheelbase)", "no function `mean`", "`min`"),
    ("'nissan'", "lone-option", "'nissan'", "not clear of what", "write `brand == nissan`"),
    ("(hand == lhd) == front.wide", "statement-as-value", "(hand == lhd)", "is a statement", "(b => a)"),
    ("abs(defined(front.tow)) > 1", "statement-as-value", "defined(front.tow)", "is a statement", "(b => a)"),
    ("brand", "not-a-statement", "brand", "an option of `brand`", "a == b"),
    ("wheelbase => front.wide", "not-a-statement", "wheelbase", "a number in mm", "a >= b"),
    ("brand + 1 > 2", "not-a-number", "brand", "a number is needed", "options with signs"),
    ("-front.wide > 2", "not-a-number", "front.wide", "a number is needed", "options with signs"),
    ("wheelbase > 2530", "missing-unit", "2530", "`wheelbase` is a number in mm", "write `2530 mm`"),
    ("wheelbase in 2530..2560", "missing-unit", "2560", "has no unit", "write `2560 mm`"),
    ("cost + 5 < 3 EUR", "missing-unit", "5", "`cost` is a number in EUR", "write `5 EUR`"),
    ("rear.volts * 2 A > 7", "missing-unit", "7", "a number in W/kW", "add a unit"),
    ("wheelbase > 2530 kg", "unit-clash", "2530 kg", "a number in kg", "like with like"),
    ("wheelbase + mass > 1 mm", "unit-clash", "mass", "`mass` is a number in kg", "like with like"),
    ("max(wheelbase, mass) > 1 mm", "unit-clash", "mass", "`mass` is a number in kg", "like with like"),
    ("rim in {16 in, 17 mm}", "unit-clash", "17 mm", "a number in mm", "like with like"),
    ("seats == 5 mm", "unit-clash", "5 mm", "a pure number", "like with like"),
    ("wheelbase > 9999999999999999 mm", "number-limit", "9999999999999999 mm", "1,000,000,000,000,000", "a smaller"),
    ("seats > 1.5", "not-whole", "1.5", "not a whole number", "2 * a <= 3 * b"),
    ("wheelbase > 1.5 mm", "not-whole", "1.5 mm", "not a whole number", "whole mm"),
    ("cost > 0.001 EUR", "not-whole", "0.001 EUR", "not a whole number", "1/100 EUR"),
    ("abs(wheelbase, cost) > 1 mm", "argument-count", "abs(wheelbase, cost)", "exactly one argument, not 2", "`abs(a)`"),
    ("min() > 1 mm", "argument-count", "min()", "at least one argument, not 0", "`min(a, b)`"),
    ("defined(front.tow, mass)", "argument-count", "defined(front.tow, mass)", "one attribute", "slot.name"),
    ("defined(1 mm)", "argument-count", "defined(1 mm)", "one attribute", "slot.name"),
    ("defined(front)", "always-defined", "front", "always has a value", "slot == none"),
    ("defined(bom.mass)", "always-defined", "bom.mass", "always has a value", "quantity"),
    ("front == rear", "type-clash", "front == rear", "an option of `rear`", "has all words of the other"),
    ("front.family == rear.fits", "type-clash", "front.family == rear.fits", "a set over `size`", "write `front.family in rear.fits`"),
    ("rear.fits == small", "type-clash", "small", "`small` is one option", "write `small in rear.fits`"),
    ("wheelbase == '2530'", "type-clash", "'2530'", "no option `2530`", "no quotes"),
    ("front.wide == hand", "type-clash", "front.wide == hand", "true or false", "not slot.flag"),
    ("front.wide in {a}", "type-clash", "front.wide", "true or false", "option in slot.set"),
    ("rear.fits in {small}", "type-clash", "rear.fits", "a set over `size`", "option in slot.set"),
    ("hand in rear.fits", "type-clash", "hand", "an option of `hand`", "same type"),
    ("drive in {'4x4', 4x2}", "type-clash", "4x2", "read as a number", "`'4x2'`"),
    ("wheelbase in {nissan}", "unknown-name", "nissan", "no slot, feature", "brand == nissan"),
    ("brand > nissan", "no-order", "brand > nissan", "`>` orders numbers", "`in {…}`"),
    ("drive == 4x4", "missing-quotes", "4x4", "not a plain word", "`'4x4'`"),
    ("drive == e-4orce", "missing-quotes", "e-4orce", "not a plain word", "`'e-4orce'`"),
    ("wheelbase in 3..2 mm", "empty-range", "3..2 mm", "is empty", "smaller number first"),
    ("hand in brand", "not-a-set", "brand", "not a set", "low..high"),
    ("wheelbase in 5 mm", "not-a-set", "5 mm", "not a set", "low..high"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "code", "marked", "message", "remedy"), FAULTS)
def test_faults(written: str, code: str, marked: str, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve(written)
    (fault,) = caught.value.diagnostics
    assert fault.code == code
    assert message in fault.message
    assert remedy in (fault.remedy or "")
    assert fault.span is not None
    assert written[fault.span.column - 1 : fault.span.end_column - 1] == marked


def test_every_fault_of_a_statement_is_reported() -> None:
    written = "(a.b == c and not brand == x) => front.length + kg > 2530 or min(y, z) > 0"
    with pytest.raises(InputError) as caught:
        resolve(written)
    marked = [
        written[d.span.column - 1 : d.span.end_column - 1]
        for d in caught.value.diagnostics
        if d.span is not None
    ]
    assert marked == ["a.b", "x", "kg", "y", "z"]


def test_options_of_two_types_compare_when_one_holds_all_words_of_the_other() -> None:
    wider = with_attribute(FRONT, "class_", Choice("sizes"))
    resolved = resolve_catalog(catalog(axes=(wider, *without(AXES, "front"))))
    expected = t.Compare("==", t.AttributeRef("front", "class_"), FAMILY)
    assert resolve("front.class_ == front.family", resolved) == expected
    assert resolve("front.class_ in rear.fits", resolved) == t.In(expected.left, FITS)
    with pytest.raises(InputError, match="type-clash"):
        resolve("front.class_ == hand", resolved)


def test_a_name_that_could_be_an_axis_and_an_option_must_be_quoted() -> None:
    company = Axis("company", AxisKind.FEATURE, (Option("renault_group"), Option("maker")))
    maker = Axis("maker", AxisKind.FEATURE, (Option("renault_group"), Option("maker")))
    resolved = resolve_catalog(catalog(axes=(FRONT, REAR, company, maker, YEAR)))
    with pytest.raises(InputError) as caught:
        resolve("company == maker", resolved)
    (fault,) = caught.value.diagnostics
    assert fault.code == "ambiguous-name"
    assert fault.remedy is not None
    assert "write `'maker'`" in fault.remedy
    assert resolve("company == 'maker'", resolved) == t.Compare("==", axis("company"), c("maker"))


def test_a_name_is_read_as_the_option_where_only_that_fits() -> None:
    # `wheelbase` is a quantity, and no number can be equal to an option of `focus`.
    focus = Axis("focus", AxisKind.FEATURE, (Option("wheelbase"), Option("mass")))
    resolved = resolve_catalog(catalog(axes=(*AXES, focus)))
    assert resolve("focus == wheelbase", resolved) == t.Compare("==", axis("focus"), c("wheelbase"))


def test_digits_that_are_an_option_need_quotes() -> None:
    doors = Axis("doors", AxisKind.FEATURE, (Option("3"), Option("5")))
    resolved = resolve_catalog(catalog(axes=(*AXES, doors)))
    with pytest.raises(InputError) as caught:
        resolve("doors == 5", resolved)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.remedy) == ("type-clash", "write the option in quotes: `'5'`")
    assert resolve("doors == '5'", resolved) == t.Compare("==", axis("doors"), c("5"))


def test_options_of_a_numeric_feature_are_in_its_unit() -> None:
    pack = numbers("pack", "kWh", 40, 60)
    resolved = resolve_catalog(catalog(axes=(*AXES, pack)))
    assert resolve("pack >= 60 kWh", resolved) == t.Compare(">=", axis("pack"), c(60_000))
    with pytest.raises(InputError, match="missing-unit"):
        resolve("pack >= 60", resolved)


def test_an_attribute_called_like_an_axis_does_not_hide_it() -> None:
    brand = with_attribute(BRAND, "hand", Choice("hand"))
    resolved = resolve_catalog(catalog(axes=(FRONT, REAR, brand, COMPANY, HAND, YEAR)))
    expected = t.Compare("==", t.AttributeRef("brand", "hand"), axis("hand"))
    assert resolve("brand.hand == hand", resolved) == expected


def test_quantities_are_checked_against_their_declared_unit() -> None:
    wrong = (
        quantity("a", "mm", "front.length * 2 mm"),
        quantity("b", "kg", "front.length"),
        quantity("d", "mm", "7"),
        quantity("e", "mm", "brand == nissan"),
        quantity("f", "mm", "0"),
    )
    with pytest.raises(InputError) as caught:
        resolve_catalog(catalog(quantities=wrong))
    codes = [(d.code, d.span.source.name) for d in caught.value.diagnostics if d.span is not None]
    assert codes == [
        ("unit-clash", "a.yaml"),
        ("unit-clash", "b.yaml"),
        ("missing-unit", "d.yaml"),
        ("statement-as-value", "e.yaml"),
    ]


def test_attribute_of_unit_one_is_a_pure_number() -> None:
    front = with_attribute(FRONT, "bolts", Measure(PURE))
    resolved = resolve_catalog(
        catalog(axes=(front, *without(AXES, "front")), quantities=QUANTITIES)
    )
    expected = t.Compare(">=", t.AttributeRef("front", "bolts"), c(4))
    assert resolve("front.bolts >= 4", resolved) == expected
    assert MM.unit.dimension != PURE.dimension
