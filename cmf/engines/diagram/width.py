"""Linear orders for problems without structure: keep small what passes from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from cmf.engines.diagram.relation import Relation

MOST = 60
"""Orders are searched for up to so many variables."""

_SWEEPS = 6

Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class Cuts:
    """Estimates of how many different things are left open after the first variables of an order.

    Attributes
    ----------
    values
        Base-2 logarithm of the number of values of every variable.
    forms
        For variables x and y, the same of the number of different sets of values of y that the
        values of x leave; 0 where they do not meet.
    """

    values: Floats = field(repr=False)
    forms: Floats = field(repr=False)

    @classmethod
    def of(cls, relations: Sequence[Relation], sizes: Sequence[int]) -> Cuts:
        """Measure relations."""
        values = np.log2(np.maximum(np.asarray(sizes, dtype=np.float64), 1))
        forms = np.zeros((len(sizes), len(sizes)))
        for relation in relations:
            if len(relation.scope) == 2:
                a, b = relation.scope
                allowed = np.zeros((sizes[a], sizes[b]), dtype=np.bool_)
                allowed[relation.columns] = True
                forms[a, b] += np.log2(len({row.tobytes() for row in allowed}))
                forms[b, a] += np.log2(len({row.tobytes() for row in allowed.T}))
            else:
                for a in relation.scope:
                    for b in relation.scope:
                        forms[a, b] += values[a] if a != b else 0.0
        return cls(values, forms)

    def costs(self, orders: Sequence[Sequence[int]]) -> Floats:
        """Of every order, the base-2 logarithm of the partial assignments that differ in what they
        leave open."""
        index = np.asarray(orders)
        values = self.values[index]
        forms = self.forms[index[:, :, None], index[:, None, :]]
        later = np.triu(np.ones(forms.shape[1:], dtype=np.bool_), 1)
        # After k variables: what each of those says below, and what each of the others hears.
        said = np.cumsum(forms[:, :, ::-1], axis=2)[:, :, ::-1]
        heard = np.cumsum(forms, axis=1)
        above = np.where(later, np.minimum(values[:, :, None], said), 0.0).sum(axis=1)[:, 1:]
        subsets = np.minimum(2.0 ** np.minimum(values, 6.0), 60.0)
        below = np.where(later, np.minimum(subsets[:, None, :], heard), 0.0).sum(axis=2)[:, :-1]
        widths = np.minimum(np.minimum(above, below), 200.0) + values[:, 1:]
        found: Floats = np.log2(1.0 + (2.0**widths).sum(axis=1))
        return found


def narrow_order(cuts: Cuts) -> list[int]:
    """An order from the top down of little cost, found by moving one variable at a time."""
    count = len(cuts.values)
    starts = [
        sorted(range(count), key=lambda v: (-cuts.values[v], v)),
        sorted(range(count), key=lambda v: (cuts.values[v], v)),
        sorted(range(count), key=lambda v: (-cuts.forms[v].sum(), v)),
    ]
    costs = cuts.costs(starts)
    best, lowest = starts[int(np.argmin(costs))], float(costs.min())
    for _ in range(_SWEEPS):
        before = lowest
        for variable in range(count):
            rest = [v for v in best if v != variable]
            tries = [[*rest[:i], variable, *rest[i:]] for i in range(count)]
            costs = cuts.costs(tries)
            chosen = int(np.argmin(costs))
            if costs[chosen] < lowest - 1e-9:
                best, lowest = tries[chosen], float(costs[chosen])
        if lowest == before:
            break
    return best
