"""Collecting faults, so that one run shows all of them, and placing them."""

from __future__ import annotations

from types import TracebackType

from attrs import field, frozen

from cmf.errors import Diagnostic, InputError, fail
from cmf.source import Span, Text

SHOWN = 200
"""Greatest number of faults that one run shows."""


@frozen
class Faults:
    """Gathers the diagnostics of every `InputError` that is raised inside ``with faults:``.

    Attributes
    ----------
    found
        What was gathered, in order.
    """

    found: list[Diagnostic] = field(factory=list)

    def __enter__(self) -> Faults:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, InputError):
            self.found.extend(error.diagnostics)
            return True
        return False

    @property
    def full(self) -> bool:
        """Whether there is more than anybody reads, so that the search may stop."""
        return len(self.found) > SHOWN

    def settle(self) -> None:
        """Raise what was gathered, if anything: the first `SHOWN`, and whether there are more."""
        if self.full:
            remedy = "correct the ones above and run again"
            more = Diagnostic("more-faults", "further faults are not shown", None, remedy)
            raise InputError([*self.found[:SHOWN], more])
        if self.found:
            raise InputError(self.found)


@frozen
class Piece:
    """The characters `start` to `end` of a text, located in its file only when they are wrong."""

    text: Text
    start: int
    end: int

    @property
    def written(self) -> str:
        """The characters themselves."""
        return self.text.value[self.start : self.end]

    @property
    def span(self) -> Span:
        """Where they stand."""
        return self.text.locate(self.start, self.end)

    def fault(self, code: str, message: str, remedy: str | None = None) -> InputError:
        """An error at this place."""
        return fail(code, message, self.span, remedy)
