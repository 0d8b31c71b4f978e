from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.report.table import Ratio
from cmf.report.words import aligned, number, percent, places, words

quick = settings(deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(13, 18), "72.2 %"),
        (Fraction(1), "100.0 %"),
        (Fraction(0), "0.0 %"),
        (Fraction(999_999, 1_000_000), "> 99.9 %"),
        (Fraction(1, 1_000_000), "< 0.1 %"),
        (Fraction(1, 2000), "0.1 %"),  # 0.05 % is rounded up
        (Fraction(3, 2), "150.0 %"),
        (Fraction(-1, 8), "-12.5 %"),
    ],
)
def test_percent(value: Fraction, text: str) -> None:
    assert percent(value) == text


@quick
@given(st.fractions(0, 1), st.integers(0, 4))
def test_percent_is_rounded_half_up_but_never_to_an_end(value: Fraction, digits: int) -> None:
    text = percent(value, digits)
    if text[0] in "<>":
        assert value not in (0, 1)
        return
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    shown = Decimal(text.removesuffix(" %"))
    assert abs(shown - exact) <= Decimal(5).scaleb(-digits - 1)
    assert (shown == 100) == (value == 1)
    assert (shown == 0) == (value == 0)


@quick
@given(st.integers())
def test_whole_numbers_lose_nothing(value: int) -> None:
    assert int(number(value).replace(" ", "")) == value


@quick
@given(st.integers(-(10**12), 10**12))
def test_thousandths_lose_nothing(value: int) -> None:
    exact = Fraction(value, 1000)
    text = number(exact)
    assert Fraction(text.replace(" ", "")) == exact
    assert len(text.partition(".")[2]) == places(exact)
    rounded = Decimal(value).scaleb(-3).quantize(Decimal("1"), ROUND_HALF_UP)
    assert abs(int(number(exact, 0).replace(" ", "")) - int(rounded)) <= 1


def test_decimals_of_a_column_are_aligned() -> None:
    assert aligned([1, 2.5, None, 12.125]) == ["1.000", "2.500", "-", "12.125"]
    assert aligned([1, 2.5, 1234.125]) == ["1.0", "2.5", "1 234.1"]
    assert aligned([0.001, 123456.5]) == ["0", "123 456"]
    assert aligned([]) == []


def test_words_of_every_cell() -> None:
    cells = [None, "", "x", True, False, 1500, 0.5, Ratio(26, 36)]
    assert list(map(words, cells)) == ["-", "", "x", "yes", "no", "1 500", "0.5", "72.2 %"]
