"""What every option and every slot of a diagram weighs."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from cmf.engines.diagram import fold
from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.protocols import Weights
from cmf.errors import LimitReached

GREATEST = 1 << 62
"""The weights of all options together stay below this."""


@frozen(eq=False)
class Weighing:
    """Weights of the options of a restricted space.

    Attributes
    ----------
    options
        Weight of every option, 0 where it is not allowed.
    slots
        For every slot the weight of its options together: machine words where the weights of all
        variants fit one, else Python integers.
    """

    options: Ints = field(repr=False)
    slots: Numbers = field(repr=False)

    @classmethod
    def of(cls, compiled: Compiled, allowed: Mask, weights: Weights | None = None) -> Weighing:
        """Weights of a restriction; every option weighs 1 without `weights`.

        Raises
        ------
        LimitReached
            When the weights need more than 62 bits together.
        """
        if weights is None:
            options, long = allowed.astype(np.int64), compiled.long
        else:
            flat = [weight for row in weights for weight in row]
            if sum(flat) >= GREATEST:
                raise LimitReached("weights of 62 bits")
            options = np.where(allowed, np.array(flat, dtype=np.int64), 0)
            long = True
        slots = np.zeros(len(compiled.hidden), dtype=np.int64)
        np.add.at(slots, compiled.slots, options)
        slots[-1] = 0
        slots += compiled.hidden
        if weights is not None and compiled.diagram.top >= 0:
            with np.errstate(over="ignore"):
                about = fold.counts(compiled.diagram, slots.astype(np.float64))
            long = not bool(np.max(about) < 2.0**61)
        return cls(options, slots.astype(object) if long else slots)
