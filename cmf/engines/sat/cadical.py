"""CaDiCaL, called so that Ctrl-C stays with Python.

PySAT has calls from the main thread jump out of the solver when there is a SIGINT. That leaves the
solver broken, and ends the process when the signal reaches a thread of another library. Calls that
do not claim to be from the main thread install no such handler; Python then raises
`KeyboardInterrupt` as soon as the call is back, which a budget of conflicts makes soon.
"""

from __future__ import annotations

from collections.abc import Sequence

import pysolvers
from pysat.solvers import Cadical153

_ANY_THREAD = 0


class Cadical(Cadical153):  # type: ignore[misc]
    """An incremental solver whose calls are never left half way."""

    def solve_limited(
        self, assumptions: Sequence[int] = (), expect_interrupt: bool = False
    ) -> bool | None:
        """Whether the clauses can be satisfied; `None` when the budget does not suffice."""
        del expect_interrupt
        literals = list(assumptions)
        found = pysolvers.cadical153_solve_lim(self.cadical, literals, _ANY_THREAD)
        self.status = found > 0 if found else None
        self.prev_assumps = literals
        return self.status

    def propagate(
        self, assumptions: Sequence[int] = (), phase_saving: int = 0
    ) -> tuple[bool, list[int]]:
        """Whether unit propagation finds no contradiction, and the literals that it sets."""
        consistent, literals = pysolvers.cadical153_propagate(
            self.cadical, list(assumptions), phase_saving, _ANY_THREAD
        )
        return bool(consistent), literals or []
