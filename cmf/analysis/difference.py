"""What two releases of a catalogue can build differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from attrs import frozen

from cmf.analysis.cubes import Cube, cubes
from cmf.engines.outcome import number_of, solved
from cmf.engines.protocols import CountingSpace
from cmf.errors import Diagnostic, InputError
from cmf.problem.formula import FALSE, Formula, Member
from cmf.problem.problem import Problem
from cmf.problem.renumber import Renumbering, key


@frozen
class Change:
    """Variants that one side has and the other has not.

    Attributes
    ----------
    count
        How many, exact.
    cubes
        Conditions under which every variant is one of them.
    covered
        How many of them the cubes describe together, exact.
    """

    count: int
    cubes: tuple[Cube, ...]
    covered: int


@frozen
class Difference:
    """Two spaces compared.

    Attributes
    ----------
    both
        Number of variants that both have.
    gained, lost
        What only the second space has, and what only the first.
    only_first, only_second
        Names that only one side knows: ``variable`` or ``variable == option``.
    """

    both: int
    gained: Change
    lost: Change
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def difference(one: CountingSpace, other: CountingSpace, most: int = 8) -> Difference:
    """The variants gained and lost from `one` to `other`, counted and in words.

    Variants are the same when they have the same option, by name, of every variable. A variant
    with an option that only one side knows is on that side only. A variable that only one side
    knows says nothing, provided that the space leaves it a single option.

    Parameters
    ----------
    most
        Greatest number of cubes for either change.

    Raises
    ------
    InputError
        When a variable that only one side knows is not decided there.
    LimitReached
        When an engine gives no answer within its limits.
    """
    sides = (one, other)
    held = [
        _held(side.problem, against.problem, solved(side.possible(), None))
        for side, against in (sides, sides[::-1])
    ]
    faults = [fault for _, found in held for fault in found]
    if faults:
        raise InputError(faults)
    common_one = _common(one, other, held[1][0])
    both = number_of(common_one)
    # Where the second side has no other variants, what both have is that side itself.
    alone = both != number_of(other)
    common_other = _common(other, one, held[0][0]) if alone else other
    if both != number_of(common_other):
        raise RuntimeError("the two sides disagree about what they share: a defect of this program")
    return Difference(
        both,
        _change(other, common_other, most),
        _change(one, common_one, most),
        tuple(_alone(one.problem, other.problem)),
        tuple(_alone(other.problem, one.problem)),
    )


def _change(inside: CountingSpace, common: CountingSpace, most: int) -> Change:
    count = number_of(inside) - number_of(common)
    found = tuple(cubes(inside, common, most)) if count else ()
    return Change(count, found, sum(cube.new for cube in found))


def _common(
    space: CountingSpace, other: CountingSpace, held: dict[int, int] | None
) -> CountingSpace:
    """The variants of a space that the other has too; `held` decides what only the other knows."""
    if held is None:
        return cast(CountingSpace, space.where(FALSE))
    numbers = Renumbering.of(other.problem, space.problem, held)
    known = {key(constraint.formula) for constraint in space.problem.constraints}
    if space.problem.variables == other.problem.variables and known <= {
        key(constraint.formula) for constraint in other.problem.constraints
    }:
        return other  # it asks the same and more
    added: list[Formula] = []
    for variable, options in zip(numbers.variables, numbers.options, strict=True):
        if variable is not None:
            every = range(len(space.problem.variables[variable].options))
            if set(options.values()) != set(every):
                added.append(Member(variable, frozenset(options.values())))
    for constraint in other.problem.constraints:
        formula = numbers.formula(constraint.formula)
        if key(formula) not in known:
            added.append(formula)
    return cast(CountingSpace, space.where(*added))


def _held(
    problem: Problem, against: Problem, possible: Sequence[frozenset[int]] | None
) -> tuple[dict[int, int] | None, list[Diagnostic]]:
    """The option of every variable that the other side lacks; `None` when there is no variant."""
    if possible is None:
        return None, []
    known = {variable.name for variable in against.variables}
    held, faults = {}, []
    for v, variable in enumerate(problem.variables):
        if variable.name not in known and len(possible[v]) == 1:
            held[v] = next(iter(possible[v]))
        elif variable.name not in known:
            message = (
                f"only one side knows `{variable.name}`, and leaves it {len(possible[v])} options"
            )
            remedy = "decide it by a condition on that side, so that variants can be compared"
            faults.append(Diagnostic("undecided-variable", message, None, remedy))
    return held, faults


def _alone(problem: Problem, against: Problem) -> Iterator[str]:
    """What only the first problem knows."""
    known = {variable.name: set(variable.options) for variable in against.variables}
    for variable in problem.variables:
        if variable.name not in known:
            yield variable.name
            continue
        for option in variable.options:
            if option not in known[variable.name]:
                yield f"{variable.name} == {option}"
