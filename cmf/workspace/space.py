"""The variant space in words: option names, data frames, rule-language conditions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from attrs import evolve, field, frozen

from cmf.engines.protocols import ArraySpace, CountingSpace, OptionCounts, Space
from cmf.errors import LimitReached, did_you_mean, fail
from cmf.problem.answer import Infeasible, Limits, Solved, Unknown
from cmf.problem.formula import Member
from cmf.problem.grid import Ints
from cmf.problem.problem import Constraint, Variant
from cmf.workspace.engine import open_space
from cmf.workspace.frames import variant_frame

if TYPE_CHECKING:
    import polars as pl

    from cmf.analysis.coverage import Coverage
    from cmf.analysis.difference import Difference
    from cmf.analysis.session import Session
    from cmf.workspace.model import Model

logger = logging.getLogger(__name__)

FALLBACK_SECONDS = 30.0
"""What one answer may take once incremental SAT has taken over."""

T = TypeVar("T")
Else = TypeVar("Else")


@frozen
class OptionState:
    """An option under the conditions of a space.

    Attributes
    ----------
    status
        ``chosen`` (a condition names it alone), ``implied`` (every variant takes it), ``free``, or
        ``excluded`` (none does).
    count
        Variants that take it; `None` when the engine does not count.
    share
        Part of the variants that take it.
    """

    axis: str
    option: str
    status: str
    count: int | None
    share: Fraction | None


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

    def count(self) -> int:
        """Number of variants, exact; 0 when there is none.

        Raises
        ------
        LimitReached
            When the engine cannot count within its limits.
        """
        return _solved(self.space.count(), 0)

    def count_by(self, *names: str) -> list[tuple[tuple[str, ...], int]]:
        """Number of variants for every combination of options of the axes `names` that occurs."""
        numbers = [self._index(name) for name in names]
        return [(tuple(options), n) for options, n in self._split(self.space, numbers)]

    def options(self) -> list[OptionState]:
        """Every option: chosen, implied, free or excluded, with its share of the variants."""
        counts = self._option_counts()
        if counts is None:
            possible = _solved(self.space.possible(), None)
            table: Iterable[Sequence[int | None]] = [
                [None if possible and o in possible[v] else 0 for o in range(len(var.options))]
                for v, var in enumerate(self.space.problem.variables)
            ]
            total = None
        else:
            table, total = counts.counts, counts.total
        chosen = self._chosen()
        return [
            _state(axis.name, option, number, row, total, chosen.get(v))
            for v, (axis, row) in enumerate(zip(self.space.problem.variables, table, strict=True))
            for number, option in enumerate(axis.options)
        ]

    def count_frame(self, *names: str) -> pl.DataFrame:
        """`count_by` as a table: a column for each name, and ``variants``."""
        import polars as pl

        rows = self.count_by(*names)
        columns: dict[str, list[str]] = {
            name: [options[place] for options, _ in rows] for place, name in enumerate(names)
        }
        # Counts may exceed 64 bits; they are then exact as text.
        counts = [count for _, count in rows]
        exact = counts if max(counts, default=0) < 2**63 else [str(count) for count in counts]
        return pl.DataFrame({**columns, "variants": exact})

    def options_frame(self) -> pl.DataFrame:
        """`options` as a table: axis, option, status, variants, share.

        The share is rounded to a float for display; `options` has it exactly.
        """
        import polars as pl

        states = self.options()
        counts = [state.count for state in states]
        small = all(count is None or count < 2**63 for count in counts)
        return pl.DataFrame(
            {
                "axis": [state.axis for state in states],
                "option": [state.option for state in states],
                "status": [state.status for state in states],
                "variants": counts if small else [None if c is None else str(c) for c in counts],
                "share": [None if s.share is None else float(s.share) for s in states],
            },
            schema_overrides={"share": pl.Float64},
        )

    def find(self) -> dict[str, str] | None:
        """One variant, the same every time; `None` when there is none."""
        found = _solved(self.space.find(), None)
        return None if found is None else self.model.problem.names(found)

    def iterate(self) -> Iterator[dict[str, str]]:
        """All variants in declared order, one by one."""
        return (self.model.problem.names(variant) for variant in self.space.variants())

    def variants(self, limit: int | None = None) -> pl.DataFrame:
        """The first `limit` variants in declared order, with their quantities."""
        return self.frame(list(islice(self.space.variants(), limit)))

    def batches(self, rows: int = 100_000) -> Iterator[pl.DataFrame]:
        """All variants in declared order, as data frames of about `rows` rows: memory is bounded.

        Raises
        ------
        LimitReached
            When the engine reaches a limit on the way.
        """
        if isinstance(self.space, ArraySpace):
            yield from map(self.frame, _joined(self.space.arrays(rows), rows))
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

    def sample(self, size: int, seed: int = 0) -> pl.DataFrame:
        """`size` variants drawn uniformly and independently; the same for the same seed."""
        if not hasattr(self.space, "sample"):
            raise LimitReached(f"engine {self.engine} cannot sample fairly: narrow the conditions")
        space = cast(CountingSpace, self.space)
        return self.frame(_solved(space.sample(size, seed), ()))

    def best(self, quantity: str, *, top: int = 1, greatest: bool = False) -> pl.DataFrame:
        """The `top` variants of least (or greatest) `quantity`, ties in declared order.

        Raises
        ------
        InputError
            When there is no such quantity, or it is no sum over the options.
        """
        self.additive(quantity)
        ranked = _solved(self.space.best(quantity, greatest=greatest, top=top), ())
        return self.frame([each.variant for each in ranked])

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

        for each in (self, other):
            if not hasattr(each.space, "option_counts"):
                raise LimitReached(f"engine {each.engine} does not count: narrow the conditions")
        return difference(
            cast(CountingSpace, self.space),
            cast(CountingSpace, other.space),
        )

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

    def frame(self, variants: Sequence[Variant] | Ints) -> pl.DataFrame:
        """Variants as a table, with their quantities; see `cmf.workspace.frames`."""
        return variant_frame(self.model.problem, variants)

    def _option_counts(self) -> OptionCounts | None:
        if not hasattr(self.space, "option_counts"):
            return None
        answer = cast(CountingSpace, self.space).option_counts()
        if isinstance(answer, Infeasible):
            empty = tuple((0,) * len(v.options) for v in self.space.problem.variables)
            return OptionCounts(0, empty)
        return answer.value if isinstance(answer, Solved) else None

    def _chosen(self) -> dict[int, int]:
        """Options that a condition names alone."""
        return {
            choice.formula.variable: next(iter(choice.formula.options))
            for choice in self.choices
            if isinstance(choice.formula, Member) and len(choice.formula.options) == 1
        }

    def _split(self, space: Space, numbers: Sequence[int]) -> Iterator[tuple[list[str], int]]:
        if not numbers:
            count = _solved(space.count(), 0)
            if count:
                yield [], count
            return
        axis = space.problem.variables[numbers[0]]
        possible = _solved(space.possible(), None)
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


def _joined(pieces: Iterable[Ints], rows: int) -> Iterator[Ints]:
    """The same rows in pieces of about `rows`: a data frame costs the more columns it has."""
    held: list[Ints] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= rows:
            yield _stacked(held)
            held = []
    if held:
        yield _stacked(held)


def _stacked(pieces: Sequence[Ints]) -> Ints:
    """Pieces below each other, stored column by column as data frames want them."""
    return np.concatenate([piece.T for piece in pieces], axis=1).T


def _state(
    axis: str,
    option: str,
    number: int,
    row: Sequence[int | None],
    total: int | None,
    chosen: int | None,
) -> OptionState:
    count = row[number]
    alone = sum(1 for c in row if c != 0) == 1
    if count == 0:
        status = "excluded"
    elif chosen == number:
        status = "chosen"
    else:
        status = "implied" if alone else "free"
    share = Fraction(count, total) if total and count is not None else None
    return OptionState(axis, option, status, count if total is not None else None, share)


def _solved(answer: Solved[T] | Infeasible | Unknown, otherwise: Else) -> T | Else:
    match answer:
        case Solved(value):
            return value
        case Infeasible():
            return otherwise
        case Unknown(limit):
            raise LimitReached(f"no answer within {limit}")
