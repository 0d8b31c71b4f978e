"""The least or greatest value of a sum, binary digit by digit from the highest."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from cmf.engines.sat.oracle import Budget, Oracle


@define
class Descent:
    """Fixes one binary digit of a sum after the other to the better of its values.

    Suits sums that the constraints speak of themselves, where unsatisfiable cores are long.

    Attributes
    ----------
    digits
        Literals of the digits, the highest first, such that true is better.
    assumptions
        Literals that hold.
    """

    oracle: Oracle
    budget: Budget
    digits: Sequence[int]
    assumptions: Sequence[int]
    _fixed: list[int] = field(factory=list)
    _model: set[int] | None = None

    def run(self, effort: int) -> bool | None:
        """Find the best value; False when there is no model at all, `None`: not yet.

        Parameters
        ----------
        effort
            Conflicts and solves after which to give up; a later call goes on from there.
        """
        end = self.oracle.effort + effort
        if self._model is None:
            answer = self.oracle.within(self.assumptions, self.budget, end)
            if not answer:
                return answer
            self._model = self.oracle.model()
        for digit in self.digits[len(self._fixed) :]:
            better = digit in self._model
            if not better:
                answer = self.oracle.within([*self.face(), digit], self.budget, end)
                if answer is None:
                    return None
                if answer:
                    self._model = self.oracle.model()
                better = answer
            self._fixed.append(digit if better else -digit)
        return True

    def restart(self) -> None:
        """Forget the value; the models that had it were excluded."""
        self._fixed.clear()
        self._model = None

    def face(self) -> list[int]:
        """Assumptions under which, after `run`, exactly the optimal models remain."""
        return [*self.assumptions, *self._fixed]
