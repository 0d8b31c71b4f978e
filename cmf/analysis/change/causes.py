"""Which rule takes variants away, and which gives them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from cmf.engines.outcome import number_of
from cmf.engines.protocols import CountingSpace
from cmf.problem.formula import Formula, Member, Not, Or, scope
from cmf.problem.problem import Constraint, Origin, Problem
from cmf.problem.renumber import Renumbering, key

Key = tuple[str, str]
"""Kind and name of what a condition comes from."""

OLD_OPTIONS = "old options"
NEW_OPTIONS = "new options"


@frozen
class Cause:
    """A rule, a span of years or a set of options that differs, and what that alone does.

    Attributes
    ----------
    kind
        ``rule``, ``effectivity``, ``rules`` (several at once), ``model``, or ``old options`` and
        ``new options`` of an axis, which went or came.
    change
        ``added``, ``removed`` or ``changed``.
    origin
        Of the new side, or of the old one where the new has none.
    lost
        Variants of the old side that the new condition refuses.
    lost_alone
        Those of them that nothing else which is new refuses.
    gained
        Variants of the new side that the old condition refused.
    gained_alone
        Those of them that nothing else which is gone refused.
    """

    kind: str
    name: str
    change: str
    origin: Origin
    lost: int
    lost_alone: int
    gained: int
    gained_alone: int


@frozen
class Causes:
    """All causes, the greatest first.

    Attributes
    ----------
    lost_jointly, gained_jointly
        Variants that two or more causes together take away, or give only together.
    idle
        Names of rules that differ in their meaning somewhere but move no variant.
    """

    causes: tuple[Cause, ...]
    lost_jointly: int
    gained_jointly: int
    idle: tuple[str, ...]


@frozen
class _Condition:
    """A formula in the numbers of one side that the other side brings in."""

    key: Key
    formula: Formula
    origin: Origin


def causes(old: CountingSpace, new: CountingSpace, both: int) -> Causes:
    """What each difference between two spaces of the same variables does alone.

    Parameters
    ----------
    both
        Number of variants that both have.

    Raises
    ------
    LimitReached
        When an engine gives no answer within its limits.
    """
    coming = _conditions(new, old, OLD_OPTIONS)
    going = _conditions(old, new, NEW_OPTIONS)
    lost, gained = _refused(old, coming, both), _refused(new, going, both)
    origins = {c.key: c.origin for c in (*going, *coming)}
    before = _keys(old.problem) | {c.key for c in coming if c.key[0] == OLD_OPTIONS}
    after = _keys(new.problem)
    found = []
    for name, origin in origins.items():
        all_lost, alone_lost = lost.get(name, (0, 0))
        all_gained, alone_gained = gained.get(name, (0, 0))
        if all_lost or all_gained:
            change = "removed" if name in before else "added"
            change = "changed" if name in before and name in after else change
            found.append(
                Cause(*name, change, origin, all_lost, alone_lost, all_gained, alone_gained)
            )
    found.sort(key=lambda cause: -(cause.lost + cause.gained))
    moving = {(cause.kind, cause.name) for cause in found}
    return Causes(
        tuple(found),
        number_of(old) - both - sum(cause.lost_alone for cause in found),
        number_of(new) - both - sum(cause.gained_alone for cause in found),
        tuple(name[1] for name in origins if name not in moving),
    )


def _conditions(source: CountingSpace, target: CountingSpace, options: str) -> list[_Condition]:
    """What `source` asks and `target` does not, in the numbers of `target`.

    Parameters
    ----------
    options
        Kind of the conditions on options that `source` lacks.
    """
    numbers = Renumbering.of(source.problem, target.problem, {})
    known = {key(constraint.formula) for constraint in target.problem.constraints}
    missing = list(_missing(numbers, target.problem))
    formulas: dict[Key, list[Constraint]] = {}
    for constraint in source.problem.constraints:
        formula = numbers.formula(constraint.formula)
        if key(formula) not in known:
            formula = _excused(formula, missing)
            name = (constraint.origin.kind, constraint.origin.name)
            formulas.setdefault(name, []).append(Constraint(formula, constraint.origin))
    found = [
        _Condition(name, constraint.formula, constraint.origin)
        for name, several in formulas.items()
        for constraint in several
    ]
    for lost in missing:
        there = target.problem.variables[lost.variable]
        names = ", ".join(there.options[option] for option in sorted(lost.options))
        origin = Origin(options, there.name, names)
        found.append(_Condition((options, there.name), Not(lost), origin))
    return found


def _missing(numbers: Renumbering, target: Problem) -> Iterator[Member]:
    """The options of the target that the source lacks, by variable."""
    for variable, options in zip(numbers.variables, numbers.options, strict=True):
        if variable is not None:
            every = range(len(target.variables[variable].options))
            lost = frozenset(every) - set(options.values())
            if lost:
                yield Member(variable, lost)


def _excused(formula: Formula, missing: Sequence[Member]) -> Formula:
    """A formula that leaves variants with options unknown to it to the cause ``options``."""
    spoken = set(scope(formula))
    unknown = tuple(lost for lost in missing if lost.variable in spoken)
    return Or((formula, *unknown)) if unknown else formula


def _refused(
    space: CountingSpace, conditions: Sequence[_Condition], both: int
) -> Mapping[Key, tuple[int, int]]:
    """For every condition the variants that it refuses, and those that it alone refuses."""
    total = number_of(space)
    if total == both:
        return {}
    grouped: dict[Key, list[Formula]] = {}
    for condition in conditions:
        grouped.setdefault(condition.key, []).append(condition.formula)
    if len(grouped) == 1:
        return dict.fromkeys(grouped, (total - both, total - both))
    refused = {name: total - number_of(space.where(*own)) for name, own in grouped.items()}
    biting = [name for name, number in refused.items() if number]
    found = {}
    for name in biting:
        others = [f for other in biting if other != name for f in grouped[other]]
        without = number_of(space.where(*others)) if others else total
        found[name] = (refused[name], without - both)
    return found


def _keys(problem: Problem) -> set[Key]:
    return {(constraint.origin.kind, constraint.origin.name) for constraint in problem.constraints}
