"""A variant as a test sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from cmf.analysis.rule_tests import Reference
from cmf.problem.formula import holds
from cmf.problem.problem import Problem, Variant

if TYPE_CHECKING:
    from cmf.workspace import Model

_SHOWN = 12
"""Differences that are shown; of the others only the number."""


@frozen(eq=False, repr=False)
class Drawn(Mapping[str, str]):
    """A variant: option names by slot and feature, quantities as attributes.

    ``variant["brand"]`` and ``variant.brand`` are the option; ``variant.model_year`` is a whole
    number because the feature is numeric; ``variant.wheelbase`` is the quantity in its unit, exact,
    and `None` where it is undefined. Its text names only what differs from the reference.

    Attributes
    ----------
    number
        Option number of every variable, for `cmf.problem`.
    """

    model: Model = field(repr=False)
    number: Variant
    reference: Reference = field(repr=False)

    @property
    def problem(self) -> Problem:
        """The problem that the variant belongs to."""
        return self.model.problem

    def satisfies(self, condition: str) -> bool:
        """Whether a condition in the rule language holds; raises `InputError` for a wrong one."""
        return all(holds(c.formula, self.number) for c in self.model.conditions(condition))

    @property
    def violated(self) -> tuple[str, ...]:
        """Ids of the hard rules that it breaks; none for a valid variant."""
        return tuple(c.origin.name for c in self.problem.violated(self.number))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Ids of the rules of severity ``warn`` that it breaks."""
        broken = (c for c in self.problem.warnings if not holds(c.formula, self.number))
        return tuple(c.origin.name for c in broken)

    @property
    def differences(self) -> dict[str, tuple[str, str]]:
        """By name what differs from the reference: the option there, and the option here."""
        there = self.problem.names(self.reference.variant)
        return {name: (there[name], here) for name, here in self.items() if here != there[name]}

    def __getitem__(self, name: str) -> str:
        return self.problem.names(self.number)[name]

    def __iter__(self) -> Iterator[str]:
        return (variable.name for variable in self.problem.variables)

    def __len__(self) -> int:
        return len(self.problem.variables)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Drawn):
            return dict(self) == dict(other)
        return dict(self) == other if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.number)

    def __getattr__(self, name: str) -> str | int | Fraction | None:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.problem.quantities:
            quantity = self.problem.quantities[name]
            value = quantity.value(self.number)
            exact = None if value is None else Fraction(value, quantity.unit.factor)
            return int(exact) if exact is not None and exact.denominator == 1 else exact
        if name in self:
            option = self[name]
            numeric = any(a.name == name and a.unit is not None for a in self.model.catalog.axes)
            return int(option) if numeric else option
        raise AttributeError(f"there is no slot, feature or quantity `{name}`")

    def __str__(self) -> str:
        found = self.differences
        if not found:
            return self.reference.name
        shown = [f"{name} {here} (not {there})" for name, (there, here) in found.items()]
        more = f" and {len(shown) - _SHOWN} more differences" if len(shown) > _SHOWN else ""
        return f"{self.reference.name}, but with {', '.join(shown[:_SHOWN])}{more}"

    def __repr__(self) -> str:
        return f"<variant: {self}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis, which would print the fields, and with them the whole catalogue."""
        printer.text(repr(self))
