"""What is left of the options of an axis, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from cmf.model.catalog import Axis, Catalog, Measure, Option, Value
from cmf.model.units import format_quantity

LISTED = 3
"""Up to this many options are listed by name."""


@frozen
class Phrases:
    """Words for sets of options of a catalogue."""

    catalog: Catalog

    def options(self, variable: int, options: frozenset[int], hint: str = "") -> str:
        """A set of options of an axis: named if it can be, else by the first of them.

        Parameters
        ----------
        hint
            Text of a rule: only attributes that it names are used.
        """
        named = self.named(variable, options, hint)
        if named is not None:
            return named
        axis = self.catalog.axes[variable]
        first = ", ".join(axis.names[option] for option in sorted(options)[:LISTED])
        return f"{axis.name} in {{{first}, … {len(options)} of {len(axis.names)}}}"

    def named(self, variable: int, options: frozenset[int], hint: str = "") -> str | None:
        """A set of options by name, by an attribute, or by what is missing; else `None`."""
        axis = self.catalog.axes[variable]
        names = [axis.names[option] for option in sorted(options)]
        if len(names) <= LISTED:
            return f"{axis.name} {among(names)}"
        described = next(self._described(axis, options, hint), None)
        if described is not None:
            return described
        missing = [name for o, name in enumerate(axis.names) if o not in options]
        if len(missing) <= LISTED:
            return f"{axis.name} {among(missing, negated=True)}"
        return None

    def _described(self, axis: Axis, options: frozenset[int], hint: str) -> Iterator[str]:
        """Statements about one attribute that are true of exactly these options."""
        inside = [axis.options[o] for o in sorted(options)]
        outside = [option for o, option in enumerate(axis.options) if o not in options]
        named = [a for a in axis.attributes if f"{axis.name}.{a}" in hint]
        for name in named:
            yield from self._by_attribute(axis, name, inside, outside)

    def _by_attribute(
        self, axis: Axis, name: str, inside: list[Option], outside: list[Option]
    ) -> Iterator[str]:
        where = f"{axis.name}.{name}"
        own = [option.values.get(name) for option in inside]
        others = [option.values.get(name) for option in outside]
        if all(value is None for value in own) and None not in others:
            yield f"not defined({where})"
        if None in own:
            return
        if all(value is None for value in others):
            yield f"defined({where})"
        sets = [value for value in own if isinstance(value, frozenset)]
        if len(sets) == len(own):
            rest = [value for value in others if isinstance(value, frozenset)]
            for word in sorted(frozenset.intersection(*sets)):
                if not any(word in value for value in rest):
                    yield f"{word} in {where}"
        if len(set(own)) == 1 and own[0] not in others:
            yield self._equal(axis, name, own[0])
        kind = axis.attributes[name].type
        if isinstance(kind, Measure):
            yield from self._bounded(where, kind, own, others)

    def _equal(self, axis: Axis, name: str, value: Value | None) -> str:
        where = f"{axis.name}.{name}"
        kind = axis.attributes[name].type
        if isinstance(value, bool):
            return where if value else f"not {where}"
        if isinstance(value, frozenset):
            return f"{where} is {{{', '.join(sorted(value))}}}"
        if isinstance(value, int) and isinstance(kind, Measure):
            return f"{where} == {format_quantity(value, kind.unit)}"
        return f"{where} == {value}"

    def _bounded(
        self, where: str, kind: Measure, own: list[Value | None], others: list[Value | None]
    ) -> Iterator[str]:
        mine = [value for value in own if isinstance(value, int)]
        rest = [value for value in others if isinstance(value, int)]
        if all(value < min(mine) for value in rest):
            yield f"{where} >= {format_quantity(min(mine), kind.unit)}"
        elif all(value > max(mine) for value in rest):
            yield f"{where} <= {format_quantity(max(mine), kind.unit)}"


def among(names: Sequence[str], *, negated: bool = False) -> str:
    """Being one of a few names, or none of them, as the rule language says it."""
    if len(names) == 1:
        return f"{'!=' if negated else '=='} {names[0]}"
    return f"{'not in' if negated else 'in'} {{{', '.join(names)}}}"
