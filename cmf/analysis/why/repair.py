"""What to change so that there is a variant: choices dropped or replaced, rules relaxed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from cmf.analysis.why.fragment import DisprovedError
from cmf.engines.sat import Explainer
from cmf.problem.formula import Member, holds
from cmf.problem.problem import Constraint, Problem, Variant


@frozen
class Replacement:
    """Other options in place of the choices that are given up.

    Attributes
    ----------
    options
        For every variable whose option was given up the one that takes its place.
    variant
        A variant with them that meets everything else.
    wished
        The same with the options that were chosen put back: what was wished for.
    """

    options: Mapping[int, int]
    variant: Variant = field(repr=False)
    wished: Variant = field(repr=False)


@frozen
class Repair:
    """A minimal correction set: given up all together they make room, fewer of them do not.

    Attributes
    ----------
    weight
        Sum of the weights of what is given up.
    given_up
        Choices, or constraints of the catalogue.
    variant
        A variant that meets all the others; it is checked without a solver.
    replacements
        Where every choice that is given up names one option: options in their place. All that
        there are for a single choice, one for several.
    """

    weight: int
    given_up: tuple[Constraint, ...]
    variant: Variant = field(repr=False)
    replacements: tuple[Replacement, ...] = ()


def repairs(
    explainer: Explainer, problem: Problem, weights: Mapping[int, int], top: int
) -> Iterator[Repair]:
    """Up to `top` repairs, cheapest first; none when what must stay is contradictory by itself.

    Parameters
    ----------
    explainer
        Of rules and choices together, which have no variant.
    weights
        What may be given up, and what that weighs.

    Raises
    ------
    LimitReached
        When there is no answer within the limits of the explainer.
    """
    for found in explainer.repairs(weights, top):
        given_up = tuple(problem.constraints[number] for number in found.constraints)
        kept = [c for c in range(len(problem.constraints)) if c not in found.constraints]
        _check(problem, kept, found.constraints, found.variant)
        search = _Replacements(explainer, problem, kept, _single(given_up))
        others = tuple(search.found(found.variant))
        yield Repair(found.cost, given_up, found.variant, others)


def _single(given_up: Sequence[Constraint]) -> dict[int, int]:
    """The options that were given up, by variable; empty unless they are choices of one each."""
    options = {}
    for each in given_up:
        match each.formula:
            case Member(variable, chosen) if each.origin.kind == "choice" and len(chosen) == 1:
                options[variable] = next(iter(chosen))
            case _:
                return {}
    return options


@frozen
class _Replacements:
    explainer: Explainer
    problem: Problem
    kept: Sequence[int]
    wished: Mapping[int, int]

    def found(self, variant: Variant) -> Iterator[Replacement]:
        if len(self.wished) != 1:
            if self.wished:
                yield self._replacement(variant)
            return
        ((variable, chosen),) = self.wished.items()
        for option in range(len(self.problem.variables[variable].options)):
            if option == chosen:
                continue
            other = self.explainer.variant(self.kept, {variable: option})
            if other is not None:
                _check(self.problem, self.kept, (), other)
                yield self._replacement(other)

    def _replacement(self, variant: Variant) -> Replacement:
        wished = tuple(self.wished.get(v, option) for v, option in enumerate(variant))
        return Replacement({v: variant[v] for v in self.wished}, variant, wished)


def _check(
    problem: Problem, kept: Sequence[int], given_up: Sequence[int], variant: Variant
) -> None:
    """The variant meets what is kept and breaks what is given up, decided without a solver."""
    met = (holds(problem.constraints[number].formula, variant) for number in kept)
    broken = (not holds(problem.constraints[number].formula, variant) for number in given_up)
    if not all(met) or not all(broken):
        raise DisprovedError("a repair does not repair")
