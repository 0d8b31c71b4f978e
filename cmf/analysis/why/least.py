"""The best variant that a repair allows."""

from __future__ import annotations

from attrs import field, frozen

from cmf.analysis.why.ask import Question
from cmf.analysis.why.repair import Repair, Replacement
from cmf.engines.protocols import Ranked, Space
from cmf.errors import LimitReached
from cmf.problem.answer import Solved, Unknown
from cmf.problem.formula import Member


@frozen
class Least:
    """Finds the variant of least value that a repair allows.

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
        """The least value in base units, proven; `None` where `best` has none."""
        best = self.best(repair, replacement)
        return None if best is None else best.value

    def best(self, repair: Repair, replacement: Replacement | None) -> Ranked | None:
        """The variant of least value that meets all that is kept, ties in declared order.

        `None` where rules are given up, and where no variant has a value.

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
        return best.value[0] if isinstance(best, Solved) else None
