"""Attributes of a UVL feature; the numbers among them become quantities."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from cmf.interchange.uvl_lines import Cursor
from cmf.model.units import LIMIT

MOST_DECIMALS = 9
_MOST_NESTING = 20


def read_attributes(cursor: Cursor) -> dict[str, Fraction | None]:
    """The attributes that stand here between braces.

    Returns
    -------
    attributes
        The value of every attribute; `None` where it is no number.

    Raises
    ------
    InputError
        The attributes are malformed, hold a constraint, or a number that is too large or fine.
    """
    return dict(_entries(cursor, 0))


def _entries(cursor: Cursor, depth: int) -> Iterator[tuple[str, Fraction | None]]:
    seen: set[str] = set()
    cursor.next()  # the opening brace
    while not cursor.take("}"):
        if seen and not cursor.take(","):
            raise cursor.unexpected("`,` or `}`")
        key = cursor.token
        if key.kind not in ("name", "quoted"):
            raise cursor.unexpected("the name of an attribute")
        if key.text in ("constraint", "constraints"):
            message = "constraints inside of attributes are not supported"
            remedy = "move the constraint to the section `constraints`"
            raise cursor.fault("unsupported-constraint", message, remedy)
        if key.name in seen:
            message = f"the attribute `{key.name[:40]}` is given twice"
            raise cursor.fault("duplicate-name", message)
        seen.add(key.name)
        cursor.next()
        yield key.name, _value(cursor, depth)


def _value(cursor: Cursor, depth: int) -> Fraction | None:
    """Go past a value, if there is one; `None` unless it is a number."""
    token = cursor.token
    if depth > _MOST_NESTING:
        raise cursor.fault("too-deep", f"attributes are nested more than {_MOST_NESTING} deep")
    if token.kind == "number":
        number = _number(cursor)
        cursor.next()
        return number
    if token.kind in ("string", "quoted") or token.text in ("true", "false"):
        cursor.next()
    elif cursor.at("{"):
        for _ in _entries(cursor, depth + 1):
            pass
    elif cursor.take("["):
        while not cursor.take("]"):
            before = cursor.position
            _value(cursor, depth + 1)
            if cursor.position == before or not (cursor.take(",") or cursor.at("]")):
                raise cursor.unexpected("a value, `,` or `]`")
    return None


def _number(cursor: Cursor) -> Fraction:
    text = cursor.token.text
    if len(text) <= 40:
        number = Fraction(text)
        if abs(number) <= LIMIT and (number * 10**MOST_DECIMALS).denominator == 1:
            return number
    message = f"a number has at most 15 digits and {MOST_DECIMALS} decimals"
    raise cursor.fault("bad-number", message)
