"""How many choices are in use: whole numbers that a proof by cases can branch on.

A relaxation likes four and a half modules in a slot. That it must be four or five says far more
than a single module that is in use or not, so whole slots come first, then blocks of choices that
share items, then single choices.
"""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from cmf.planning.compiled import Compiled
from cmf.planning.formulate import Formulation


@frozen
class Count:
    """The number of some choices that are in use.

    Attributes
    ----------
    columns
        Columns of the model that add up to it.
    choices
        The choices, by number.
    level
        0 for a whole slot, 1 for a block, 2 for a single choice.
    """

    columns: tuple[int, ...]
    choices: tuple[int, ...]
    level: int


def counts_of(model: Formulation) -> tuple[Count, ...]:
    """The counts of a model, the widest first.

    A choice is counted when it has an entry cost that is its own in every vehicle: that nobody pays
    it must mean that nobody takes the choice.
    """
    compiled = model.compiled
    own = _own_columns(model)
    slots: dict[tuple[int, int], list[int]] = {}
    blocks: dict[tuple[int, int], list[int]] = {}
    leader = _blocks(compiled)
    for choice in own:
        slots.setdefault((0, compiled.problem.choices[choice].slot), []).append(choice)
        blocks.setdefault((1, leader[choice]), []).append(choice)
    found = [
        Count(tuple(own[c] for c in choices), tuple(choices), level)
        for (level, _), choices in (*slots.items(), *blocks.items())
        if len(choices) > 1
    ]
    wide = {count.columns for count in found if count.level == 0}
    found = [count for count in found if count.level == 0 or count.columns not in wide]
    return (*found, *(Count((column,), (choice,), 2) for choice, column in own.items()))


def _own_columns(model: Formulation) -> dict[int, int]:
    """For every choice the column of a group that it uses in every vehicle, and only it."""
    compiled = model.compiled
    found: dict[int, int] = {}
    vehicles = Counter(compiled.pair_choice.tolist())
    users: dict[int, list[int]] = {}
    groups = compiled.link_group[compiled.link_of_entry]
    choices = compiled.pair_choice[compiled.link_pair]
    for group, choice in zip(groups.tolist(), choices.tolist(), strict=True):
        users.setdefault(group, []).append(choice)
    for group, column in model.used.items():
        choice = users[group][0]
        if users[group] == [choice] * vehicles[choice]:
            found.setdefault(choice, column)
    return dict(sorted(found.items()))


def _blocks(compiled: Compiled) -> dict[int, int]:
    """For every choice the first choice of its block: choices of a slot linked by common items."""
    leader = {int(c): int(c) for c in sorted(set(compiled.pair_choice.tolist()))}

    def first(choice: int) -> int:
        while leader[choice] != choice:
            leader[choice] = leader[leader[choice]]
            choice = leader[choice]
        return choice

    users: dict[tuple[int, int], int] = {}
    problem = compiled.problem
    for choice in leader:
        data = problem.choices[choice]
        for use in data.uses:
            if problem.items[use.item].investment:
                other = users.setdefault((data.slot, use.item), choice)
                a, b = sorted((first(choice), first(other)))
                leader[b] = a
    return {choice: first(choice) for choice in leader}
