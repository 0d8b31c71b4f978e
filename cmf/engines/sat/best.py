"""The best variants of a quantity, by two methods in turn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from cmf.engines.protocols import Ranked
from cmf.engines.sat.core import Core
from cmf.engines.sat.descent import Descent
from cmf.engines.sat.minimise import Minimiser, wishes_of
from cmf.engines.sat.oracle import Budget
from cmf.engines.sat.sums import binary, reduced
from cmf.engines.sat.walk import Walk
from cmf.problem.problem import Quantity

EFFORT = 1_000
"""Conflicts and solves for the first turn of each method; doubled from turn to turn."""


def best(
    core: Core,
    assumptions: Sequence[int],
    quantity: Quantity,
    greatest: bool,
    top: int,
    budget: Budget,
) -> tuple[Ranked, ...]:
    """The `top` variants of least (or greatest) value, ties in declared order.

    Works on a copy of the clauses, since most of what it adds serves this one question.
    """
    held = [*assumptions, *core.restriction(quantity.defined)]
    groups = core.encoding.groups(quantity.terms)
    oracle = core.separate()
    sign = -1 if greatest else 1
    signed = [[(literal, sign * cost) for literal, cost in group] for group in groups]
    cores = Minimiser(oracle, budget, wishes_of(oracle.encoding, signed), held)
    descent: Descent | None = None
    ranked: list[Ranked] = []
    while len(ranked) < top:
        effort, answer, face = EFFORT, cores.run(EFFORT), cores.face
        while answer is None:
            if descent is None:
                digits = binary(oracle.encoding, reduced(groups)[2])
                descent = Descent(oracle, budget, [-sign * x for x in reversed(digits)], held)
            answer, face = descent.run(effort), descent.face
            if answer is None:
                effort *= 2
                answer, face = cores.run(effort), cores.face
        if not answer:
            break
        tied = list(islice(Walk(oracle, budget, face()).variants(), top - len(ranked)))
        for variant in tied:
            value = quantity.offset + sum(term.value(variant) for term in quantity.terms)
            ranked.append(Ranked(value, variant))
            oracle.exclude(variant)
        if descent is not None:
            descent.restart()
    return tuple(ranked)
