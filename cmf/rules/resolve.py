"""From a catalogue of texts to typed quantities, rules and BOM lines."""

from __future__ import annotations

from collections.abc import Iterator

from cmf.errors import did_you_mean, fail
from cmf.model.catalog import (
    AxisKind,
    BomLine,
    Catalog,
    Effectivity,
    QuantityText,
    RuleText,
    TableText,
)
from cmf.rules import typed as t
from cmf.rules.cycles import reference_faults
from cmf.rules.faults import Faults
from cmf.rules.names import Names, Number
from cmf.rules.parse import parse
from cmf.rules.resolved import ResolvedCatalog
from cmf.rules.statements import Condition, condition
from cmf.rules.syntax import Word
from cmf.rules.tables import match
from cmf.rules.values import Values
from cmf.source import Span, Text

__all__ = ["ResolvedCatalog", "resolve_catalog", "resolve_condition", "resolve_rule"]

Place = tuple[str | None, tuple[str, ...] | None, str | None]
"""Where BOM lines apply: slot, modules and condition, as written."""


def resolve_catalog(catalog: Catalog) -> ResolvedCatalog:
    """The catalogue with every quantity, rule, table and BOM condition resolved.

    Raises
    ------
    InputError
        With the faults of all of them, in the order of the catalogue.
    """
    names = Names(catalog)
    faults = Faults()
    quantities: dict[str, t.TypedQuantity] = {}
    for quantity in catalog.quantities:
        with faults:
            quantities[quantity.name] = _quantity(names, quantity)
    behind_quantities = len(faults.found)
    rules: list[t.TypedRule] = []
    for rule in catalog.rules:
        if faults.full:
            break
        with faults:
            rules.append(_rule(names, rule))
    lines: list[t.TypedLine] = []
    known: dict[Place, t.Expr] = {}  # the same condition stands on many lines
    for line in catalog.bom:
        if faults.full:
            break
        with faults:
            lines.append(_line(names, line, known))
    faults.found[behind_quantities:behind_quantities] = reference_faults(quantities, lines)
    faults.settle()
    return ResolvedCatalog(catalog, quantities, tuple(rules), tuple(lines))


def resolve_condition(resolved: ResolvedCatalog, text: Text) -> t.Expr:
    """The statement that `text` makes about a variant; raises `InputError`."""
    return condition(Names(resolved.catalog), text).expr


def resolve_rule(resolved: ResolvedCatalog, rule: RuleText) -> t.TypedRule:
    """A rule that need not be one of the catalogue; raises `InputError`."""
    return _rule(Names(resolved.catalog), rule)


def _quantity(names: Names, quantity: QuantityText) -> t.TypedQuantity:
    tree = parse(quantity.expression)
    values = Values(names, quantity.expression)
    number = values.number(tree)
    wanted = Number(quantity.unit.dimension, quantity.unit)
    values.fits(tree, number, wanted, Word(quantity.name))
    place = quantity.span or quantity.expression.span
    return t.TypedQuantity(quantity.name, quantity.title, number.expr, quantity.unit, place)


def _rule(names: Names, rule: RuleText) -> t.TypedRule:
    faults = Faults()
    when: Condition | None = None
    years: tuple[t.Expr, ...] = ()
    with faults:
        when = condition(names, rule.when) if rule.when is not None else None
    with faults:
        years = _years(names, rule)
    body = Condition(t.And(()), "")
    with faults:
        body = _body(names, rule)
    faults.settle()
    premises = ((when.expr,) if when else ()) + years
    statement = t.Implies(_and(premises), body.expr) if premises else body.expr
    return t.TypedRule(
        rule.id,
        statement,
        rule.because,
        rule.severity,
        rule.effective,
        rule.owner,
        rule.source,
        _preamble(rule, when) + body.text,
        rule.span,
    )


def _body(names: Names, rule: RuleText) -> Condition:
    """What the rule says once its condition is met, with its text for people."""
    if rule.require is not None:
        required = condition(names, rule.require)
        return Condition(required.expr, f"require {required.text}")
    if rule.forbid is not None:
        forbidden = condition(names, rule.forbid)
        return Condition(t.Not(forbidden.expr), f"forbid {forbidden.text}")
    if rule.allow is not None:
        return _table(names, rule.allow, "allow", rule.span)
    if rule.exclude is not None:
        excluded = _table(names, rule.exclude, "exclude", rule.span)
        return Condition(t.Not(excluded.expr), excluded.text)
    message = f"the rule `{rule.id}` states nothing"
    remedy = "give one of `require`, `forbid`, `allow`, `exclude`"
    raise fail("empty-rule", message, rule.span, remedy)


def _table(names: Names, table: TableText, verb: str, span: Span | None) -> Condition:
    if not table.columns:
        raise fail("empty-table", "the table has no columns", span, "add a header")
    test, columns = match(names, table)
    header = ", ".join(column.text for column in columns)
    rows = f"{len(test.rows)} row" + ("s" if len(test.rows) > 1 else "")
    return Condition(test, f"{verb} ({header}) in a table of {rows}")


def _preamble(rule: RuleText, when: Condition | None) -> str:
    years = rule.effective
    parts = [
        *([f"from {years.start}"] if years.start is not None else []),
        *([f"until {years.until}"] if years.until is not None else []),
    ]
    shown = ([f"when {when.text}"] if when else []) + ([" ".join(parts)] if parts else [])
    return ", ".join(shown) + ": " if shown else ""


def _years(names: Names, rule: RuleText) -> tuple[t.Expr, ...]:
    """The effectivity as conditions on the time feature: ``start <= time < until`` (S4)."""
    if rule.effective.always:
        return ()
    axis = names.axes.get(names.catalog.time or "")
    if axis is None or axis.unit is None:
        message = f"the rule `{rule.id}` has years, and the catalogue has no time feature"
        remedy = "declare a numeric feature and name it under `time:`, or remove `from` and `until`"
        raise fail("no-time", message, rule.span, remedy)
    return _during(axis.name, rule.effective)


def _during(time: str, effective: Effectivity) -> tuple[t.Expr, ...]:
    bounds = ((">=", effective.start), ("<", effective.until))
    return tuple(t.Compare(s, t.AxisRef(time), t.Constant(y)) for s, y in bounds if y is not None)


def option_years(resolved: ResolvedCatalog) -> Iterator[tuple[str, t.Expr]]:
    """That options are taken in the years only in which they are effective, by option (S4)."""
    time = resolved.catalog.time
    for axis, option in ((a, o) for a in resolved.catalog.axes for o in a.options):
        if time is not None and not option.effective.always:
            unit = axis.unit
            value = option.name if unit is None else int(option.name) * unit.factor
            other = t.Compare("!=", t.AxisRef(axis.name), t.Constant(value))
            inside = t.And(_during(time, option.effective))
            yield f"{axis.name}.{option.name}", t.Or((other, inside))


def _line(names: Names, line: BomLine, known: dict[Place, t.Expr]) -> t.TypedLine:
    text = line.condition.value if line.condition is not None else None
    place: Place = (line.slot, line.modules, text)
    if place not in known:
        terms = _place(names, line)
        if line.condition is not None:
            anywhere: Place = (None, None, text)
            if anywhere not in known:
                known[anywhere] = condition(names, line.condition).expr
            terms += (known[anywhere],)
        known[place] = _and(terms)
    if line.part not in names.catalog.parts:
        message = f"there is no part `{line.part}`"
        remedy = did_you_mean(line.part, names.catalog.parts, what="part")
        raise fail("unknown-part", message, line.span, remedy)
    return t.TypedLine(line.part, line.quantity, line.slot, line.position, known[place], line.span)


def _place(names: Names, line: BomLine) -> tuple[t.Expr, ...]:
    """The condition that the slot of the line has one of its modules."""
    if line.slot is None:
        return ()
    axis = names.axes.get(line.slot)
    if axis is None or axis.kind is not AxisKind.SLOT:
        slots = [a.name for a in names.catalog.slots]
        message = f"there is no slot `{line.slot}`"
        raise fail("unknown-name", message, line.span, did_you_mean(line.slot, slots, what="slot"))
    slot, modules = t.AxisRef(line.slot), names.vocabulary[line.slot]
    if line.modules is None:
        return (t.Compare("!=", slot, t.Constant("none")),) if "none" in modules else ()
    for module in line.modules:
        if module not in modules:
            message = f"the slot `{line.slot}` has no module `{module}`"
            remedy = did_you_mean(module, modules, what="module")
            raise fail("unknown-option", message, line.span, remedy)
    if len(line.modules) == 1:
        return (t.Compare("==", slot, t.Constant(line.modules[0])),)
    return (t.In(slot, t.Constant(frozenset(line.modules))),)


def _and(terms: tuple[t.Expr, ...]) -> t.Expr:
    return terms[0] if len(terms) == 1 else t.And(terms)
