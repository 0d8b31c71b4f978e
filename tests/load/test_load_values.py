"""Numbers with units: exact, or refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmf.errors import InputError
from cmf.load.faults import KEPT, SHOWN, Faults, Suggestion
from cmf.load.values import parse_measure
from cmf.model.units import LIMIT, UNITS, Unit, format_quantity
from cmf.source import Source, Text


def _measure(text: str, unit: str, least: int | None = None) -> tuple[int | None, str]:
    faults = Faults()
    source = Source("x", text)
    told = Text(text, source.span(0, len(text)))
    value = parse_measure(told, UNITS[unit], "`x`", faults, least=least)
    try:
        faults.raise_if_any()
    except InputError as error:
        return value, error.diagnostics[0].code
    return value, ""


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1 100 mm", "mm", 1100),
        ("1100mm", "mm", 1100),
        ("  1100  mm ", "mm", 1100),
        ("110 cm", "mm", 1100),
        ("1.1 m", "mm", 1100),
        ("1100", "mm", 1100),
        ("1_100", "mm", 1100),
        ("-12", "mm", -12),
        ("+12", "mm", 12),
        ("0.10 EUR", "EUR", 10),
        ("40 000 000 EUR", "EUR", 4_000_000_000),
        ("12", "JPY", 12),
        ("52 kWh", "Wh", 52_000),
        ("2.0", "1", 2),
        (str(LIMIT), "mm", LIMIT),
        ("16 in", "in", 16),
        ("1 461 cc", "L", 1461),
    ],
)
def test_numbers(text: str, unit: str, value: int) -> None:
    assert _measure(text, unit) == (value, "")


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("1 100 kg", "mm", "unit-clash"),
        ("3 mm", "1", "unit-clash"),
        ("3 USD", "EUR", "unit-clash"),
        ("3 furlong", "mm", "unknown-unit"),
        ("3 Mm", "mm", "unknown-unit"),
        ("1.5 mm", "mm", "not-exact"),
        ("0.001 EUR", "EUR", "not-exact"),
        ("0.5 V", "V", "not-exact"),
        (str(LIMIT + 1), "mm", "too-large"),
        (f"-{LIMIT + 1}", "mm", "too-large"),
        ("1 000 000 000 000 m", "mm", ""),
        ("1 000 000 000 001 m", "mm", "too-large"),
        ("9" * 60, "mm", "bad-number"),
        ("1e3", "mm", "unknown-unit"),
        ("1,5", "mm", "bad-number"),
        ("12 34", "mm", "bad-number"),
        ("1 0000", "mm", "bad-number"),
        (".5", "m", "bad-number"),
        ("5.", "m", "bad-number"),
        ("mm", "mm", "bad-number"),
        ("nan", "mm", "bad-number"),
        ("- 5", "mm", "bad-number"),
        ("0x10", "mm", "unknown-unit"),
        ("½", "mm", "bad-number"),
    ],
)
def test_what_is_no_number(text: str, unit: str, code: str) -> None:
    value, found = _measure(text, unit)
    assert found == code
    assert (value is None) == bool(code)


def test_least() -> None:
    assert _measure("-0.01 EUR", "EUR", 0) == (None, "too-small")
    assert _measure("0", "EUR", 0) == (0, "")


@given(st.integers(-LIMIT, LIMIT), st.sampled_from(sorted(UNITS.values(), key=lambda u: u.symbol)))
def test_what_is_written_is_read_back(value: int, unit: Unit) -> None:
    assert _measure(format_quantity(value, unit), unit.symbol) == (value, "")


def test_faults_come_in_the_order_of_the_files_and_are_bounded() -> None:
    faults = Faults()
    second = Source("second", "\n" * 10_000)
    first = Source("first", "x")
    faults.register(first)
    for offset in reversed(range(KEPT)):
        faults.add(
            "a-code", "m", second.span(offset, offset), Suggestion("colour", ("color", "smell"))
        )
    faults.add("b-code", "m" * 10_000, first.whole(), "r")
    faults.add("b-code", "m", first.whole(), "one more")
    with pytest.raises(InputError) as caught:
        faults.raise_if_any()
    found = caught.value.diagnostics
    assert len(found) == SHOWN + 1
    assert found[0].code == "a-code"  # the bound on what is kept was reached before `first`
    assert [d.span.line for d in found[:-1] if d.span] == list(range(1, SHOWN + 1))
    assert found[0].remedy == "did you mean `color`?"
    assert (found[-1].code, found[-1].span) == ("more-faults", None)
    assert found[-1].message == f"{KEPT + 2 - SHOWN} more faults are not shown"
