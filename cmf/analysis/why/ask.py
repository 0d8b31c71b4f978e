"""Why something is impossible, forced, or what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from cmf.analysis.why.chain import Chain, Fact, chain
from cmf.analysis.why.fragment import DisprovedError, Fragment
from cmf.analysis.why.repair import Repair, repairs
from cmf.engines.sat import Dualisation, Explainer, SatSpace
from cmf.errors import LimitReached
from cmf.problem.answer import Limits
from cmf.problem.formula import Member
from cmf.problem.problem import Constraint, Origin, Problem, Variant


@frozen
class Conflict:
    """Choices and rules that cannot hold together, while without any one of them the others can.

    Attributes
    ----------
    constraints
        The choices first, then what the catalogue says, each in its order.
    chain
        How one thing leads to another; `None` when only combinations show the conflict.
    """

    constraints: tuple[Constraint, ...]
    chain: Chain | None = field(repr=False)


@frozen
class Implied:
    """An option that is the only one left, and why."""

    fact: Fact
    conflict: Conflict


@frozen
class Question:
    """What is asked.

    Attributes
    ----------
    choices
        What is chosen; it may be given up.
    asked
        What the question is about besides: its possibility is asked for, so it is never given up.
    weights
        For every choice what giving it up weighs, above 0.
    relax
        Whether rules and effectivities may be given up as well, each of which weighs more than all
        choices together.
    conflicts, repairs
        Greatest number of each.
    """

    choices: tuple[Constraint, ...] = ()
    asked: tuple[Constraint, ...] = ()
    weights: tuple[int, ...] = ()
    relax: bool = False
    conflicts: int = 3
    repairs: int = 5

    @property
    def restrictions(self) -> tuple[Constraint, ...]:
        """Choices, then what is asked."""
        return self.choices + self.asked


@frozen
class Impossible:
    """There is no variant.

    Attributes
    ----------
    conflicts
        Minimal conflicts, the smallest first.
    complete
        Whether there are no other conflicts.
    repairs
        The cheapest first.
    """

    question: Question
    conflicts: tuple[Conflict, ...]
    complete: bool
    repairs: tuple[Repair, ...]


@frozen
class Possible:
    """There is a variant.

    Attributes
    ----------
    variant
        One that meets everything.
    implied
        Options that the question leaves alone and the rules by themselves do not.
    """

    question: Question
    variant: Variant = field(repr=False)
    implied: tuple[Implied, ...]


def ask(space: SatSpace, question: Question) -> Impossible | Possible:
    """Why a question has no variant and what would allow one; or what follows from it.

    Parameters
    ----------
    space
        The catalogue without restrictions.

    Returns
    -------
    When the choices exclude each other already, the answer is about them: its question then asks
    for nothing besides.

    Raises
    ------
    LimitReached
        When there is no answer within the limits of the space.
    """
    if question.asked:
        chosen = ask(space, evolve(question, asked=()))
        if isinstance(chosen, Impossible):
            return chosen
    within = space.where(*(each.formula for each in question.restrictions))
    whole = space.problem.where(*question.restrictions)
    rules = len(space.problem.constraints)
    return _Inquiry(whole, rules, question, space.limits, within.explainer()).answer()


@frozen
class _Inquiry:
    """One question, with the solver that answers it; rules stand before choices."""

    problem: Problem
    rules: int
    question: Question
    limits: Limits
    explainer: Explainer

    def answer(self) -> Impossible | Possible:
        every = range(len(self.problem.constraints))
        variant = self.explainer.variant(every)
        if variant is not None:
            if not self.problem.valid(variant):
                raise DisprovedError("a variant is not valid")
            return Possible(self.question, variant, tuple(self._implied()))
        conflicts, complete = self._conflicts()
        found = repairs(self.explainer, self.problem, self._weights(), self.question.repairs)
        return Impossible(self.question, conflicts, complete, tuple(found))

    def _conflicts(self) -> tuple[tuple[Conflict, ...], bool]:
        """The first conflicts, and whether these are all."""
        search = Dualisation(self.explainer, range(len(self.problem.constraints)))
        found: list[tuple[int, ...]] = []
        complete = False
        try:
            for conflict in search.conflicts():
                if len(found) == self.question.conflicts:
                    break
                found.append(conflict)
            else:
                complete = True
        except LimitReached:
            if not found:
                raise
        ordered = sorted(found, key=lambda each: (len(each), each))
        return tuple(map(self._conflict, ordered)), complete

    def _conflict(self, numbers: Sequence[int], *further: Constraint) -> Conflict:
        choices = [c for c in numbers if c >= self.rules]
        rules = [c for c in numbers if c < self.rules]
        constraints = [self.problem.constraints[c] for c in (*choices, *rules)]
        return conflict_of(self.problem, [*constraints, *further], self.limits)

    def _weights(self) -> Mapping[int, int]:
        chosen = self.question.weights or (1,) * len(self.question.choices)
        weights = {self.rules + number: weight for number, weight in enumerate(chosen)}
        if self.question.relax or not self.question.choices:
            heavy = sum(chosen) + 1
            weights.update((rule, heavy) for rule in range(self.rules))
        return weights

    def _implied(self) -> Iterator[Implied]:
        """What the question forces and the rules alone do not, in declared order."""
        by_rules = self.explainer.forced(range(self.rules))
        for variable, option in self.explainer.forced(range(len(self.problem.constraints))).items():
            reason = self.explainer.reason(variable, option)
            if variable in by_rules or reason is None or self._said(reason):
                continue
            other = supposition(self.problem, variable, option)
            conflict = self._conflict(reason, other)
            yield Implied(Fact(variable, frozenset({option})), conflict)

    def _said(self, reason: Sequence[int]) -> bool:
        """Whether a single condition of the question says it, without any rule."""
        return len(reason) == 1 and reason[0] >= self.rules


def supposition(problem: Problem, variable: int, option: int) -> Constraint:
    """That a variable takes another option: what is led to a contradiction."""
    axis = problem.variables[variable]
    others = frozenset(range(len(axis.options))) - {option}
    origin = Origin("supposition", f"{axis.name} != {axis.options[option]}")
    return Constraint(Member(variable, others), origin)


def conflict_of(problem: Problem, constraints: Sequence[Constraint], limits: Limits) -> Conflict:
    """A minimal conflict, proven once more by fresh solves, with its chain."""
    fragment = Fragment.of(problem, constraints, limits)
    fragment.prove_minimal()
    return Conflict(tuple(constraints), chain(fragment))
