"""A catalogue whose expressions are resolved."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import Factory, field, frozen

from cmf.model.catalog import Axis, Catalog, Option
from cmf.rules.typed import TypedLine, TypedQuantity, TypedRule


@frozen(eq=False)
class ResolvedCatalog:
    """A catalogue with its quantities, rules and BOM lines resolved.

    Attributes
    ----------
    quantities
        By name, in declared order; no quantity refers to itself, directly or through others.
    rules, lines
        In declared order, one for each of the catalogue.
    axes, options
        Axes by name, and options by axis and name.
    """

    catalog: Catalog
    quantities: Mapping[str, TypedQuantity]
    rules: tuple[TypedRule, ...]
    lines: tuple[TypedLine, ...]
    axes: Mapping[str, Axis] = field(
        init=False,
        repr=False,
        default=Factory(lambda self: {a.name: a for a in self.catalog.axes}, takes_self=True),
    )
    options: Mapping[str, Mapping[str, Option]] = field(
        init=False,
        repr=False,
        default=Factory(
            lambda self: {a.name: {o.name: o for o in a.options} for a in self.catalog.axes},
            takes_self=True,
        ),
    )
