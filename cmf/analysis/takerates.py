"""Variants as customers take them: weights of options from their take rates.

A variant weighs the product of the weights of its options, and is drawn with the chance of its
weight among all valid variants. With the rates themselves as weights this is what independent
choices give when those that end in an invalid vehicle are thrown away: rules shift the shares.

Fitted weights undo that. They are found by iterative proportional fitting, and give, of all mixes
of the valid variants that have these rates, the one of greatest entropy (Csiszár, 1975): nothing
else is assumed about who takes what together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain

from attrs import field, frozen

from cmf.engines.outcome import solved
from cmf.engines.protocols import CountingSpace, OptionCounts
from cmf.errors import InputError, did_you_mean, fail
from cmf.model.rates import WRITING, parse_rate
from cmf.problem.problem import Problem

Rate = int | str | float | Fraction
"""A rate as it may be given; a float stands for the shortest decimal that it prints as."""

TOLERANCE = Fraction(1, 1_000_000)
"""Fitted shares are as far from the rates at most."""
ROUNDS = 200
"""Rounds of fitting, each through all axes, before the rates are taken to be out of reach."""
SCALE = 1 << 40
"""Fitted weights are rounded to integers of at most this size."""


@frozen
class Taken:
    """An option with a rate.

    Attributes
    ----------
    rate
        As given, in parts of all rates of its axis.
    share
        Part of the drawn variants that take it in the long run, exact.
    """

    axis: str
    option: str
    rate: Fraction
    share: Fraction


@frozen
class TakeRates:
    """Weights for the options of one space.

    Attributes
    ----------
    weights
        For every variable of the problem the weight of each option.
    taken
        Every option of the axes that have rates, in declared order.
    """

    weights: tuple[tuple[int, ...], ...] = field(repr=False)
    taken: tuple[Taken, ...]

    @property
    def gap(self) -> Fraction:
        """The greatest distance between a rate and the share that comes out."""
        return max((abs(each.rate - each.share) for each in self.taken), default=Fraction(0))


def take_rates(
    space: CountingSpace, rates: Mapping[str, Mapping[str, Rate]], *, fit: bool = False
) -> TakeRates:
    """Weights for `space` from take rates.

    Parameters
    ----------
    rates
        By axis and option. Options of such an axis without a rate are not taken; axes without rates
        weigh nothing.
    fit
        Whether the shares shall be the rates, to within `TOLERANCE`.

    Raises
    ------
    InputError
        For unknown names, texts that are no rates, axes of which nothing is taken, rates that leave
        no variant, and with `fit` rates that no mix of the variants has.
    LimitReached
        When the engine cannot answer.
    """
    problem = space.problem
    parts = _parts(problem, rates)
    weights = [[1] * len(variable.options) for variable in problem.variables]
    for number, row in parts.items():
        scale = math.lcm(*(part.denominator for part in row))
        weights[number] = [int(part * scale) for part in row]
    if fit:
        _fit(space, parts, weights)
    counts = _counts(space, weights)
    taken = tuple(
        Taken(variable.name, option, part, Fraction(count, counts.total))
        for number, row in sorted(parts.items())
        for variable in (problem.variables[number],)
        for option, part, count in zip(variable.options, row, counts.counts[number], strict=True)
    )
    return TakeRates(tuple(map(tuple, weights)), taken)


def _fit(
    space: CountingSpace, parts: Mapping[int, Sequence[Fraction]], weights: list[list[int]]
) -> None:
    """Change `weights` until every option has its share, axis by axis and round by round."""
    exact = {number: [float(part) for part in row] for number, row in parts.items()}
    for number, row in exact.items():
        weights[number] = _whole(row)
    for _ in range(ROUNDS):
        gap = Fraction(0)
        for number, row in exact.items():
            counts = _counts(space, weights)
            shares = [Fraction(count, counts.total) for count in counts.counts[number]]
            pairs = list(zip(parts[number], shares, strict=True))
            if any(part and not share for part, share in pairs):
                raise _out_of_reach(space.problem, number, pairs)
            gap = max(gap, *(abs(part - share) for part, share in pairs))
            exact[number] = [
                old * float(part / share) if part else 0.0
                for old, (part, share) in zip(row, pairs, strict=True)
            ]
            weights[number] = _whole(exact[number])
        if gap <= TOLERANCE / 2:
            return
    counts = _counts(space, weights)
    worst = max(parts, key=lambda v: _gap(parts[v], counts, v))
    if _gap(parts[worst], counts, worst) > TOLERANCE:
        shares = [Fraction(count, counts.total) for count in counts.counts[worst]]
        raise _out_of_reach(space.problem, worst, list(zip(parts[worst], shares, strict=True)))


def _gap(row: Sequence[Fraction], counts: OptionCounts, number: int) -> Fraction:
    shares = (Fraction(count, counts.total) for count in counts.counts[number])
    return max(abs(part - share) for part, share in zip(row, shares, strict=True))


def _whole(row: Sequence[float]) -> list[int]:
    """Integers in the same proportions; what is above 0 stays so."""
    top = max(row)
    return [max(1, round(weight / top * SCALE)) if weight else 0 for weight in row]


def _out_of_reach(
    problem: Problem, number: int, pairs: Sequence[tuple[Fraction, Fraction]]
) -> InputError:
    variable = problem.variables[number]
    option = max(range(len(pairs)), key=lambda o: abs(pairs[o][0] - pairs[o][1]))
    rate, share = pairs[option]
    name = f"{variable.name} == {variable.options[option]}"
    return fail(
        "rates-out-of-reach",
        f"no mix of these variants has these take rates: `{name}` is to be taken by "
        f"{float(rate):.4%} and comes to {float(share):.4%}",
        None,
        "correct the rate, drop the rates of an axis that depends on it, or sample without fitting",
    )


def _parts(
    problem: Problem, rates: Mapping[str, Mapping[str, Rate]]
) -> dict[int, tuple[Fraction, ...]]:
    """For every axis with rates the part of each of its options; they add up to 1."""
    names = [variable.name for variable in problem.variables]
    found = {}
    for axis, own in rates.items():
        if axis not in names:
            remedy = did_you_mean(axis, names, what="axis")
            raise fail("unknown-axis", f"there is no slot or feature `{axis}`", None, remedy)
        options = problem.variables[names.index(axis)].options
        for option in own:
            if option not in options:
                remedy = did_you_mean(option, options, what="option")
                raise fail("unknown-option", f"`{axis}` has no option `{option}`", None, remedy)
        row = [_rate(axis, option, own[option]) if option in own else Fraction(0)
               for option in options]  # fmt: skip
        if not any(row):
            raise fail("nothing-taken", f"no option of `{axis}` has a take rate above 0")
        found[names.index(axis)] = tuple(rate / sum(row) for rate in row)
    return found


def _rate(axis: str, option: str, rate: Rate) -> Fraction:
    value = parse_rate(str(rate))
    if value is None:
        raise fail("bad-rate", f"`{axis} == {option}`: `{rate}` is no take rate", None, WRITING)
    return value


def _counts(space: CountingSpace, weights: Sequence[Sequence[int]]) -> OptionCounts:
    if sum(chain.from_iterable(weights)) >= 1 << 62:
        raise fail("rates-too-fine", "these take rates need more than 62 bits", None,
                   "round them to fewer digits")  # fmt: skip
    counts = solved(space.option_counts(weights), None)
    if counts is None:
        raise fail(
            "nothing-taken",
            "no valid variant has options that are all taken",
            None,
            "options without a take rate are not taken: give the rate of every option",
        )
    return counts
