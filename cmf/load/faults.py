"""Every fault of one run, in the order of the files."""

from __future__ import annotations

from collections.abc import Collection

from attrs import define, evolve, field, frozen

from cmf.errors import Diagnostic, InputError, did_you_mean
from cmf.source import Source, Span

SHOWN = 200
MESSAGE = 400
KEPT = 5_000
COMPARED = 100_000
"""Names that one run compares in search of near ones, so that many faults stay quick."""


@frozen
class Suggestion:
    """A remedy that names the nearest known names; they are looked up when it is shown.

    Attributes
    ----------
    name
        What was written.
    known
        What could have been meant.
    what
        What the names name, for a list of none.
    """

    name: str
    known: Collection[str]
    what: str = "name"


Remedy = str | Suggestion


@define
class Faults:
    """Collects faults so that one run reports them all.

    Files are ordered by their first mention to `register`; inside a file, faults are ordered by
    place. One place keeps one fault of a code.
    """

    _order: dict[str, int] = field(factory=dict)
    _found: dict[tuple[str, str], Diagnostic] = field(factory=dict)
    _suggestions: dict[tuple[str, str], Suggestion] = field(factory=dict)
    _unkept: int = 0

    def register(self, source: Source) -> None:
        """Note that the file was opened now: its faults come after those of earlier files."""
        self._order.setdefault(source.name, len(self._order))

    def add(self, code: str, message: str, span: Span, remedy: Remedy) -> None:
        """Report one fault."""
        self.register(span.source)
        key = (code, span.place)
        if key in self._found:
            return
        if len(self._found) >= KEPT:
            self._unkept += 1
            return
        if len(message) > MESSAGE:
            message = message[: MESSAGE - 1] + "…"
        if isinstance(remedy, Suggestion):
            self._suggestions[key] = remedy
            self._found[key] = Diagnostic(code, message, span)
        else:
            self._found[key] = Diagnostic(code, message, span, remedy)

    def has(self, code: str, source: Source) -> bool:
        """Whether the file already has a fault of that code."""
        name = source.name
        return any(
            each.code == code and each.span is not None and each.span.source.name == name
            for each in self._found.values()
        )

    def __bool__(self) -> bool:
        return bool(self._found)

    def count(self) -> int:
        """How many faults were reported so far."""
        return len(self._found) + self._unkept

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises
        ------
        InputError
            When there is at least one fault; it shows the first `SHOWN` and says how many follow.
        """
        if not self._found:
            return
        keys = sorted(self._found, key=self._rank)
        ordered = self._with_remedies(keys[:SHOWN])
        more = len(keys) - SHOWN + self._unkept
        if more > 0:
            message = f"{more} more faults are not shown"
            ordered.append(
                Diagnostic("more-faults", message, None, "correct the ones above and run again")
            )
        raise InputError(ordered)

    def _with_remedies(self, keys: list[tuple[str, str]]) -> list[Diagnostic]:
        ready = []
        compared = 0
        for key in keys:
            found = self._found[key]
            wanted = self._suggestions.get(key)
            if wanted is not None:
                compared += len(wanted.known)
                remedy = f"check the spelling; {len(wanted.known)} names are known"
                if compared <= COMPARED:
                    remedy = did_you_mean(wanted.name[:MESSAGE], wanted.known, what=wanted.what)
                found = evolve(found, remedy=remedy)
            ready.append(found)
        return ready

    def _rank(self, key: tuple[str, str]) -> tuple[int, int, int]:
        span = self._found[key].span
        if span is None:
            return (len(self._order), 0, 0)
        return (self._order[span.source.name], span.line, span.column)
