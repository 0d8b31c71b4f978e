"""What another option in place of a choice changes: cost, and how much of the vehicle stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import define, field, frozen

from cmf.analysis.why.repair import Replacement
from cmf.problem.formula import Formula, holds
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Quantity, Variant
from cmf.rules.typed import TypedLine


@frozen
class Effect:
    """A replacement against what was wished for, all other options alike.

    Attributes
    ----------
    difference
        Of a quantity, in base units; `None` where it is undefined on one side.
    kept, wished
        Carry-over by spend: cost (in minor units) of the parts of the wished vehicle that the
        other one has as well, and of all its parts; both 0 without parts.
    """

    difference: int | None
    kept: int
    wished: int


@define
class Effects:
    """Measures replacements.

    Attributes
    ----------
    quantity
        What the difference is of; `None` for nothing.
    """

    catalog: LoweredCatalog
    quantity: Quantity | None
    _lines: Mapping[Formula, list[TypedLine]] = field(init=False)
    """BOM lines by the condition that many of them share."""
    _parts: dict[Variant, Mapping[str, int]] = field(factory=dict, init=False)

    @_lines.default
    def _(self) -> Mapping[Formula, list[TypedLine]]:
        lines: dict[Formula, list[TypedLine]] = {}
        for line, condition in self.catalog.lines:
            lines.setdefault(condition, []).append(line)
        return lines

    def of(self, replacement: Replacement) -> Effect:
        """The effect of a replacement."""
        before, after = self._used(replacement.wished), self._used(replacement.variant)
        kept = {part: min(pieces, after.get(part, 0)) for part, pieces in before.items()}
        return Effect(self._difference(replacement), self._spend(kept), self._spend(before))

    def _difference(self, replacement: Replacement) -> int | None:
        if self.quantity is None:
            return None
        before = self.quantity.value(replacement.wished)
        after = self.quantity.value(replacement.variant)
        return None if before is None or after is None else after - before

    def _used(self, variant: Variant) -> Mapping[str, int]:
        if variant not in self._parts:
            pieces: Counter[str] = Counter()
            for condition, lines in self._lines.items():
                if holds(condition, variant):
                    for line in lines:
                        pieces[line.part] += line.quantity
            self._parts[variant] = pieces
        return self._parts[variant]

    def _spend(self, pieces: Mapping[str, int]) -> int:
        parts = self.catalog.resolved.catalog.parts
        return sum(parts[part].unit_cost * number for part, number in pieces.items())
