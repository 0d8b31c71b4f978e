"""The least value of a quantity that a repair allows."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.why.ask import Question
from cmf.analysis.why.repair import Repair, Replacement
from cmf.engines.protocols import Space
from cmf.errors import LimitReached
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import Member


@frozen
class Least:
    """Ranks repairs by what the cheapest variant costs that they allow.

    Attributes
    ----------
    space
        The catalogue without restrictions, in an engine that finds optima quickly.
    quantity
        Name of the quantity.
    """

    space: Space = field(repr=False)
    question: Question
    quantity: str

    def of(self, repair: Repair, replacement: Replacement | None) -> int | None:
        """The least value in base units, proven; `None` where rules are given up, or it has none.

        Raises
        ------
        LimitReached
            When the engine reaches a limit.
        """
        if any(each.origin.kind != "choice" for each in repair.given_up):
            return None
        kept = [c for c in self.question.restrictions if not any(c is g for g in repair.given_up)]
        taken = replacement.options if replacement else {}
        options = [Member(v, frozenset({option})) for v, option in taken.items()]
        best = self.space.where(*(c.formula for c in kept), *options).best(self.quantity)
        if isinstance(best, Unknown):
            raise LimitReached(f"no least {self.quantity} within {best.limit}")
        return best.value[0].value if isinstance(best, Solved) else None
