"""HTML elements: text is escaped unless it is already an element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from attrs import frozen

VOID = frozenset(("meta", "link", "br", "hr", "col"))
"""Elements without content."""


@frozen
class Html:
    """Markup that is safe to write as it is."""

    text: str


Content = Html | str | Iterable["Html | str"]


def tag(name: str, /, *content: Content, **attributes: str | int | None) -> Html:
    """An element.

    Parameters
    ----------
    content
        Elements and texts, or iterables of them; texts are escaped.
    attributes
        ``class_`` and ``for_`` stand for words that Python keeps, ``_`` for ``-``; an attribute
        that is `None` is left out.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{words}>")
    inside = "".join(html for part in content for html in _flat(part))
    return Html(f"<{name}{words}>{inside}</{name}>")


def join(parts: Iterable[Html]) -> Html:
    """Elements one after the other, a line each."""
    return Html("\n".join(part.text for part in parts))


def _flat(part: Content) -> Iterable[str]:
    if isinstance(part, Html):
        return (part.text,)
    if isinstance(part, str):
        return (escape(part),)
    return (each for inner in part for each in _flat(inner))
