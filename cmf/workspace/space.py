"""The variant space in words: option names, data frames, rule-language conditions."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from attrs import evolve, field, frozen

from cmf.engines.outcome import solved
from cmf.engines.protocols import Aim, ArraySpace, CountingSpace, Space
from cmf.errors import LimitReached, did_you_mean, fail
from cmf.problem.answer import Limits, Unknown
from cmf.problem.formula import Member
from cmf.problem.grid import Ints
from cmf.problem.problem import Constraint, Origin, Variant
from cmf.workspace.engine import open_space
from cmf.workspace.frames import count_frame, joined, options_frame, variant_frame
from cmf.workspace.options import OptionState, option_states

if TYPE_CHECKING:
    import polars as pl

    from cmf.analysis.coverage import Coverage
    from cmf.analysis.difference import Difference
    from cmf.analysis.session import Session
    from cmf.analysis.takerates import Rate, TakeRates
    from cmf.workspace.model import Model

logger = logging.getLogger(__name__)

FALLBACK_SECONDS = 30.0
"""What one answer may take once incremental SAT has taken over."""

BATCH_CELLS = 1 << 25
"""Cells of one batch of variants, a byte or a few each."""


@frozen
class VariantSpace:
    """All valid variants of a model that meet some conditions.

    Attributes
    ----------
    engine
        Name of the engine that answers.
    choices
        Conditions so far.
    fallback
        Whether incremental SAT takes over where a condition exceeds what the engine can compile.
    """

    model: Model
    engine: str
    space: Space = field(repr=False)
    choices: tuple[Constraint, ...] = field(default=(), repr=False)
    fallback: bool = False

    def where(self, *conditions: str) -> VariantSpace:
        """The variants that also meet `conditions`, written in the rule language.

        Raises
        ------
        InputError
            With every fault of every condition.
        """
        added = self.model.conditions(*conditions)
        try:
            space = self.space.where(*(choice.formula for choice in added))
        except LimitReached as limit:
            if not self.fallback:
                raise
            logger.warning("%s: incremental SAT answers", limit)
            every = [choice.formula for choice in (*self.choices, *added)]
            engine, opened = open_space(self.model.problem, "sat", Limits(seconds=FALLBACK_SECONDS))
            space = opened.where(*every)
            return evolve(self, engine=engine, space=space, choices=self.choices + added)
        return evolve(self, space=space, choices=self.choices + added)

    def choose(self, options: Mapping[str, str]) -> VariantSpace:
        """The variants that take these options, an option for each axis named.

        The same as `where` with ``axis == option``, without a text to be read.

        Raises
        ------
        InputError
            For an unknown axis or option.
        """
        problem = self.model.problem
        added = []
        for name, option in options.items():
            number = self._index(name)
            names = problem.variables[number].options
            if option not in names:
                remedy = did_you_mean(option, names, what="option")
                raise fail("unknown-option", f"`{name}` has no option `{option}`", None, remedy)
            formula = Member(number, frozenset({names.index(option)}))
            added.append(Constraint(formula, Origin("choice", f"{name} == {option}")))
        space = self.space.where(*(choice.formula for choice in added))
        return evolve(self, space=space, choices=(*self.choices, *added))

    def project(self, *names: str) -> VariantSpace:
        """The distinct combinations of the options of some axes that variants take.

        What remains is a variant space of those axes alone, in declared order: it is counted,
        listed and restricted like any other. Conditions of this space are kept; later ones may only
        speak of axes that are left.

        Raises
        ------
        InputError
            For an unknown axis, or none.
        LimitReached
            When the combinations cannot be described within the limits of the engine.
        """
        if not names:
            raise fail("no-axis", "a projection needs the name of an axis at least")
        numbers = sorted({self._index(name) for name in names})
        space = self.space.project(numbers)
        if isinstance(space, Unknown):
            raise LimitReached(f"engine {self.engine}: the projection exceeds {space.limit}")
        return VariantSpace(self.model.over(numbers, space.problem), self.engine, space)

    def count(self) -> int:
        """Number of variants, exact; 0 when there is none.

        Raises
        ------
        LimitReached
            When the engine cannot count within its limits.
        """
        return solved(self.space.count(), 0)

    def count_by(self, *names: str) -> list[tuple[tuple[str, ...], int]]:
        """Number of variants for every combination of options of the axes `names` that occurs."""
        numbers = [self._index(name) for name in names]
        return [(tuple(options), n) for options, n in self._split(self.space, numbers)]

    def options(self) -> list[OptionState]:
        """Every option: chosen, implied, free or excluded, with its share of the variants."""
        return option_states(self.space, self.choices)

    def count_frame(self, *names: str) -> pl.DataFrame:
        """`count_by` as a table: a column for each name, and ``variants``."""
        return count_frame(names, self.count_by(*names))

    def options_frame(self) -> pl.DataFrame:
        """`options` as a table: axis, option, status, variants, share.

        The share is rounded to a float for display; `options` has it exactly.
        """
        return options_frame(self.options())

    def find(self) -> dict[str, str] | None:
        """One variant, the same every time; `None` when there is none."""
        found = solved(self.space.find(), None)
        return None if found is None else self.model.problem.names(found)

    def iterate(self) -> Iterator[dict[str, str]]:
        """All variants in declared order, one by one."""
        return (self.model.problem.names(variant) for variant in self.space.variants())

    def variants(self, limit: int | None = None) -> pl.DataFrame:
        """The first `limit` variants in declared order, with their quantities."""
        return self.frame(list(islice(self.space.variants(), limit)))

    def batches(self, rows: int | None = None) -> Iterator[pl.DataFrame]:
        """All variants in declared order, as data frames of about `rows` rows: memory is bounded.

        Data frames are Arrow memory: any library that speaks Arrow's PyCapsule interface, such as
        ``pyarrow.table(frame)``, reads them without a copy of its own.

        Parameters
        ----------
        rows
            By default as many as have `BATCH_CELLS` cells.

        Raises
        ------
        LimitReached
            When the engine reaches a limit on the way.
        """
        rows = rows or max(1, BATCH_CELLS // len(self.space.problem.variables))
        if isinstance(self.space, ArraySpace):
            yield from map(self.frame, joined(self.space.arrays(rows), rows))
            return
        listed = self.space.variants()
        while batch := list(islice(listed, rows)):
            yield self.frame(batch)

    def to_parquet(self, path: str | Path) -> None:
        """Write all variants to a Parquet file, in declared order, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        from cmf.report.files import save_frames

        save_frames(self.batches(), self.frame(()), Path(path))

    def sample(self, size: int, seed: int = 0, rates: TakeRates | None = None) -> pl.DataFrame:
        """`size` variants drawn independently; the same for the same seed.

        Parameters
        ----------
        rates
            What options weigh (see `take_rates`); every variant is as likely as any other without.
        """
        weights = None if rates is None else rates.weights
        return self.frame(solved(self._counting("sample fairly").sample(size, seed, weights), ()))

    def take_rates(self, rates: Mapping[str, Mapping[str, Rate]], fit: bool = False) -> TakeRates:
        """Take rates of options, for weighted samples; see `cmf.analysis.takerates`.

        Parameters
        ----------
        rates
            For some axes the rate of every option that is taken: integers, fractions, or texts such
            as ``12.5 %``. They need not add up to 1, and options without one are not taken.
        fit
            Find weights under which the options are taken at just these rates. Without, a variant
            weighs the product of the rates of its options, and rules shift the shares.

        Raises
        ------
        InputError
            For unknown names, a negative rate, an axis without any rate above 0, and with `fit` for
            rates that no mix of the variants has.
        """
        from cmf.analysis.takerates import take_rates

        return take_rates(self._counting("weigh variants"), rates, fit=fit)

    def best(self, quantity: str, *, top: int = 1, greatest: bool = False) -> pl.DataFrame:
        """The `top` variants of least (or greatest) `quantity`, ties in declared order.

        Raises
        ------
        InputError
            When there is no such quantity, or it is no sum over the options.
        """
        self.additive(quantity)
        ranked = solved(self.space.best(quantity, greatest=greatest, top=top), ())
        return self.frame([each.variant for each in ranked])

    def bounds(self, quantity: str) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest value of a quantity, in its unit; `None` without a variant.

        Variants on which it is undefined do not take part.

        Raises
        ------
        InputError
            When there is no such quantity, or it is no sum over the options.
        """
        self.additive(quantity)
        found = solved(self.space.bounds(quantity), None)
        if found is None:
            return None
        factor = self.model.problem.quantities[quantity].unit.factor
        return Fraction(found.least, factor), Fraction(found.greatest, factor)

    def pareto(self, *quantities: str, greatest: Collection[str] = ()) -> pl.DataFrame:
        """The Pareto front: a variant for every combination of values that none betters.

        A variant betters another when it is as good in every quantity and better in one. The best
        of the first quantity come first; of variants with the same values the first in declared
        order stands for all.

        Parameters
        ----------
        quantities
            To be small.
        greatest
            Those of `quantities` that are to be great instead.

        Raises
        ------
        InputError
            When there is no such quantity, or one is no sum over the options.
        """
        if not quantities:
            raise fail("no-quantity", "a Pareto front needs the name of a quantity at least")
        for name in (*quantities, *greatest):
            self.additive(name)
        aims = [Aim(name, name in greatest) for name in dict.fromkeys(quantities)]
        front = solved(self.space.pareto(aims), ())
        return self.frame([each.variant for each in front])

    def diverse(self, size: int) -> pl.DataFrame:
        """`size` variants that differ much from each other, fewer only if there are no more.

        See `cmf.analysis.diverse` for what is guaranteed.
        """
        from cmf.analysis.diverse import diverse

        return self.frame([each.variant for each in diverse(self.space, size)])

    def coverage(self, strength: int = 2) -> Coverage:
        """Few variants that cover every valid pair of options (`strength` 2), or every option (1).

        See `cmf.analysis.coverage`.
        """
        from cmf.analysis.coverage import coverage

        return coverage(self.space, strength)

    def difference(self, other: VariantSpace) -> Difference:
        """What `other` gains and loses against this space; see `cmf.analysis.difference`.

        Raises
        ------
        InputError
            When a slot or feature that only one side knows is not decided there.
        LimitReached
            When an engine does not count by option.
        """
        from cmf.analysis.difference import difference

        return difference(self._counting("count"), other._counting("count"))

    def session(self) -> Session:
        """Choices made one after the other, within this space; see `cmf.analysis.session`."""
        from cmf.analysis.session import Session

        return Session(self.space, self.model.problem.where(*self.choices))

    def additive(self, quantity: str) -> None:
        """Refuse a quantity that cannot be ranked, with the reason."""
        problem = self.model.problem
        if quantity in problem.quantities:
            return
        reason = self.model.lowered.not_additive.get(quantity)
        if reason:
            raise fail("quantity-not-additive", f"`{quantity}` cannot be ranked: {reason}")
        remedy = did_you_mean(quantity, problem.quantities, what="quantity")
        raise fail("unknown-quantity", f"there is no quantity `{quantity}`", None, remedy)

    def _counting(self, what: str) -> CountingSpace:
        if not hasattr(self.space, "option_counts"):
            raise LimitReached(f"engine {self.engine} cannot {what}: narrow the conditions")
        return cast(CountingSpace, self.space)

    def frame(self, variants: Sequence[Variant] | Ints) -> pl.DataFrame:
        """Variants as a table, with their quantities; see `cmf.workspace.frames`."""
        return variant_frame(self.model.problem, variants)

    def _split(self, space: Space, numbers: Sequence[int]) -> Iterator[tuple[list[str], int]]:
        if not numbers:
            count = solved(space.count(), 0)
            if count:
                yield [], count
            return
        axis = space.problem.variables[numbers[0]]
        possible = solved(space.possible(), None)
        for option in sorted(possible[numbers[0]]) if possible else ():
            within = space.where(Member(numbers[0], frozenset({option})))
            for names, count in self._split(within, numbers[1:]):
                yield [axis.options[option], *names], count

    def _index(self, name: str) -> int:
        names = [axis.name for axis in self.model.problem.variables]
        if name not in names:
            remedy = did_you_mean(name, names, what="axis")
            raise fail("unknown-axis", f"there is no slot or feature `{name}`", None, remedy)
        return names.index(name)
