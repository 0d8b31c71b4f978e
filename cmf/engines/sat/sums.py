"""Bounds on sums as clauses.

A sum with few different partial sums becomes a decision diagram, which propagates well. Any other
sum is added up in binary: the number of clauses then grows with the number of digits and not with
the number of different sums.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmf.engines.sat.encode import Encoding

Group = tuple[tuple[int, int], ...]
"""Literals with costs; exactly one literal is true, and its cost counts."""

TRUE, FALSE = 1, -1

ARCS = 20_000
"""Sums whose diagram would have more arcs are added up in binary."""


def require_sum(
    encoding: Encoding,
    groups: Sequence[Group],
    low: int | None,
    high: int | None,
    guard: Sequence[int],
) -> None:
    """The sum of `groups` is from `low` to `high`, or a literal of `guard` holds."""
    constant, scale, parts = reduced(groups)
    most = sum(max(cost for _, cost in group) for group in parts)
    # Rounded towards the inside: the sum is a multiple of `scale`.
    least = 0 if low is None else max(0, -((constant - low) // scale))
    greatest = most if high is None else min(most, (high - constant) // scale)
    if least > greatest:
        encoding.clause(*guard)
    elif least > 0 or greatest < most:
        layers = _partial_sums(parts, least, greatest)
        if layers is None:
            _compare(encoding, binary(encoding, parts), least, greatest, guard)
        else:
            _diagram(encoding, parts, layers, least, greatest, guard)


def reduced(groups: Sequence[Group]) -> tuple[int, int, tuple[Group, ...]]:
    """Constant, scale and groups such that the sum is constant + scale * sum of the groups.

    Every group has a cost of 0 and none below, and groups that are 0 throughout are left out. The
    costs have no common divisor; the greatest come first.
    """
    constant = sum(min(cost for _, cost in group) for group in groups)
    shifted = []
    for group in groups:
        least = min(cost for _, cost in group)
        if any(cost != least for _, cost in group):
            shifted.append(tuple((literal, cost - least) for literal, cost in group))
    scale = math.gcd(*(cost for group in shifted for _, cost in group)) or 1
    scaled = [tuple((literal, cost // scale) for literal, cost in group) for group in shifted]
    scaled.sort(key=lambda group: -max(cost for _, cost in group))
    return constant, scale, tuple(scaled)


def _partial_sums(groups: Sequence[Group], least: int, greatest: int) -> list[list[int]] | None:
    """Before every group the sums so far that leave the outcome open; `None` when too many."""
    rest = sum(max(cost for _, cost in group) for group in groups)
    layers, arcs = [[0]], 0
    for group in groups:
        costs = {cost for _, cost in group}
        arcs += len(layers[-1]) * len(costs)
        if arcs > ARCS:
            return None
        rest -= max(costs)
        sums = {before + cost for before in layers[-1] for cost in costs}
        layers.append(sorted(s for s in sums if _outcome(s, rest, least, greatest) is None))
    return layers


def _outcome(total: int, rest: int, least: int, greatest: int) -> bool | None:
    """Whether the sum ends in the bounds when up to `rest` is still to come; `None`: it depends."""
    if total > greatest or total + rest < least:
        return False
    return True if total >= least and total + rest <= greatest else None


def _diagram(
    encoding: Encoding,
    groups: Sequence[Group],
    layers: Sequence[Sequence[int]],
    least: int,
    greatest: int,
    guard: Sequence[int],
) -> None:
    """A literal for every node, from the last group to the first; equal nodes are one."""
    below: dict[int, int] = {}
    rest = 0
    for level in range(len(groups) - 1, -1, -1):
        by_cost = _cost_literals(encoding, groups[level])
        known: dict[tuple[int, ...], int] = {}
        here: dict[int, int] = {}
        for total in layers[level]:
            ends = [_outcome(total + cost, rest, least, greatest) for cost in by_cost]
            children = tuple(
                below[total + cost] if end is None else TRUE if end else FALSE
                for cost, end in zip(by_cost, ends, strict=True)
            )
            if level == 0:
                _arcs(encoding, list(by_cost.values()), children, guard)
            elif children not in known:
                known[children] = _node(encoding, list(by_cost.values()), children)
            here[total] = known.get(children, TRUE)
        below = here
        rest += max(by_cost)


def _node(encoding: Encoding, costs: Sequence[int], children: Sequence[int]) -> int:
    """A literal that implies the child of the cost that counts."""
    if len(set(children)) == 1:
        return children[0]
    node = encoding.new()
    _arcs(encoding, costs, children, (-node,))
    return node


def _arcs(
    encoding: Encoding, costs: Sequence[int], children: Sequence[int], guard: Sequence[int]
) -> None:
    possible = [cost for cost, child in zip(costs, children, strict=True) if child != FALSE]
    if len(possible) < len(costs):
        encoding.clause(*guard, *possible)
    for cost, child in zip(costs, children, strict=True):
        if child != TRUE:
            encoding.clause(*guard, -cost, child)


def _cost_literals(encoding: Encoding, group: Group) -> dict[int, int]:
    """For every distinct cost of a group, ascending, a literal that is true where it counts."""
    literals: dict[int, list[int]] = {}
    for literal, cost in group:
        literals.setdefault(cost, []).append(literal)
    found = {}
    for cost, same in sorted(literals.items()):
        if len(same) == 1:
            found[cost] = same[0]
            continue
        found[cost] = encoding.new()
        encoding.clause(-found[cost], *same)
        for literal in same:
            encoding.clause(-literal, found[cost])
    return found


def binary(encoding: Encoding, groups: tuple[Group, ...]) -> list[int]:
    """The binary digits of the sum, the lowest first; the same literals for the same groups."""
    if groups not in encoding.sums:
        columns: list[list[int]] = []
        for group in groups:
            for place in range(max(cost for _, cost in group).bit_length()):
                _put(columns, place, _digit(encoding, group, place))
        digits: list[int] = []
        # Carries lengthen the list while it is gone through.
        for place, waiting in enumerate(columns):
            while len(waiting) > 1:
                digit, carry = _add(encoding, waiting[:3])
                waiting[:3] = []
                waiting.append(digit)
                _put(columns, place + 1, carry)
            digits.append(waiting[0] if waiting else FALSE)
        encoding.sums[groups] = digits
    return encoding.sums[groups]


def _put(columns: list[list[int]], place: int, literal: int) -> None:
    while len(columns) <= place:
        columns.append([])
    columns[place].append(literal)


def _digit(encoding: Encoding, group: Group, place: int) -> int:
    """A literal that equals a binary digit of the cost that counts."""
    set_by = [literal for literal, cost in group if cost >> place & 1]
    if len(set_by) == 1:
        return set_by[0]
    digit = encoding.new()
    for literal, cost in group:
        encoding.clause(-literal, digit if cost >> place & 1 else -digit)
    return digit


def _add(encoding: Encoding, literals: Sequence[int]) -> tuple[int, int]:
    """Sum digit and carry of two or three digits."""
    digit, carry = encoding.new(), encoding.new()
    for values in itertools.product((False, True), repeat=len(literals)):
        differs = [-x if value else x for x, value in zip(literals, values, strict=True)]
        encoding.clause(*differs, digit if sum(values) % 2 else -digit)
        encoding.clause(*differs, carry if sum(values) >= 2 else -carry)
    return digit, carry


def _compare(
    encoding: Encoding, digits: Sequence[int], least: int, greatest: int, guard: Sequence[int]
) -> None:
    """The number with `digits` is from `least` to `greatest`, or a literal of `guard` holds."""
    for place, digit in enumerate(digits):
        above = range(place + 1, len(digits))
        if not greatest >> place & 1:
            encoding.clause(*guard, -digit, *(-digits[p] for p in above if greatest >> p & 1))
        if least >> place & 1:
            encoding.clause(*guard, digit, *(digits[p] for p in above if not least >> p & 1))
