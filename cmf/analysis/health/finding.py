"""What a check finds: faults, and remarks on what is only worth a look."""

from __future__ import annotations

from cmf.errors import Diagnostic, Level
from cmf.source import Span


def warning(code: str, message: str, span: Span | None, remedy: str) -> Diagnostic:
    """A fault of a catalogue that loads."""
    return Diagnostic(code, message, span, remedy, Level.WARNING)


def remark(code: str, message: str, span: Span | None, remedy: str) -> Diagnostic:
    """Something that may well be meant."""
    return Diagnostic(code, message, span, remedy, Level.REMARK)


def listed(names: list[str], most: int = 6) -> str:
    """Names in a sentence, the first of many."""
    shown = names if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
