"""Reasons as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from attrs import define, field, frozen

from cmf.analysis.why import Chain, Conflict, Fact, Step
from cmf.model.catalog import Catalog
from cmf.problem.problem import Constraint, Origin
from cmf.report.phrases import LISTED, Phrases, among
from cmf.source import Span

_ROLES: Mapping[str, str] = MappingProxyType({"choice": "your choice", "supposition": "supposed"})


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
            alone = [self.constraint(each) for each in conflict.constraints]
            return ["Only all of these together exclude each other", *alone]
        return _Telling(self.phrases, conflict.chain).sentences()

    def towards(self, conflict: Conflict) -> list[str] | None:
        """How the choices lead to the opposite of what is supposed, which is not said itself.

        `None` where no chain ends at the supposition.
        """
        chain = conflict.chain
        if chain is None or chain[-1].cause.origin.kind != "supposition":
            return None
        if any(step.cause.origin.kind == "supposition" for step in chain[:-1]):
            return None
        return _Telling(self.phrases, chain).sentences()

    def constraint(self, constraint: Constraint) -> str:
        """A choice or rule alone."""
        origin = constraint.origin
        if origin.kind in _ROLES:
            return f"{origin.name} ({_ROLES[origin.kind]})"
        return reason(origin)

    def fact(self, fact: Fact, hint: str = "") -> str:
        """What is left of an axis."""
        return self.phrases.options(fact.variable, fact.options, hint)


@define
class _Telling:
    """A chain as it is told: steps of one cause and one occasion in one sentence.

    Attributes
    ----------
    told
        For every step that has been told the number of its sentence.
    """

    phrases: Phrases
    chain: Chain
    told: dict[int, int] = field(factory=dict)

    def sentences(self) -> list[str]:
        found: list[str] = []
        for group in self._groups():
            found.append(self._sentence(group))
            self.told.update(dict.fromkeys(group, len(found)))
        return found

    def _groups(self) -> Iterator[list[int]]:
        """Numbers of the steps of each sentence; choices and suppositions go without saying."""
        group: list[int] = []
        for number, step in enumerate(self.chain):
            if _given(step) or step.cause.origin.kind == "supposition":
                continue
            if group and not self._belongs(step, group):
                yield group
                group = []
            group.append(number)
        if group:
            yield group

    def _belongs(self, step: Step, group: Sequence[int]) -> bool:
        last = self.chain[group[-1]]
        if step.fact is None or last.fact is None:
            return False
        if self._withdraws(step) and self._withdraws(last):
            return step.fact.variable == last.fact.variable
        return step.cause is last.cause and step.premises == last.premises

    def _withdraws(self, step: Step) -> bool:
        """Whether a step says that an option is not effective."""
        if step.fact is None or step.cause.origin.kind != "effectivity":
            return False
        axis = self.phrases.catalog.axes[step.fact.variable]
        return step.cause.origin.name.startswith(f"{axis.name}.")

    def _sentence(self, group: Sequence[int]) -> str:
        steps = [self.chain[number] for number in group]
        outside = sorted({p for step in steps for p in step.premises} - set(group))
        about = {step.fact.variable for step in steps if step.fact is not None}
        # That an axis is narrowed further needs no mention of how narrow it was.
        others = [p for p in outside if self._variable(p) not in about]
        premises = list(dict.fromkeys(self._premise(p) for p in others or outside))
        cause = steps[0].cause.origin
        if steps[0].fact is None:
            return self._dead_end(premises, cause)
        subject = _joined(premises) or "The catalogue alone"
        plural = len(premises) > 1
        if self._withdraws(steps[0]):
            return f"{subject} rule{'' if plural else 's'} out {self._withdrawn(steps)}"
        said = _joined([self._outcome(step, plural) for step in steps])
        return f"{subject} {said}, {_because(cause)}"

    def _outcome(self, step: Step, plural: bool) -> str:
        """What a step makes of an axis, with its verb."""
        fact = step.fact
        if fact is None:
            return ""
        s = "" if plural else "s"
        axis = self.phrases.catalog.axes[fact.variable]
        gone = [axis.names[option] for option in sorted(self._before(step, fact) - fact.options)]
        if len(gone) <= LISTED < len(fact.options):
            return f"rule{s} out {axis.name} {among(gone)}"
        verb = f"force{s}" if len(fact.options) == 1 else "leave only" if plural else "leaves only"
        return f"{verb} {self.phrases.options(fact.variable, fact.options, _hint(step))}"

    def _before(self, step: Step, fact: Fact) -> frozenset[int]:
        for number in reversed(step.premises):
            earlier = self.chain[number].fact
            if earlier is not None and earlier.variable == fact.variable:
                return earlier.options
        return frozenset(range(len(self.phrases.catalog.axes[fact.variable].options)))

    def _withdrawn(self, steps: Sequence[Step]) -> str:
        """Options of one axis that are not effective, with their periods."""
        names = [step.cause.origin.name.replace(".", " ", 1) for step in steps]
        cited = [
            f"{name}, effective {step.cause.origin.text} ({place(step.cause.origin.span)})"
            for name, step in zip(names[:LISTED], steps, strict=False)
        ]
        rest = len(steps) - LISTED
        return "; ".join(cited) + (f"; and {rest} more like these" if rest > 0 else "")

    def _dead_end(self, premises: Sequence[str], cause: Origin) -> str:
        if cause.kind == "choice":
            if not premises:
                return f"No combination of options meets your choice {cause.name}"
            verb = "contradicts" if len(premises) == 1 else "contradict"
            return f"{_joined(premises)} {verb} your choice {cause.name}"
        if not premises:
            return f"Nothing can be chosen, {_because(cause)}"
        verb = "is impossible" if len(premises) == 1 else "exclude each other"
        return f"{_joined(premises)} {verb}, {_because(cause)}"

    def _variable(self, number: int) -> int | None:
        fact = self.chain[number].fact
        return None if fact is None else fact.variable

    def _premise(self, number: int) -> str:
        step = self.chain[number]
        fact = step.fact
        if fact is None:
            raise ValueError("a dead end is no premise")
        if _given(step) and step.cause.formula == fact.formula:
            return step.cause.origin.name
        named = self.phrases.named(fact.variable, fact.options, _hint(step))
        if named is not None:
            return named
        axis = self.phrases.catalog.axes[fact.variable]
        if number not in self.told:
            return self.phrases.options(fact.variable, fact.options)
        return f"what is left of {axis.name} (sentence {self.told[number]})"


def reason(origin: Origin) -> str:
    """The reason in the words of the engineer, with who says so, and where."""
    owner = f"owner {origin.owner}" if origin.owner else ""
    source = f"source {origin.source}" if origin.source else ""
    name = "" if origin.kind == "effectivity" or not origin.reason else origin.name
    cited = ", ".join(filter(None, (name, owner, source, place(origin.span))))
    said = f"“{origin.reason}”" if origin.reason and origin.kind != "effectivity" else ""
    text = said or origin.reason or origin.name
    return f"{text} ({cited})" if cited else text


def place(span: Span | None) -> str:
    """File and line; empty for what has none."""
    return f"{span.source.name}:{span.line}" if span else ""


def _because(origin: Origin) -> str:
    if origin.kind == "choice":
        return f"because of your choice {origin.name}"
    return f"because {reason(origin)}" if origin.reason else f"because of {reason(origin)}"


def _given(step: Step) -> bool:
    """Whether a step only repeats a choice."""
    return step.cause.origin.kind == "choice" and step.fact is not None and not step.premises


def _hint(step: Step) -> str:
    """Text that names the attributes a step is about."""
    origin = step.cause.origin
    return origin.text or origin.name


def _joined(words: Sequence[str]) -> str:
    if len(words) <= 2:
        return " and ".join(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}"
