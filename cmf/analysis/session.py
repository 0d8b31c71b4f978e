"""Configuring step by step: choose, take back, and see what is left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attrs import define, field

from cmf.analysis.explain import minimal_conflict
from cmf.analysis.offers import Offer, Step
from cmf.analysis.why import Conflict, conflict_of
from cmf.engines.outcome import solved
from cmf.engines.protocols import Bounds, Space
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import CmfError, LimitReached, did_you_mean, fail
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import Member
from cmf.problem.problem import Constraint, Origin, Problem


class ExcludedOption(CmfError):
    """An option was chosen that no variant left takes.

    Attributes
    ----------
    conflict
        A minimal set of choices and rules that cannot hold together, the choices first.
    """

    def __init__(self, variable: str, option: str, conflict: Sequence[Constraint]) -> None:
        self.variable, self.option, self.conflict = variable, option, tuple(conflict)
        reasons = "; ".join(map(_words, conflict))
        super().__init__(
            f"`{variable} == {option}` is excluded: these exclude each other: {reasons}"
        )


@define(slots=False, eq=False)
class Session:
    """Choices made one after the other; every state has a variant unless the space has none.

    A choice restricts the space of the step before. Taking a choice back applies the others anew to
    the space of the beginning.

    Attributes
    ----------
    space
        What to configure.
    problem
        The problem of `space`, its restrictions in the words of the user: the reasons quote them.
    limits
        What one reason may cost.
    """

    space: Space = field(repr=False)
    problem: Problem = field(repr=False)
    limits: Limits = field(factory=Limits)
    _steps: list[Step] = field(init=False, repr=False)

    @problem.default
    def _own_problem(self) -> Problem:
        return self.space.problem

    def __attrs_post_init__(self) -> None:
        self._steps = [Step({}, self.space)]

    @property
    def current(self) -> Space:
        """The variants that are left."""
        return self._steps[-1].space

    @property
    def choices(self) -> dict[str, str]:
        """The choices so far, in the order in which they were made."""
        return {
            self.problem.variables[v].name: self.problem.variables[v].options[option]
            for v, option in self._steps[-1].choices.items()
        }

    def choose(self, variable: str, option: str) -> None:
        """Choose an option.

        Raises
        ------
        ExcludedOption
            When no variant left takes it, another choice for the same variable included; nothing
            changes then.
        InputError
            For an unknown name.
        """
        number, wanted = self._find(variable, option)
        step = self._steps[-1]
        if step.choices.get(number) == wanted:
            return
        space = step.space.where(Member(number, frozenset({wanted})))
        # Finding a variant is much less work than looking at every option.
        if solved(space.find(), None) is None:
            raise ExcludedOption(variable, option, self.why(variable, option))
        self._steps.append(Step({**step.choices, number: wanted}, space))

    def retract(self, variable: str) -> None:
        """Take back what was chosen for a variable; raises `InputError` when nothing was."""
        names = self.choices
        if variable not in names:
            remedy = did_you_mean(variable, names, what="choice")
            raise fail("not-chosen", f"nothing is chosen for `{variable}`", None, remedy)
        number = self.problem.index(variable)
        kept = {v: o for v, o in self._steps[-1].choices.items() if v != number}
        space = self.space.where(*(Member(v, frozenset({o})) for v, o in kept.items()))
        self._steps.append(Step(kept, space))

    def undo(self) -> None:
        """Go back by one step, a choice or a retraction; raises `InputError` at the beginning."""
        if len(self._steps) == 1:
            raise fail("nothing-to-undo", "there is no step to go back")
        self._steps.pop()

    def options(self) -> tuple[Offer, ...]:
        """Every option of every variable in declared order, as it stands now."""
        return tuple(self._steps[-1].offers(self.problem))

    def bounds(self, quantity: str) -> Bounds | None:
        """The least and the greatest value among the variants left, in base units.

        `None` when no variant left has a value.

        Raises
        ------
        KeyError
            When there is no such quantity, or it is no sum over the options.
        LimitReached
            When the engine gives no answer within its limits.
        """
        return solved(self.current.bounds(quantity), None)

    def why(self, variable: str, option: str) -> tuple[Constraint, ...]:
        """Why an option is excluded: choices (the option itself among them) and rules.

        Leaving out any one of them, the others can hold together. Empty when it is not excluded.

        Raises
        ------
        LimitReached
            When no reason is found within `limits`.
        """
        asked = self._find(variable, option)
        wanted = [*self._steps[-1].choices.items(), asked]
        choices = [self._choice(*choice) for choice in dict.fromkeys(wanted)]
        conflict = minimal_conflict(self._explained, choices)
        if isinstance(conflict, Unknown):
            raise LimitReached(f"no reason found within {conflict.limit}")
        return conflict or ()

    def explain(self, variable: str, option: str) -> Conflict | None:
        """`why` with its chain of causes, proven once more; `None` when it is not excluded.

        `cmf.report.why.Sentences` puts it into words.

        Raises
        ------
        LimitReached
            When no reason is found within `limits`.
        """
        reason = self.why(variable, option)
        return conflict_of(self.problem, reason, self.limits) if reason else None

    @cached_property
    def _explained(self) -> SatSpace:
        """The space of the beginning in the engine that finds reasons."""
        space = SatEngine().open(self.problem, self.limits)
        if isinstance(space, Unknown):
            raise LimitReached(f"no reason found within {space.limit}")
        return space

    def _choice(self, number: int, option: int) -> Constraint:
        variable = self.problem.variables[number]
        origin = Origin("choice", f"{variable.name} == {variable.options[option]}")
        return Constraint(Member(number, frozenset({option})), origin)

    def _find(self, variable: str, option: str) -> tuple[int, int]:
        names = [each.name for each in self.problem.variables]
        if variable not in names:
            remedy = did_you_mean(variable, names, what="axis")
            raise fail("unknown-axis", f"there is no slot or feature `{variable}`", None, remedy)
        number = names.index(variable)
        options = self.problem.variables[number].options
        if option not in options:
            remedy = did_you_mean(option, options, what="option")
            raise fail("unknown-option", f"`{variable}` has no option `{option}`", None, remedy)
        return number, options.index(option)


def _words(constraint: Constraint) -> str:
    origin = constraint.origin
    return f"{origin.name} ({origin.reason})" if origin.reason else origin.name
