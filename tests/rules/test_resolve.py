"""Rules, quantities, tables and BOM lines of a catalogue: what they become, and their faults."""

# ruff: noqa: E501 (one fault a line reads best)

from __future__ import annotations

import pytest
from rule_catalog import (
    AXES,
    FRONT,
    QUANTITIES,
    VARIANT,
    catalog,
    line,
    quantity,
    rule,
    table,
    text,
    without,
)

from cmf.errors import InputError
from cmf.model.catalog import Axis, AxisKind, Catalog, Option, TableText
from cmf.rules import typed as t
from cmf.rules.cycles import MAX_DEPTH
from cmf.rules.resolve import resolve_catalog, resolve_condition
from cmf.rules.semantics import World, evaluate

BRAND = t.Compare("==", t.AxisRef("brand"), t.Constant("nissan"))
LHD = t.Compare("==", t.AxisRef("hand"), t.Constant("lhd"))
YEAR = t.AxisRef("model_year")


def faults(found: Catalog) -> list[tuple[str, str]]:
    """Code and place of every fault."""
    with pytest.raises(InputError) as caught:
        resolve_catalog(found)
    return [(d.code, d.span.place if d.span else "") for d in caught.value.diagnostics]


def test_the_parts_of_a_rule_make_one_statement() -> None:
    from_2025 = t.Compare(">=", YEAR, t.Constant(2025))
    until_2027 = t.Compare("<", YEAR, t.Constant(2027))
    rules = (
        rule("R1", require="brand == nissan"),
        rule("R2", forbid="brand == nissan"),
        rule("R3", when="hand == lhd", require="brand == nissan"),
        rule("R4", when="hand == lhd", forbid="brand == nissan", start=2025, until=2027),
        rule("R5", require="brand == nissan", until=2027),
        rule("R6", allow=table("brand,hand", "nissan,lhd", "renault,*")),
        rule("R7", exclude=table("brand", "nissan"), start=2025),
    )
    resolved = resolve_catalog(catalog(rules=rules))
    columns = (t.AxisRef("brand"), t.AxisRef("hand"))
    match = t.Match(columns, ((("nissan",), ("lhd",)), (("renault",), None)))
    assert [r.statement for r in resolved.rules] == [
        BRAND,
        t.Not(BRAND),
        t.Implies(LHD, BRAND),
        t.Implies(t.And((LHD, from_2025, until_2027)), t.Not(BRAND)),
        t.Implies(until_2027, BRAND),
        match,
        t.Implies(from_2025, t.Not(t.Match((t.AxisRef("brand"),), ((("nissan",),),)))),
    ]
    assert [r.text for r in resolved.rules] == [
        "require brand == nissan",
        "forbid brand == nissan",
        "when hand == lhd: require brand == nissan",
        "when hand == lhd, from 2025 until 2027: forbid brand == nissan",
        "until 2027: require brand == nissan",
        "allow (brand, hand) in a table of 2 rows",
        "from 2025: exclude (brand) in a table of 1 row",
    ]
    assert [r.id for r in resolved.rules] == [r.id for r in rules]
    assert resolved.rules[3].effective == rules[3].effective
    assert resolved.rules[0].because == "it must be so"


def test_a_rule_with_years_needs_a_time_feature() -> None:
    rules = (rule(require="brand == nissan", start=2025),)
    assert faults(catalog(rules=rules, time=None)) == [("no-time", "rules.yaml:1:1")]
    axes = without(AXES, "model_year")
    words = Axis("model_year", AxisKind.FEATURE, (Option("2024"), Option("2025")))
    assert faults(catalog(axes=(*axes, words), rules=rules)) == [("no-time", "rules.yaml:1:1")]


def test_bom_lines_carry_their_whole_condition() -> None:
    bom = (
        line(),
        line(slot="front"),
        line(slot="rear"),
        line(slot="front", modules=("f_small",)),
        line(slot="rear", modules=("r_beam", "r_link"), condition="hand == lhd"),
        line(condition="hand == lhd"),
    )
    front, rear = t.AxisRef("front"), t.AxisRef("rear")
    resolved = resolve_catalog(catalog(bom=bom))
    assert [found.condition for found in resolved.lines] == [
        t.And(()),
        t.And(()),
        t.Compare("!=", rear, t.Constant("none")),
        t.Compare("==", front, t.Constant("f_small")),
        t.And((t.In(rear, t.Constant(frozenset({"r_beam", "r_link"}))), LHD)),
        LHD,
    ]
    assert [(f.part, f.quantity, f.slot) for f in resolved.lines] == [
        (b.part, b.quantity, b.slot) for b in bom
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "remedy"),
    [
        (line("P9"), "unknown-part", "`P1`"),
        (line(slot="frnt"), "unknown-name", "did you mean `front`?"),
        (line(slot="brand"), "unknown-name", "known: `front`, `rear`"),
        (line(slot="front", modules=("f_smal",)), "unknown-option", "did you mean `f_small`?"),
        (line(condition="hand == lhx"), "unknown-option", "did you mean `lhd`?"),
        (line(condition="hand = lhd"), "syntax", "`==`"),
    ],
)
def test_faults_of_bom_lines(wrong: object, code: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_catalog(catalog(bom=(line(), wrong)))  # type: ignore[arg-type]
    (fault,) = caught.value.diagnostics
    assert fault.code == code
    assert remedy in (fault.remedy or "")
    assert fault.span is not None
    assert fault.span.source.name == "bom.csv"


def test_all_faults_come_in_one_run_and_in_order() -> None:
    found = faults(
        catalog(
            quantities=(
                *QUANTITIES,
                quantity("bad", "mm", "front.lnegth"),
                quantity("x", "mm", "x"),
            ),
            rules=(
                rule("R1", when="a == b", require="c and d"),
                rule("R2", allow=table("brand,nowhere", "nissan,*")),
                rule("R3", allow=table("brand,hand", "nissn,lhd|mid", "*")),
                rule("R4"),
            ),
            bom=(line(condition="brand = nissan"), line("P9")),
        )
    )
    assert found == [
        ("unknown-attribute", "bad.yaml:1:1"),
        ("cycle", "x.yaml:1:1"),
        ("unknown-name", "when.yaml:1:1"),
        ("unknown-name", "when.yaml:1:6"),
        ("unknown-name", "rules.yaml:1:1"),
        ("unknown-name", "rules.yaml:1:7"),
        ("unknown-name", "table.csv:1:7"),
        ("unknown-option", "table.csv:2:1"),
        ("unknown-option", "table.csv:2:11"),
        ("row-width", "table.csv:3:1"),
        ("empty-rule", "rules.yaml:1:1"),
        ("syntax", "bom.csv:1:7"),
        ("unknown-part", "bom.csv:1:1"),
    ]


def cycles(**expressions: str) -> list[str]:
    quantities = tuple(quantity(name, "mm", written) for name, written in expressions.items())
    with pytest.raises(InputError) as caught:
        resolve_catalog(catalog(quantities=quantities))
    assert {d.code for d in caught.value.diagnostics} == {"cycle"}
    return [d.message.partition(": ")[2] for d in caught.value.diagnostics]


def test_cycles_are_written_out() -> None:
    assert cycles(a="a") == ["a -> a"]
    assert cycles(a="b", b="2 * c", c="max(a, 3 mm)") == ["a -> b -> c -> a"]
    assert cycles(z="a", a="b + b", b="a") == ["a -> b -> a"]
    assert cycles(a="b", b="a", c="d", d="c") == ["a -> b -> a", "c -> d -> c"]


def test_quantities_may_stand_in_any_order() -> None:
    quantities = (
        quantity("twice", "mm", "2 * once"),
        quantity("once", "mm", "front.length"),
        quantity("both", "mm", "once + twice + once"),
    )
    resolved = resolve_catalog(catalog(quantities=quantities))
    assert list(resolved.quantities) == ["twice", "once", "both"]
    assert evaluate(t.QuantityRef("both"), World(resolved, VARIANT)) == 4000


def test_a_condition_of_the_bom_may_not_depend_on_the_bom() -> None:
    heavy = quantity("heavy", "kg", "mass + mass")
    bom = (line(), line(condition="heavy > 3 kg"), line(condition="bom.unit_cost > 1 EUR"))
    with pytest.raises(InputError) as caught:
        resolve_catalog(catalog(quantities=(*QUANTITIES, heavy), bom=bom))
    first, second = caught.value.diagnostics
    assert first.message.endswith("heavy -> mass -> bom.mass")
    assert second.message.endswith("depends on the BOM: bom.unit_cost")
    assert {first.code, second.code} == {"cycle"}
    legal = resolve_catalog(catalog(bom=(line(condition="wheelbase > 3 m"),)))
    assert len(legal.lines) == 1


def test_long_chains_of_quantities_are_refused_without_deep_recursion() -> None:
    def chain(length: int) -> Catalog:
        links = [quantity(f"q{i}", "mm", f"q{i + 1}") for i in range(length - 1)]
        return catalog(quantities=(*links, quantity(f"q{length - 1}", "mm", "front.length")))

    resolved = resolve_catalog(chain(MAX_DEPTH - 1))
    assert evaluate(t.QuantityRef("q0"), World(resolved, VARIANT)) == 1000
    for length in (MAX_DEPTH, 3000):
        with pytest.raises(InputError) as caught:
            resolve_catalog(chain(length))
        (fault,) = caught.value.diagnostics
        assert (fault.code, fault.remedy) == ("too-deep", "shorten the chain of quantities")


def test_the_bom_counts_in_the_depth_of_a_chain() -> None:
    length = MAX_DEPTH - 4
    links = [quantity(f"q{i}", "mm", f"q{i + 1}") for i in range(length)]
    last = quantity(f"q{length}", "mm", "front.length")
    bom = (line(condition="q0 > 3 mm"),)
    resolve_catalog(catalog(quantities=(*links, last), bom=bom))
    mass = quantity("mass", "kg", "bom.mass + bom.mass + 0")
    with pytest.raises(InputError, match="too-deep"):
        resolve_catalog(catalog(quantities=(*links, last, mass), bom=bom))


def table_faults(header: str, *rows: str) -> list[tuple[str, str]]:
    return faults(catalog(rules=(rule(allow=table(header, *rows)),)))


def test_cells_of_every_type() -> None:
    rows = table(
        "brand,front.family,front.wide,wheelbase,model_year,seats,drive,front.length - 2 mm",
        "nissan | renault,*,true|false,2 500..2600,2024|2025,5,4x4,1 m",
        "*,'small',false,2.5..2.6 m,2024..2026,2..5|7,'e-4orce',-3..+4",
        "nissan,small|large,*,2500 mm|3 m,2025 year,*,4x2|4x4,0",
    )
    (found,) = resolve_catalog(catalog(rules=(rule(allow=rows),))).rules
    assert isinstance(found.statement, t.Match)
    assert found.statement.columns[-1] == t.Add((t.AttributeRef("front", "length"), t.Constant(-2)))
    assert found.statement.rows == (
        (("nissan", "renault"), None, (True, False), ((2500, 2600),), (2024, 2025), (5,), ("4x4",), (1000,)),
        (None, ("small",), (False,), ((2500, 2600),), ((2024, 2026),), ((2, 5), 7), ("e-4orce",), ((-3, 4),)),
        (("nissan",), ("small", "large"), None, (2500, 3000), (2025,), None, ("4x2", "4x4"), (0,)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("brand,hand", ["nissan,lhd", "nissn,lhx"], [("unknown-option", "3:1"), ("unknown-option", "3:7")]),
        ("brand", ["renault| nisan"], [("unknown-option", "2:10")]),
        ("brand,hand", ["nissan"], [("row-width", "2:1")]),
        ("brand", ["nissan,lhd"], [("row-width", "2:1")]),
        ("brand", [""], [("empty-cell", "2:1")]),
        ("brand", ["nissan|"], [("empty-cell", "2:8")]),
        ("brand", [], [("empty-table", "1:1")]),
        ("brand,wheelbse", ["nissan,3"], [("unknown-name", "1:7")]),
        ("brand,brand", ["nissan,nissan"], [("duplicate-column", "1:7")]),
        ("rear.fits", ["small"], [("type-clash", "1:1")]),
        ("brand == nissan", ["true"], [("statement-as-value", "1:1")]),
        ("brand,", ["nissan,3"], [("syntax", "1:7")]),
        ("wheelbase", ["abc"], [("type-clash", "2:1")]),
        ("wheelbase", ["1..x"], [("type-clash", "2:1")]),
        ("wheelbase", ["..5"], [("type-clash", "2:1")]),
        ("wheelbase", ["2600..2500"], [("empty-range", "2:1")]),
        ("wheelbase", ["3 kg"], [("unit-clash", "2:1")]),
        ("wheelbase", ["3 mmm"], [("unknown-unit", "2:1")]),
        ("wheelbase", ["0.5"], [("not-whole", "2:1")]),
        ("rear.volts * rear.volts", ["4"], [("unit-clash", "2:1")]),
        ("front.wide", ["yes"], [("type-clash", "2:1")]),
        ("model_year", ["2025 mm"], [("unit-clash", "2:1")]),
    ],
)  # fmt: skip
def test_faults_of_tables(header: str, rows: list[str], expected: list[tuple[str, str]]) -> None:
    assert table_faults(header, *rows) == [(code, f"table.csv:{place}") for code, place in expected]


def test_a_table_without_columns_is_a_fault() -> None:
    rules = (rule(allow=TableText((), ())),)
    assert faults(catalog(rules=rules)) == [("empty-table", "rules.yaml:1:1")]


def test_conditions_of_the_command_line_are_located_there() -> None:
    resolved = resolve_catalog(catalog())
    with pytest.raises(InputError) as caught:
        resolve_condition(resolved, text("brand == nisan", "--where"))
    assert str(caught.value) == (
        "--where:1:10: error[unknown-option]: `brand` has no option `nisan`\n"
        "    1 | brand == nisan\n"
        "      |          ^^^^^\n"
        "      = help: did you mean `nissan`?"
    )


def test_axes_and_options_can_be_looked_up() -> None:
    resolved = resolve_catalog(catalog())
    assert resolved.axes["front"] is FRONT
    assert resolved.options["front"]["f_large"] is FRONT.options[1]


def test_a_flood_of_faults_is_cut_short() -> None:
    rows = ["nissn"] * 5_000
    rules = tuple(rule(f"R{i}", allow=table("brand", *rows)) for i in range(5))
    with pytest.raises(InputError) as caught:
        resolve_catalog(catalog(rules=rules))
    *shown, last = caught.value.diagnostics
    assert {d.code for d in shown} == {"unknown-option"}
    assert len(shown) == 200
    assert last.code == "more-faults"


def test_the_names_of_a_long_cycle_are_cut_short() -> None:
    (cycle,) = cycles(**{f"q{i}": f"q{(i + 1) % 500}" for i in range(500)})
    assert cycle.startswith("q0 -> q1 -> q2")
    assert cycle.endswith("-> q17 -> … -> q0")
