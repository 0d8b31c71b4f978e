"""Reasons as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from attrs import frozen

from cmf.analysis.why import Chain, Conflict, Fact, Step
from cmf.model.catalog import Catalog
from cmf.problem.problem import Constraint, Origin
from cmf.report.phrases import Phrases


@frozen
class Sentences:
    """Words for conflicts of a catalogue."""

    phrases: Phrases

    @classmethod
    def of(cls, catalog: Catalog) -> Sentences:
        return cls(Phrases(catalog))

    def conflict(self, conflict: Conflict) -> list[str]:
        """A conflict as the sentences of its chain, or as a list where there is no chain."""
        if conflict.chain is None:
            return [
                "only together these exclude each other:",
                *(self.constraint(each) for each in conflict.constraints),
            ]
        return [
            self._step(conflict.chain, step)
            for step in conflict.chain
            if not _given(step) and step.cause.origin.kind != "supposition"
        ]

    def constraint(self, constraint: Constraint) -> str:
        """A choice or rule alone."""
        origin = constraint.origin
        if origin.kind in ("choice", "supposition"):
            return f"{origin.name} ({_ROLES[origin.kind]})"
        return _reason(origin)

    def fact(self, fact: Fact, hint: str = "") -> str:
        """What is left of an axis."""
        return self.phrases.options(fact.variable, fact.options, hint)

    def _step(self, chain: Chain, step: Step) -> str:
        premises = [self._premise(chain[number]) for number in step.premises]
        before = _joined(premises)
        if step.fact is not None:
            verb = "forces" if len(step.fact.options) == 1 else "leaves only"
            if len(premises) > 1:
                verb = "force" if len(step.fact.options) == 1 else "leave only"
            left = self.fact(step.fact, step.cause.origin.text)
            return f"{before or 'the catalogue'} {verb} {left}, {_because(step.cause.origin)}"
        if step.cause.origin.kind == "choice":
            return f"{before} excludes your choice {step.cause.origin.name}"
        if not premises:
            return f"nothing meets this, {_because(step.cause.origin)}"
        verb = "is impossible" if len(premises) == 1 else "exclude each other"
        return f"{before} {verb}, {_because(step.cause.origin)}"

    def _premise(self, step: Step) -> str:
        if step.fact is None:
            raise ValueError("a dead end is no premise")
        if _given(step) and step.cause.formula == step.fact.formula:
            return step.cause.origin.name
        return self.fact(step.fact, step.cause.origin.text)


_ROLES: Mapping[str, str] = MappingProxyType({"choice": "your choice", "supposition": "supposed"})


def _given(step: Step) -> bool:
    """Whether a step only repeats a choice."""
    return step.cause.origin.kind == "choice" and step.fact is not None and not step.premises


def _because(origin: Origin) -> str:
    if origin.kind == "choice":
        return f"because of your choice {origin.name}"
    return f"because {_reason(origin)}" if origin.reason else f"because of {_reason(origin)}"


def _reason(origin: Origin) -> str:
    """The reason in the words of the engineer, with who says so, and where."""
    place = f"{origin.span.source.name}:{origin.span.line}" if origin.span else ""
    owner = f"owner {origin.owner}" if origin.owner else ""
    source = f"source {origin.source}" if origin.source else ""
    name = "" if origin.kind == "effectivity" else origin.name
    cited = ", ".join(filter(None, (name, owner, source, place)))
    if origin.kind == "effectivity":
        return f"{origin.reason} ({cited})"
    if not origin.reason:
        return f"{origin.name} ({place})" if place else origin.name
    return f"“{origin.reason}” ({cited})"


def _joined(words: Sequence[str]) -> str:
    words = list(dict.fromkeys(words))
    if len(words) <= 2:
        return " and ".join(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}"
