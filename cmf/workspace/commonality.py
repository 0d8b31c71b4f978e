"""Commonality over the whole variant space, asked by words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from cmf.analysis.census import Comparer, Comparison, Group, Population, populations
from cmf.analysis.commonality.basis import Weight
from cmf.analysis.commonality.pairs import Measure
from cmf.engines.outcome import solved
from cmf.errors import LimitReached, did_you_mean, fail
from cmf.model.catalog import Scope
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import Member
from cmf.workspace.engine import AUTO_NODES, AUTO_SECONDS, diagram_engine

if TYPE_CHECKING:
    from cmf.analysis.takerates import Rate
    from cmf.workspace.space import VariantSpace

EVERY = "every valid variant"
"""Name of the brief without a condition."""


@frozen
class Census:
    """Shares between the variants of briefs, over all pairs of valid variants.

    Attributes
    ----------
    labels
        The briefs.
    comparisons
        In the order of `labels`. Of a symmetric measure each two briefs are compared once, the one
        that is first in `labels` first.
    """

    measure: Measure
    weight: Weight
    scope: str
    labels: tuple[str, ...]
    comparisons: tuple[Comparison, ...] = field(repr=False)

    def at(self, one: str, other: str) -> Comparison:
        """The comparison of two briefs; the same one twice: within it.

        Raises
        ------
        InputError
            When they were not compared.
        """
        pairs = [(one, other)]
        if self.measure is not Measure.CARRY_OVER:
            pairs.append((other, one))
        for each in self.comparisons:
            if (each.one, each.other) in pairs:
                return each
        label = other if one in self.labels else one
        remedy = did_you_mean(label, self.labels, what="brief")
        raise fail("unknown-brief", f"`{one}` and `{other}` were not compared", None, remedy)


def census(
    space: VariantSpace,
    *briefs: str,
    by: str = "",
    weight: Weight = Weight.PART_NUMBER,
    measure: Measure = Measure.JACCARD,
    scope: str = "",
    rates: Mapping[str, Mapping[str, Rate]] | None = None,
    fit: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Census:
    """Least, mean, greatest and expected share of two variants, over all pairs of them.

    Parameters
    ----------
    briefs
        Conditions: two for the pairs between their variants, one for the pairs within its variants,
        none for those within `space`.
    by
        Instead: every two options of this slot or feature.
    scope
        Of the catalogue; by default ``all``, or the whole vehicle when there is no such scope.
    rates, fit
        Take rates for the expected share; see `VariantSpace.take_rates`.
    on_progress
        Told how many comparisons of how many are done, after each.

    Raises
    ------
    InputError
        For unknown names, a measure that has no form with the weight, and with every fault of the
        conditions.
    LimitReached
        When the part lists of the variants do not compile.
    """
    if by and briefs:
        raise fail("bad-census", "a census is of briefs or by an axis", None, "give one of the two")
    if len(briefs) > 2:
        raise fail("bad-census", f"{len(briefs)} briefs", None, "give one or two, or use `by`")
    catalog = space.model.catalog
    if not catalog.parts:
        raise fail("no-parts", f"`{catalog.name}` has no parts", None, "a census needs a BOM")
    within = _scope(space, scope)
    groups = list(_by(space, by)) if by else _groups(space, briefs)
    if not groups:
        raise fail("no-variant", "no variant meets the conditions", None, "relax one of them")
    limits = Limits(seconds=AUTO_SECONDS, nodes=AUTO_NODES)
    lowered = space.model.lowered
    opened = populations(lowered, space.space.problem, groups, within, diagram_engine(), limits)
    if isinstance(opened, Unknown):
        raise LimitReached(f"the part lists do not compile within {opened.limit}: narrow the space")
    comparer = Comparer.of(lowered, within, opened, weight, measure, rates=rates, fit=fit)
    pairs = list(_pairs(opened, measure, matrix=bool(by)))
    found: list[Comparison] = []
    for pair in pairs:
        found.append(comparer.compare(*pair))
        if on_progress is not None:
            on_progress(len(found), len(pairs))
    labels = tuple(group.name for group in groups)
    return Census(measure, weight, within.name, labels, tuple(found))


def _scope(space: VariantSpace, name: str) -> Scope:
    scopes = space.model.catalog.scopes
    if not name:
        slots = tuple(axis.name for axis in space.model.catalog.slots)
        whole = Scope("whole vehicle", "The whole vehicle", slots, True)
        return scopes.get("all", whole)
    if name not in scopes:
        remedy = did_you_mean(name, scopes, what="scope")
        raise fail("unknown-scope", f"there is no scope `{name}`", None, remedy)
    return scopes[name]


def _groups(space: VariantSpace, briefs: Sequence[str]) -> list[Group]:
    texts = dict.fromkeys(briefs)
    conditions = space.model.conditions(*texts)
    found = [
        Group(text, (condition.formula,)) for text, condition in zip(texts, conditions, strict=True)
    ]
    return found or [Group(EVERY)]


def _by(space: VariantSpace, name: str) -> Iterator[Group]:
    """A brief for every option of an axis that some variant takes."""
    names = [axis.name for axis in space.model.problem.variables]
    if name not in names:
        remedy = did_you_mean(name, names, what="axis")
        raise fail("unknown-axis", f"there is no slot or feature `{name}`", None, remedy)
    number = names.index(name)
    possible = solved(space.space.possible(), None)
    options = space.model.problem.variables[number].options
    taken = frozenset[int]() if possible is None else possible[number]
    for option in sorted(taken):
        yield Group(options[option], (Member(number, frozenset({option})),))


def _pairs(
    found: Sequence[Population], measure: Measure, *, matrix: bool
) -> Iterator[tuple[Population, Population]]:
    if not matrix:
        yield found[0], found[-1]
        return
    for i, one in enumerate(found):
        for j, other in enumerate(found):
            if i <= j or measure is Measure.CARRY_OVER:
                yield one, other
