"""Rules that never bite, and rules that others imply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from attrs import evolve

from cmf.analysis.health.finding import listed, remark, warning
from cmf.analysis.why import Fragment
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import Diagnostic
from cmf.problem.answer import Infeasible
from cmf.problem.formula import Not
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Constraint


def idle_rules(lowered: LoweredCatalog) -> Iterator[tuple[str, Diagnostic]]:
    """Rules that are true on every combination of options, valid or not, by their id."""
    for constraint in (*lowered.problem.constraints, *lowered.problem.warnings):
        if constraint.origin.kind == "rule" and _always(lowered, constraint):
            finding = warning(
                "rule-never-bites",
                f"rule {constraint.origin.name} excludes nothing",
                constraint.origin.span,
                "its condition never holds, or its statement always does; correct or remove it",
            )
            yield constraint.origin.name, finding


def _always(lowered: LoweredCatalog, constraint: Constraint) -> bool:
    opposite = evolve(constraint, formula=Not(constraint.formula))
    alone = evolve(lowered.problem, constraints=(opposite,), quantities={}, warnings=())
    space = SatEngine().open(alone)
    return isinstance(space, SatSpace) and isinstance(space.find(), Infeasible)


def redundant_rules(
    lowered: LoweredCatalog, space: SatSpace, idle: AbstractSet[str]
) -> Iterator[Diagnostic]:
    """Rules that exclude nothing that others do not exclude, with a minimal set that implies each.

    The proof: no combination of options meets that set and breaks the rule, which fresh solves
    show; leaving out any rule of the set, some combination does.
    """
    constraints = space.problem.constraints
    rules = [
        number
        for number, each in enumerate(constraints)
        if each.origin.kind == "rule" and each.origin.name not in idle
    ]
    opposites = space.where(*(Not(constraints[number].formula) for number in rules))
    explainer = opposites.explainer()
    for place, number in enumerate(rules):
        others = [other for other in range(len(constraints)) if other != number]
        causes = explainer.implication(others, len(constraints) + place)
        if causes is None:
            continue
        if len(causes) == 1 and causes[0] > number and causes[0] in rules:
            back = len(constraints) + rules.index(causes[0])
            if explainer.implication([number], back) is not None:
                continue  # they exclude the same: said of the later one
        opposite = opposites.problem.constraints[len(constraints) + place]
        proof = [opposite, *(constraints[cause] for cause in causes)]
        Fragment.of(space.problem, proof, space.limits).prove_minimal()
        yield _redundant(constraints, number, causes)


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
