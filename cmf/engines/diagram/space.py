"""The compiled variant space of a problem, under restrictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import add

import numpy as np
from attrs import define, evolve, field

from cmf.engines.diagram import fold
from cmf.engines.diagram.compile import Compiled
from cmf.engines.diagram.enumerate import Matrix, expand, options_used
from cmf.engines.diagram.fold import Mask
from cmf.engines.diagram.optimise import Priced, best
from cmf.engines.diagram.pareto import ParetoFold
from cmf.engines.diagram.project import combinations
from cmf.engines.diagram.relation import Ints, Numbers
from cmf.engines.diagram.sample import Sampler
from cmf.engines.diagram.store import Store
from cmf.engines.diagram.tabulate import unary
from cmf.engines.diagram.weigh import Weighing
from cmf.engines.protocols import Aim, Bounds, Efficient, OptionCounts, Ranked, Weights
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Solved, Unknown
from cmf.problem.formula import TRUE, And, Formula, Not, Or, Table, holds, scope
from cmf.problem.grid import values
from cmf.problem.problem import Constraint, Origin, Problem, Quantity, Variant
from cmf.problem.projection import projected

CHUNKS = (1_000, 100_000)
"""Variants are made ready in chunks; the first are small, so that a few variants come at once."""

FEW = 2_000
"""Variants up to which a restriction or a ranking tries them one by one."""


@define(eq=False, slots=False)
class DiagramSpace:
    """The valid variants of a problem as a compiled diagram.

    A restriction that speaks of one variable at a time only masks options; any other is compiled.

    Attributes
    ----------
    problem
        Restrictions included.
    allowed
        Which options the restrictions leave, numbered through all variables.
    """

    problem: Problem
    store: Store = field(repr=False)
    allowed: Mask = field(repr=False)

    @property
    def compiled(self) -> Compiled:
        """The diagram, and what its slots stand for."""
        return self.store.compiled

    def where(self, *formulas: Formula) -> DiagramSpace:
        """The variants that also satisfy `formulas`; raises `LimitReached` at a limit."""
        added = (Constraint(formula, Origin("choice", "where")) for formula in formulas)
        allowed = self.allowed.copy()
        rest: list[Formula] = []
        for formula in _conjuncts(formulas):
            variables = scope(formula)
            if len(variables) == 1:
                part = self.compiled.part(variables[0])
                allowed[part] &= unary(formula, variables[0], self.store.options)
            elif variables or not holds(formula, ()):
                rest.append(formula)
        narrowed = DiagramSpace(self.problem.where(*added), self.store, allowed)
        return narrowed._compile(rest) if rest else narrowed

    def _compile(self, formulas: Sequence[Formula]) -> DiagramSpace:
        """The variants that satisfy formulas that no mask expresses.

        Where few variants are left they are tried one by one: compiling a list of variants is
        quicker than compiling all constraints again.
        """
        store = self.store
        if self.empty:
            return self
        if self._about() <= FEW:
            listed = expand(self.compiled, self.allowed)
            keep = [all(holds(f, row) for f in formulas) for row in listed.tolist()]
            rows = listed[np.array(keep, dtype=np.bool_)].astype(np.int32)
            found: tuple[Formula, ...] = (Table(tuple(range(len(store.options))), rows),)
        else:
            found = (*store.formulas, *formulas)
        return evolve(self, store=store.instead(found))

    def choose(self, variable: int, option: int) -> DiagramSpace:
        """The variants that take one option; `problem` stays as it is."""
        allowed = self.allowed.copy()
        part = self.compiled.part(variable)
        kept = allowed[part.start + option]
        allowed[part] = False
        allowed[part.start + option] = kept
        return DiagramSpace(self.problem, self.store, allowed)

    @cached_property
    def _weights(self) -> Ints:
        return self.compiled.weights(self.allowed)

    @cached_property
    def _alive(self) -> Mask:
        return fold.alive(self.compiled.diagram, self._weights > 0)

    @cached_property
    def _weighing(self) -> Weighing:
        return Weighing.of(self.compiled, self.allowed)

    @cached_property
    def _counts(self) -> Numbers:
        return fold.counts(self.compiled.diagram, self._weighing.slots)

    @cached_property
    def _sampler(self) -> Sampler:
        return Sampler.of(self.compiled, self._weighing)

    @cached_property
    def empty(self) -> bool:
        """Whether there is no variant."""
        top = self.compiled.diagram.top
        return top < 0 or not self._alive[top]

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """One variant, the same every time."""
        if self.empty:
            return Infeasible()
        diagram = self.compiled.diagram
        arcs = fold.one_solution(diagram, self._weights > 0, self._alive)
        return Solved(self.compiled.leaders(options_used(self.compiled, self.allowed, arcs)))

    def count(self) -> Solved[int] | Unknown:
        """Number of variants; 0 is an answer."""
        top = self.compiled.diagram.top
        return Solved(int(self._counts[top]) if top >= 0 else 0)

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes."""
        if self.empty:
            return Infeasible()
        return Solved(self.compiled.sets(self.possible_options()))

    def possible_options(self) -> Mask:
        """Which options some variant takes, numbered through all variables."""
        if self.empty:
            return np.zeros_like(self.allowed)
        arcs = fold.used(self.compiled.diagram, self._weights > 0, self._alive)
        return options_used(self.compiled, self.allowed, arcs)

    def option_counts(
        self, weights: Weights | None = None
    ) -> Solved[OptionCounts] | Infeasible | Unknown:
        """For every option the number, or weight, of the variants that take it."""
        diagram = self.compiled.diagram
        if diagram.top < 0:
            return Infeasible()
        weighing, nodes = self._weighing, self._counts
        if weights is not None:
            try:
                weighing = Weighing.of(self.compiled, self.allowed, weights)
            except LimitReached as reached:
                return Unknown(str(reached))
            nodes = fold.counts(diagram, weighing.slots)
        total = int(nodes[diagram.top])
        if not total:
            return Infeasible()
        slots = fold.shares(diagram, weighing.slots, nodes)
        options = slots[self.compiled.slots] * weighing.options
        return Solved(OptionCounts(total, self.compiled.rows(options)))

    def sample(
        self, size: int, seed: int, weights: Weights | None = None
    ) -> Solved[tuple[Variant, ...]] | Infeasible | Unknown:
        """`size` variants drawn independently, the same for the same seed."""
        if self.empty:
            return Infeasible()
        sampler = self._sampler if weights is None else None
        if sampler is None:
            try:
                weighing = Weighing.of(self.compiled, self.allowed, weights)
            except LimitReached as reached:
                return Unknown(str(reached))
            if not fold.counts(self.compiled.diagram, weighing.slots)[self.compiled.diagram.top]:
                return Infeasible()
            sampler = Sampler.of(self.compiled, weighing)
        return Solved(tuple(map(tuple, sampler.draw(size, seed).tolist())))

    def sample_array(self, size: int, seed: int) -> Ints:
        """`sample` as an array of shape (size, variables); the space must not be empty."""
        return self._sampler.draw(size, seed)

    def arrays(self, rows: int | None = None) -> Iterator[Matrix]:
        """All variants in declared order, in pieces of shape (variants, variables).

        Parameters
        ----------
        rows
            About how many variants a piece may have at most; `None` for the default.
        """
        least, most = CHUNKS if rows is None else (rows, rows)
        stack = [self]
        while stack:
            space = stack.pop()
            if space.empty:
                continue
            if space._about() <= least:
                yield expand(space.compiled, space.allowed)
                least = min(4 * least, most)
                continue
            possible = space.possible_options()
            masks = space.compiled.split(possible)
            branch = next(v for v, mask in enumerate(masks) if np.count_nonzero(mask) > 1)
            narrowed = evolve(space, allowed=possible)
            stack += [narrowed.choose(branch, o) for o in np.flatnonzero(masks[branch])[::-1]]

    def _about(self) -> float:
        """Number of variants, roughly."""
        diagram = self.compiled.diagram
        with np.errstate(over="ignore"):
            return float(fold.counts(diagram, self._weights.astype(np.float64))[diagram.top])

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order, in bounded memory."""
        for piece in self.arrays():
            yield from map(tuple, piece.tolist())

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        sign = -1 if greatest else 1
        if not self.empty and self._about() <= FEW:
            return self._best_of_few(quantity, sign, top)
        try:
            priced, allowed, offset = self.priced(quantity, sign)
        except LimitReached as reached:
            return Unknown(str(reached))
        ranked = best(priced, allowed, top)
        found = tuple(Ranked(sign * value + offset, variant) for value, variant in ranked)
        return Solved(found) if found else Infeasible()

    def _best_of_few(
        self, quantity: str, sign: int, top: int
    ) -> Solved[tuple[Ranked, ...]] | Infeasible:
        """The variants are listed in declared order, which a stable sort keeps among equals."""
        asked = self.problem.quantities[quantity]
        listed = expand(self.compiled, self.allowed).astype(np.int64)
        if asked.defined != TRUE:
            keep = [holds(asked.defined, row) for row in listed.tolist()]
            listed = listed[np.array(keep, dtype=np.bool_)]
        totals = values(asked.terms, listed, self.store.options) + asked.offset
        first = np.argsort(sign * totals, kind="stable")[:top]
        ranked = tuple(Ranked(int(totals[i]), tuple(map(int, listed[i]))) for i in first)
        return Solved(ranked) if ranked else Infeasible()

    def priced(self, quantity: str, sign: int) -> tuple[Priced, Mask, int]:
        """A diagram that carries `sign` times a quantity; allowed options; what is to be added."""
        asked = self.problem.quantities[quantity]
        space = self._where_defined([asked])
        pricing = space.store.pricing(asked)
        return pricing.priced(0, sign), space.allowed, pricing.offsets[0]

    def _where_defined(self, quantities: Sequence[Quantity]) -> DiagramSpace:
        defined = [each.defined for each in quantities if each.defined != TRUE]
        return self.where(*defined) if defined else self

    def bounds(self, quantity: str) -> Solved[Bounds] | Infeasible | Unknown:
        """The least and the greatest value: one pass over the diagram."""
        asked = self.problem.quantities[quantity]
        try:
            space = self._where_defined([asked])
            pricing = space.store.pricing(asked)
        except LimitReached as reached:
            return Unknown(str(reached))
        found = pricing.bounds(space.allowed)
        return Infeasible() if found is None else Solved(Bounds(*found))

    def pareto(self, aims: Sequence[Aim]) -> Solved[tuple[Efficient, ...]] | Infeasible | Unknown:
        """The Pareto front: one pass over the diagram."""
        asked = [self.problem.quantities[aim.quantity] for aim in aims]
        signs = [-1 if aim.greatest else 1 for aim in aims]
        try:
            space = self._where_defined(asked)
            pricing = space.store.pricing(*asked)
            front = ParetoFold(pricing, signs, self.store.limits).front(space.allowed)
        except LimitReached as reached:
            return Unknown(str(reached))
        found = tuple(
            Efficient(tuple(map(add, values, pricing.offsets)), variant)
            for values, variant in front
        )
        return Solved(found) if found else Infeasible()

    def project(self, variables: Sequence[int]) -> DiagramSpace | Unknown:
        """The distinct combinations of a few variables, compiled as a space of its own."""
        store = self.store
        try:
            tables = combinations(
                self.compiled, self.allowed, store.formulas, variables, store.limits
            )
            problem = projected(self.problem, variables, tables)
            options = [len(variable.options) for variable in problem.variables]
            opened = Store.open(options, tables, store.limits, store.builder)
        except LimitReached as reached:
            return Unknown(str(reached))
        return DiagramSpace(problem, opened, np.ones(sum(options), dtype=np.bool_))


def _conjuncts(formulas: Sequence[Formula]) -> Iterator[Formula]:
    for formula in formulas:
        match formula:
            case And(terms):
                yield from _conjuncts(terms)
            case Not(Or(terms)):
                yield from _conjuncts([Not(term) for term in terms])
            case Not(Not(operand)):
                yield from _conjuncts([operand])
            case _:
                yield formula
