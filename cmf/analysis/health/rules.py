"""Rules that never bite, and rules that others imply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from attrs import evolve, frozen

from cmf.analysis.health.finding import listed, remark, warning
from cmf.analysis.why import Fragment, Narrowing
from cmf.engines.sat import Dualisation, Explainer, SatSpace
from cmf.errors import Diagnostic
from cmf.problem.answer import Limits
from cmf.problem.formula import Not
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Constraint


def idle_rules(lowered: LoweredCatalog, limits: Limits) -> Iterator[tuple[str, Diagnostic]]:
    """Rules that are true on every combination of options, valid or not, by their id."""
    for constraint in (*lowered.problem.constraints, *lowered.problem.warnings):
        if constraint.origin.kind == "rule" and _always(lowered, constraint, limits):
            finding = warning(
                "rule-never-bites",
                f"rule {constraint.origin.name} excludes nothing",
                constraint.origin.span,
                "its condition never holds, or its statement always does; correct or remove it",
            )
            yield constraint.origin.name, finding


def _always(lowered: LoweredCatalog, constraint: Constraint, limits: Limits) -> bool:
    opposite = evolve(constraint, formula=Not(constraint.formula))
    return Narrowing(lowered.problem, opposite, limits).left({}) is None


def redundant_rules(
    lowered: LoweredCatalog, space: SatSpace, idle: AbstractSet[str]
) -> Iterator[Diagnostic]:
    """Rules that exclude nothing that others do not exclude, with a smallest set that implies each.

    The proof: no combination of options meets that set and breaks the rule, which fresh solves
    show; leaving out any rule of the set, some combination does.
    """
    constraints = space.problem.constraints
    rules = [
        number
        for number, each in enumerate(constraints)
        if each.origin.kind == "rule" and each.origin.name not in idle
    ]
    search = _Implications.of(space, rules)
    for number in rules:
        causes = search.smallest(number, [n for n in range(len(constraints)) if n != number])
        if causes is None:
            continue
        twin = causes[0] if len(causes) == 1 and causes[0] in rules else number
        if twin > number and search.smallest(twin, [number]) is not None:
            continue  # they exclude the same, which is said of the later one
        opposite = evolve(constraints[number], formula=Not(constraints[number].formula))
        proof = [opposite, *(constraints[cause] for cause in causes)]
        Fragment.of(space.problem, proof, space.limits).prove_minimal()
        yield _redundant(constraints, number, causes)


@frozen
class _Implications:
    """One solver for all rules and the opposites of some."""

    explainer: Explainer
    opposites: Mapping[int, int]

    @classmethod
    def of(cls, space: SatSpace, rules: Sequence[int]) -> _Implications:
        """With the opposites of `rules` behind the constraints of the space."""
        constraints = space.problem.constraints
        within = space.where(*(Not(constraints[number].formula) for number in rules))
        places = {number: len(constraints) + place for place, number in enumerate(rules)}
        return cls(within.explainer(), places)

    def smallest(self, rule: int, among: Sequence[int]) -> tuple[int, ...] | None:
        """A smallest set of constraints that implies a rule; `None` when all do not."""
        opposite = self.opposites[rule]
        if self.explainer.consistent([*among, opposite]):
            return None
        return next(Dualisation(self.explainer, among, [opposite]).conflicts())


def _redundant(constraints: Sequence[Constraint], number: int, causes: Sequence[int]) -> Diagnostic:
    origin = constraints[number].origin
    names = [constraints[cause].origin.name for cause in causes]
    implies = "implies it" if len(names) == 1 else "together imply it"
    return remark(
        "redundant-rule",
        f"rule {origin.name} excludes nothing that the others do not: {listed(names)} {implies}",
        origin.span,
        "remove it, or keep it as a reason of its own; when it should say more, correct it",
    )
