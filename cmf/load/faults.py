"""Every fault of one run, in the order of the files."""

from __future__ import annotations

from attrs import define, field

from cmf.errors import Diagnostic, InputError
from cmf.source import Source, Span

SHOWN = 200
KEPT = 5_000


@define
class Faults:
    """Collects faults so that one run reports them all.

    Files are ordered by their first mention to `register`; inside a file, faults are ordered by
    place. One place keeps one fault of a code.
    """

    _order: dict[str, int] = field(factory=dict)
    _found: dict[tuple[str, str], Diagnostic] = field(factory=dict)
    _unkept: int = 0

    def register(self, source: Source) -> None:
        """Note that the file was opened now: its faults come after those of earlier files."""
        self._order.setdefault(source.name, len(self._order))

    def add(self, code: str, message: str, span: Span, remedy: str | None = None) -> None:
        """Report one fault."""
        self.register(span.source)
        key = (code, span.place)
        if key in self._found:
            return
        if len(self._found) >= KEPT:
            self._unkept += 1
            return
        self._found[key] = Diagnostic(code, message, span, remedy)

    def merge(self, error: InputError) -> None:
        """Take over the faults of an error that was raised for one of the files."""
        for found in error.diagnostics:
            if found.span is not None:
                self.add(found.code, found.message, found.span, found.remedy)

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
        ordered = sorted(self._found.values(), key=self._rank)
        more = len(ordered) - SHOWN + self._unkept
        if more > 0:
            ordered = ordered[:SHOWN]
            message = f"{more} more faults are not shown"
            ordered.append(
                Diagnostic("more-faults", message, None, "correct the ones above and run again")
            )
        raise InputError(ordered)

    def _rank(self, found: Diagnostic) -> tuple[int, int, int]:
        if found.span is None:
            return (len(self._order), 0, 0)
        return (self._order[found.span.source.name], found.span.line, found.span.column)
