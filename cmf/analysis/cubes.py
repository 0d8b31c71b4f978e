"""Short descriptions of the variants that one space has and another has not."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import cast

import numpy as np
import numpy.typing as npt
from attrs import frozen

from cmf.analysis.pairs import Matrix, Starts, starts, valid_pairs
from cmf.engines.outcome import number_of, solved
from cmf.engines.protocols import CountingSpace, Space
from cmf.problem.formula import Member, Not

Counts = npt.NDArray[np.object_]
"""Shape (options, options): variants that take both; on the diagonal those that take one."""

RESERVED = ("and", "or", "not", "in", "true", "false")
"""Words of the rule language that no name is written as."""


@frozen
class Cube:
    """A condition on at most two variables; all variants that meet it are in the difference.

    Attributes
    ----------
    conditions
        Names of variables, each with the names of the options that it allows; without any
        condition the cube is the whole space.
    count
        Number of variants that meet it.
    new
        How many of these no cube before it has.
    """

    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    count: int
    new: int

    @property
    def text(self) -> str:
        """The condition in the rule language; ``true`` when there is none."""
        return " and ".join(map(_condition, self.conditions)) or "true"


def cubes(inside: CountingSpace, common: CountingSpace, most: int) -> Iterator[Cube]:
    """Up to `most` cubes of variants of `inside` that are not in its part `common`.

    Greedy: each cube starts from the option, or the pair of options, that no variant of `common`
    and the most variants not described yet take, and is widened by further options of the same
    variables. All counts are exact. What only three or more options together tell apart stays
    without a cube.
    """
    if number_of(common) == 0:
        total = number_of(inside)
        yield Cube((), total, total)
        return
    first = starts(inside.problem)
    counts = _pair_counts(inside, first)
    apart = ~valid_pairs(common)
    queue = _candidates(counts, apart)
    rest: list[Space] = [inside]
    for _ in range(most):
        seed = _largest(queue, rest, first)
        if seed is None:
            return
        members = _widened(seed, counts, apart, first)
        new = sum(number_of(part.where(*members)) for part in rest)
        yield Cube(_names(inside, members), number_of(inside.where(*members)), new)
        rest = [left for part in rest for left in _without(part, members)]


def _pair_counts(space: CountingSpace, first: Starts) -> Counts:
    counts = np.zeros((first[-1], first[-1]), dtype=object)
    for v, variable in enumerate(space.problem.variables):
        for option in range(len(variable.options)):
            within = cast(CountingSpace, space.where(Member(v, frozenset({option}))))
            found = solved(within.option_counts(), None)
            if found is not None:
                row = [count for own in found.counts for count in own]
                counts[first[v] + option, :] = row
    return counts


def _candidates(counts: Counts, apart: Matrix) -> list[tuple[int, int, int]]:
    """Options (twice the same) and pairs of options, with how many variants they describe at most.

    A pair with an option that is a candidate of its own is left out.
    """
    wanted = apart & (counts > 0)
    alone = wanted.diagonal()
    wanted = np.triu(wanted & ~alone[:, None] & ~alone[None, :]) | np.diag(alone)
    queue = [(-counts[x, y], int(x), int(y)) for x, y in np.argwhere(wanted)]
    heapq.heapify(queue)
    return queue


def _largest(
    queue: list[tuple[int, int, int]], rest: list[Space], first: Starts
) -> tuple[int, int] | None:
    """The candidate with most variants that are not described yet; `None` when none has any.

    Numbers in the queue only ever fall, so one that was just counted and is still first wins.
    """
    while queue:
        _, x, y = heapq.heappop(queue)
        members = [_member([x], first), _member([y], first)]
        new = sum(number_of(part.where(*members)) for part in rest)
        if new and (not queue or (-new, x, y) <= queue[0]):
            return x, y
        if new:
            heapq.heappush(queue, (-new, x, y))
    return None


def _widened(
    seed: tuple[int, int], counts: Counts, apart: Matrix, first: Starts
) -> tuple[Member, ...]:
    """The seed with all options of its variables that keep the cube inside the difference."""
    x, y = seed
    if x == y:
        alone = apart.diagonal() & (counts.diagonal() > 0)
        return (_member([o for o in _siblings(x, first) if alone[o]], first),)
    ways = []
    for one, other in ((x, y), (y, x)):
        wide = [o for o in _siblings(one, first) if apart[o, other] and counts[o, other]]
        deep = [
            o for o in _siblings(other, first) if apart[wide, o].all() and counts[wide, o].any()
        ]
        members = (_member(wide, first), _member(deep, first))
        ways.append((counts[np.ix_(wide, deep)].sum(), members))
    members = max(ways, key=lambda way: way[0])[1]
    return tuple(sorted(members, key=lambda member: member.variable))


def _siblings(option: int, first: Starts) -> range:
    """All options of the variable of an option."""
    v = _variable(option, first)
    return range(int(first[v]), int(first[v + 1]))


def _member(options: list[int], first: Starts) -> Member:
    v = _variable(options[0], first)
    return Member(v, frozenset(option - int(first[v]) for option in options))


def _variable(option: int, first: Starts) -> int:
    return int(np.searchsorted(first, option, side="right")) - 1


def _without(space: Space, members: tuple[Member, ...]) -> Iterator[Space]:
    """The variants outside a cube, in disjoint parts that speak of single variables only."""
    for number, member in enumerate(members):
        part = space.where(*members[:number], Not(member))
        if number_of(part):
            yield part


def _names(space: Space, members: tuple[Member, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    variables = [space.problem.variables[member.variable] for member in members]
    return tuple(
        (variable.name, tuple(variable.options[o] for o in sorted(member.options)))
        for variable, member in zip(variables, members, strict=True)
    )


def _condition(condition: tuple[str, tuple[str, ...]]) -> str:
    name, options = condition
    words = [_word(option) for option in options]
    if len(words) == 1:
        return f"{_word(name)} == {words[0]}"
    return f"{_word(name)} in {{{', '.join(words)}}}"


def _word(name: str) -> str:
    """A name as the rule language writes it."""
    if name.isidentifier() and name not in RESERVED:
        return name
    return f'"{name}"' if "'" in name else f"'{name}'"
