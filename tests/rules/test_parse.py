"""Grammar: what parses, what does not, and what the messages say (reference R1-R13)."""

from __future__ import annotations

import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_catalog import text

from cmf.errors import InputError
from cmf.rules import syntax as s
from cmf.rules.parse import MAX_DEPTH, MAX_LENGTH, parse
from cmf.rules.printing import to_text
from cmf.source import Source, Text

A, B, C, D = (s.Word(name) for name in "abcd")


def number(value: str, unit: str | None = None) -> s.Number:
    return s.Number(Fraction(value), unit)


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("a or b and not c", s.Disjunction((A, s.Conjunction((B, s.Negation(C)))))),
        ("(a or b) and c", s.Conjunction((s.Disjunction((A, B)), C))),
        ("a => b => c", s.Implication(A, s.Implication(B, C))),
        ("a or b => c", s.Implication(s.Disjunction((A, B)), C)),
        ("not a == b", s.Negation(s.Comparison("==", A, B))),
        ("a - b + c", s.Sum((A, s.Negative(B), C))),
        ("a-b", s.Sum((A, s.Negative(B)))),
        ("a - (b + c)", s.Sum((A, s.Negative(s.Sum((B, C)))))),
        ("-a * b", s.Product((s.Negative(A), B))),
        ("a + b * c", s.Sum((A, s.Product((B, C))))),
        ("x.y != 'e-4orce'", s.Comparison("!=", s.Attribute("x", "y"), s.Quoted("e-4orce"))),
        ('a == "l\'un"', s.Comparison("==", A, s.Quoted("l'un"))),
        ("min(a, -b)", s.Call("min", (A, s.Negative(B)))),
        ("defined(a.b)", s.Call("defined", (s.Attribute("a", "b"),))),
        ("true", s.Boolean(True)),
        ("truely", s.Word("truely")),
        ("a in {b, 'c', 4}", s.Membership(A, s.WordSet((B, s.Quoted("c"), number("4"))))),
        ("a not in b.c", s.Membership(A, s.Attribute("b", "c"), negated=True)),
        ("not a in b", s.Negation(s.Membership(A, B))),
        ("a in b..c", s.Membership(A, s.Range(B, C))),
        ("a in b.c..d.c", s.Membership(A, s.Range(s.Attribute("b", "c"), s.Attribute("d", "c")))),
        (" a\n and\tb ", s.Conjunction((A, B))),
        ("(((a)))", A),
    ],
)
def test_structure(written: str, tree: s.Node) -> None:
    assert parse(text(written)) == tree


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2685", number("2685")),
        ("2 685", number("2685")),
        ("2_685_000", number("2685000")),
        ("2\u00a0685", number("2685")),
        ("2\u202f685 mm", number("2685", "mm")),
        ("2 685mm", number("2685", "mm")),
        ("12.50 EUR", number("25/2", "EUR")),
        ("500 A", number("500", "A")),
        ("1 234.5 kg", number("2469/2", "kg")),
        ("18 in", number("18", "in")),
    ],
)
def test_numbers(written: str, expected: s.Number) -> None:
    assert parse(text(written)) == expected


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("2530..2560 mm", number("2530"), number("2560", "mm")),
        ("2530.5 .. 2560", number("5061/2"), number("2560")),
        ("2 530..2 560", number("2530"), number("2560")),
        ("16 in..18 in", number("16", "in"), number("18", "in")),
        ("-3..-2 mm", s.Negative(number("3")), s.Negative(number("2", "mm"))),
    ],
)
def test_ranges(written: str, low: s.Node, high: s.Node) -> None:
    assert parse(text(f"a in {written}")) == s.Membership(A, s.Range(low, high))


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        (
            "a in 16..18 in and b",
            s.Conjunction((s.Membership(A, s.Range(number("16"), number("18", "in"))), B)),
        ),
        ("18 in in a", s.Membership(number("18", "in"), A)),
        ("18 in {a}", s.Membership(number("18"), s.WordSet((A,)))),
        ("18 in not in a", s.Membership(number("18", "in"), A, negated=True)),
        (
            "a in {16 in, 17 in}",
            s.Membership(A, s.WordSet((number("16", "in"), number("17", "in")))),
        ),
        (
            "(18) in -3..5",
            s.Membership(number("18"), s.Range(s.Negative(number("3")), number("5"))),
        ),
    ],
)
def test_inches_and_in(written: str, tree: s.Node) -> None:
    assert parse(text(written)) == tree
    assert parse(text(to_text(tree))) == tree


def test_offsets_cover_what_was_written() -> None:
    written = "not (a.b + 2 mm) > 3 and c in {d, 'e'}"
    seen = []

    def walk(node: s.Inner) -> None:
        seen.append(written[node.start : node.end])
        for child in s.children(node):
            walk(child)

    walk(parse(text(written)))
    assert seen == [
        written,
        "not (a.b + 2 mm) > 3",
        "(a.b + 2 mm) > 3",
        "(a.b + 2 mm)",
        "a.b",
        "2 mm",
        "3",
        "c in {d, 'e'}",
        "c",
        "{d, 'e'}",
        "d",
        "'e'",
    ]


# written, the characters that the caret marks, part of the message, part of the remedy
SLIPS = [
    ("a = b", "=", "not part of the language", "written `==`"),
    ("a <> b", "<>", "not part of the language", "written `!=`"),
    ("a =< b", "=<", "not part of the language", "written `<=`"),
    ("a && b", "&&", "not part of the language", "write `and`"),
    ("a || b", "||", "not part of the language", "write `or`"),
    ("a == b|c", "|", "not part of the language", "{a, b}"),
    ("!a", "!", "not part of the language", "write `not`"),
    ("a -> b", "->", "not part of the language", "`=>`"),
    ("a ==> b", "==>", "not part of the language", "`=>`"),
    ("a <=> b", "<=>", "not part of the language", "(b => a)"),
    ("a / 2 > b", "/", "not part of the language", "multiply"),
    ("a ** 2 > b", "**", "not part of the language", "x * x"),
    ("a in [b, c]", "[", "not part of the language", "{a, b}"),
    ("a ≤ b", "≤", "not part of the language", "`<=`"),
    ("a == “b”", "“", "not part of the language", "straight"),
    ("a; b", ";", "not part of the language", "`and`"),
    ("a AND b", "AND", "small letters", "write `and`"),
    ("NOT a", "NOT", "small letters", "write `not`"),
    ("a Or b", "Or", "small letters", "write `or`"),
    ("if a then b", "if", "not part of the language", "=> consequence"),
    ("(a == b", "(", "never closed", "add `)`"),
    ("min(a, b", "(", "never closed", "add `)`"),
    ("a in {b, c", "{", "never closed", "add `}`"),
    ("a == b)", ")", "closes nothing", "open it with `(`"),
    ("a == 'b", "'", "never closed", "add `'`"),
    ("a == ", "", "expected a value after `==`", None),
    ("a == b or", "", "expected a value after `or`", None),
    ("a + * b > 3", "*", "expected a value after `+`, found `*`", None),
    ("a +", "", "expected a value after `+`", None),
    ("* a", "*", "expected a value at the start", None),
    ("", "", "found nothing", "a == b"),
    ("  \n ", "", "found nothing", "a == b"),
    ("a < b < c", "<", "do not chain", "`b in a..c`"),
    ("a in {b} == c", "==", "do not chain", "a < b and b < c"),
    ("min(a > 3)", ">", "expected `,` or `)`", "are values"),
    ("a in (b, c)", ",", "unexpected", "braces"),
    ("a in {b-c}", "-", "expected `,` or `}` after `b`", "quotes"),
    ("a in {}", "}", "expected an option after `{`", "lists options"),
    ("{a, b}", "{", "unexpected", "behind `in`"),
    ("a b", "b", "directly behind `a`", "quotes"),
    ("a 3", "3", "directly behind", "2 685 mm"),
    ("a > 12 3456 mm", "3456", "directly behind", "2 685 mm"),
    ("a == 'b' 'c'", "'c'", "directly behind", "operator"),
    ("a.b.c == d", ".", "unexpected", "slot.attribute"),
    ("market == in", "in", "found the keyword `in`", "write `'in'`"),
    ("and a", "and", "does not start with", "`'and'`"),
    (".5 > a", ".5", "not a number", "write `0.5`"),
    ("1.2.3 > a", "1.2.3", "not a number", "one decimal point"),
    ("a == " + "7" * 30, "7" * 30, "not a number", "20 digits"),
    ("a in 3...5", "...", "not part of the language", "low..high"),
]


@pytest.mark.parametrize(("written", "marked", "message", "remedy"), SLIPS)
def test_slips(written: str, marked: str, message: str, remedy: str | None) -> None:
    with pytest.raises(InputError) as caught:
        parse(text(written))
    (fault,) = caught.value.diagnostics
    assert fault.code == "syntax"
    assert message in fault.message
    if remedy is None:
        assert fault.remedy is None
    else:
        assert remedy in (fault.remedy or "")
    span = fault.span
    assert span is not None
    if marked:
        start = span.column - 1
        assert written[start : start + len(marked)] == marked
        assert span.end_column - span.column == len(marked)
    elif written.strip():
        assert span.column == len(written) + 1


def test_a_slip_in_a_file_is_located_in_the_file() -> None:
    source = Source("rules.yaml", "rules:\n  - require: a == = b\n")
    start = source.text.index("a ==")
    with pytest.raises(InputError) as caught:
        parse(Text("a == = b", source.span(start, start + 8)))
    (fault,) = caught.value.diagnostics
    assert fault.span is not None
    assert fault.span.place == "rules.yaml:2:19"


def test_texts_that_are_too_long_are_refused() -> None:
    assert parse(text("a" * MAX_LENGTH)) == s.Word("a" * MAX_LENGTH)
    with pytest.raises(InputError, match="too-long"):
        parse(text("a" * (MAX_LENGTH + 1)))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("not ", ""), ("-", ""), ("a => ", ""), ("abs(", ")"), ("a + (b * (", "))")],
)
def test_deep_nesting_is_refused_without_deep_recursion(opening: str, closing: str) -> None:
    many = MAX_LENGTH // (len(opening + closing) + 1)
    with pytest.raises(InputError, match="too-deep"):
        parse(text(opening * many + "a" + closing * many))


def test_brackets_and_long_sums_do_not_nest() -> None:
    assert parse(text("(" * 9_000 + "a" + ")" * 9_000)) == A
    terms = parse(text(" + ".join("a" * 5_000)))
    assert isinstance(terms, s.Sum)
    assert len(terms.terms) == 5_000


def test_the_deepest_legal_tree_can_be_printed_hashed_and_compared() -> None:
    written = "not " * (MAX_DEPTH - 1) + "a"
    tree = parse(text(written))
    limit = sys.getrecursionlimit()
    assert limit > MAX_DEPTH * 5
    assert to_text(tree) == written
    assert hash(tree) == hash(parse(text(written)))


TOKENS = (
    "a", "x.y", "and", "or", "not", "in", "=>", "==", "=", "<", "<=", "+", "-", "*", "(", ")", "{",
    "}", ",", "..", ".", "3", "2 685 mm", "4x4", "'q'", "'", '"', "true", "NOT", "&&", "min(", "§",
    "if", "\n", "\t", "𝒳", "\u00a0",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
)
def test_any_text_is_a_tree_or_a_located_fault(written: str) -> None:
    try:
        tree = parse(text(written))
    except InputError as error:
        (fault,) = error.diagnostics
        assert fault.span is not None
        assert fault.render()
    else:
        assert parse(text(to_text(tree))) == tree
