"""Why there is no variant: minimal conflicts in terms of choices and named rules."""

from __future__ import annotations

from collections.abc import Sequence

from cmf.engines.sat import SatSpace
from cmf.problem.answer import Unknown
from cmf.problem.problem import Constraint


def minimal_conflict(
    space: SatSpace, choices: Sequence[Constraint]
) -> tuple[Constraint, ...] | Unknown | None:
    """A minimal set of choices and rules that cannot hold together.

    Parameters
    ----------
    space
        The catalogue without restrictions.
    choices
        What is asked for on top of its rules.

    Returns
    -------
    Choices first, then constraints of the catalogue, each in its order: leaving out any one of
    them, the others can hold together. `None` when there is a variant after all.
    """
    rules = len(space.problem.constraints)
    within = space.where(*(choice.formula for choice in choices))
    # The choices are preferred: what the user said explains more than a rule that says the same.
    order = [*range(rules, len(within.problem.constraints)), *range(rules)]
    answer = within.conflict(order)
    if isinstance(answer, Unknown):
        return answer
    if answer.value is None:
        return None
    chosen = [choices[number - rules] for number in answer.value if number >= rules]
    named = [space.problem.constraints[number] for number in answer.value if number < rules]
    return (*chosen, *named)
