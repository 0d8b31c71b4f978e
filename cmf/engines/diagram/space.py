"""The compiled variant space of a problem, under restrictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import define, evolve, field

from cmf.engines.diagram import fold
from cmf.engines.diagram.compile import Compiled, compile_formulas
from cmf.engines.diagram.enumerate import expand
from cmf.engines.diagram.optimise import Allowed, Priced, best
from cmf.engines.diagram.relation import Numbers
from cmf.engines.diagram.sample import draw
from cmf.engines.diagram.tabulate import classes_of, tabulate
from cmf.engines.protocols import OptionCounts, Ranked
from cmf.errors import LimitReached
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import TRUE, And, Formula, Not, Or, holds, scope
from cmf.problem.problem import Constraint, Origin, Problem, Variant

CHUNK = 20_000
"""Variants are made ready in chunks of at most so many."""


@define(eq=False)
class Store:
    """What spaces with the same compiled constraints share: diagrams made on demand.

    Attributes
    ----------
    formulas
        The conjunction that is compiled.
    """

    options: tuple[int, ...]
    formulas: tuple[Formula, ...]
    limits: Limits
    compiled: Compiled
    priced: dict[str, Compiled] = field(factory=dict)

    @classmethod
    def open(cls, options: Sequence[int], formulas: Sequence[Formula], limits: Limits) -> Store:
        """Compile; raises `LimitReached` at a limit."""
        compiled = compile_formulas(options, formulas, limits)
        return cls(tuple(options), tuple(formulas), limits, compiled)


@define(eq=False, slots=False)
class DiagramSpace:
    """The valid variants of a problem as a compiled diagram.

    A restriction that speaks of one variable at a time only masks options; any other is compiled.

    Attributes
    ----------
    problem
        Restrictions included.
    allowed
        For every variable which options the restrictions leave.
    """

    problem: Problem
    store: Store = field(repr=False)
    allowed: Allowed = field(repr=False)

    @property
    def compiled(self) -> Compiled:
        """The diagram without the masks."""
        return self.store.compiled

    def where(self, *formulas: Formula) -> DiagramSpace:
        """The variants that also satisfy `formulas`; raises `LimitReached` at a limit."""
        added = (Constraint(formula, Origin("choice", "where")) for formula in formulas)
        allowed = list(self.allowed)
        rest: list[Formula] = []
        for formula in _conjuncts(formulas):
            variables = scope(formula)
            if len(variables) == 1:
                allowed[variables[0]] = allowed[variables[0]] & _options(
                    formula, variables[0], self.store.options
                )
            elif variables or not holds(formula, ()):
                rest.append(formula)
        store = self.store
        if rest:
            store = Store.open(store.options, (*store.formulas, *rest), store.limits)
        return evolve(self, problem=self.problem.where(*added), store=store, allowed=tuple(allowed))

    @cached_property
    def _weights(self) -> npt.NDArray[np.int64]:
        return self.compiled.slot_weights(self.allowed)

    @cached_property
    def _alive(self) -> fold.Mask:
        return fold.alive(self.compiled.diagram, self._weights > 0)

    @cached_property
    def _exact_weights(self) -> Numbers:
        """Weights as machine words where counts fit, else as Python integers."""
        diagram = self.compiled.diagram
        with np.errstate(over="ignore"):
            about = fold.counts(diagram, self._weights.astype(np.float64))
        fits = diagram.top < 0 or bool(np.max(about) < 2.0**61)
        return self._weights if fits else self._weights.astype(object)

    @cached_property
    def _counts(self) -> Numbers:
        return fold.counts(self.compiled.diagram, self._exact_weights)

    @property
    def empty(self) -> bool:
        """Whether there is no variant."""
        top = self.compiled.diagram.top
        return top < 0 or not self._alive[top]

    def find(self) -> Solved[Variant] | Infeasible | Unknown:
        """One variant, the same every time."""
        if self.empty:
            return Infeasible()
        diagram = self.compiled.diagram
        slots = self._weights > 0
        alive = self._alive
        variant = [0] * len(self.problem.variables)
        stack = [diagram.top]
        while stack:
            node = stack.pop()
            arc = int(diagram.node_arcs[node])
            while not (
                slots[diagram.arc_slot[arc]]
                and alive[diagram.left[arc]]
                and alive[diagram.right[arc]]
            ):
                arc += 1
            slot = int(diagram.arc_slot[arc])
            variable = int(np.searchsorted(diagram.slots, slot, "right")) - 1
            if 0 <= variable < len(variant):
                members = self.compiled.labels[variable] == slot - diagram.slots[variable]
                variant[variable] = int(np.argmax(members & self.allowed[variable]))
            stack += [int(n) for n in (diagram.left[arc], diagram.right[arc]) if n]
        return Solved(tuple(variant))

    def count(self) -> Solved[int] | Unknown:
        """Number of variants; 0 is an answer."""
        top = self.compiled.diagram.top
        return Solved(int(self._counts[top]) if top >= 0 else 0)

    def possible(self) -> Solved[tuple[frozenset[int], ...]] | Infeasible | Unknown:
        """For every variable the options that some variant takes."""
        if self.empty:
            return Infeasible()
        masks = self.possible_masks()
        return Solved(tuple(frozenset(np.flatnonzero(mask).tolist()) for mask in masks))

    def possible_masks(self) -> Allowed:
        """For every variable which options some variant takes, as arrays."""
        diagram = self.compiled.diagram
        arcs = fold.used(diagram, self._weights > 0, self._alive)
        slots = np.zeros(len(self._weights), dtype=np.bool_)
        slots[diagram.arc_slot[arcs]] = True
        return tuple(
            self.compiled.options_of(variable, slots) & mask
            for variable, mask in enumerate(self.allowed)
        )

    def option_counts(self) -> Solved[OptionCounts] | Infeasible | Unknown:
        """For every option the number of variants that take it."""
        if self.empty:
            return Infeasible()
        slots = fold.shares(self.compiled.diagram, self._exact_weights, self._counts)
        counts = tuple(
            tuple(int(n) for n in np.where(mask, self.compiled.options_of(variable, slots), 0))
            for variable, mask in enumerate(self.allowed)
        )
        return Solved(OptionCounts(int(self._counts[self.compiled.diagram.top]), counts))

    def sample(self, size: int, seed: int) -> Solved[tuple[Variant, ...]] | Infeasible | Unknown:
        """`size` variants drawn uniformly and independently, the same for the same seed."""
        if self.empty:
            return Infeasible()
        drawn = draw(self.compiled, self.allowed, self._exact_weights, self._counts, size, seed)
        return Solved(tuple(map(tuple, drawn.tolist())))

    def arrays(self) -> npt.NDArray[np.int64]:
        """All variants in declared order, shape (variants, variables), all in memory at once."""
        if self.empty:
            return np.zeros((0, len(self.allowed)), dtype=np.int64)
        return expand(self.compiled, self.allowed, self._weights)

    def variants(self) -> Iterator[Variant]:
        """All variants in declared (lexicographic) order, in bounded memory."""
        stack = [self]
        while stack:
            space = stack.pop()
            if space.empty:
                continue
            top = space.compiled.diagram.top
            if space._counts[top] <= CHUNK:
                yield from map(tuple, space.arrays().tolist())
                continue
            masks = space.possible_masks()
            branch = next(v for v, mask in enumerate(masks) if np.count_nonzero(mask) > 1)
            for option in np.flatnonzero(masks[branch])[::-1]:
                only = np.zeros_like(masks[branch])
                only[option] = True
                stack.append(evolve(space, allowed=(*masks[:branch], only, *masks[branch + 1 :])))

    def best(
        self, quantity: str, *, greatest: bool = False, top: int = 1
    ) -> Solved[tuple[Ranked, ...]] | Infeasible | Unknown:
        """The `top` variants of least (or greatest) value, ties in declared order."""
        try:
            priced, allowed, offset = self._priced(quantity, -1 if greatest else 1)
        except LimitReached as reached:
            return Unknown(str(reached))
        ranked = best(priced, allowed, top)
        sign = -1 if greatest else 1
        found = tuple(Ranked(sign * value + offset, variant) for value, variant in ranked)
        return Solved(found) if found else Infeasible()

    def _priced(self, quantity: str, sign: int) -> tuple[Priced, Allowed, int]:
        """A diagram that carries the cost tables of a quantity; masks; what is to be added."""
        asked = self.problem.quantities[quantity]
        space = self if asked.defined == TRUE else self.where(asked.defined)
        wide = [term for term in asked.terms if len(term.scope) > 1]
        options = [np.zeros(n, dtype=np.int64) for n in self.store.options]
        offset = asked.offset
        for term in asked.terms:
            if not term.scope:
                offset += term.value(())
            elif len(term.scope) == 1:
                costs = np.full(len(options[term.scope[0]]), term.default, dtype=np.int64)
                costs[term.rows[:, 0]] = term.costs
                options[term.scope[0]] += sign * costs
        store = space.store
        compiled = store.compiled
        arcs = np.zeros(compiled.diagram.arcs, dtype=np.int64)
        if wide:
            if quantity not in store.priced:
                store.priced[quantity] = compile_formulas(
                    store.options, store.formulas, store.limits, [wide]
                )
            compiled = store.priced[quantity]
            arcs = sign * compiled.diagram.arc_costs[0]
            offset += compiled.diagram.offsets[0]
        return Priced(compiled, tuple(options), arcs), space.allowed, offset


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


def _options(formula: Formula, variable: int, options: Sequence[int]) -> fold.Mask:
    """The options of a variable that satisfy a formula about nothing else."""
    classes = classes_of(formula, options)
    return np.asarray(tabulate(formula, classes))[classes.labels[variable]]
