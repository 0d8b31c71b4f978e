"""Reasons that name what is not there any more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmf.analysis.health.finding import warning
from cmf.errors import Diagnostic, did_you_mean
from cmf.model.catalog import Catalog

_QUOTED = re.compile(r"`([^`]+)`")
_NAME = re.compile(r"[A-Za-z][\w]*_\w+(?:\.\w+)*")
_RULE = re.compile(r"\brule ([A-Z]+\d+\w*)\b")


def mention_findings(catalog: Catalog) -> Iterator[Diagnostic]:
    """Names in the reasons of rules that the catalogue does not know.

    A name is what stands in backquotes, a word with an underscore, or a rule's id behind ``rule``.
    """
    known = _known(catalog)
    for rule in catalog.rules:
        for name in dict.fromkeys(_names(rule.because)):
            if name not in known:
                yield warning(
                    "reason-names-missing",
                    f"the reason of rule {rule.id} names `{name}`, which is not in the catalogue",
                    rule.span,
                    f"correct the reason; {did_you_mean(name, sorted(known), what='name')}",
                )


def _names(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        if re.fullmatch(r"[\w.+/-]+", match[1]):
            yield match[1]
    yield from (match[0] for match in _NAME.finditer(_QUOTED.sub(" ", text)))
    yield from (match[1] for match in _RULE.finditer(text))


def _known(catalog: Catalog) -> frozenset[str]:
    names = {axis.name for axis in catalog.axes} | set(catalog.domains) | set(catalog.parts)
    names |= {option.name for axis in catalog.axes for option in axis.options}
    names |= {f"{axis.name}.{name}" for axis in catalog.axes for name in axis.attributes}
    names |= {name for axis in catalog.axes for name in axis.attributes}
    names |= {word for words in catalog.domains.values() for word in words}
    names |= {quantity.name for quantity in catalog.quantities}
    names |= {rule.id for rule in catalog.rules} | set(catalog.scopes) | set(catalog.sources)
    return frozenset(names | {part.part_class for part in catalog.parts.values()})
