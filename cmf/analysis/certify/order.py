"""Orders of the axes in which little is half-decided at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from cmf.engines.protocols import Space
from cmf.problem.answer import Solved
from cmf.rules import typed as t
from cmf.rules.resolved import ResolvedCatalog
from cmf.verify.meaning import Meaning

SAMPLE = 1_000
"""Variants on which orders are compared."""

Marks = npt.NDArray[np.uint64]


def orders(
    resolved: ResolvedCatalog, asked: Sequence[t.Expr], space: Space | None
) -> list[list[str]]:
    """An order for every first axis, the most promising first; what nothing speaks of comes last.

    An order is as wide at a place as statements that are half-decided there can tell sampled
    variants apart; the next axis is always the one that keeps this least.

    Parameters
    ----------
    space
        Where variants are sampled; assignments at random when there is none.
    """
    axes = [axis.name for axis in resolved.catalog.axes]
    scopes = list(_scopes(resolved, axes, asked, _sample(resolved, space)))

    @cache
    def width(done: frozenset[int]) -> int:
        marks = np.zeros(SAMPLE, dtype=np.uint64)
        for scope in scopes:
            if not scope.keys() <= done:
                for axis in scope.keys() & done:
                    marks = marks + scope[axis]
        return len(np.unique(marks))

    ranked = []
    for first in range(len(axes)):
        order = [first]
        total = width(frozenset(order))
        while len(order) < len(axes):
            rest = [axis for axis in range(len(axes)) if axis not in order]
            order.append(min(rest, key=lambda axis: width(frozenset({*order, axis}))))
            total += width(frozenset(order))
        ranked.append((total, [axes[axis] for axis in order]))
    meaning = Meaning(resolved, axes, 0)
    read = {axis for expr in asked for axis, _ in meaning.reads(expr)}
    return [sorted(order, key=lambda axis: axis not in read) for _, order in sorted(ranked)]


def _sample(resolved: ResolvedCatalog, space: Space | None) -> npt.NDArray[np.int64]:
    """Option numbers, shape (`SAMPLE`, axes)."""
    draw = getattr(space, "sample", None)
    if draw is not None:
        match draw(SAMPLE, 0):
            case Solved(value):
                return np.array(value, dtype=np.int64)
    chance = np.random.default_rng(0)
    sizes = [len(axis.options) for axis in resolved.catalog.axes]
    return chance.integers(0, sizes, (SAMPLE, len(sizes)))


def _scopes(
    resolved: ResolvedCatalog,
    axes: Sequence[str],
    asked: Sequence[t.Expr],
    sample: npt.NDArray[np.int64],
) -> Iterator[dict[int, Marks]]:
    """For every conjunct on several axes, by axis a mark for what it reads of each sample."""
    meaning = Meaning(resolved, axes, 0)
    chance = np.random.default_rng(0)
    known = set()
    for expr in (part for each in asked for part in _conjuncts(each)):
        scope = frozenset(meaning.reads(expr))
        names = [name for name in axes if any(name == axis for axis, _ in scope)]
        if len(names) < 2 or scope in known:
            continue
        known.add(scope)
        marks = {}
        for name in names:
            axis = axes.index(name)
            alike = meaning.alike(name, [read for a, read in scope if a == name])
            by_option = chance.integers(1, 2**63, len(alike), dtype=np.uint64)[alike]
            marks[axis] = by_option[sample[:, axis]]
        yield marks


def _conjuncts(expr: t.Expr) -> Iterator[t.Expr]:
    if isinstance(expr, t.And):
        for term in expr.terms:
            yield from _conjuncts(term)
    else:
        yield expr
