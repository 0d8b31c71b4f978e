"""The variants of some briefs, ready to be compared pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from attrs import define, evolve, field, frozen

from cmf.analysis.census.contents import Contents, contents_of, indicates
from cmf.analysis.takerates import Rate, take_rates
from cmf.engines.diagram.outline import Outline, outline
from cmf.engines.diagram.space import DiagramSpace
from cmf.engines.outcome import number_of, solved
from cmf.engines.protocols import Weights
from cmf.model.catalog import Scope
from cmf.problem.answer import Limits, Solved, Unknown
from cmf.problem.formula import And, Formula, Member, scope
from cmf.problem.lower import LoweredCatalog, conjunction
from cmf.problem.problem import Constraint, Origin, Problem, Variable, Variant


class Compiler(Protocol):
    """The diagram engine."""

    def open(self, problem: Problem, limits: Limits = ...) -> DiagramSpace | Unknown:
        """The variant space of `problem`."""


@frozen
class Group:
    """A brief: a name, and the conditions that its variants meet."""

    name: str
    conditions: tuple[Formula, ...] = ()


@frozen
class Draw:
    """The chances of the options when a variant is drawn.

    Attributes
    ----------
    total
        Weight of all variants together.
    counts
        For every variable, for every option, the weight of the variants that take it.
    """

    total: int
    counts: tuple[Sequence[int], ...] = field(repr=False)


@define(eq=False, slots=False)
class Population:
    """The variants of one brief.

    Attributes
    ----------
    space
        Of the problem that has a variable for every content.
    own
        Number of variables of the problem that was asked about; contents come behind them.
    """

    name: str
    contents: Contents = field(repr=False)
    space: DiagramSpace = field(repr=False)
    own: int

    @cached_property
    def count(self) -> int:
        """Number of variants."""
        return number_of(self.space)

    @cached_property
    def shapes(self) -> Outline:
        """Which contents go together; there must be a variant."""
        return self._outline(counted=False)

    @cached_property
    def weights(self) -> Outline:
        """Which contents go together on how many variants; there must be a variant."""
        return self._outline(counted=True)

    def _outline(self, *, counted: bool) -> Outline:
        seen = [content.variable for content in self.contents.contents]
        return outline(self.space.compiled, self.space.allowed, seen, counted=counted)

    @cached_property
    def draw(self) -> Draw:
        """A variant drawn so that each is as likely as any other."""
        return self._draw(None)

    def draw_by(self, rates: Mapping[str, Mapping[str, Rate]], *, fit: bool = False) -> Draw:
        """A variant drawn by take rates; see `cmf.analysis.takerates`.

        Raises
        ------
        InputError
            For rates that name what is not there, or leave no variant of the brief.
        """
        return self._draw(take_rates(self.space, rates, fit=fit).weights)

    def _draw(self, weights: Weights | None) -> Draw:
        found = solved(self.space.option_counts(weights), None)
        if found is None:
            return Draw(0, tuple((0,) * len(v.options) for v in self.space.problem.variables))
        return Draw(found.total, tuple(found.counts))

    def narrowed(self, *members: Member) -> Population:
        """The variants that also take given options."""
        narrowed = self.space.where(*members)
        return Population(self.name, self.contents, narrowed, self.own)

    def variant(self, options: Mapping[int, int]) -> Variant:
        """The first variant in declared order that has given options of contents."""
        members = (Member(v, frozenset({option})) for v, option in options.items())
        return next(self.space.where(*members).variants())[: self.own]


def populations(
    lowered: LoweredCatalog,
    problem: Problem,
    groups: Sequence[Group],
    within: Scope,
    compiler: Compiler,
    limits: Limits = Limits(),
) -> tuple[Population, ...] | Unknown:
    """The variants of several briefs as restrictions of one compiled space.

    `Unknown` when the space of the contents cannot be compiled within the limits.
    """
    contents = contents_of(lowered, problem, within)
    masks: list[tuple[Formula, ...]] = []
    marks = contents.problem
    for group in groups:
        whole = conjunction(group.conditions)
        terms = whole.terms if isinstance(whole, And) else (whole,)
        alone = [term for term in terms if len(scope(term)) <= 1]
        joint = [term for term in terms if len(scope(term)) > 1]
        if joint:
            # A mark in the problem, so that all briefs stay restrictions of one diagram.
            marks, member = _marked(marks, conjunction(joint))
            alone.append(member)
        masks.append(tuple(alone))
    space = compiler.open(marks, limits)
    if isinstance(space, Unknown):
        return space
    own = len(problem.variables)
    return tuple(
        Population(group.name, contents, space.where(*mask), own)
        for group, mask in zip(groups, masks, strict=True)
    )


def _marked(problem: Problem, formula: Formula) -> tuple[Problem, Member]:
    """The problem with a variable that says whether `formula` holds; and that it does."""
    number = len(problem.variables)
    variable = Variable(f"brief {number}", ("no", "yes"))
    constraint = Constraint(indicates(number, formula), Origin("model", "brief"))
    marked = evolve(
        problem,
        variables=(*problem.variables, variable),
        constraints=(*problem.constraints, constraint),
    )
    return marked, Member(number, frozenset({1}))


def weighty(
    side: Population, weightless: Mapping[int, frozenset[int]] | None
) -> Iterator[Population]:
    """The variants with a weight, in disjoint restrictions: the first content that has one.

    Parameters
    ----------
    weightless
        By variable the options without a weight; `None` when every variant has some.
    """
    if weightless is None:
        yield side
        return
    bare: list[Member] = []
    for variable, options in weightless.items():
        rest = frozenset(range(len(side.space.problem.variables[variable].options))) - options
        box = side.narrowed(*bare, Member(variable, rest))
        if not box.space.empty:
            yield box
        bare.append(Member(variable, options))


def apart(one: Population) -> Iterator[tuple[Population, Population]]:
    """Restrictions of one population whose pairs are together all pairs of different variants.

    Two different variants differ in some bit of the number of some option. Variables that decide
    no content come first: there variants with one part list differ.
    """
    contents = {content.variable for content in one.contents.contents}
    possible = one.space.possible()
    if not isinstance(possible, Solved):
        return
    for variable in sorted(range(one.own), key=lambda v: (v in contents, v)):
        options = sorted(possible.value[variable])
        ranks = {option: rank for rank, option in enumerate(options)}
        for bit in range((len(options) - 1).bit_length()):
            yes = frozenset(o for o in options if ranks[o] >> bit & 1)
            first, second = Member(variable, yes), Member(variable, frozenset(options) - yes)
            yield one.narrowed(first), one.narrowed(second)
            yield one.narrowed(second), one.narrowed(first)
