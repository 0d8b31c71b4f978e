"""Options that no variant has or that every variant has, with the rules that make it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmf.analysis.health.finding import listed, warning
from cmf.engines.sat import SatSpace
from cmf.errors import Diagnostic
from cmf.model.catalog import Axis, AxisKind, Catalog, Option
from cmf.problem.answer import Unknown
from cmf.problem.lower import LoweredCatalog
from cmf.source import Span

GROUPS = 5
"""Groups of rules that contradict each other which are reported."""


def void(lowered: LoweredCatalog, space: SatSpace) -> Iterator[Diagnostic]:
    """A catalogue without a variant: the groups of rules that contradict each other."""
    catalog = lowered.resolved.catalog
    conflicts = space.conflicts(top=GROUPS)
    found = () if isinstance(conflicts, Unknown) else conflicts.value.found
    yield warning(
        "no-variant",
        f"no variant of `{catalog.name}` satisfies all rules",
        _first(lowered),
        "relax one rule of every group that contradicts itself; `cmf why` tells each as a chain",
    )
    for conflict in found:
        origins = [space.problem.constraints[number].origin for number in conflict]
        names = [origin.name for origin in origins]
        told = "contradicts itself" if len(names) == 1 else "contradict each other"
        yield warning(
            "contradictory-rules",
            f"{listed(names)} {told}",
            next((origin.span for origin in origins if origin.span), None),
            "relax one of them",
        )


def option_findings(
    catalog: Catalog, possible: Sequence[frozenset[int]], space: SatSpace
) -> Iterator[Diagnostic]:
    """Options that no valid variant takes, and options outside the family that one does."""
    for variable, (axis, left) in enumerate(zip(catalog.axes, possible, strict=True)):
        for number, option in enumerate(axis.options):
            if option.outside and number in left:
                yield warning(
                    "outside-option-possible",
                    f"`{axis.name} == {option.name}` is declared outside ({option.outside}), "
                    "but a valid variant takes it",
                    option.span,
                    "add the rule that excludes it, or remove `outside`",
                )
            elif not option.outside and number not in left:
                causes = space.explainer().exclusion(variable, number)
                yield _dead(axis, option, _causes(space, causes))
        inside = [option for option in axis.options if not option.outside]
        if len(left) == 1 and len(inside) > 1:
            (only,) = left
            causes = space.explainer().reason(variable, only)
            yield _forced(axis, axis.options[only], _causes(space, causes))


def _dead(axis: Axis, option: Option, causes: str) -> Diagnostic:
    what = "module" if axis.kind is AxisKind.SLOT else "option"
    return warning(
        f"dead-{what}",
        f"no valid variant has `{axis.name} == {option.name}`: {causes} it",
        option.span,
        f"correct them, or remove it; `cmf why` with --not \"{axis.name} == '{option.name}'\" "
        "tells the whole chain",
    )


def _forced(axis: Axis, option: Option, causes: str) -> Diagnostic:
    return warning(
        "forced-option",
        f"every valid variant has `{axis.name} == {option.name}`: {causes} all others",
        axis.span,
        "relax the rules that exclude its other options, or declare only this one; "
        f"`cmf why` with --forced {axis.name} tells the whole chain",
    )


def _causes(space: SatSpace, causes: Sequence[int] | None) -> str:
    """Who excludes, with the verb."""
    names = [space.problem.constraints[number].origin.name for number in causes or ()]
    return f"{listed(names)} exclude{'s' if len(names) == 1 else ''}"


def _first(lowered: LoweredCatalog) -> Span | None:
    rules = [c for c in lowered.problem.constraints if c.origin.kind == "rule"]
    return rules[0].origin.span if rules else lowered.resolved.catalog.axes[0].span
