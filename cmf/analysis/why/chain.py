"""A conflict as a chain of causes: what each constraint leaves, from the choices to the dead end.

Every constraint in turn narrows the options of its variables to those that some combination allowed
so far supports, until one leaves nothing. Only the steps that lead there are kept, and each rests
on as little as suffices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, evolve, field, frozen

from cmf.analysis.why.fragment import DisprovedError, Fragment
from cmf.analysis.why.narrow import Narrowing
from cmf.problem.formula import Member
from cmf.problem.problem import Constraint


@frozen
class Fact:
    """What is left of the options of a variable."""

    variable: int
    options: frozenset[int]

    @property
    def formula(self) -> Member:
        """The fact as a formula."""
        return Member(self.variable, self.options)


@frozen
class Step:
    """What one constraint makes of what is known.

    Attributes
    ----------
    cause
        The constraint.
    premises
        Numbers of the earlier steps that it needs.
    fact
        What follows; `None` for the dead end.
    """

    cause: Constraint
    premises: tuple[int, ...]
    fact: Fact | None


Chain = tuple[Step, ...]


def chain(fragment: Fragment) -> Chain | None:
    """The chain of a minimal conflict.

    The numbers in facts are those of the whole problem.

    Returns
    -------
    The last step is the dead end. `None` when the options cannot be narrowed to nothing one
    variable at a time: the conflict then shows only in combinations.
    """
    search = _Search(fragment)
    steps = search.run()
    if steps is None:
        return None
    return tuple(
        evolve(step, fact=Fact(fragment.variables[step.fact.variable], step.fact.options))
        if step.fact
        else step
        for step in _kept(steps)
    )


@define
class _Search:
    """Narrows options constraint by constraint; numbers are those of the fragment."""

    fragment: Fragment
    _narrowings: list[Narrowing] = field(init=False)
    _steps: list[tuple[int, Fact | None]] = field(factory=list)
    _latest: dict[int, int] = field(factory=dict)
    """For every variable the number of the last step about it."""
    _narrowed: dict[int, Mapping[int, frozenset[int]] | None] = field(factory=dict)
    """What each constraint leaves of its variables as things stand."""

    @_narrowings.default
    def _(self) -> list[Narrowing]:
        problem = self.fragment.problem
        return [Narrowing(problem, each, self.fragment.limits) for each in problem.constraints]

    def run(self) -> list[Step] | None:
        while True:
            turn = self._next()
            if turn is None:
                return None
            if self._narrowed[turn] is None:
                self._steps.append((turn, None))
                return [self._step(number) for number in range(len(self._steps))]
            self._take(turn)

    def _take(self, turn: int) -> None:
        """Note what a constraint leaves, the variables with the fewest options first."""
        left = self._narrowed[turn] or {}
        news = sorted(self._news(turn), key=lambda v: (len(left[v]), v))
        for variable in news:
            self._latest[variable] = len(self._steps)
            self._steps.append((turn, Fact(variable, left[variable])))
        for number, narrowing in enumerate(self._narrowings):
            if set(news) & set(narrowing.scope):
                self._narrowed.pop(number, None)

    def _next(self) -> int | None:
        """The constraint to use next: one that ends the chain, else one that goes on with it."""
        ranked = []
        for number, constraint in enumerate(self.fragment.constraints):
            variables = self._narrowings[number].scope
            if number not in self._narrowed:
                known = {v: self._domain(v) for v in variables if v in self._latest}
                self._narrowed[number] = self._narrowings[number].left(known)
            left = self._narrowed[number]
            if left is None:
                return number
            news = self._news(number)
            if news:
                given = constraint.origin.kind == "choice"
                supposed = constraint.origin.kind == "supposition"
                recent = max((self._latest.get(v, -1) for v in variables), default=-1)
                forced = any(len(left[v]) == 1 for v in news)
                ranked.append((supposed, not given, not forced, -recent, number))
        return min(ranked)[-1] if ranked else None

    def _news(self, number: int) -> list[int]:
        left = self._narrowed[number] or {}
        return [v for v, options in left.items() if options != self._domain(v)]

    def _domain(self, variable: int) -> frozenset[int]:
        if variable in self._latest:
            fact = self._steps[self._latest[variable]][1]
            if fact is not None:
                return fact.options
        return frozenset(range(len(self.fragment.problem.variables[variable].options)))

    def _step(self, place: int) -> Step:
        """The step with as few premises as suffice, which is proven."""
        number, fact = self._steps[place]
        premises = {}
        for variable in self._narrowings[number].scope:
            earlier = [p for p in range(place) if self._about(p) == variable]
            if earlier and self._steps[earlier[-1]][0] == number:
                earlier.pop()  # a constraint is no reason for itself
            if earlier:
                premises[variable] = earlier
        for variable in list(premises):
            older = premises.pop(variable)
            if not self._follows(number, [p[-1] for p in premises.values()], fact):
                premises[variable] = older
        needed = tuple(sorted(earlier[-1] for earlier in premises.values()))
        cause = self.fragment.constraints[number]
        if not self._follows(number, needed, fact):
            raise DisprovedError(f"{cause.origin.name} does not say so")
        return Step(cause, needed, fact)

    def _about(self, place: int) -> int | None:
        fact = self._steps[place][1]
        return None if fact is None else fact.variable

    def _follows(self, number: int, premises: Sequence[int], fact: Fact | None) -> bool:
        facts = [self._steps[place][1] for place in premises]
        known = {each.variable: each.options for each in facts if each is not None}
        return self._narrowings[number].entails(known, fact.formula if fact else None)


def _kept(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps that the last one rests on, renumbered."""
    needed = {len(steps) - 1}
    for place in range(len(steps) - 1, -1, -1):
        if place in needed:
            needed.update(steps[place].premises)
    numbers = {place: number for number, place in enumerate(sorted(needed))}
    for place in sorted(needed):
        premises = tuple(numbers[p] for p in steps[place].premises)
        yield evolve(steps[place], premises=premises)
