"""Where the first fault in the tuples of an XCSP 2.1 relation is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from cmf.errors import InputError, fail
from cmf.interchange.domain import Domain
from cmf.interchange.elements import Element
from cmf.interchange.files import nearest
from cmf.model.units import LIMIT
from cmf.source import Span

# Bounded, because a pattern that is tried at every character must not look far.
COST = re.compile(r"([^\s|:]{1,40})\s{0,40}:")
"""A cost in front of a tuple."""

_WORD = re.compile(r"\S+")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")


def is_cost(text: str) -> bool:
    """Whether `text` is a whole number within the exact range."""
    return _WHOLE.fullmatch(text) is not None and abs(int(text)) <= LIMIT


def first_fault(
    relation: Element, scope: Sequence[str], domains: Sequence[Domain], offset: int
) -> InputError:
    """The first fault of the tuples at or behind an offset of the relation's text."""
    body = relation.body()
    text = relation.text if body is None else relation.source.text
    start, last = (0, len(text)) if body is None else body
    start += offset
    soft = relation.attributes.get("semantics") == "soft"
    priced = not soft or offset > 0
    while start <= last:
        end = text.find("|", start, last)
        end = last if end < 0 else end
        while soft and (cost := COST.match(text, _skip(text, start, end), end)):
            if not is_cost(cost[1]):
                place = _place(relation, body, *cost.span(1))
                message = f"the cost `{cost[1][:40]}` is not a whole number of at most 15 digits"
                return fail("bad-cost", message, place)
            start, priced = cost.end(), True
        words = list(islice(_WORD.finditer(text, start, end), len(scope) + 1))
        if words and not priced:
            message = "a tuple stands before the first cost"
            return fail("bad-cost", message, _place(relation, body, *words[0].span()))
        # A cost without a tuple at the end of a relation is harmless, and price files have it.
        if len(words) != len(scope) and (words or not soft or end < last):
            begin = words[0].start() if words else start
            return _wrong_width(_place(relation, body, begin, end), len(words), len(scope))
        for word, name, domain in zip(words, scope, domains, strict=False):
            if word[0] not in domain.numbers:
                message = f"the value `{word[0][:40]}` is not in the domain of `{name}`"
                place = _place(relation, body, *word.span())
                return fail(
                    "unknown-value", message, place, nearest(word[0], domain.numbers, "value")
                )
        start = end + 1
    return fail("bad-tuple", "the tuples of this relation cannot be read", relation.span)


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _place(relation: Element, body: tuple[int, int] | None, start: int, end: int) -> Span:
    return relation.span if body is None else relation.source.span(start, end)


def _wrong_width(place: Span, found: int, arity: int) -> InputError:
    number = str(found) if found <= arity else f"more than {arity}"
    message = f"a tuple has {number} values, but the relation has arity {arity}"
    return fail("wrong-width", message, place)
