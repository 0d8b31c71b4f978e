"""Progress of a plan, and the way to stop it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from types import FrameType
from typing import TYPE_CHECKING

from attrs import define, field

from cmf.cli.console import PATIENCE, remark

if TYPE_CHECKING:
    from rich.status import Status

    from cmf.planning.answer import Progress
    from cmf.report.money import Money

REMARK_EVERY = 10.0
"""Seconds between two remarks where nobody watches a terminal."""


@define
class Watch:
    """Hears of progress, shows it, and says whether to go on.

    Attributes
    ----------
    money
        How amounts are written.
    stopped
        Whether the user asked for an end.
    """

    money: Money
    status: Status | None = None
    stopped: bool = False
    _shown: float = 0.0
    _shown_at: str = field(default="")

    def __call__(self, progress: Progress) -> bool:
        """Show where planning stands; false to stop it."""
        text = self._text(progress)
        if self.status is not None:
            if progress.seconds >= PATIENCE:
                self.status.start()
            self.status.update(text)
        elif progress.seconds >= self._shown + REMARK_EVERY and text != self._shown_at:
            self._shown, self._shown_at = progress.seconds, text
            remark(text)
        return not self.stopped

    def _text(self, progress: Progress) -> str:
        words = [f"{progress.seconds:.0f} s", progress.phase]
        if progress.cost is not None:
            words.append(f"best {self.money.words(progress.cost)}")
        if progress.bound is not None:
            words.append(f"at least {self.money.words(progress.bound)}")
        if progress.cost and progress.bound is not None:
            gap = Fraction(max(0, progress.cost - progress.bound), progress.cost)
            words.append(f"gap {float(gap):.2%}")
        return ", ".join(words)


@contextmanager
def watching(money: Money) -> Iterator[Watch]:
    """Progress of the block. The first Ctrl-C asks for the best plan so far, the second ends."""
    watch = Watch(money)
    if sys.stderr.isatty():
        from rich.console import Console

        watch.status = Console(stderr=True).status("planning …")

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if watch.stopped:
            raise KeyboardInterrupt
        watch.stopped = True
        remark("stopping with the best plan so far; Ctrl-C again ends at once")

    before = _listen(stop)
    try:
        yield watch
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
        if watch.status is not None:
            watch.status.stop()


Handler = Callable[[int, FrameType | None], None]


def _listen(stop: Handler) -> signal.Handlers | Handler | int | None:
    """Hear Ctrl-C; `None` where that is not possible, as outside the main thread."""
    try:
        return signal.signal(signal.SIGINT, stop)
    except ValueError:
        return None
