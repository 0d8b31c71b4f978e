"""The finite-domain problem: the waist between catalogues and engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from cmf.model.units import PURE, Unit
from cmf.problem.formula import TRUE, CostTable, Formula, holds
from cmf.source import Span

Variant = tuple[int, ...]
"""Option number of every variable, in declared order."""


@frozen
class Variable:
    """A variable with its options, in declared order.

    Attributes
    ----------
    options
        Names; at least one, no name twice.
    """

    name: str
    options: tuple[str, ...]


@frozen
class Origin:
    """Why a constraint is there.

    Attributes
    ----------
    kind
        ``rule``, ``effectivity``, ``choice`` or ``model`` (a constraint of a foreign model).
    name
        Id of the rule, text of the choice, name of the foreign constraint.
    reason
        In the words of the engineer; may be empty.
    span
        Where it is written; `None` when it has no file.
    owner, source
        Who answers for a rule, and where it comes from; may be empty.
    text
        What a rule says, in the rule language; may be empty.
    """

    kind: str
    name: str
    reason: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)
    owner: str = ""
    source: str = ""
    text: str = field(default="", repr=False)


@frozen
class Constraint:
    """A formula that every variant satisfies, and why."""

    formula: Formula
    origin: Origin


@frozen
class Quantity:
    """An additive number: `offset` plus the sum of cost tables.

    Attributes
    ----------
    defined
        Where the quantity has a value (semantics S3).
    unit
        Unit in which values are shown; the sum is in its base unit.
    """

    name: str
    terms: tuple[CostTable, ...]
    offset: int = 0
    defined: Formula = TRUE
    unit: Unit = PURE
    title: str = ""

    def value(self, variant: Sequence[int]) -> int | None:
        """The value on a variant, in base units; `None` where it is undefined."""
        if not holds(self.defined, variant):
            return None
        return self.offset + sum(term.value(variant) for term in self.terms)


@frozen
class Problem:
    """Variables, constraints and additive quantities.

    Attributes
    ----------
    name
        What the user calls the model.
    warnings
        Constraints of severity ``warn``: they mark variants and never exclude one.
    """

    name: str
    variables: tuple[Variable, ...]
    constraints: tuple[Constraint, ...] = ()
    quantities: Mapping[str, Quantity] = field(factory=dict)
    warnings: tuple[Constraint, ...] = ()

    def index(self, name: str) -> int:
        """Number of the variable called `name`; raises `KeyError` when there is none."""
        for number, variable in enumerate(self.variables):
            if variable.name == name:
                return number
        raise KeyError(name)

    def where(self, *constraints: Constraint) -> Problem:
        """The problem with further constraints."""
        return evolve(self, constraints=self.constraints + constraints)

    def valid(self, variant: Sequence[int]) -> bool:
        """Whether a variant satisfies every constraint, decided without any solver."""
        return all(holds(constraint.formula, variant) for constraint in self.constraints)

    def violated(self, variant: Sequence[int]) -> tuple[Constraint, ...]:
        """The constraints that a variant breaks, in declared order."""
        return tuple(c for c in self.constraints if not holds(c.formula, variant))

    def names(self, variant: Sequence[int]) -> dict[str, str]:
        """A variant as variable name to option name."""
        return {v.name: v.options[o] for v, o in zip(self.variables, variant, strict=True)}

    def numbers(self, names: Mapping[str, str]) -> Variant:
        """A variant from names; raises `KeyError` or `ValueError` for unknown ones."""
        return tuple(v.options.index(names[v.name]) for v in self.variables)
