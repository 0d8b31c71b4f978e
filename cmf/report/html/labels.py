"""Names from the catalogue as labels of charts."""

from __future__ import annotations

import re
from html import escape

from cmf.report.words import shortened


def label(text: str, length: int = 40) -> str:
    """A name of at most `length` letters, such that the chart reads nothing else into it.

    Plotly takes tags and ``%{...}`` out of texts; names are data.
    """
    return escape(shortened(text, length), quote=False).replace("%{", "%&#123;")


def squeezed(text: str, length: int) -> str:
    """A label that keeps both ends: names of one kind often differ in their last word."""
    if len(text) <= length:
        return label(text, length)
    tail = length // 2 - 1
    return label(f"{text[: length - tail - 1].rstrip()}…{text[-tail:].lstrip()}", length)


def unbroken(text: str) -> str:
    """A sentence in which no number is broken at the end of a line."""
    return re.sub(r"(?<=\d) (?=\d{3}\b|%)|(?<=≥) (?=\d)", "\N{NO-BREAK SPACE}", text)
