"""Collecting faults, so that one run shows all of them."""

from __future__ import annotations

from types import TracebackType

from attrs import field, frozen

from cmf.errors import Diagnostic, InputError


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

    def settle(self) -> None:
        """Raise what was gathered, if anything."""
        if self.found:
            raise InputError(self.found)
