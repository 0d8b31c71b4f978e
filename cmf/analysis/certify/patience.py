"""How long a search may take, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from attrs import field, frozen

from cmf.errors import LimitReached


@frozen
class Patience:
    """How long to search, and whom to tell.

    Attributes
    ----------
    seconds
        `None` for as long as it takes.
    tell
        Told the nodes of a diagram in the making and how many are allowed.
    """

    seconds: float | None = None
    tell: Callable[[int, int], None] = lambda done, total: None
    _begin: float = field(factory=monotonic, init=False)

    def check(self) -> None:
        """Raise `LimitReached` when the time is over."""
        if self.seconds is not None and monotonic() - self._begin > self.seconds:
            message = f"no certificate was found in {self.seconds:g} s; --time allows more"
            raise LimitReached(message)
