"""The smallest counterexample, and the rules that come closest to forbidding it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen

from cmf.engines.sat import SatSpace
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import CostTable, Formula, holds, scope
from cmf.problem.problem import Constraint, Problem, Quantity, Variant

_DISTANCE = " differences"
"""Name of the quantity that counts differences; no catalogue can have one of that name."""


@frozen
class Reference:
    """A valid variant that others are compared with.

    Attributes
    ----------
    name
        Name for people, such as ``V01 Clio V``.
    """

    name: str
    variant: Variant


@frozen
class Neighbour:
    """A rule that speaks of some variables and lets a variant pass.

    Attributes
    ----------
    shared
        Variables of the test that it speaks of.
    applies
        Whether its condition (``when``, and its years) is met; a rule without one always applies.
    """

    rule: Constraint
    shared: tuple[int, ...]
    applies: bool


def nearest(
    space: SatSpace, formulas: Sequence[Formula], reference: Variant
) -> Solved[Variant] | Infeasible | Unknown:
    """The variant that satisfies `formulas` and differs from `reference` in fewest variables.

    Ties are broken in declared order.
    """
    distance = _distance(space.problem, reference)
    problem = evolve(space.problem, quantities={**space.problem.quantities, _DISTANCE: distance})
    answer = evolve(space, problem=problem).where(*formulas).best(_DISTANCE)
    return Solved(answer.value[0].variant) if isinstance(answer, Solved) else answer


def neighbours(
    problem: Problem,
    conditions: Mapping[str, Formula],
    variant: Variant,
    about: Collection[int],
    most: int = 3,
) -> tuple[Neighbour, ...]:
    """The rules that speak of most of the variables `about`, all of which `variant` satisfies.

    Parameters
    ----------
    conditions
        For every rule that has one, by its id, the condition under which it applies.
    """
    found = []
    for constraint in problem.constraints:
        shared = tuple(sorted(set(scope(constraint.formula)) & set(about)))
        if shared and constraint.origin.kind == "rule":
            condition = conditions.get(constraint.origin.name)
            applies = condition is None or holds(condition, variant)
            found.append(Neighbour(constraint, shared, applies))
    found.sort(key=lambda n: (-len(n.shared), len(scope(n.rule.formula))))
    return tuple(found[:most])


def _distance(problem: Problem, reference: Variant) -> Quantity:
    terms = [
        CostTable.unary(number, [int(option != kept) for option in range(len(variable.options))])
        for number, (variable, kept) in enumerate(zip(problem.variables, reference, strict=True))
    ]
    return Quantity(_DISTANCE, tuple(terms))
