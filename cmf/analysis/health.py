"""What is wrong with a catalogue although it loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from cmf.engines.protocols import Engine, Space
from cmf.errors import Diagnostic, Level
from cmf.model.catalog import AxisKind, Catalog, Option
from cmf.problem.answer import Infeasible, Solved
from cmf.problem.formula import Formula, Not
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Constraint
from cmf.source import Span


def check(lowered: LoweredCatalog, space: Space, engine: Engine) -> tuple[Diagnostic, ...]:
    """Findings, in the order: space, options, rules, BOM.

    Parameters
    ----------
    space
        The unrestricted variant space of the catalogue.
    engine
        Decides single rules; one that needs no compilation.

    Returns
    -------
    tuple
        Diagnostics of level warning; empty when all is well.
    """
    possible = space.possible()
    if isinstance(possible, Infeasible):
        return (_void(lowered),)
    catalog = lowered.resolved.catalog
    findings = list(_idle_rules(lowered, engine))
    if isinstance(possible, Solved):
        findings = [*_options(catalog, possible.value), *findings]
    return (*findings, *_bom(lowered, space))


def _void(lowered: LoweredCatalog) -> Diagnostic:
    catalog = lowered.resolved.catalog
    rules = [c for c in lowered.problem.constraints if c.origin.kind == "rule"]
    span = rules[0].origin.span if rules else catalog.axes[0].span
    return _finding(
        "no-variant",
        f"no variant of `{catalog.name}` satisfies all rules",
        span,
        "`cmf why` names the rules that contradict each other",
    )


def _options(catalog: Catalog, possible: Sequence[frozenset[int]]) -> Iterator[Diagnostic]:
    """Options that no valid variant takes, and options outside the family that one does."""
    for axis, left in zip(catalog.axes, possible, strict=True):
        what = "module" if axis.kind is AxisKind.SLOT else "option"
        for number, option in enumerate(axis.options):
            if option.outside and number in left:
                yield _finding(
                    "outside-option-possible",
                    f"`{axis.name} == {option.name}` is declared outside ({option.outside}), "
                    "but a valid variant takes it",
                    option.span,
                    "add the rule that excludes it, or remove `outside`",
                )
            elif not option.outside and number not in left:
                yield _dead(axis.name, what, option)
        inside = [option for option in axis.options if not option.outside]
        if len(left) == 1 and len(inside) > 1:
            forced = axis.options[next(iter(left))].name
            yield _finding(
                "forced-option",
                f"every valid variant has `{axis.name} == {forced}`",
                axis.span,
                "relax the rules that exclude its other options, or declare only this one",
            )


def _dead(axis: str, what: str, option: Option) -> Diagnostic:
    return _finding(
        f"dead-{what}",
        f"no valid variant has `{axis} == {option.name}`",
        option.span,
        f"`cmf why` with --where \"{axis} == '{option.name}'\" names the rules that exclude it",
    )


def _idle_rules(lowered: LoweredCatalog, engine: Engine) -> Iterator[Diagnostic]:
    """Rules that are true on every combination of options, valid or not."""
    for constraint in (*lowered.problem.constraints, *lowered.problem.warnings):
        if constraint.origin.kind == "rule" and _always(lowered, constraint, engine):
            yield _finding(
                "rule-never-bites",
                f"rule {constraint.origin.name} excludes nothing",
                constraint.origin.span,
                "its condition never holds, or its statement always does; correct or remove it",
            )


def _always(lowered: LoweredCatalog, constraint: Constraint, engine: Engine) -> bool:
    opposite = evolve(constraint, formula=Not(constraint.formula))
    alone = evolve(lowered.problem, constraints=(opposite,), quantities={}, warnings=())
    space = engine.open(alone)
    return hasattr(space, "find") and isinstance(space.find(), Infeasible)


def _bom(lowered: LoweredCatalog, space: Space) -> Iterator[Diagnostic]:
    """Modules without parts, parts without lines, lines that no valid variant selects."""
    catalog = lowered.resolved.catalog
    if not catalog.parts:
        return
    covered = {(line.slot, m) for line in catalog.bom for m in line.modules or ("*",)}
    for axis in catalog.slots:
        for option in axis.options:
            named = {(axis.name, option.name), (axis.name, "*")}
            if option.name != "none" and not named & covered:
                yield _finding(
                    "module-without-parts",
                    f"module `{option.name}` of `{axis.name}` has no BOM line",
                    option.span,
                    "add its parts to the BOM",
                )
    used = {line.part for line in catalog.bom}
    for part in catalog.parts.values():
        if part.number not in used:
            message = f"part {part.number} ({part.name}) is on no BOM line"
            yield _finding("unused-part", message, part.span, "use it, or remove it")
    selected: dict[Formula, bool] = {}
    for line, condition in lowered.lines:
        if condition not in selected:
            selected[condition] = not isinstance(space.where(condition).find(), Infeasible)
        if not selected[condition]:
            message = f"no valid variant selects this line of part {line.part}"
            yield _finding("dead-bom-line", message, line.span, "correct its condition")


def _finding(code: str, message: str, span: Span | None, remedy: str) -> Diagnostic:
    return Diagnostic(code, message, span, remedy, Level.WARNING)
