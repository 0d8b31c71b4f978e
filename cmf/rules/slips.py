"""Wording of syntax errors: what was expected, and what people usually mean."""

from __future__ import annotations

import re

from attrs import frozen

from cmf.errors import InputError, fail
from cmf.source import Text

KEYWORDS = ("and", "or", "not", "in", "true", "false")
"""Words that the language keeps for itself."""

_WRITE = {
    "=": "equality is written `==`",
    "=<": "at most is written `<=`",
    "<>": "inequality is written `!=`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`; several options are a set: `x in {a, b}`",
    "!": "write `not`",
    "->": "implication is written `=>`",
    "-->": "implication is written `=>`",
    "==>": "implication is written `=>`",
    "<=>": "write `(a => b) and (b => a)`",
    "===": "equality is written `==`",
    "/": "there is no division: multiply the other side",
    "%": "there is no remainder and no percentage",
    "^": "there are no powers: write `x * x`",
    "**": "there are no powers: write `x * x`",
    "[": "a set is written in braces, `{a, b}`; groups take `(` and `)`",
    "]": "a set is written in braces, `{a, b}`; groups take `(` and `)`",
    ";": "join statements with `and`, or write two rules",
    ":": "a range is written `low..high`",
    "...": "a range is written `low..high`",
    "…": "a range is written `low..high`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "×": "write `*`",
    "·": "write `*`",
    "−": "write the plain minus `-`",
    "–": "write the plain minus `-`, or `..` for a range",
    "“": "quotes are straight: `'…'`",
    "”": "quotes are straight: `'…'`",
    "‘": "quotes are straight: `'…'`",
    "’": "quotes are straight: `'…'`",
}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_OPERATORS = (*_COMPARISONS, "=>", "..")
_SIGNS = re.compile(
    "|".join(re.escape(sign) for sign in sorted((*_WRITE, *_OPERATORS), key=len, reverse=True))
)
_TOKEN = re.compile(r"\w+|'[^'\n]*'|\"[^\"\n]*\"|\.\.|[-=<>!&|*+]+|\S")


@frozen
class Slip:
    """Where a parser stopped.

    Attributes
    ----------
    start, end
        The characters it did not understand; both the length of the text at its end.
    wants_value
        Whether a value could have stood there; otherwise an operator or the end.
    """

    start: int
    end: int
    wants_value: bool


def syntax_fault(text: Text, slip: Slip) -> InputError:
    """The located error for a text that breaks off at `slip`."""
    for judge in (_empty, _bracket, _quote, _sign, _number, _word, _set, _chain):
        fault = judge(text, slip)
        if fault is not None:
            return fault
    before = _before(text.value, slip.start)
    expected = "a value" if slip.wants_value else "an operator such as `and` or `==`, or the end"
    place = f" after `{before}`" if before else " at the start"
    found = text.value[slip.start : slip.end]
    message = f"expected {expected}{place}" + (f", found `{found}`" if found else "")
    return _fault(text, slip, message, None)


def _fault(text: Text, slip: Slip, message: str, remedy: str | None) -> InputError:
    return fail("syntax", message, text.locate(slip.start, slip.end), remedy)


def _before(value: str, position: int) -> str:
    """The last token before `position`; empty when there is none."""
    tokens = _TOKEN.findall(value[:position])
    return tokens[-1] if tokens else ""


def _empty(text: Text, slip: Slip) -> InputError | None:
    if text.value.strip():
        return None
    return _fault(
        text, slip, "expected a statement, found nothing", "write a rule such as `a == b`"
    )


def _bracket(text: Text, slip: Slip) -> InputError | None:
    """A bracket that is never closed, or closed without being open."""
    pairs = {")": "(", "}": "{"}
    opened: list[tuple[str, int]] = []
    for token in _TOKEN.finditer(text.value[: slip.start]):
        if token.group() in pairs.values():
            opened.append((token.group(), token.start()))
        elif token.group() in pairs and opened:
            opened.pop()
    found = text.value[slip.start : slip.end]
    if found in pairs and not opened:
        message = f"`{found}` closes nothing"
        return _fault(text, slip, message, f"remove it, or open it with `{pairs[found]}`")
    if opened and not found and not slip.wants_value:
        sign, start = opened[-1]
        closing = next(c for c, o in pairs.items() if o == sign)
        place = text.locate(start, start + 1)
        return fail("syntax", f"`{sign}` is never closed", place, f"add `{closing}`")
    return None


def _quote(text: Text, slip: Slip) -> InputError | None:
    sign = text.value[slip.start : slip.start + 1]
    if sign not in ("'", '"') or text.value.find(sign, slip.start + 1) >= 0:
        return None
    return _fault(text, slip, "the quote is never closed", f"add `{sign}` behind the option")


def _sign(text: Text, slip: Slip) -> InputError | None:
    """A sign of some other language at or around the place."""
    for start in range(max(0, slip.start - 2), slip.start + 1):
        match = _SIGNS.match(text.value, start)
        if match is None or match.end() <= slip.start or match.group() in _OPERATORS:
            continue
        sign = match.group()
        place = Slip(match.start(), match.end(), slip.wants_value)
        return _fault(text, place, f"`{sign}` is not part of the language", _WRITE[sign])
    return None


def _number(text: Text, slip: Slip) -> InputError | None:
    """Two numbers in a row, or something that only looks like a number."""
    rest = text.value[slip.start :]
    match = re.match(r"[.0-9][0-9._ ]*", rest)
    if match is None or rest.startswith(".."):
        return None
    place = Slip(slip.start, slip.start + len(match.group().rstrip()), slip.wants_value)
    shown = match.group().rstrip()
    if not slip.wants_value:
        if not shown[0].isdigit():
            return None
        remedy = "blanks group digits by three (`2 685 mm`); options with blanks take quotes"
        return _fault(text, place, f"`{shown}` stands directly behind another value", remedy)
    if shown.startswith("."):
        return _fault(text, place, f"`{shown}` is not a number", f"write `0{shown}`")
    remedy = "a number has at most 20 digits and one decimal point; option names take quotes"
    return _fault(text, place, f"`{shown}` is not a number", remedy)


def _word(text: Text, slip: Slip) -> InputError | None:
    """Keywords in capitals or as names, names with signs in them, words of other languages."""
    found = text.value[slip.start : slip.end]
    before = _before(text.value, slip.start)
    for word in (found, before):
        if word not in KEYWORDS and word.lower() in KEYWORDS and word.isalpha():
            remedy = f"write `{word.lower()}`"
            start = text.value.rindex(word, 0, slip.end)
            place = Slip(start, start + len(word), slip.wants_value)
            return _fault(text, place, f"`{word}` must be in small letters", remedy)
    if slip.wants_value and found in KEYWORDS:
        message = f"expected a value after `{before}`, found the keyword `{found}`"
        if not before:
            message = f"a statement does not start with `{found}`"
        return _fault(text, slip, message, f"if `{found}` is an option, write `'{found}'`")
    for word in (before, found):
        if word in ("if", "when", "then", "implies"):
            start = text.value.rindex(word, 0, slip.end)
            place = Slip(start, start + len(word), slip.wants_value)
            message = f"`{word}` is not part of the language"
            return _fault(text, place, message, "write `condition => consequence`")
    if found == "." and not slip.wants_value:
        remedy = "an attribute is `slot.attribute`; option names with a point take quotes"
        return _fault(text, slip, f"unexpected `.` after `{before}`", remedy)
    if re.match(r"[\w'\"]", found) and re.match(r"[\w'\"]", before) and not slip.wants_value:
        remedy = "put an operator between"
        if found.isidentifier() and before.isidentifier():
            remedy += f", or quotes around a name: `'{before} {found}'`"
        return _fault(text, slip, f"`{found}` stands directly behind `{before}`", remedy)
    return None


def _set(text: Text, slip: Slip) -> InputError | None:
    """A set in round brackets, or names with signs in a set."""
    found = text.value[slip.start : slip.end]
    tokens = _TOKEN.findall(text.value[: slip.start])
    if found == "," and "in" in tokens and "(" in tokens and "{" not in tokens:
        return _fault(text, slip, "unexpected `,`", "a set is written in braces, `{a, b}`")
    if found == "{":
        return _fault(text, slip, "unexpected `{`", "a set stands only behind `in`")
    if found and "{" in tokens and "}" not in tokens[tokens.index("{") :]:
        message = f"expected `,` or `}}` after `{tokens[-1]}`, found `{found}`"
        if slip.wants_value:
            message = f"expected an option after `{tokens[-1]}`, found `{found}`"
        remedy = "a set lists options or numbers; option names with signs take quotes"
        return _fault(text, slip, message, remedy)
    return None


def _chain(text: Text, slip: Slip) -> InputError | None:
    """A second comparison, or a comparison where a value belongs."""
    found = text.value[slip.start : slip.end]
    if found not in (*_COMPARISONS, "in", "not") or slip.wants_value:
        return None
    for token in reversed(_TOKEN.findall(text.value[: slip.start])):
        if token in (*_COMPARISONS, "in"):
            remedy = "write `a < b and b < c`, or `b in a..c`"
            return _fault(text, slip, f"comparisons do not chain: unexpected `{found}`", remedy)
        if token in ("(", ",", "and", "or", "not", "=>"):
            break
    remedy = "arguments of functions are values"
    return _fault(text, slip, f"expected `,` or `)`, found `{found}`", remedy)
