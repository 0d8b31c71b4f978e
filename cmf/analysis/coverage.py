"""A small set of valid variants that shows every pair of options that can go together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from attrs import field, frozen

from cmf.analysis.diverse import ranked
from cmf.analysis.pairs import Matrix, Starts, blocks, cross, starts, valid_pairs
from cmf.engines.outcome import solved
from cmf.engines.protocols import Space
from cmf.errors import fail
from cmf.problem.formula import CostTable, Member
from cmf.problem.problem import Problem, Variant

Pair = tuple[tuple[int, int], ...]
"""One or two options of different variables, each as (variable, option)."""

TRIES = 3
"""How often one variant is completed anew, each time around the one found before."""


@frozen
class Coverage:
    """Variants that together show every single option, or every pair of options, that is valid.

    Attributes
    ----------
    variants
        None of them can be left out.
    strength
        2 for pairs of options, 1 for single ones.
    least
        No set of fewer variants can do.
    valid
        Which pairs some variant of the space takes, as the engine proves it; for strength 1 on the
        diagonal.
    """

    problem: Problem = field(repr=False)
    variants: tuple[Variant, ...]
    strength: int
    least: int
    valid: Matrix = field(repr=False, eq=False)

    @property
    def valid_pairs(self) -> int:
        """Number of pairs that some variant of the space takes: all of them are covered."""
        return int(np.triu(self.valid).sum())

    @property
    def invalid_pairs(self) -> int:
        """Number of pairs that no variant of the space takes."""
        return sum(1 for _ in self._pairs()) - self.valid_pairs

    def witnesses(self) -> Iterator[tuple[Pair, int | None]]:
        """Every pair in declared order with the first variant that covers it, numbered from 0.

        `None` for the pairs that are proven to be in no variant of the space.
        """
        first = starts(self.problem)
        shown: dict[tuple[int, ...], int] = {}
        for number, variant in enumerate(self.variants):
            taken = [first[v] + option for v, option in enumerate(variant)]
            for pair in combinations(taken, self.strength):
                shown.setdefault(pair, number)
        for each in self._pairs():
            yield each, shown.get(tuple(first[v] + option for v, option in each))

    def check(self, space: Space) -> None:
        """Prove the coverage once more, without what was computed to find it.

        Every variant is tried on every constraint without any solver, and every pair that no
        variant covers is put to the engine alone. One question a pair: meant for audits.

        Raises
        ------
        RuntimeError
            When the coverage is wrong: a defect of this program.
        LimitReached
            When the engine gives no answer within its limits.
        """
        for variant in self.variants:
            if not self.problem.valid(variant):
                raise RuntimeError(f"{variant} is no valid variant")
        for pair, witness in self.witnesses():
            if witness is None:
                both = space.where(*(Member(v, frozenset({o})) for v, o in pair))
                if solved(both.find(), None) is not None:
                    raise RuntimeError(f"{pair} is valid but not covered")

    def _pairs(self) -> Iterator[Pair]:
        options = [
            [(v, option) for option in range(len(variable.options))]
            for v, variable in enumerate(self.problem.variables)
        ]
        for group in combinations(options, self.strength):
            if self.strength == 1:
                yield from ((one,) for one in group[0])
            else:
                yield from ((one, other) for one in group[0] for other in group[1])


def coverage(space: Space, strength: int = 2) -> Coverage:
    """Few valid variants that cover every valid pair of options of two variables.

    Which pairs are valid is asked of the space, option by option, so that nothing is left out and
    nothing impossible is called for. Each variant starts from a pair that is still open and is
    completed, by the exact best of a sum over its options, towards many other open pairs. In the
    end variants that the others make superfluous are dropped. The result is the same every time;
    it has at least `Coverage.least` variants and at most as many as there are valid pairs, but is
    not proven to be the smallest.

    Parameters
    ----------
    strength
        2 for pairs of options, 1 for single options.

    Raises
    ------
    InputError
        For any other strength.
    LimitReached
        When the engine gives no answer within its limits.
    """
    if strength not in (1, 2):
        raise fail("unknown-strength", f"no coverage of strength {strength}: it is 1 or 2")
    valid = valid_pairs(space)
    same = np.eye(len(valid), dtype=np.bool_)
    valid &= same if strength == 1 else ~same
    first = starts(space.problem)
    chosen: list[Variant] = []
    todo = valid.copy()
    while todo.any():
        variant = _next(space, todo, first)
        chosen.append(variant)
        todo[cross(variant, first)] = False
    kept = tuple(_needed(chosen, valid, first))
    return Coverage(space.problem, kept, strength, int(blocks(valid, first).max()), valid)


def _next(space: Space, todo: Matrix, first: Starts) -> Variant:
    """A variant with an open pair of the two variables that have most of them, and with others."""
    open_ = np.triu(blocks(todo, first))
    v, w = (int(number) for number in np.unravel_index(open_.argmax(), open_.shape))
    rows = todo.sum(axis=1)
    pairs = np.argwhere(todo[first[v] : first[v + 1], first[w] : first[w + 1]])
    i, j = pairs[(rows[first[v] + pairs[:, 0]] + rows[first[w] + pairs[:, 1]]).argmax()].tolist()
    within = space.where(Member(v, frozenset({i})), Member(w, frozenset({j})))
    taken = np.array([first[v] + i, first[w] + j])
    best, variant = 0, None
    for _ in range(TRIES):
        # First of all pairs with what is taken, then options that have many open pairs at all.
        worth = todo[:, taken].sum(axis=1) * (int(rows.max()) + 1) + rows
        costs = np.split(worth, first[1:-1])
        terms = [CostTable.unary(u, own.tolist()) for u, own in enumerate(costs)]
        found = ranked(within, terms, greatest=True)[0].variant
        taken = first[:-1] + np.array(found)
        gain = int(todo[cross(found, first)].sum())
        if gain <= best:
            break
        best, variant = gain, found
    if variant is None:
        raise RuntimeError(f"options {i} and {j} of {v} and {w} are open but not taken")
    return variant


def _needed(chosen: list[Variant], valid: Matrix, first: Starts) -> Iterator[Variant]:
    """The variants without those that the others make superfluous; the last ones go first."""
    times = np.zeros(valid.shape, dtype=np.int64)
    crosses = [cross(variant, first) for variant in chosen]
    for where in crosses:
        times[where] += 1
    kept = []
    for variant, where in zip(reversed(chosen), reversed(crosses), strict=True):
        if (times[where][valid[where]] > 1).all():
            times[where] -= 1
        else:
            kept.append(variant)
    yield from reversed(kept)
