"""Questions for reasons, in the rule language."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from cmf.analysis.why import Impossible, Possible, Question, ask, supposition
from cmf.engines.sat import SatEngine, SatSpace
from cmf.errors import InputError, LimitReached, did_you_mean, fail
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import Not, scope
from cmf.problem.problem import Constraint, Origin

if TYPE_CHECKING:
    from cmf.analysis.why.joining import Joining
    from cmf.workspace.model import Model

Reply = Impossible | Possible


logger = logging.getLogger(__name__)


def joining(
    model: Model,
    lineup: Path,
    question: Question,
    *,
    scope: str = "",
    instead: str = "",
    lenient: bool = False,
) -> tuple[Joining, str] | None:
    """What measures the sharing of a line-up with repairs of a question, and the line-up's name.

    Parameters
    ----------
    scope, instead
        See `Built.joining`.
    lenient
        Whether a line-up with mistakes, or that cannot be built within limits, is left out with a
        remark.

    Raises
    ------
    InputError, LimitReached
        Unless `lenient`.
    """
    from cmf.workspace.programme import programme_of

    try:
        programme = programme_of(model, lineup)
        space = model.compile()
        if lenient and space.engine != "diagram":
            logger.warning("the sharing of the line-up is left out: the catalogue does not compile")
            return None
        built = programme.build(space)
        return built.joining(space, question, scope=scope, instead=instead), programme.lineup.name
    except (InputError, LimitReached) as error:
        if not lenient:
            raise
        said = error.diagnostics[0].message if isinstance(error, InputError) else str(error)
        logger.warning("the sharing of the line-up is left out: %s", said)
        return None


@define(slots=False)
class Reasons:
    """Answers for reasons about a model, all with one solver.

    Attributes
    ----------
    limits
        What one answer may cost.
    conflicts, repairs
        Greatest number of each in an answer.
    """

    model: Model
    limits: Limits = field(factory=Limits)
    conflicts: int = 3
    repairs: int = 5

    @cached_property
    def space(self) -> SatSpace:
        """The catalogue in the engine that finds reasons."""
        opened = SatEngine().open(self.model.problem, self.limits)
        if isinstance(opened, Unknown):
            raise LimitReached(f"no reason found within {opened.limit}")
        return opened

    def possible(
        self,
        choices: Sequence[Constraint],
        asked: Sequence[str] = (),
        *,
        weights: Mapping[str, int] | None = None,
        relax: bool = False,
    ) -> Reply:
        """Why choices (with what is asked besides) are impossible, or what follows from them.

        Parameters
        ----------
        asked
            Conditions whose possibility is asked for: a repair never gives them up, but may give
            up rules.
        weights
            Slot or feature to what giving up a choice about it weighs; 1 where nothing is said.
        relax
            Whether repairs may give up rules too.

        Raises
        ------
        InputError
            For conditions or weights that are wrong.
        LimitReached
            When there is no answer within the limits.
        """
        question = Question(
            tuple(choices),
            self.model.conditions(*asked),
            self._weights(choices, weights or {}),
            relax or bool(asked),
            self.conflicts,
            self.repairs,
        )
        return ask(self.space, question)

    def forced(self, choices: Sequence[Constraint], what: str) -> Reply:
        """Why something holds on every variant: its opposite is led to a contradiction.

        Parameters
        ----------
        what
            A slot or feature (why its only option?), or a condition.

        Returns
        -------
        `Impossible` when it is forced: its opposite is. `Possible` when it is not; its variant
        shows the opposite. When the choices are impossible already the answer is about them.
        """
        question = Question(tuple(choices), conflicts=self.conflicts, repairs=self.repairs)
        within = self.space.where(*(choice.formula for choice in choices))
        every = range(len(within.problem.constraints))
        variant = within.explainer().variant(every)
        if variant is not None:
            opposite = self._opposite(what, variant)
            question = evolve(question, asked=(opposite,), relax=True)
        return ask(self.space, question)

    def _opposite(self, what: str, variant: Sequence[int]) -> Constraint:
        names = [variable.name for variable in self.model.problem.variables]
        if what in names:
            number = names.index(what)
            return supposition(self.model.problem, number, variant[number])
        (condition,) = self.model.conditions(what)
        opposite = Not(condition.formula)
        return Constraint(opposite, Origin("supposition", f"not ({what})"))

    def _weights(
        self, choices: Sequence[Constraint], weights: Mapping[str, int]
    ) -> tuple[int, ...]:
        names = [variable.name for variable in self.model.problem.variables]
        for name, weight in weights.items():
            if name not in names:
                remedy = did_you_mean(name, names, what="slot or feature")
                raise fail("unknown-axis", f"there is no slot or feature `{name}`", None, remedy)
            if weight < 1:
                raise fail("bad-weight", f"`{name}` weighs {weight}", None, "give 1 or more")
        return tuple(
            max((weights[names[v]] for v in scope(c.formula) if names[v] in weights), default=1)
            for c in choices
        )
