"""What spaces with the same compiled constraints share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from attrs import define, field

from cmf.engines.diagram.cache import compile_cached
from cmf.engines.diagram.compile import Compiled, compile_formulas
from cmf.engines.diagram.price import Pricing
from cmf.problem.answer import Limits
from cmf.problem.formula import CostTable, Formula
from cmf.problem.problem import Quantity


@define(eq=False)
class Store:
    """What spaces with the same compiled constraints share: diagrams made on demand.

    Attributes
    ----------
    formulas
        The conjunction that is compiled.
    cache
        Folder that keeps compiled diagrams; `None` for none.
    pricings
        Quantities that were asked for, as long as somebody holds them.
    """

    options: tuple[int, ...]
    formulas: tuple[Formula, ...]
    limits: Limits
    builder: str
    compiled: Compiled
    cache: Path | None = None
    pricings: WeakKeyDictionary[Quantity, Pricing] = field(factory=WeakKeyDictionary)

    @classmethod
    def open(
        cls,
        options: Sequence[int],
        formulas: Sequence[Formula],
        limits: Limits,
        builder: str = "auto",
        cache: Path | None = None,
    ) -> Store:
        """Compile, or read from the cache; raises `LimitReached` at a limit."""
        compiled = _compiled(cache, options, formulas, limits, (), builder)
        return cls(tuple(options), tuple(formulas), limits, builder, compiled, cache)

    def instead(self, formulas: Sequence[Formula]) -> Store:
        """Other formulas about the same variables; raises `LimitReached` at a limit."""
        return Store.open(self.options, formulas, self.limits, self.builder)

    def pricing(self, *quantities: Quantity) -> Pricing:
        """Quantities on one diagram; raises `LimitReached` at a limit."""
        if len(quantities) == 1 and quantities[0] in self.pricings:
            return self.pricings[quantities[0]]
        pricing = Pricing.of(self.compiled, quantities, self._carrying)
        if len(quantities) == 1:
            self.pricings[quantities[0]] = pricing
        return pricing

    def _carrying(self, terms: Sequence[Sequence[CostTable]]) -> Compiled:
        """A diagram whose arcs carry the cost tables of some quantities."""
        return _compiled(self.cache, self.options, self.formulas, self.limits, terms, self.builder)


def _compiled(
    cache: Path | None,
    options: Sequence[int],
    formulas: Sequence[Formula],
    limits: Limits,
    quantities: Sequence[Sequence[CostTable]],
    builder: str,
) -> Compiled:
    if cache is None:
        return compile_formulas(options, formulas, limits, quantities, builder)
    return compile_cached(cache, options, formulas, limits, quantities, builder)
