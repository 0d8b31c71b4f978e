"""Faults as values, and the few exceptions that carry them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import Enum

from attrs import frozen

from cmf.source import Span


class Level(Enum):
    """How bad a diagnostic is: a remark is no fault, only worth a look."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"


@frozen
class Diagnostic:
    """One fault, with its place and what to do about it.

    Attributes
    ----------
    code
        Stable short name, such as ``unknown-slot``; documented and fit for a search.
    message
        One sentence that says what is wrong.
    span
        Where; `None` only for a fault that has no file.
    remedy
        What to do, or `None` when the message already says it.
    """

    code: str
    message: str
    span: Span | None = None
    remedy: str | None = None
    level: Level = Level.ERROR

    def render(self) -> str:
        """Place, message, excerpt with caret, remedy: the lines that a person reads."""
        place = f"{self.span.place}: " if self.span else ""
        lines = [f"{place}{self.level.value}[{self.code}]: {self.message}"]
        excerpt = self.span.excerpt() if self.span else ""
        if excerpt:
            lines.append(excerpt)
        if self.remedy:
            lines.append(f"      = help: {self.remedy}")
        return "\n".join(lines)


class CmfError(Exception):
    """Base of everything that this package raises on purpose."""


class InputError(CmfError):
    """The input is wrong: every fault found, in the order of the files.

    Attributes
    ----------
    diagnostics
        One or more.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))


class LimitReached(CmfError):
    """A limit of time, memory or size was reached before there was an answer."""


class MissingExtra(CmfError):
    """An optional dependency is not installed; the message says how to install it."""


def fail(
    code: str, message: str, span: Span | None = None, remedy: str | None = None
) -> InputError:
    """An `InputError` of one fault."""
    return InputError([Diagnostic(code, message, span, remedy)])


def did_you_mean(name: str, known: Iterable[str], *, what: str = "name") -> str:
    """A remedy for an unknown `name`: the nearest known ones, or a list of all."""
    known = list(dict.fromkeys(known))
    folded = {k.casefold(): k for k in reversed(known)}
    near = [
        folded[m] for m in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)
    ]
    if near:
        return "did you mean " + " or ".join(f"`{n}`" for n in near) + "?"
    if not known:
        return f"no {what} is declared"
    shown = ", ".join(f"`{k}`" for k in known[:12])
    return f"known: {shown}" + (f" and {len(known) - 12} more" if len(known) > 12 else "")
