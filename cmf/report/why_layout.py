"""Reasons as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from cmf.analysis.why import Conflict, Impossible, Possible
from cmf.report.why import Sentences

LEADING = 40
"""Implied options that are explained."""


def conflict_lines(sentences: Sentences, answer: Impossible, width: int) -> Iterator[str]:
    """All conflicts, each as a numbered chain."""
    more = "" if answer.complete else " (there are more)"
    for number, conflict in enumerate(answer.conflicts, start=1):
        if len(answer.conflicts) > 1 or more:
            yield f"Conflict {number}{more}: {_size(conflict)}"
        yield from numbered(sentences.conflict(conflict), width)
        yield ""


def implied_lines(sentences: Sentences, answer: Possible, width: int) -> Iterator[str]:
    """What follows from a question, each with its chain."""
    for each in answer.implied[:LEADING]:
        yield f"{sentences.fact(each.fact)}"
        yield from numbered(sentences.conflict(each.conflict), width)
        yield ""


def paragraph(text: str, width: int) -> list[str]:
    """Running text, wrapped."""
    return wrap(text, width, break_long_words=False, break_on_hyphens=False)


def numbered(texts: Sequence[str], width: int) -> Iterator[str]:
    """Sentences with their numbers, wrapped."""
    for place, text in enumerate(texts, start=1):
        head = f"  {place}. "
        yield from wrap(
            f"{text}.",
            width,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _size(conflict: Conflict) -> str:
    kinds = [each.origin.kind for each in conflict.constraints]
    chosen = kinds.count("choice")
    rules = len(kinds) - chosen - kinds.count("supposition")
    parts = [(chosen, "choice"), (rules, "rule")]
    return " and ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)
