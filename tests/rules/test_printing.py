"""Parsing the canonical text gives the tree back, for every tree (R12)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_catalog import text

from cmf.errors import InputError
from cmf.rules import syntax as s
from cmf.rules.parse import parse
from cmf.rules.printing import to_text

WORDS = st.sampled_from(["a", "wheelbase", "b2", "_x", "android", "infinite", "mm", "in_", "Škoda"])
UNITS = st.sampled_from([None, None, "mm", "in", "m", "EUR", "kWh"])
NUMBERS = st.builds(s.Number, st.decimals(0, 10**9, places=3).map(Fraction), UNITS)
QUOTED = st.builds(s.Quoted, st.sampled_from(["4x4", "2.0-dci", "and", "l'un", 'say "so"', "a"]))
ATTRIBUTES = st.builds(s.Attribute, WORDS, WORDS)
LEAVES = st.one_of(
    st.builds(s.Word, WORDS), NUMBERS, QUOTED, ATTRIBUTES, st.builds(s.Boolean, st.booleans())
)
SETS = st.builds(
    s.WordSet,
    st.lists(st.one_of(st.builds(s.Word, WORDS), QUOTED, NUMBERS), min_size=1, max_size=3).map(
        tuple
    ),
)


def several(nodes: st.SearchStrategy[s.Node]) -> st.SearchStrategy[tuple[s.Node, ...]]:
    return st.lists(nodes, min_size=2, max_size=3).map(tuple)


def larger(nodes: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    return st.one_of(
        st.builds(s.Call, WORDS, st.lists(nodes, max_size=2).map(tuple)),
        st.builds(s.Negative, nodes),
        st.builds(s.Sum, several(nodes)),
        st.builds(s.Product, several(nodes)),
        st.builds(s.Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), nodes, nodes),
        st.builds(
            s.Membership,
            nodes,
            st.one_of(nodes, SETS, st.builds(s.Range, nodes, nodes)),
            st.booleans(),
        ),
        st.builds(s.Negation, nodes),
        st.builds(s.Conjunction, several(nodes)),
        st.builds(s.Disjunction, several(nodes)),
        st.builds(s.Implication, nodes, nodes),
    )


TREES = st.recursive(LEAVES, larger, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_print_then_parse_is_the_identity(tree: s.Node) -> None:
    written = to_text(tree)
    again = parse(text(written))
    assert again == tree
    assert to_text(again) == written


def brackets(written: str) -> list[int]:
    """Offsets of round brackets that are not part of a call or of quotes."""
    found, quote = [], ""
    for i, sign in enumerate(written):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "(" and not (i and (written[i - 1].isalnum() or written[i - 1] == "_")):
            found.append(i)
    return found


def closing(written: str, start: int) -> int:
    depth, quote = 0, ""
    for i in range(start, len(written)):
        sign = written[i]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return i
    raise AssertionError(written)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_no_pair_of_brackets_can_be_left_out(tree: s.Node) -> None:
    written = to_text(tree)
    for start in brackets(written):
        end = closing(written, start)
        shorter = f"{written[:start]} {written[start + 1 : end]} {written[end + 1 :]}"
        try:
            assert parse(text(shorter)) != tree, shorter
        except InputError:
            continue


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("((a)) and (b)", "a and b"),
        ("a  and(not b)", "a and not b"),
        ("(a == b) => (c => d)", "a == b => c => d"),
        ("(a => b) => c", "(a => b) => c"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "(a - b) - c"),
        ("x.a in 2 530 .. 2 560mm", "x.a in 2530..2560 mm"),
        ("12.50EUR < a", "12.5 EUR < a"),
        ("a in x.lo..x.hi", "a in x.lo .. x.hi"),
        ('a == "b"', "a == 'b'"),
        ("not(a in{b,c})", "not a in {b, c}"),
    ],
)
def test_canonical_text(written: str, canonical: str) -> None:
    assert to_text(parse(text(written))) == canonical
