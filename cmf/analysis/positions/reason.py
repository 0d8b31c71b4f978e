"""Why a position of the BOM is filled otherwise: the lines, the rules that make it so, and the
rules that come nearest to excluding it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from cmf.analysis.positions.lines import AppliedLine, applied_lines, both, together
from cmf.analysis.positions.prove import Counterexample
from cmf.analysis.why import Conflict, conflict_of
from cmf.analysis.why.fragment import DisprovedError
from cmf.engines.sat import Dualisation, Explainer, SatSpace
from cmf.problem.formula import Formula, Member, Not, holds, scope
from cmf.problem.lower import LoweredCatalog, conjunction
from cmf.problem.problem import Constraint, Origin, Variant

NEAREST = 3
"""Rules and lines that are named as the nearest ones."""

TRIED = 24
"""Rules that are asked whether they exclude the same anywhere."""


@frozen
class Near:
    """A rule that excludes the same where other options are taken.

    Attributes
    ----------
    rule
        Without it, the position would be filled otherwise on more variants.
    options
        What such a combination takes otherwise than the variant, as far as the rule speaks of it:
        option by variable, as few as suffice.
    common
        Number of slots and features of which both the rule and the lines speak.
    """

    rule: Constraint
    options: Mapping[int, int]
    common: int


@frozen
class Reason:
    """Why a valid variant fills a position otherwise than declared.

    Attributes
    ----------
    fault
        That all of `applied` apply; or, when there are none, that no line does.
    applied
        Lines that the variant selects: the first two of several, or none.
    missed
        Where no line applies, those that miss the fewest terms, the nearest first.
    choices
        Options of the variant. Every valid variant that takes them has the fault, and not every
        one that leaves out any of them.
    conflict
        Proof of that: the choices, the rules that lead from them to the fault, and the supposition
        that there is none. Without any one of them the others can hold together.
    near
        Rules that exclude the fault elsewhere.
    variants
        Number of variants that fill the position otherwise; `None`: not counted.
    """

    refuted: Counterexample
    fault: Formula = field(repr=False)
    applied: tuple[AppliedLine, ...]
    missed: tuple[AppliedLine, ...]
    choices: tuple[Constraint, ...]
    conflict: Conflict
    near: tuple[Near, ...]
    variants: int | None = None

    @property
    def rules(self) -> tuple[Constraint, ...]:
        """Rules and effectivities that lead from the choices to the fault."""
        given = ("choice", "supposition")
        return tuple(c for c in self.conflict.constraints if c.origin.kind not in given)

    @property
    def remedy(self) -> str:
        """The statement of a rule that would exclude the fault, in the rule language."""
        if len(self.applied) == 2:
            return f"forbid: {both(*self.applied)}"
        return f"forbid: {together([choice.origin.name for choice in self.choices])}"


def reason_of(lowered: LoweredCatalog, space: SatSpace, refuted: Counterexample) -> Reason:
    """The reason of a refuted position, proven by fresh solves.

    Parameters
    ----------
    space
        The space in which the position was refuted.

    Raises
    ------
    LimitReached
        When there is no proof within the limits of the space.
    """
    position, variant = refuted.position, refuted.variant
    lines = applied_lines(lowered, [line for line, _ in position.lines], variant)
    applied = tuple(line for line in lines if not line.unmet)[:2]
    fault = _fault(lowered, refuted)
    if not holds(fault, variant):
        raise DisprovedError(f"position {position.name} is filled as declared")
    missed = () if applied else tuple(sorted(lines, key=_distance))[:NEAREST]
    search = _Search.of(space, fault, variant)
    conflict = search.conflict(_supposition(refuted, applied))
    chosen = tuple(c for c in conflict.constraints if c.origin.kind == "choice")
    return Reason(refuted, fault, applied, missed, chosen, conflict, search.near())


def _fault(lowered: LoweredCatalog, refuted: Counterexample) -> Formula:
    """The formula of the fault: both lines, or no line although the slot has its module."""
    lines, variant = refuted.position.lines, refuted.variant
    if refuted.selected:
        return conjunction([f for _, f in lines if holds(f, variant)][:2])
    slot = refuted.position.slot
    module: list[Formula] = []
    if slot is not None:
        number = lowered.problem.index(slot)
        module = [Member(number, frozenset({variant[number]}))]
    return conjunction([*module, *(Not(formula) for _, formula in lines)])


def _supposition(refuted: Counterexample, applied: Sequence[AppliedLine]) -> Origin:
    name = refuted.position.name
    said = f"not both lines of `{name}` apply" if applied else f"some line of `{name}` applies"
    return Origin("supposition", said)


def _distance(line: AppliedLine) -> int:
    return len(line.unmet)


@frozen
class _Search:
    """One solver for the rules, the options of the variant, the fault and its opposite.

    Constraints are numbered: those of the space, then `options`, then the fault.
    """

    space: SatSpace
    fault: Formula
    options: tuple[Constraint, ...]
    variant: Variant

    @classmethod
    def of(cls, space: SatSpace, fault: Formula, variant: Variant) -> _Search:
        variables = space.problem.variables
        options = tuple(
            Constraint(
                Member(v, frozenset({variant[v]})),
                Origin("choice", f"{variables[v].name} == {variables[v].options[variant[v]]}"),
            )
            for v in scope(fault)
        )
        return cls(space, fault, options, variant)

    def conflict(self, supposition: Origin) -> Conflict:
        """The fewest options that lead to the fault, and the fewest rules that lead there."""
        constraints = self.space.problem.constraints
        opposite = Constraint(Not(self.fault), supposition)
        within = self.space.where(*(c.formula for c in self.options), opposite.formula)
        explainer = within.explainer()
        rules, last = range(len(constraints)), len(constraints) + len(self.options)
        chosen = list(range(len(constraints), last))
        for option in reversed(chosen):
            rest = [other for other in chosen if other != option]
            if not explainer.consistent([*rules, *rest, last]):
                chosen = rest
        found = next(Dualisation(explainer, rules, [*chosen, last]).conflicts())
        options = [self.options[c - len(constraints)] for c in chosen]
        named = [constraints[c] for c in found]
        problem = self.space.problem.where(*self.options, opposite)
        return conflict_of(problem, [*options, *named, opposite], self.space.limits)

    def near(self) -> tuple[Near, ...]:
        """Rules that exclude the fault elsewhere, those first that need the least change."""
        about = set(scope(self.fault))
        constraints = self.space.problem.constraints
        common = {
            number: len(about & set(scope(each.formula)))
            for number, each in enumerate(constraints)
            if each.origin.kind == "rule"
        }
        tried = sorted((n for n in common if common[n]), key=lambda n: -common[n])[:TRIED]
        opposites = [Not(constraints[number].formula) for number in tried]
        explainer = self.space.where(self.fault, *opposites).explainer()
        found = []
        for place, number in enumerate(tried, start=len(constraints) + 1):
            options = self._excluded(explainer, number, place)
            if options is not None:
                found.append(Near(constraints[number], options, common[number]))
        found.sort(key=lambda near: (len(near.options), -near.common))
        return tuple(found[:NEAREST])

    def _excluded(self, explainer: Explainer, rule: int, opposite: int) -> Mapping[int, int] | None:
        """How the fault comes where only this rule excludes it; `None` where it never comes."""
        constraints = self.space.problem.constraints
        rest = [number for number in range(len(constraints)) if number != rule]
        held = [*rest, len(constraints), opposite]
        other = explainer.variant(held)
        kept: dict[int, int] = {}
        about = scope(constraints[rule].formula)
        for v in about:
            # As close to the variant as one option after the other allows.
            nearer = explainer.variant(held, {**kept, v: self.variant[v]}) if other else None
            if nearer is not None:
                other, kept[v] = nearer, self.variant[v]
        if other is None:
            return None
        if holds(constraints[rule].formula, other) or not holds(self.fault, other):
            raise DisprovedError(f"{constraints[rule].origin.name} does not exclude it")
        return {v: other[v] for v in about if v not in kept}
